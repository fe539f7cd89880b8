"""What a message body is once it has been read: words in order with their shape, and nothing live in them but links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Run(NamedTuple):
    """Words of one style. `link` is an http, https, mailto or tel address, or None."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str | None = None

    def __repr__(self) -> str:
        return f"Run(<{len(self.text)} characters>)"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs in order. Their text may hold line breaks."""

    runs: tuple[Run, ...]


class Item(NamedTuple):
    """One item of a list. `level` is 0 for the outermost; `number` is None for a bullet."""

    runs: tuple[Run, ...]
    level: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody else inside a message: runs in order, whose text may hold line breaks."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose spaces and line breaks mean something: code, a log, an aligned table."""

    text: str = field(repr=False)


Block = Paragraph | Items | Quote | Preformatted


@dataclass(frozen=True, slots=True)
class Document:
    """A readable body, first block first."""

    blocks: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        """The whole body in plain words, an empty line between blocks."""
        return "\n\n".join(_text(block) for block in self.blocks)


Kind = Literal["reply", "signature", "history"]


def _nobody() -> tuple[str, str]:
    return "", ""


class Part:
    """A stretch of a mail: new words, a signature or footer, or an earlier message that it quotes.

    The first `intro_blocks` of the document introduce an earlier message, as "On …, … wrote:" does. `tell` takes them
    apart: only who opens the history asks for it.
    """

    __slots__ = ("_tell", "document", "intro_blocks", "kind")

    def __init__(
        self, kind: Kind, document: Document, tell: Callable[[], tuple[str, str]] = _nobody, intro_blocks: int = 0
    ) -> None:
        self.kind = kind
        self.document = document
        self.intro_blocks = intro_blocks
        self._tell = tell

    def __repr__(self) -> str:
        return f"Part(kind={self.kind!r}, document={self.document!r}, intro_blocks={self.intro_blocks})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._all())

    def _all(self) -> tuple[object, ...]:
        return self.kind, self.document, self._tell(), self.intro_blocks

    @property
    def who(self) -> str:
        """Who wrote an earlier message, as the mail says it; "" where it does not, or for other kinds."""
        return self._tell()[0]

    @property
    def when(self) -> str:
        """When an earlier message was written, as the mail says it; "" where it does not, or for other kinds."""
        return self._tell()[1]

    @property
    def body(self) -> Document:
        """The document without what introduces it."""
        return Document(self.document.blocks[self.intro_blocks :])


class Mail(NamedTuple):
    """A message body, read: its parts in their order in the mail, which together hold every visible word of it.

    `unread` is how many characters of the body were too many to read.
    """

    parts: tuple[Part, ...] = ()
    unread: int = 0

    @property
    def reply(self) -> Document:
        """The new words."""
        return _joined(self.parts, "reply")

    @property
    def signature(self) -> Document:
        """Signatures and footers."""
        return _joined(self.parts, "signature")

    @property
    def history(self) -> tuple[Part, ...]:
        """The earlier messages that the mail quotes, each by itself where they can be told apart."""
        return tuple(part for part in self.parts if part.kind == "history")


def words(runs: Iterable[Run]) -> str:
    """Return the text of runs."""
    return "".join(run.text for run in runs)


def _joined(parts: Iterable[Part], kind: Kind) -> Document:
    return Document(tuple(block for part in parts if part.kind == kind for block in part.document.blocks))


def _text(block: Block) -> str:
    if isinstance(block, Preformatted):
        return block.text
    if isinstance(block, Items):
        return "\n".join(_item(item) for item in block.items)
    return words(block.runs)


def _item(item: Item) -> str:
    mark = "•" if item.number is None else f"{item.number}."
    return f"{'  ' * item.level}{mark} {words(item.runs)}"
