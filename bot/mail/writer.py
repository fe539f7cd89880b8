"""Collects visible text into lines, the way a browser would break it."""

from __future__ import annotations

from bot.mail.clean import clean
from bot.mail.document import Run
from bot.mail.lines import CUT, MAX_LINES, Line
from bot.mail.links import host_to_name

Style = tuple[bool, bool, bool, bool, str | None]
_PLAIN: Style = (False, False, False, False, None)


class LineWriter:
    """Takes text and breaks in order; `lines` holds what is finished.

    White space folds as in HTML, but between `preformatted += 1` and `-= 1`. `marks` and `depth` apply to the lines
    that end after they were set.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.unread = 0
        self.marks = 0
        self.depth = 0
        self.preformatted = 0
        self.level = -1
        self._item: tuple[int | None] | None = None
        self._in_item = False
        self._nested = {"bold": 0, "italic": 0, "strike": 0, "code": 0}
        self._link: str | None = None
        self._label: list[str] = []
        self._style = _PLAIN
        self._pieces: list[tuple[list[str], Style]] = []
        self._space = False
        self._blank = False
        self._gap = False
        self._cut = False

    def text(self, text: str) -> None:
        """Add text as it stands in the source."""
        if self.preformatted:
            self._preformatted(text)
            return
        folded = " ".join(text.split())
        if not folded:
            self._space = True
            self._blank = self._blank or "\xa0" in text
            return
        if self._pieces and (self._space or text[0].isspace()):
            folded = " " + folded
        self._space = text[-1].isspace()
        self._add(folded)

    def open_quotation(self) -> None:
        """Add an opening quotation mark; the next text stands right behind it."""
        self.text(" “" if self._space else "“")
        self._space = False

    def close_quotation(self) -> None:
        """Add a closing quotation mark right behind the last text."""
        self._space = False
        self.text("”")

    def raise_digits(self) -> None:
        """Add "^" if a digit stands right before: 10 to the power of 6 is not 106."""
        if self._pieces and not self._space and self._pieces[-1][0][-1][-1].isdecimal():
            self._add("^")

    def new_line(self) -> None:
        """End the line, if anything stands on it."""
        if self._pieces:
            self._finish()
        elif self._blank:
            self._gap = True  # a line of its own with a hard space is how editors write an empty line
        self._blank = self._space = False

    def line_break(self) -> None:
        """End the line; on an empty one, leave a gap before the next."""
        self._blank = self._space = False
        if self._pieces:
            self._finish()
        else:
            self._gap = True

    def gap(self) -> None:
        """End the line, and leave a gap before the next."""
        self.new_line()
        self._gap = True

    def cut(self) -> None:
        """Mark the next line: a mail client puts the history there."""
        self.new_line()
        self._cut = True

    def style(self, name: str, by: int) -> None:
        """Enter (1) or leave (-1) "bold", "italic", "strike" or "code"; they nest."""
        self._nested[name] += by
        self._restyle()

    def start_link(self, link: str | None) -> None:
        """Begin the label of a link; None for one that must not be followed."""
        self._link = link
        self._label = []
        self._restyle()

    def end_link(self) -> None:
        """End the label, and say where the link leads if the label says otherwise."""
        link, self._link = self._link, None
        self._restyle()
        if link and (host := host_to_name("".join(self._label), link)):
            self._add(f" (leads to {host})")

    def start_item(self, number: int | None) -> None:
        """Begin a list item; the next line carries its bullet (None) or number."""
        self.new_line()
        self._item = (number,)

    def leave_item(self) -> None:
        """End a list item: what follows does not belong to it."""
        self.new_line()
        self._item = None
        self._in_item = False

    def _restyle(self) -> None:
        nested = self._nested
        self._style = (nested["bold"] > 0, nested["italic"] > 0, nested["strike"] > 0, nested["code"] > 0, self._link)

    def _add(self, text: str) -> None:
        if self._link:
            self._label.append(text)
        pieces = self._pieces
        if pieces and pieces[-1][1] == self._style:
            pieces[-1][0].append(text)
        else:
            pieces.append(([text], self._style))

    def _preformatted(self, text: str) -> None:
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if first:
            self._add(first)
        for line in rest:
            self.line_break()
            if line:
                self._add(line)

    def _finish(self) -> None:
        pieces, self._pieces = self._pieces, []
        if self._link:
            self._label.append(" ")
        if len(pieces) == 1:
            text = clean("".join(pieces[0][0]))
            runs = [Run(text, *pieces[0][1])]
        else:
            runs = [Run(cleaned, *style) for texts, style in pieces if (cleaned := clean("".join(texts)))]
            text = "".join([run[0] for run in runs])
        if not text or text.isspace():
            self._gap = True
        elif self.preformatted:
            self._emit(runs, text, "pre")
        elif self._item is not None:
            number = self._item[0]
            self._item = None
            self._in_item = True
            self._emit(runs, text, "item", number)
        else:
            self._emit(runs, text, "more" if self._in_item and self.level >= 0 else "text")

    def _emit(self, runs: list[Run], text: str, form: str, number: int | None = None) -> None:
        if len(self.lines) >= MAX_LINES:
            self.unread += len(text)
            return
        marks = self.marks | CUT if self._cut else self.marks
        level = max(0, self.level)
        self.lines.append(Line(runs, text, self._gap, form, level, number, self.depth, marks))
        self._gap = self._cut = False
