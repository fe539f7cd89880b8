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
_JOINER = "\u200d"
# Unicode: the combining class of the sign that joins two consonants of an Indic script.
_JOINS_CONSONANTS = 9
# Unicode: two of these letters in a row are a flag.
_FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))


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
    kept = text[: _character_start(text, end)]
    head = kept.rstrip() or kept
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
    length = 0
    if isinstance(part, list):
        for item in part:
            length += _length(item)
    elif isinstance(part, dict):
        own = part.get("text") or part.get("fallback")
        if isinstance(own, str):
            # mrkdwn is escaped by who wrote it; everything else is escaped by Slack.
            length = len(own) if part.get("type") == "mrkdwn" else escaped_length(own)
        for value in part.values():
            if isinstance(value, (dict, list)):
                length += _length(value)
    return length


def _character_start(text: str, at: int) -> int:
    """Return where the character starts that `at` is inside of, or `at` where it is inside of none.

    A character that starts the text and reaches beyond `at` cannot be kept whole: it is parted at `at`.
    """
    start = at
    while start > 0 and _is_inside(text, start):
        start -= 1
    return start or at


def _is_inside(text: str, at: int) -> bool:
    """Whether what a person sees as one character goes on at `at` (after Unicode's grapheme clusters, UAX 29)."""
    before, after = text[at - 1], text[at]
    if before in _FLAG_HALVES and after in _FLAG_HALVES:
        halves = len(text[:at]) - len(text[:at].rstrip(_FLAG_HALVES))
        return halves % 2 == 1
    return (
        before == _JOINER
        or unicodedata.combining(before) == _JOINS_CONSONANTS
        or _extends(after)
        or (before, after) == ("\r", "\n")
    )


def _extends(character: str) -> bool:
    """Whether a character only adds to the one before: accents, vowel signs, a keycap, a skin tone, half of a tag."""
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or character in {_JOINER, "\u200c"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )
