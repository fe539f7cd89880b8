"""Collects visible text into lines, the way a browser would break it."""

from __future__ import annotations

from bot.mail.clean import clean
from bot.mail.document import Run
from bot.mail.lines import CUT, MAX_LINES, Line
from bot.mail.links import host_to_name

Style = tuple[bool, bool, bool, bool, str | None]
# Half the time of `Run(…)`: every line has one, some have ten.
_run = tuple.__new__
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
        if text.isspace():
            self._space = True
            if "\xa0" in text:
                self._blank = True
            return
        folded = " ".join(text.split())
        pieces = self._pieces
        if pieces and (self._space or text[0].isspace()):
            folded = " " + folded
        self._space = text[-1].isspace()
        if pieces or self._link:
            self._add(folded)
        else:
            pieces.append(([folded], self._style))

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
        elif not self._space:
            return  # nor did a blank
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
        if self._pieces:
            self._finish()
        self._gap = True
        self._blank = self._space = False

    def cut(self) -> None:
        """Mark the next line: a mail client puts the history there."""
        self.new_line()
        self._cut = True

    def style(self, name: str, by: int) -> None:
        """Enter (1) or leave (-1) "bold", "italic", "strike" or "code"; they nest."""
        nested = self._nested
        nested[name] += by
        self._style = (nested["bold"] > 0, nested["italic"] > 0, nested["strike"] > 0, nested["code"] > 0, self._link)

    def start_link(self, link: str | None) -> None:
        """Begin the label of a link; None for one that must not be followed."""
        self._link = link
        self._label = []
        self._style = (*self._style[:4], link)

    def end_link(self) -> None:
        """End the label, and say where the link leads if the label says otherwise."""
        self._tell_host()
        self._link = None
        self._style = (*self._style[:4], None)

    def start_item(self, number: int | None) -> None:
        """Begin a list item; the next line carries its bullet (None) or number."""
        self.new_line()
        self._item = (number,)

    def leave_item(self) -> None:
        """End a list item: what follows does not belong to it."""
        self.new_line()
        self._item = None
        self._in_item = False

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

    def _tell_host(self) -> None:
        """Say behind what stands on the line where its link leads, if it reads as if it led elsewhere."""
        label = "".join(self._label).strip()
        if self._link and label and (host := host_to_name(label, self._link)):
            self._pieces.append(([f" (leads to {host})"], (*self._style[:4], None)))
            self._label = []

    def _finish(self) -> None:
        if self._link:
            self._tell_host()
            self._label.append(" ")
        pieces, self._pieces = self._pieces, []
        if len(pieces) == 1:
            texts, style = pieces[0]
            text = clean("".join(texts))
            runs = [_run(Run, (text, *style))]
        else:
            runs = [_run(Run, (said, *style)) for texts, style in pieces if (said := clean("".join(texts)))]
            text = "".join([run[0] for run in runs])
        if not text or text.isspace():
            self._gap = True
            return
        form, number = "text", None
        if self.preformatted:
            form = "pre"
        elif self._in_item or self._item is not None:
            form, number = self._form()
        if len(self.lines) >= MAX_LINES:
            self.unread += len(text)
            return
        marks = self.marks | CUT if self._cut else self.marks
        self.lines.append(Line(runs, text, self._gap, form, max(0, self.level), number, self.depth, marks))
        self._gap = self._cut = False

    def _form(self) -> tuple[str, int | None]:
        """Return the form of a line in a list, and its number."""
        if self._item is None:
            return ("more" if self.level >= 0 else "text"), None
        number = self._item[0]
        self._item = None
        self._in_item = True
        return "item", number
