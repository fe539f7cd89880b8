"""A document as rich_text elements. Text in them is literal: nothing a customer writes can mention, ping or link."""

from __future__ import annotations

from datetime import datetime

from bot.blocks.elements import Block, Element, utc_words


def rich_text(*sections: list[Element]) -> Block:
    """Make a rich_text block of sections, each a list of leaf elements. A section without leaves is left out."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": leaves} for leaves in sections if leaves],
    }


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
    """Make a rich_text block that shows a text as a quotation."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [text(words)]}]}
