"""A message body made readable, with no Slack and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.mail.document import Document
from bot.mail.html import paragraphs

__all__ = ["Document", "read"]


def read(html: str, text: str) -> Document:
    """Read one message body: `html` where it says anything, else `text`. Never raises.

    LeadSquared's `text` is the same mail flattened to one line, so it is the second choice.
    """
    found = _readable(paragraphs(html))
    if not found:
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        found = _readable(part.strip() for part in lines.split("\n\n"))
    return Document(found)


def _readable(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for part in map(_visible, found) if not _blank(part))


def _visible(text: str) -> str:
    # Control characters can hide or reorder words; Slack refuses some of them, and half a character cannot be sent.
    return _UNWANTED.sub("", text)


def _blank(text: str) -> bool:
    return not any(c.isprintable() and not c.isspace() for c in text)


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
