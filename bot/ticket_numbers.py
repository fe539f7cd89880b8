"""Ticket numbers as people write them, in a command, a message or a pasted link."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.slack_text import LINKS, WORDS, texts_in

# LeadSquared writes a key as #143, padded to three digits (#034); longer than this is no ticket number.
_DIGITS = r"[0-9]{1,10}"
# &#143; is a character and 1.5 a measure; possessive, so that a long run of signs costs no more than its length.
_ALONE = re.compile(rf"\W*+(?:ticket\b\W*+)?(?:(?:no|number)\b\W*+)?(?<!&#)({_DIGITS})\W*+", re.IGNORECASE)
# #143 #143: nothing but keys.
_KEYS = re.compile(rf"(?:[^\w#]*+(?<!&)#{_DIGITS}(?!\w))++\W*+")
_KEY = re.compile(rf"#({_DIGITS})")
_SUBJECT_KEY = re.compile(rf"\[#({_DIGITS})\]")
_MENTION = re.compile(
    # An underscore beside it is emphasis: _#143_.
    rf"(?<![^\W_])(?<![&/#])(?<!&amp;)#({_DIGITS})(?![^\W_]|_\w|\.[0-9])"
    rf"|\bticket(?: (?:no|number|id))?[ .:#*_`-]{{1,3}}({_DIGITS})(?![^\W_]|_\w|\.[0-9])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
_BARE_LINK = re.compile(r"https?://[^\s<>|\"“”]{1,4000}")
# Ids of other things are long, with hyphens in them, and a part of one may be all digits.
_IN_LINK = re.compile(rf"ticket[a-z_-]{{0,20}}[=/#]{{1,3}}({_DIGITS})(?![\w-]|\.[0-9])", re.IGNORECASE)
_SEGMENT = re.compile(rf"(?<![\w.-])({_DIGITS})(?![\w-]|\.[0-9])")


class TicketLinks:
    """Recognises links to a ticket: those of the configured template, and any on a leadsquared.com host."""

    def __init__(self, template: str | None) -> None:
        self._template = None
        if template:
            before, after = template.split("{ticket_id}")
            end = re.escape(after) or r"(?![\w-]|\.[0-9])"
            self._template = re.compile(rf"{re.escape(before)}0*({_DIGITS}){end}")

    def ticket_id(self, url: str) -> int | None:
        """Return the ticket that a link leads to, or None: also when its numbers leave a choice."""
        if self._template and (match := self._template.match(url)):
            return _number(match[1])
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return None
        if host != "leadsquared.com" and not host.endswith(".leadsquared.com"):
            return None
        rest = unquote(f"{parts.path}?{parts.query}#{parts.fragment}")
        found = _IN_LINK.findall(rest) or _SEGMENT.findall(rest)
        numbers = set(map(int, found))
        return (numbers.pop() or None) if len(numbers) == 1 else None


def clean(text: str) -> str:
    """Return a typed text in plain form: the digits of every script as ordinary ones, nothing invisible."""
    return " ".join(_fold(html.unescape(text)).split())


def only_number(text: str, links: TicketLinks) -> int | None:
    """Return the one ticket number that a text is, or None when it is anything else or more than that.

    143, #143, #034, [#143], "no. 143", a mail's subject that holds [#143], or a ticket link; quotes, brackets
    and punctuation around it do not matter, nor does the same key again.
    """
    plain = clean(_TOKEN.sub(r" \1 ", text))
    if match := _ALONE.fullmatch(plain):
        return _number(match[1])
    urls = _BARE_LINK.findall(plain)
    key = _KEY if _KEYS.fullmatch(plain) else _SUBJECT_KEY
    found = [links.ticket_id(url) for url in urls] if urls else map(_number, key.findall(plain))
    distinct = {number for number in found if number}
    return distinct.pop() if len(distinct) == 1 else None


def find_in_text(text: str, links: TicketLinks) -> list[int]:
    """Return the ticket numbers that a Slack text mentions, each once, in the order of their first mention.

    Found are #143, [#143], "ticket 143" and ticket links; a number alone is not, for it may be anything.
    """
    return list(dict.fromkeys(_mentioned(_fold(text), links)))


def find_in_message(message: dict[str, Any], links: TicketLinks) -> list[int]:
    """Return the ticket numbers in a Slack message: its text, blocks and attachments."""
    return find_in_text("\n".join(texts_in(message, WORDS + LINKS)), links)


def _mentioned(text: str, links: TicketLinks) -> Iterator[int]:
    hits: list[tuple[int, int | None]] = []

    def take_token(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target.startswith("http"):
            hits.append((match.start(), links.ticket_id(html.unescape(target))))
        # Mentions of people and channels (<#C012|143>) are names, not ticket numbers.
        return (label or "").ljust(len(match[0])) if target[:1] not in "@#!" else " " * len(match[0])

    rest = _TOKEN.sub(take_token, text)

    def take_link(match: re.Match[str]) -> str:
        hits.append((match.start(), links.ticket_id(html.unescape(match[0]))))
        return " " * len(match[0])

    rest = _BARE_LINK.sub(take_link, rest)
    hits += [(match.start(), _number(match[1] or match[2])) for match in _MENTION.finditer(rest)]
    yield from (number for _, number in sorted(hits, key=lambda hit: hit[0]) if number)


def _fold(text: str) -> str:
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":  # zero-width characters, marks of direction
        return ""
    # A raised 2 is a footnote, not a digit more.
    return character if category == "No" else unicodedata.normalize("NFKC", character)


def _number(digits: str) -> int | None:
    return int(digits) or None
