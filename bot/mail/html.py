"""HTML mail as paragraphs: one parse, one walk, nothing run and nothing fetched."""

from __future__ import annotations

import re

from lxml import etree

# Beyond this a body is cut before it is parsed, so that no mail costs more than a bounded time.
MAX_CHARS = 1_500_000
# libxml2 leaves out what is nested deeper.
_MAX_DEPTH = 2000
# libxml2 takes minutes over a tag with 100,000 attributes; no real tag is this long but for a data: image.
_MAX_TAG_CHARS = 4096
_DATA_URL = re.compile(r"data:[^\s\"'>]++")
_TAG = re.compile(r"<[a-zA-Z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>?")
# libxml2 drops all that follows the first end of the document: footers that gateways add.
_END_TAGS = re.compile(r"</(?:body|html)\s*+>", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"})
_PARAGRAPHS = frozenset({"p", "blockquote", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_LINES = frozenset({"div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address", "center"})
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def paragraphs(html: str) -> list[str]:
    """Return the visible text of an HTML body as paragraphs, with line breaks inside them where it has them.

    Never raises: what cannot be parsed whole gives an empty list. Markup is gone; entities are their characters.
    """
    root = _parse(html)
    if root is None:
        return []
    pieces: list[str] = []
    hidden_until = None
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            if hidden_until is None:
                pieces.append(_SPACE.sub(" ", element.tail or ""))
            continue
        tag = element.tag
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH:
            return []
        if event == "start":
            if hidden_until is None and tag in _HIDDEN:
                hidden_until = element
            if hidden_until is None:
                pieces.append(_break_before(tag))
                pieces.append(_SPACE.sub(" ", element.text or ""))
        else:
            if hidden_until is element:
                hidden_until = None
            if hidden_until is None:
                pieces.append(_break_after(tag))
                pieces.append(_SPACE.sub(" ", element.tail or ""))
    return _split("".join(pieces))


def _parse(html: str) -> etree._Element | None:
    # Cut afterwards: one image inside the mail is longer than all its words.
    prepared = _TAG.sub(_short_tag, html)[:MAX_CHARS]
    source = _END_TAGS.sub("", prepared).replace("\x00", "").encode("utf-8", "replace")
    if not source.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=False)
    try:
        return etree.fromstring(source, parser)
    except etree.LxmlError:
        return None


def _short_tag(match: re.Match[str]) -> str:
    tag = match[0]
    if len(tag) > _MAX_TAG_CHARS:
        tag = _DATA_URL.sub("data:", tag)
    return tag if len(tag) <= _MAX_TAG_CHARS else ""


def _break_before(tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag in {"td", "th"}:
        return " "
    return "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else ""


def _break_after(tag: str) -> str:
    return "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else ""


def _split(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(part) for part in found if part]
