"""Word's lists, which are paragraphs with a bullet or a number typed in front of them."""

from __future__ import annotations

import re

from lxml import etree

# What Word types in front of a list's paragraphs: a plain number, a bullet (some are letters of symbol fonts), others.
_NUMBER = re.compile(r"\(?([0-9]{1,5})[.)]?")
_BULLETS = frozenset(["", *"·o§-–•▪●○■□◦Øüvq*\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf071"])
_MARK_CHARS = 40
_LEVEL = re.compile(r"mso-list:[^;]{0,40}?level(\d)")


def typed_mark(element: etree._Element) -> int | str:
    """Return the number that an element holds, or the words; "" for a bullet."""
    mark = " ".join("".join(map(str, element.itertext())).split())
    if number := _NUMBER.fullmatch(mark):
        return int(number[1])
    return "" if mark in _BULLETS else mark[:_MARK_CHARS]


def level_of(style: str) -> int:
    """Return the level of a list's paragraph, 0 for the outermost. `style` is casefolded and without spaces."""
    level = _LEVEL.search(style)
    return int(level[1]) - 1 if level else 0
