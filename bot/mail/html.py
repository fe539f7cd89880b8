"""HTML mail as paragraphs: one parse, one walk, nothing run and nothing fetched."""

from __future__ import annotations

import re

from lxml import etree

# Beyond this a body is cut before it is parsed, so that no mail costs more than a bounded time.
MAX_CHARS = 1_500_000
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
    page = _Page()
    hidden_until = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            if hidden_until is None and element.tag in _HIDDEN:
                hidden_until = element
            if hidden_until is None:
                page.start(element.tag)
                page.say(element.text)
        elif hidden_until in {None, element}:
            hidden_until = None
            if event == "end":
                page.end(element.tag)
            page.say(element.tail)
    return page.paragraphs()


class _Page:
    """Words in the order they come, and the breaks between them as a browser would make them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._breaks = 0

    def start(self, tag: str) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in {"td", "th"}:
            self.say(" ")
        self.end(tag)

    def end(self, tag: str) -> None:
        # Blocks share the break between them, unlike br.
        self._breaks = max(self._breaks, 2 if tag in _PARAGRAPHS else 1 if tag in _LINES else 0)

    def say(self, text: str | None) -> None:
        words = _SPACE.sub(" ", text or "")
        if self._breaks and words.strip():
            self._pieces.append("\n" * min(self._breaks, 2))
            self._breaks = 0
        if not self._breaks:
            self._pieces.append(words)

    def paragraphs(self) -> list[str]:
        lines = ("\n".join(map(str.strip, part.split("\n"))) for part in "".join(self._pieces).split("\n\n"))
        return [part.strip() for part in lines if part.strip()]


def _parse(html: str) -> etree._Element | None:
    # Cut afterwards: one image inside the mail is longer than all its words.
    prepared = _TAG.sub(_short_tag, html)[:MAX_CHARS]
    source = _END_TAGS.sub("<br>", prepared).replace("\x00", "").encode("utf-8", "replace")
    if not source.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=False)
    try:
        root = etree.fromstring(source, parser)
    except etree.LxmlError:
        return None
    # Beyond 2,048 elements inside each other libxml2 stops, and keeps only what came before.
    return None if parser.error_log.filter_from_fatals() else root


def _short_tag(match: re.Match[str]) -> str:
    tag = match[0]
    if len(tag) > _MAX_TAG_CHARS:
        tag = _DATA_URL.sub("data:", tag)
    return tag if len(tag) <= _MAX_TAG_CHARS else ""
