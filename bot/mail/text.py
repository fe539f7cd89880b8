"""Plain text as lines: paragraphs, quote levels and lists where it has line breaks, and line breaks where not."""

from __future__ import annotations

import re

from bot.mail.clean import clean, repair
from bot.mail.document import Run
from bot.mail.flat import broken_up
from bot.mail.lines import MAX_LINES, QUOTED, Line

MAX_CHARS = 1_000_000
_QUOTE_MARKS = re.compile(r"(?:[ \t]{0,3}>){1,40}[ \t]?")
_BULLET = re.compile(r"[ \t]{0,12}[-*•·‣–][ \t]{1,8}(?=\S)")
# The API writes a whole mail on one line. A person's own line may be long, but not this long.
_FLAT_CHARS = 15


def read_lines(text: str) -> tuple[list[Line], int]:
    """Return the lines of a plain text, and how many of its characters were too many to read."""
    kept = repair(text[:MAX_CHARS])
    unread = len(text) - len(text[:MAX_CHARS])
    raw = kept.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if is_flat(raw):
        raw = broken_up(clean(raw))
    lines: list[Line] = []
    gap = False
    split = raw.split("\n", MAX_LINES)
    if len(split) > MAX_LINES:
        unread += len(split.pop())
    for source in split:
        match = _QUOTE_MARKS.match(source) if source.lstrip().startswith(">") else None
        depth = match[0].count(">") if match else 0
        words = clean(source[match.end() :] if match else source).rstrip()
        if not words.strip():
            gap = True
            continue
        lines.append(_line(words, gap=gap, depth=depth))
        gap = False
    return lines, unread


def is_flat(text: str) -> bool:
    """Tell whether a text is a whole mail on one line."""
    return len(text) > _FLAT_CHARS and text.count("\n") <= len(text) // 4000


def _line(words: str, *, gap: bool, depth: int) -> Line:
    marks = QUOTED if depth else 0
    bullet = _BULLET.match(words)
    if bullet and not words.startswith("--"):
        level = min(len(words) - len(words.lstrip()), 8) // 2
        said = words[bullet.end() :]
        return Line([Run(said)], said, gap, "item", level, depth=depth, marks=marks)
    said = words if words.startswith("-- ") else words.strip()
    return Line([Run(said)], said, gap, depth=depth, marks=marks)
