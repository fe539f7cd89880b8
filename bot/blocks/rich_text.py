"""A document as rich_text elements. Text in them is literal: nothing a customer writes can mention, ping or format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from bot.blocks.elements import Block, Element, utc_words
from bot.blocks.limits import cut, escaped_length
from bot.mail.document import Document, Item, Items, Paragraph, Preformatted, Quote, Run

# Slack: indent of a rich_text_list is 0–8.
_MOST_INDENT = 8
# An address of 1,600 characters counts as much as 200 characters of text: Slack takes 250 kB, of which text is 11.
_URL_SHARE = 8
_STYLES = ("bold", "italic", "strike", "code")


def rich_text(elements: Sequence[Element]) -> Block:
    """Make a rich_text block."""
    return {"type": "rich_text", "elements": list(elements)}


def section(*leaves: Element) -> Element:
    """Make a section of leaves. Slack: it must not be empty."""
    return {"type": "rich_text_section", "elements": list(leaves)}


def text(words: str, *, bold: bool = False, italic: bool = False) -> Element:
    """Make a text leaf. Slack: it must not be empty."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def date(when: datetime) -> Element:
    """Make a date leaf, which each reader sees in their own time zone."""
    return {
        "type": "date",
        "timestamp": int(when.timestamp()),
        "format": "{date_short_pretty} at {time}",
        "fallback": utc_words(when),
    }


def quote(words: str) -> Block:
    """Make a rich_text block that shows a plain text as a quotation."""
    return rich_text([{"type": "rich_text_quote", "elements": [text(words)]}])


def elements(document: Document) -> list[Element]:
    """Return a document as sections, lists, quotes and preformatted blocks, in order."""
    made: list[Element] = []
    for is_paragraph, blocks in groupby(document.blocks, lambda block: isinstance(block, Paragraph)):
        if is_paragraph:
            made.append(section(*_paragraphs([block for block in blocks if isinstance(block, Paragraph)])))
        else:
            made += [element for block in blocks for element in _element(block)]
    return made


def quoted(document: Document) -> list[Element]:
    """Return a document as a quotation: an earlier message."""
    made: list[Element] = []
    for element in elements(document):
        if element["type"] in {"rich_text_section", "rich_text_quote"}:
            made.append({"type": "rich_text_quote", "elements": element["elements"]})
        else:
            # Slack: a list or preformatted text cannot stand in a quote; a border shows what it is.
            made.append(element | {"border": 1})
    return made


def length(parts: Iterable[Element]) -> int:
    """How much of Slack's limit elements or leaves use. Long addresses count as well: a payload has a size too."""
    return sum(
        escaped_length(part.get("text") or part.get("fallback") or "")
        + len(part.get("url") or "") // _URL_SHARE
        + length(part.get("elements", ()))
        for part in parts
    )


def characters(parts: Iterable[Element]) -> int:
    """How many characters of text elements or leaves hold."""
    return sum(len(part.get("text") or "") + characters(part.get("elements", ())) for part in parts)


def fit(parts: Sequence[Element], limit: int) -> tuple[list[Element], list[Element]]:
    """Cut elements into what fits in `limit` characters and the rest. Something is always in the first.

    The cut falls between elements where most of the room is used, else at a line or between words.
    """
    taken: list[Element] = []
    room = limit
    for n, part in enumerate(parts):
        size = length([part])
        if size > room:
            if taken and room < limit // 3:
                return taken, list(parts[n:])
            head, tail = _halves(part, room)
            return [*taken, *head], [*tail, *parts[n + 1 :]]
        taken.append(part)
        room -= size
    return taken, []


def _halves(part: Element, room: int) -> tuple[list[Element], list[Element]]:
    """Cut one element, or a list of them inside it, where `room` ends."""
    if "elements" not in part:
        words, left = cut(part.get("text") or "", room - len(part.get("url") or "") // _URL_SHARE)
        if not left or not words:
            return ([part], []) if not left else ([], [part])
        words = _at_paragraph(words)
        tail = part["text"][len(words) :].lstrip()
        return [part | {"text": words}], [part | {"text": tail}] if tail else []
    taken: list[Element] = []
    for n, inner in enumerate(part["elements"]):
        size = length([inner])
        if size > room:
            head, tail = _halves(inner, room)
            rest = [*tail, *part["elements"][n + 1 :]]
            kept = [*taken, *head]
            return (
                [part | {"elements": kept}] if kept else [],
                [part | {"elements": rest}] if rest else [],
            )
        taken.append(inner)
        room -= size
    return [part], []


def _at_paragraph(words: str) -> str:
    """Return words cut back to the end of a paragraph or sentence, if one ends in their second half."""
    for end in ("\n\n", "\n", ". "):
        at = words.rfind(end, len(words) // 2)
        if at > 0 and (kept := words[: at + 1].rstrip()):
            return kept
    return words


def _element(block: Paragraph | Items | Quote | Preformatted) -> list[Element]:
    if isinstance(block, Items):
        return _lists(block.items)
    if isinstance(block, Preformatted):
        return [{"type": "rich_text_preformatted", "elements": [text(block.text)]}]
    return [{"type": "rich_text_quote", "elements": _leaves(block.runs)}]


def _lists(items: Sequence[Item]) -> list[Element]:
    """Slack: items of one list share their indent and style."""
    made = []
    for (level, ordered), group in groupby(items, lambda item: (item.level, item.number is not None)):
        same = list(group)
        element: Element = {
            "type": "rich_text_list",
            "style": "ordered" if ordered else "bullet",
            "indent": min(level, _MOST_INDENT),
            "elements": [section(*_leaves(item.runs)) for item in same],
        }
        if ordered and same[0].number and same[0].number > 1:
            element["offset"] = same[0].number - 1
        made.append(element)
    return made


def _paragraphs(paragraphs: Sequence[Paragraph]) -> list[Element]:
    leaves: list[Element] = []
    for n, paragraph in enumerate(paragraphs):
        if n:
            leaves.append(text("\n\n"))
        leaves += _leaves(paragraph.runs)
    return _joined(leaves)


def _leaves(runs: Iterable[Run]) -> list[Element]:
    return _joined(_leaf(run) for run in runs if run.text)


def _leaf(run: Run) -> Element:
    style = {name: True for name in _STYLES if getattr(run, name)}
    leaf: Element = {"type": "text", "text": run.text}
    if run.link and run.text.strip():
        leaf = {"type": "link", "url": run.link, "text": run.text}
    return leaf | ({"style": style} if style else {})


def _joined(leaves: Iterable[Element]) -> list[Element]:
    """Join neighbours of one style: fewer elements, the same text."""
    joined: list[Element] = []
    for leaf in leaves:
        if joined and leaf["type"] == joined[-1]["type"] == "text" and leaf.get("style") == joined[-1].get("style"):
            joined[-1] = joined[-1] | {"text": joined[-1]["text"] + leaf["text"]}
        else:
            joined.append(leaf)
    return joined
