"""Lines: what HTML and plain text are both turned into before quotes and signatures are looked for."""

from __future__ import annotations

from bot.mail.document import Run

# More than any letter has. What follows is counted as unread.
MAX_LINES = 20_000

# What the markup around a line says of it. Plain numbers: enum flags cost more than the rest of the walk.
QUOTED = 1  # inside a blockquote of a mail client, or behind ">"
CONTAINER = 2  # inside what a mail client wraps around quoted history
ATTRIBUTION = 4  # inside what a mail client wraps around "On …, … wrote:"
CUT = 8  # the first line behind a place where a mail client puts the history
SIGNATURE = 16  # inside what a mail client wraps around a signature
FORWARD = 32  # inside what a mail client wraps around a forwarded message
BLOCKQUOTE = 64  # inside a blockquote of unknown origin
LOOSE = 128  # inside a container that also holds what the person wrote between the quotes


class Line:
    """One line of visible text, with its runs and where it stands.

    `gap`: an empty line stands before it. `form` is "text", "item" (the first line of a list item), "more" (a further
    one) or "pre"; `level` and `number` are the item's. `depth` counts the quotes around it.
    """

    __slots__ = ("depth", "form", "gap", "level", "marks", "number", "runs", "text")

    def __init__(  # noqa: PLR0917 (made once a line: by position is a third faster)
        self,
        runs: list[Run],
        text: str,
        gap: bool = False,
        form: str = "text",
        level: int = 0,
        number: int | None = None,
        depth: int = 0,
        marks: int = 0,
    ) -> None:
        self.runs = runs
        self.text = text
        self.gap = gap
        self.form = form
        self.level = level
        self.number = number
        self.depth = depth
        self.marks = marks

    def __repr__(self) -> str:
        return f"Line(<{len(self.text)} characters>, {self.form}, depth={self.depth}, marks={self.marks})"
