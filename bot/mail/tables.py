"""Tables: those that hold data are kept aligned; those that only lay a page out are read in order."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from bot.mail.document import Run
from bot.mail.lines import Line

_MOST_COLUMNS = 8
_CELL_CHARS = 40
_ROW_CHARS = 100


@dataclass(slots=True)
class _Table:
    first: int
    rows: list[list[tuple[int, int]]] = field(default_factory=list)
    cell: int = 0
    header: bool = False
    nested: bool = False


class Tables:
    """Follows the tables of a walk over `lines`, and replaces the lines of a data table by aligned ones at its end."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._open: list[_Table] = []

    def start(self) -> None:
        """Enter a table."""
        for table in self._open[-1:]:
            table.nested = True
        self._open.append(_Table(len(self._lines)))

    def row(self) -> None:
        """Enter a row."""
        if self._open:
            self._open[-1].rows.append([])

    def cell(self, *, header: bool) -> None:
        """Enter a cell."""
        if self._open:
            self._open[-1].cell = len(self._lines)
            self._open[-1].header |= header

    def end_cell(self) -> None:
        """Leave a cell."""
        if self._open and self._open[-1].rows:
            self._open[-1].rows[-1].append((self._open[-1].cell, len(self._lines)))

    def end(self) -> None:
        """Leave a table."""
        if self._open:
            table = self._open.pop()
            if self._open:
                self._open[-1].nested = True
            if rows := self._data(table):
                first = self._lines[table.first]
                self._lines[table.first :] = [
                    Line([Run(row)], row, first.gap and not n, "pre", depth=first.depth, marks=first.marks)
                    for n, row in enumerate(_aligned(rows))
                ]

    def _data(self, table: _Table) -> list[list[str]]:
        """Return the cells of a data table, or nothing for a table of another use."""
        rows = [row for row in table.rows if any(end > start for start, end in row)]
        width = max(map(len, rows), default=0)
        few = 2 <= width <= _MOST_COLUMNS and len(rows) >= 2
        if table.nested or not few or any(len(row) != width for row in rows):
            return []
        if not table.header and width * len(rows) < 6:
            return []  # two by two is more often a signature than data
        cells = [[self._cell(start, end) for start, end in row] for row in rows]
        if any(cell is None for row in cells for cell in row):
            return []
        told = [[cell or "" for cell in row] for row in cells]
        return told if sum(max(_width(row[n]) for row in told) + 2 for n in range(width)) <= _ROW_CHARS else []

    def _cell(self, start: int, end: int) -> str | None:
        if end - start > 1 or any(len(self._lines[n].text) > _CELL_CHARS for n in range(start, end)):
            return None
        if any(run.link for n in range(start, end) for run in self._lines[n].runs):
            return None  # a link is worth more than a straight column
        return self._lines[start].text.strip() if end > start else ""


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]  # fmt: skip


def _width(text: str) -> int:
    """How many columns a text takes in a font of equal widths."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
