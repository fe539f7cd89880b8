"""Slack's limits, and the ways to stay inside them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

# Slack: 50 blocks a message; one more and nothing is posted.
BLOCKS_PER_MESSAGE = 50
# Slack: msg_blocks_too_long comes between 11,300 and 13,200 characters over all text of a message's blocks.
BLOCK_CHARS_PER_MESSAGE = 11_000
# Slack: each header costs about 100 characters of that total.
HEADER_CHARS = 100
# Slack: section and context text ≤ 3000.
TEXT_CHARS = 3000
# Slack: header text ≤ 150, view title, submit and close ≤ 24, button text ≤ 75, button url ≤ 3000.
HEADING_CHARS = 150
VIEW_TITLE_CHARS = 24
BUTTON_CHARS = 75
BUTTON_URL_CHARS = 3000
# Slack: elements of an actions block ≤ 25.
BUTTONS_PER_BLOCK = 25
# Slack: plain_text_input max_length and initial_value ≤ 3000.
INPUT_CHARS = 3000
# Slack: chat.update and chat.postEphemeral refuse a top-level text of over 4,000 bytes.
FALLBACK_BYTES = 4000

# Slack: a view ≤ 250 kB. Links to attachments have 1,800 characters each.
PAYLOAD_BYTES = 200_000

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A cut never leaves one of these at the start of what is left: they belong to the character before.
_JOINER = "\u200d"


def escape(text: str) -> str:
    """Make a text literal in mrkdwn: nothing in it mentions, links or pings. Cut first, then escape."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_length(text: str) -> int:
    """How long a text is once Slack has escaped it, which is how it counts."""
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def cut(text: str, limit: int) -> tuple[str, int]:
    """Return as much of the start of a text as fits in `limit` escaped characters, and how many characters are left.

    The cut falls at the end of a line or between words where there is one near, and never inside a character
    that is written as several.
    """
    if escaped_length(text) <= limit:
        return text, 0
    end = length = 0
    for end, character in enumerate(text):  # noqa: B007 (the index is what is wanted)
        length += len(_ESCAPES.get(character, character))
        if length > limit:
            break
    for separator in ("\n", " "):
        at = text.rfind(separator, end - end // 5, end)
        if at > 0:
            end = at
            break
    while end > 0 and (unicodedata.combining(text[end]) or _JOINER in text[end - 1 : end + 1] or _varies(text[end])):
        end -= 1
    head = text[:end].rstrip()
    return head, len(text) - len(head)


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters; what is left out of its middle shows as an ellipsis."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def text_length(blocks: Iterable[Mapping[str, Any]]) -> int:
    """How much of Slack's total of text a list of blocks uses."""
    return sum(HEADER_CHARS * (block.get("type") == "header") + _length(block) for block in blocks)


def _length(part: object) -> int:
    if isinstance(part, list):
        return sum(_length(item) for item in part)
    if not isinstance(part, dict):
        return 0
    own = part.get("text") or part.get("fallback")
    # mrkdwn is escaped by who wrote it; everything else is escaped by Slack.
    length = len(own) if part.get("type") == "mrkdwn" and isinstance(own, str) else 0
    if isinstance(own, str) and not length:
        length = escaped_length(own)
    return length + sum(_length(value) for value in part.values() if isinstance(value, dict | list))


def _varies(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
