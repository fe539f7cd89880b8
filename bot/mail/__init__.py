"""A message body made readable, with no Slack and no network."""

from __future__ import annotations

from bot.mail.document import Document
from bot.mail.html import paragraphs

__all__ = ["Document", "read"]


def read(html: str, text: str) -> Document:
    """Read one message body: `html` where it says anything, else `text`. Never raises.

    LeadSquared's `text` is the same mail flattened to one line, so it is the second choice.
    """
    found = paragraphs(html)
    if not found:
        found = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return Document(
        tuple(part for part in map(_visible, found) if any(c.isprintable() and c != "\u200b" for c in part))
    )


def _visible(text: str) -> str:
    # Control characters can hide or reorder words; Slack refuses some of them.
    return "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in _REORDERING))


_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
