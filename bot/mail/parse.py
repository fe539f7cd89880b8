"""HTML parsed behind guards, so that no mail takes long, takes much memory, or loses its words."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

# What is looked at of a body at all, before pictures inside it are taken out, and after.
MAX_RAW_CHARS = 8_000_000
MAX_CHARS = 1_500_000
# Elements and attributes take up to a hundred times the memory of their source. No letter has so many.
_MOST = {"<": 100_000, "=": 150_000}
# libxml2 takes minutes over a tag with 100,000 attributes; no tag is this long once pictures are out.
_MAX_TAG_CHARS = 4096
_LONG_GAP = re.compile(rf">[^>]{{{_MAX_TAG_CHARS}}}")
_DATA_URL = re.compile(r"data:[^\s\"'>]{64,}+")
_LONG_TAG = re.compile(r"<[a-zA-Z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>?")
# libxml2 drops all that follows the first end of the document, such as the footer that a gateway adds.
_END_TAGS = re.compile(r"</(?:body|html)\s*+>", re.IGNORECASE)
# Tags that say nothing to this reader and that libxml2 does not know to be empty: each would hold all that follows.
# The look ahead is faster than to try three words at each tag.
_EMPTY_TAGS = re.compile(r"</?(?=[wst][bor])(?:wbr|source|track)(?:[\s/][^<>]*+)?+>", re.IGNORECASE)


def parse(html: str) -> tuple[etree._Element | None, int, bool]:
    """Return the tree of a body, how many of its characters are not in it, and whether all that was parsed is.

    The tree is None for a body without any, or one that cannot be parsed. Where the parser gave up, the characters
    behind that place are counted; their number is then an estimate, but never 0.
    """
    prepared, unread = _prepared(html)
    root, lost = _parsed(prepared)
    return root, unread + lost, not lost


def _prepared(html: str) -> tuple[str, int]:
    """Return a body without what makes the parser slow or makes it lose text, and how much was cut off its end."""
    kept = html[:MAX_RAW_CHARS]
    if ">" not in kept[:_MAX_TAG_CHARS] or _has_long_gap(kept):
        kept = _LONG_TAG.sub(_short_tag, kept)
    end = min(len(kept), MAX_CHARS)
    for sign, most in _MOST.items():
        if end > most and kept.count(sign, 0, end) > most:
            end = next(islice(re.finditer(sign, kept), most, None)).start()
    unread = max(0, len(html) - MAX_RAW_CHARS) + len(kept) - end
    kept = _EMPTY_TAGS.sub("", kept[:end])
    return _END_TAGS.sub("<br>", kept).replace("\x00", ""), unread


def _has_long_gap(html: str) -> bool:
    """Tell whether some ">" is as far from the next as no tag is long."""
    # Half as long as a gap: one of these blocks would lie in it.
    block = _MAX_TAG_CHARS // 2
    closed = all(html.find(">", at, at + block) >= 0 for at in range(0, len(html) - block + 1, block))
    return not closed and _LONG_GAP.search(html) is not None


def _short_tag(match: re.Match[str]) -> str:
    tag = match[0]
    if len(tag) > _MAX_TAG_CHARS:
        tag = _DATA_URL.sub("data:", tag)
    return tag if len(tag) <= _MAX_TAG_CHARS else ""


def _parsed(html: str) -> tuple[etree._Element | None, int]:
    """Return the tree, and about how many characters are not in it: libxml2 stops at 2,048 elements in each other."""
    source = html.encode("utf-8", "replace")
    if not source.strip():
        return None, 0
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.LxmlError:
        return None, len(html)
    fatal = next(iter(parser.error_log.filter_from_fatals()), None)
    return root, 0 if fatal is None else _behind(html, fatal.line, fatal.column)


def _behind(html: str, line: int, column: int) -> int:
    """Return how many characters stand behind a place, at least 1. libxml2 counts lines and columns from 1."""
    start = 0
    for _ in range(line - 1):
        start = html.find("\n", start) + 1
    return max(1, len(html) - start - column)
