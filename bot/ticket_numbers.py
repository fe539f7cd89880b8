"""Ticket numbers as people write them, in a command, a message or a pasted link."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

# LeadSquared writes a key as #143, padded to three digits (#034); longer than this is no ticket number.
_DIGITS = r"[0-9]{1,10}"
_ALONE = re.compile(rf"[^\w]*(?:ticket\b)?[^\w]*({_DIGITS})[^\w]*", re.IGNORECASE)
_SUBJECT_KEY = re.compile(rf"\[#({_DIGITS})\]")
_MENTION = re.compile(
    rf"(?<![\w&/#])#({_DIGITS})(?![\w])|\bticket(?: (?:no|number|id))?[ .:#-]{{1,3}}({_DIGITS})(?![\w])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
_BARE_LINK = re.compile(r"https?://[^\s<>|\"“”]{1,4000}")
_IN_LINK = re.compile(rf"ticket[a-z_-]{{0,20}}[=/#]{{1,3}}({_DIGITS})(?![\w])", re.IGNORECASE)
_SEGMENT = re.compile(rf"(?<![\w])({_DIGITS})(?![\w])")
# Where a message of another app keeps what people read, beside its text: blocks, and the elder attachments.
_READABLE_KEYS = ("text", "title", "pretext", "fallback", "value", "url", "title_link", "from_url", "footer")


class TicketLinks:
    """Recognises links to a ticket: those of the configured template, and any on a leadsquared.com host."""

    def __init__(self, template: str | None) -> None:
        self._template = None
        if template:
            before, after = template.split("{ticket_id}")
            self._template = re.compile(rf"{re.escape(before)}0*({_DIGITS})(?![0-9]){re.escape(after)}")

    def ticket_id(self, url: str) -> int | None:
        """Return the ticket that a link leads to, or None."""
        if self._template and (match := self._template.match(url)):
            return _number(match[1])
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return None
        if host != "leadsquared.com" and not host.endswith(".leadsquared.com"):
            return None
        rest = unquote(url.split(host, 1)[1])
        if match := _IN_LINK.search(rest):
            return _number(match[1])
        numbers = _SEGMENT.findall(rest)
        return _number(numbers[-1]) if numbers else None


def clean(text: str) -> str:
    """Return a typed text in plain form: full-width digits and the like as ordinary ones, nothing invisible."""
    folded = unicodedata.normalize("NFKC", html.unescape(text))
    visible = (" " if c.isspace() else c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join("".join(visible).split())


def only_number(text: str, links: TicketLinks) -> int | None:
    """Return the one ticket number that a text is, or None when it is anything else or more than that.

    143, #143, #034, [#143], a mail's subject that holds [#143], or a ticket link; quotes, brackets
    and punctuation around it do not matter.
    """
    plain = clean(_TOKEN.sub(r" \1 ", text))
    if match := _ALONE.fullmatch(plain):
        return _number(match[1])
    urls = _BARE_LINK.findall(plain)
    found = [links.ticket_id(url) for url in urls] if urls else map(_number, _SUBJECT_KEY.findall(plain))
    distinct = {number for number in found if number}
    return distinct.pop() if len(distinct) == 1 else None


def find_in_text(text: str, links: TicketLinks) -> list[int]:
    """Return the ticket numbers that a Slack text mentions, each once, in the order of their first mention.

    Found are #143, [#143], "ticket 143" and ticket links; a number alone is not, for it may be anything.
    """
    return list(dict.fromkeys(_mentioned(text, links)))


def find_in_message(message: dict[str, Any], links: TicketLinks) -> list[int]:
    """Return the ticket numbers in a Slack message: its text, blocks and attachments."""
    texts = (text for part in ("text", "blocks", "attachments") for text in _readable(message.get(part)))
    return find_in_text("\n".join(texts), links)


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


def _readable(part: object, depth: int = 0) -> Iterable[str]:
    if isinstance(part, str):
        yield part
    elif depth < 20 and isinstance(part, list):
        for item in part:
            if isinstance(item, dict | list):
                yield from _readable(item, depth + 1)
    elif depth < 20 and isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, dict | list) or (isinstance(value, str) and key in _READABLE_KEYS):
                yield from _readable(value, depth + 1)


def _number(digits: str) -> int | None:
    return int(digits) or None
