"""Tables: those that hold data become one line a row; those that only lay a page out are read in order."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from bot.mail.document import Run
from bot.mail.lines import Line

_MOST_COLUMNS = 8
_CELL_CHARS = 40
_ROW_CHARS = 100
# Without a header, what is longer than this is a letter beside a picture and no data.
_BARRED_CHARS = 200


@dataclass(slots=True)
class _Table:
    first: int
    rows: list[list[tuple[int, int]]] = field(default_factory=list)
    cell: int = 0
    header: bool = False
    nested: bool = False


class Tables:
    """Follows the tables of a walk over `lines`, and replaces the lines of a data table by one a row at its end."""

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
                start = rows[0][0][0]
                self._lines[start:] = self._straight(rows, header=table.header) or self._lines[start:]

    def _data(self, table: _Table) -> list[list[tuple[int, int]]]:
        """Return the cells of a data table without a title above them, or nothing for a table of another use."""
        if table.nested or len(table.rows) < 2:
            return []
        rows = [row for row in table.rows if any(end > start for start, end in row)]
        if len(rows) > 2 and len(rows[0]) == 1:
            rows = rows[1:]
        width = max(map(len, rows), default=0)
        few = 2 <= width <= _MOST_COLUMNS and len(rows) >= 2
        if not few or any(len(row) != width for row in rows):
            return []
        if not table.header and width * len(rows) < 6:
            return []  # two by two is more often a signature than data
        held = sum(end - start for row in rows for start, end in row)
        # Cells of several lines lay a page out; words between the cells have no place in a row.
        if held != len(self._lines) - rows[0][0][0] or any(end - start > 1 for row in rows for start, end in row):
            return []
        return rows

    def _straight(self, rows: list[list[tuple[int, int]]], *, header: bool) -> list[Line]:
        """Return the rows as aligned lines; where they do not fit or hold links, as cells with bars between."""
        cells = [[self._lines[start] if end > start else None for start, end in row] for row in rows]
        texts = [[cell.text.strip() if cell else "" for cell in row] for row in cells]
        links = any(run.link for row in cells for cell in row if cell for run in cell.runs)
        widths = [max(_width(row[n]) for row in texts) for n in range(len(texts[0]))]
        if not links and max(widths) <= _CELL_CHARS and sum(widths) + 2 * len(widths) <= _ROW_CHARS:
            return [_line([Run(row)], told, "pre") for row, told in zip(_aligned(texts), cells, strict=True)]
        plain = all(cell is None or cell.form == "text" for row in cells for cell in row)
        full = len(rows) >= 3 and all(0 < len(text) <= _BARRED_CHARS for row in texts for text in row)
        return [_line(_barred(row), row, "text") for row in cells] if plain and (header or full) else []


def _line(runs: list[Run], cells: list[Line | None], form: str) -> Line:
    first = next(cell for cell in cells if cell)
    return Line(runs, "".join(run.text for run in runs), first.gap, form, depth=first.depth, marks=first.marks)


def _barred(cells: list[Line | None]) -> list[Run]:
    runs = [run for cell in cells for run in (Run(" | "), *(cell.runs if cell else ()))]
    return runs[1:]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]  # fmt: skip


def _width(text: str) -> int:
    """How many columns a text takes in a font of equal widths."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
