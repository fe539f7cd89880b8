"""Recognises what people do not write each time: signatures, phone footers, legal notices, banners of gateways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mail.lines import SIGNATURE, Line
from bot.mail.words import BANNERS, CLOSING_WORDS, LEGAL, PHONE_FOOTERS

# A signature may hold a long legal notice, but no letter.
_SIGNATURE_LINES = 25
_FOOTER_CHARS = 120
_BANNER_LINES = 3
_DELIMITER = re.compile(r"(?:--|––|—|-- ?|__{1,60}|--{1,60})\s?")
_CONTACT = re.compile(
    r"(?<!\w)(?:tel|phone|mobile|mob|fax|cell|office|direct|telefon|tél|teléfono|telefono|mobil|handy|móvil|e-?mail|mail|web"
    r"|website|skype|linkedin|www\.|https?://|t|m|p|f|e|w|d|o)\s?[:.|]|\+\d[\d\s().\-/]{6,20}\d|(?<!\d)\(?\d{2,5}\)?[\s.\-/]\d{3,4}[\s.\-/]\d{3,6}",
    re.IGNORECASE,
)
_WEB = re.compile(r"[^\s@]{1,60}@[^\s@]{1,60}\.\w{2,10}|www\.\S{3,80}|https?://\S{3,200}", re.IGNORECASE)
_TITLES = re.compile(
    r"(?<!\w)(?:manager|director|engineer|officer|head of|specialist|consultant|coordinator|assistant|ceo|cto|cfo"
    r"|founder|president|sales|support team|customer success|analyst|administrator|bursar|secretary|treasurer|inc\.?"
    r"|ltd\.?|gmbh|llc|s\.?a\.?r?\.?l|pvt|leiter(?:in)?|geschäftsführer(?:in)?|directeur|directrice|responsable|gerente"
    r"|diretora?|directora?|direttore|direttrice|office)(?!\w)",
    re.IGNORECASE,
)


def signature_start(lines: Sequence[Line], *, may_be_all: bool = False) -> int:
    """Return where the signature or footer at the end of a stretch of lines begins; its length when there is none.

    The closing ("Thanks,") and the name under it stay before it. A stretch is all signature only where markup says so
    or `may_be_all`.
    """
    marked = _marked(lines, len(lines))
    trailing = _trailing(lines, marked)
    end = _delimited(lines, trailing)
    if end != trailing:
        end = _trailing(lines, end)
    end = _contacts(lines, end)
    if end == 0 and not may_be_all and not all(is_phone_footer(line.text) for line in lines[:marked]):
        return marked
    return end


def is_phone_footer(text: str) -> bool:
    """Tell whether a line is what a telephone or an app adds."""
    if len(text) > _FOOTER_CHARS:
        return False
    folded = text.casefold().strip(" -–—_*[(<|")
    return folded.startswith(PHONE_FOOTERS) or (
        len(folded) < 60
        and folded.endswith(
            ("gesendet", "gönderildi", "から送信", "에서 보냄", "भेजा गया", "küldve", "보냄", "의 iphone")
        )
    )


def is_legal(text: str) -> bool:
    """Tell whether a paragraph is a company's notice."""
    if len(text) < 60:
        return False
    folded = text[:1500].casefold()
    return sum(word in folded for word in LEGAL) >= (2 if len(text) > 80 else 3)


def banner_end(lines: Sequence[Line]) -> int:
    """Return where a gateway's banner at the top ends; 0 when there is none."""
    for n, line in enumerate(lines[:_BANNER_LINES]):
        if line.text.casefold().lstrip(" *[⚠️!").startswith(BANNERS):
            end = n + 1
            while end < len(lines) and not lines[end].gap and end < n + 4:
                end += 1
            return end if end < len(lines) else 0
    return 0


def _marked(lines: Sequence[Line], end: int) -> int:
    at = end
    while at > 0 and lines[at - 1].marks & SIGNATURE:
        at -= 1
    return at


def _trailing(lines: Sequence[Line], end: int) -> int:
    """Take phone footers and notices off the end."""
    while end > 0:
        text = lines[end - 1].text
        if is_phone_footer(text) or is_legal(text):
            end -= 1
            continue
        start = end - 1
        while start > 0 and not lines[start].gap and end - start < 12:
            start -= 1
        if end - start > 1 and is_legal(" ".join(line.text for line in lines[start:end])):
            end = start
            continue
        return end
    return end


def _delimited(lines: Sequence[Line], end: int) -> int:
    """Cut at the last line of dashes or underscores that a signature can follow."""
    for n in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        text = lines[n].text
        if len(text) < 70 and _DELIMITER.fullmatch(text) and (n > 0 or end - n > 1):
            after = lines[n + 1 : end]
            # A rule can also stand between two halves of a letter: what follows it must look like no letter.
            if text.rstrip() == "--" or (len(after) <= 8 and all(len(line.text) < 60 for line in after)):
                return n
    return end


def _contacts(lines: Sequence[Line], end: int) -> int:
    """Cut behind the name under a closing, when telephone numbers, addresses or titles follow it."""
    for n in range(end - 1, max(-1, end - 16), -1):
        if _is_closing(lines[n].text):
            after = n + 1
            # The name: one short line, or the two halves of one.
            if after < end and _is_name(lines[after].text):
                after += 1
            rest = lines[after:end]
            if rest and any(tells_contact(line.text) for line in rest):
                return after
            return end
    return _bare_contacts(lines, end)


def _bare_contacts(lines: Sequence[Line], end: int) -> int:
    """Without a closing: a last paragraph that begins with a name and holds two or more ways of contact."""
    start = end
    while start > 0 and end - start < 10 and not lines[start - 1].gap and len(lines[start - 1].text) < 90:
        start -= 1
    start = max(0, start - 1)
    block = lines[start:end]
    told = sum(tells_contact(line.text) for line in block[1:])
    if start > 0 and 2 <= len(block) <= 9 and told >= 2 and _is_name(block[0].text):
        return start + 1 if lines[start - 1].text.rstrip().endswith(",") else start
    return end


def tells_contact(text: str) -> bool:
    """Tell whether a line holds a way of contact or somebody's title."""
    return len(text) < 200 and (
        _CONTACT.search(text) is not None or _WEB.search(text) is not None or _TITLES.search(text) is not None
    )


def _is_closing(text: str) -> bool:
    return len(text) < 50 and text.casefold().strip(" ,.!-–—*_;:，。！、~") in CLOSING_WORDS


def _is_name(text: str) -> bool:
    words = text.strip(" ,.*_").split()
    return 1 <= len(words) <= 4 and len(text) < 40 and not any(c.isdigit() or c in "@:/|" for c in text)
