"""Entries of the audit in text, line by line: for people, and for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.audit.entry import TOLD, Entry

_COLUMNS = ("When (UTC)", "Person", "Deed", "Ticket", "Result", "Note", "Door", "Channel", "Team")
# A spreadsheet would take what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(entries: Iterable[Entry]) -> Iterator[str]:
    """Give aligned columns under a line of headings; nothing where there are no entries."""
    rows = [_row(entry) for entry in entries]
    if not rows:
        return
    rows.insert(0, _COLUMNS)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Give one JSON object a line, always with the same keys; `at` is in ISO 8601, in UTC."""
    for entry in entries:
        yield json.dumps(_values(entry))


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Give comma-separated values under a line of names, and none that a spreadsheet would take for a formula."""
    yield ",".join(("at", *TOLD))
    for entry in entries:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([harmless(value) for value in _values(entry).values()])
        yield line.getvalue()


def harmless(value: object) -> str:
    """Return a value as text that a spreadsheet shows and does not compute."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


FORMATS: dict[str, Callable[[Iterable[Entry]], Iterator[str]]] = {
    "table": table,
    "json": json_lines,
    "csv": csv_lines,
}


def _values(entry: Entry) -> dict[str, Any]:
    at = entry.when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": at} | {name: getattr(entry, name) for name in TOLD}


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        f"{entry.when:%Y-%m-%d %H:%M:%S}",
        entry.user_id,
        entry.deed,
        "" if entry.ticket_id is None else str(entry.ticket_id),
        entry.result,
        entry.reference,
        entry.door,
        entry.channel_id,
        entry.team_id,
    )
