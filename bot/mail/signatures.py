"""Recognises what people do not write each time: signatures, phone footers, legal notices, banners of gateways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mail.lines import SIGNATURE, Line
from bot.mail.words import BANNERS, CLOSING_WORDS, COMMON_LEGAL, LEGAL, PHONE_FOOTERS

# A signature may hold a long legal notice, but no letter.
_SIGNATURE_LINES = 25
# Most lines begin like none of them: to look one up is many times faster than to try all.
_FOOTER_STARTS = frozenset(footer[:3] for footer in PHONE_FOOTERS)
_BARE_FOOTERS = ("sent from", "sent via", "sent with", "sent using", "sent by")
_FOOTER_ENDS = ("gesendet", "gönderildi", "から送信", "에서 보냄", "भेजा गया", "küldve", "보냄", "의 iphone")
_DEVICE = re.compile(
    r"(?<!\w)(?:i?phone|ipad|android|galaxy|samsung|huawei|xiaomi|pixel|nokia|blackberry|mobile|smartphone|tablet|device|windows"
    r"|outlook|yahoo|gmail|e?mail|proton|tuta|spark|superhuman|mailbird|app|aol|hotmail|fastmail|zoho|hey|mac|webmail)"
)
# Words of what a gateway says of a mail from outside, beside how it begins.
_OUTSIDE = re.compile(
    r"extern|outside|organi[sz]ation|sender|links|attachments|expéditeur|afzender|remitente|mittente|absender|häufig|souvent|vaak|spesso|suele|often"
)
_FOOTER_CHARS = 120
_BANNER_LINES = 3
_DELIMITER = re.compile(r"(?:--|––|—|-- ?|__{1,60}|--{1,60})\s?")
_CONTACT = re.compile(
    r"(?<!\w)(?:tel|phone|mobile|mob|fax|cell|office|direct|telefon|tél|teléfono|telefono|mobil|handy|móvil|e-?mail|mail|web"
    r"|website|skype|linkedin|www\.|https?://)\s?[:.|]|(?<!\w)[tmpfewdo]\s?[:|]\s|\+\d[\d\s().\-/]{6,20}\d|(?<!\d)\(?\d{2,5}\)?[\s.\-/]\d{3,4}[\s.\-/]\d{3,6}",
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
    if folded.startswith(_BARE_FOOTERS) and not folded.startswith("sent from my"):
        # People send things from places and by courier, too.
        return len(folded.split()) < 12 and _DEVICE.search(folded) is not None
    return (folded[:3] in _FOOTER_STARTS and folded.startswith(PHONE_FOOTERS)) or (
        len(folded) < 60 and folded.endswith(_FOOTER_ENDS)
    )


def is_legal(text: str) -> bool:
    """Tell whether a paragraph is a company's notice: it has two of its words, and one that nobody else uses."""
    if len(text) < 60 or "?" in text:
        return False
    folded = text[:1500].casefold()
    found = list(filter(folded.__contains__, LEGAL))
    return len(found) >= (2 if len(text) > 80 else 3) and any(word not in COMMON_LEGAL for word in found)


def banner_end(lines: Sequence[Line]) -> int:
    """Return where a gateway's banner at the top ends; 0 when there is none."""
    for n, line in enumerate(lines[:_BANNER_LINES]):
        if line.text.casefold().lstrip(" *[⚠️!").startswith(BANNERS):
            told = " ".join(following.text for following in lines[n : n + 3]).casefold()
            if not _OUTSIDE.search(told):
                return 0
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
        if end - start > 1 and is_legal(" ".join([line.text for line in lines[start:end]])):
            end = start
            continue
        return end
    return end


def _delimited(lines: Sequence[Line], end: int) -> int:
    """Cut at the last line of dashes or underscores that a signature can follow."""
    for n in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        text = lines[n].text
        if text[0] in "-–—_" and len(text) < 70 and _DELIMITER.fullmatch(text) and (n > 0 or end - n > 1):
            after = lines[n + 1 : end]
            # A rule can also stand between two halves of a letter: what follows it must look like no letter.
            short = text.rstrip() == "--" or (len(after) <= 8 and all(len(line.text) < 60 for line in after))
            if short and not any(_is_sentence(line.text) and not is_legal(line.text) for line in after):
                return n
    return end


def _contacts(lines: Sequence[Line], end: int) -> int:
    """Cut behind the name under a closing, when an address, a title or a company follows it, and no sentence."""
    for n in range(end - 1, max(-1, end - 16), -1):
        text = lines[n].text
        named = "," in text and _is_closing_with_name(text)
        if not named and not _is_closing(text):
            continue
        after = n + 1
        if not named and after < end and _is_name(lines[after].text):
            after += 1
        rest = [line.text for line in lines[after:end]]
        if not rest or any(map(_is_sentence, rest)):
            return end
        block = 2 <= len(rest) <= 4 and all(len(text) < 40 for text in rest)
        return after if block or any(map(tells_contact, rest)) else end
    return _bare_contacts(lines, end)


def _bare_contacts(lines: Sequence[Line], end: int) -> int:
    """Without a closing: a last paragraph that begins with a name and holds ways of contact."""
    start = end
    while start > 0 and end - start < 10 and not lines[start - 1].gap and len(lines[start - 1].text) < 90:
        start -= 1
    start = max(0, start - 1)
    block = [line.text for line in lines[start:end] if not line.text.startswith("[image")]
    if start == 0 or not 2 <= len(block) <= 9 or not _is_name(block[0].partition("|")[0]):
        return end
    before = lines[start - 1].text.rstrip()
    if before.endswith(":") or any(map(_is_sentence, block)):
        return end
    told = sum(map(tells_contact, block[1:]))
    strong = any(_WEB.search(text) or _CONTACT.search(text) for text in block[1:])
    if told >= 2 or (strong and len(block) <= 5 and lines[start].gap):
        return start + 1 if before.endswith(",") else start
    return end


def _is_sentence(text: str) -> bool:
    """Tell whether a line is something that a person says, and not a name, a title or an address."""
    if text[:4].casefold().startswith(("ps:", "p.s.", "ps ")):
        return True
    return len(text.split()) > 4 and text.rstrip()[-1:] in ".?!。？！"


def _is_closing_with_name(text: str) -> bool:
    closing, comma, name = text.partition(",")
    return bool(comma and name.strip()) and len(name.split()) <= 3 and _is_closing(closing) and _is_name(name)


def tells_contact(text: str) -> bool:
    """Tell whether a line holds a way of contact or somebody's title."""
    return len(text) < 200 and (
        _CONTACT.search(text) is not None or _WEB.search(text) is not None or _TITLES.search(text) is not None
    )


def _is_closing(text: str) -> bool:
    return len(text) < 50 and text.casefold().strip(" ,.!-–—*_;:，。！、~") in CLOSING_WORDS


def _is_name(text: str) -> bool:
    words = text.strip(" ,.*_").split()
    if not 1 <= len(words) <= 4 or len(text) >= 40:
        return False
    return "".join(words).isalpha() or not any(c.isdigit() or c in "@:/|" for c in text)
