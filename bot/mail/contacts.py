"""Contact details in what was read: e-mail addresses and phone numbers, found and put into words.

A number is taken for a phone number when in doubt: who shares a message sees what became of it, and can let all of
them stand. Dates, times, amounts, network addresses, and numbers that are called an order or a reference, stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from bot.mail.document import Document, Mail, Run
from bot.mail.spans import Edit, Span

EMAIL = "[e-mail address]"
PHONE = "[phone number]"

# Soft hyphens, zero-width and bidi signs, and what makes a digit a keycap: they are not seen beside what they are in.
_UNSEEN = r"\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff\u20e3"
# In addresses of the web @ is %40, and %2540 in one inside another.
_AT = rf"(?:[{_UNSEEN}]?@[{_UNSEEN}]?|%(?:25){{0,3}}40|\s?[(\[{{<]\s?(?:at|@)\s?[)\]}}>]\s?)"
_DOT = rf"(?:[{_UNSEEN}]?[.。][{_UNSEEN}]?|\s?[(\[{{]\s?(?:dot|\.)\s?[)\]}}]\s?)"
# Latin ones first: in a text without spaces, as Chinese is, they end where the alphabet does.
_EMAILS = (
    re.compile(
        rf"[A-Z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}{_AT}(?:[A-Z0-9-]{{1,63}}{_DOT}){{1,8}}[A-Z0-9-]{{2,63}}",
        re.IGNORECASE,
    ),
    re.compile(rf"[\w.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,8}}[\w-]{{2,63}}", re.IGNORECASE),
    re.compile(
        r"(?:\"[^\"\n]{1,64}\"|[\w.+-]{1,64})@(?:\[[0-9a-f.:]{2,45}\]|(?:[\w-]{1,63}\.){1,8}[\w-]{2,63})", re.IGNORECASE
    ),
    # Broken over lines or set apart, where the end is no number: 2 @ 19.99.
    re.compile(r"[\w.+-]{1,64}[ \n]?@[ \n]?(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"),
    re.compile(r"[\w.+-]{1,64} at (?:[\w-]{1,63} dot ){1,4}[^\W\d_]{2,24}\b", re.IGNORECASE),
)

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_AMOUNT = r"\d{1,12}(?:[., ']\d{2,3}(?!\d)){0,6}"
# What is made of digits and is no phone number. Each is blotted out before numbers are looked for.
_NO_PHONE = (
    re.compile(r"(?<!\d)(?:19|20)\d\d([-/.] ?)(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)"),  # 2026-02-11
    re.compile(r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"),  # 20260211
    re.compile(rf"(?<![\d+]){_DAY}([-/.] ?){_DAY}\1(?:(?:19|20)\d\d|\d\d)(?![.\-/]?\d)"),  # 11/2/26
    re.compile(r"(?<!\d)(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d(?!\d)"),  # 2025–2026
    re.compile(r"(?<![\d.+:/-])(?:[01]?\d|2[0-3])[.:h][0-5]\d(?::[0-5]\d)?(?![.:/-]?\d)"),  # 14.30
    re.compile(r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])"),  # 192.0.2.7
    re.compile(rf"(?:[€$£₹¥₽₩₫]|\b(?:EUR|USD|GBP|INR|CHF|Rs\.?)) ?{_AMOUNT}"),
    re.compile(rf"(?<![\d+]){_AMOUNT} ?(?:[€$£₹¥₽₩₫%đ](?! ?\d)|(?:EUR|USD|GBP|INR|CHF)\b)"),
)  # fmt: skip
# The same, unless it is called a phone number. With eleven digits or more it would be a large amount.
_NO_PHONE_BY_ITSELF = (
    re.compile(r"(?<![\d.+])(?:[1-9]|[1-9]\d(?!(?:\.\d{3}){3}))(?:\.\d{3}){2,3}(?![\d.])"),  # 1.200.000
    re.compile(r"(?<![\d+])(?:[1-9]|[1-9]\d(?!(?: \d{3}){3}))(?: \d{3}){2,3}(?! ?\d)"),  # 1 200 000
    re.compile(r"(?<![\d+])\d{1,3}(?: 000){1,4}(?! ?\d)"),
)
_BETWEEN = rf"(?:(?!  )[ .\-‐-―−⁃ー~/()·•{_UNSEEN}]){{0,4}}"
# As long as several numbers are that stand together. With a + it may be broken over lines.
_NUMBER = re.compile(
    rf"(?<!\d)(?:\+ ?\(?\d(?:{_BETWEEN}\d){{1,6}} ?\n(?:{_BETWEEN}\d){{4,11}}(?!\d)"
    rf"|(?:\+ ?)?\(?\d(?:{_BETWEEN}\d){{4,39}})"
)
_WORDS_BEFORE = 48
_CALLED_PHONE = re.compile(
    r"(?:\b(?:tel|telp|ph|phones?|tele(?:ph|f)on[aeo]?|téléphone|teléfono|telefoon|puhelin|mobiles?|mobil|mobiel|mob"
    r"|tél|tlf|tfno|durchwahl|extn?"
    r"|portable|cell|celular|cellulare|móvil|komórka|handy|fax|faks|call|calls|called|ring|dial|whats ?app|viber|sms"
    r"|hotline|helpline|gsm|hp|sđt|тел|телефон|моб|факс|τηλ|τηλέφωνο|κιν|טלפון|נייד)\b"
    r"|(?:^|[\s|,;])[tmpf](?=\s?[:.])"
    r"|फोन|फ़ोन|मोबाइल|电话|電話|手机|手機|携帯|전화|휴대|โทร|điện thoại|هاتف|جوال|تلفون|موبايل)[^\d\n]{0,24}$"
    r"|wa\.me/$|%2B$",
    re.IGNORECASE,
)
_CALLED_OTHERWISE = re.compile(
    r"(?:#|№|\b(?:orders?|invoices?|tickets?|ref|refs|references?|case|account|acct|iban|id|ids|sku|upi|utr|pnr|isbn|ean"
    r"|serial|batch|transaction|booking|tracking|receipt|policy|version|build|bestellung|rechnung|kundennummer"
    r"|rechnungsnummer|bestellnummer|auftrag|vorgang|commande|facture|pedido|factura|fatura|ordine|fattura)(?:\b|(?=_))"
    r"(?:\s?(?:numbers?|no|nr|num|id|code))?)[.:]?\s?[:#]?\s?[A-Z]{0,4}[-/_]?$",
    re.IGNORECASE,
)
# Behind a letter and one of these it is a part of a name or an address: AX-1180, /orders/10023456.
_PART_OF_NAME = re.compile(r"[A-Za-z_](?:[-/_.=]|%2F)?$|[#=&]$")
# But people write their own names so, and file names too: Rahul-9876543210.
_AFTER_WORD = re.compile(r"(?:^|[\s,;(])(?:[^\W\d_]\w*\.)?[^\W\d_][^\W\d_A-Z]+[-._]$")
_UNIT = re.compile(r"[A-Za-z_%]")
_IN_ADDRESS = re.compile(r"\+\d{7}|(?:tel|phone|mobile|call|sms|whatsapp|wa\.me)[^a-z0-9]{0,3}\+?\d{5}", re.IGNORECASE)


def mask_text(text: str) -> str:
    """Return a plain text with its e-mail addresses and phone numbers in words."""
    return _EDIT.text(text)


def mask_document(document: Document) -> Document:
    """Return a document with its e-mail addresses and phone numbers in words, and without links to them."""
    return _EDIT.document(document)


def mask_mail(mail: Mail) -> Mail:
    """Return a mail with all contact details of its parts in words, those in the headers of earlier messages too."""
    return _EDIT.mail(mail)


def _without_contact(run: Run) -> Run:
    """Return a run without a link that is, or holds, a contact detail."""
    if run.link is None:
        return run
    kind = run.link[:7].casefold()
    if kind.startswith("tel:"):
        digits = sum(character.isdecimal() for character in run.text)
        return run._replace(link=None, text=PHONE if digits >= 4 else run.text)
    if kind == "mailto:":
        shows_one = "@" in run.text and not _spans(run.text)
        return run._replace(link=None, text=EMAIL if shows_one else run.text)
    address = _folded(unquote(unquote(run.link)))
    return run._replace(link=None) if _has_email(address) or _IN_ADDRESS.search(address) else run


def _has_email(text: str) -> bool:
    return any(pattern.search(text) for pattern in _EMAILS)


def _spans(text: str) -> list[Span]:
    """Find every contact detail, in order; none overlap."""
    folded = _folded(text)
    found: list[Span] = []

    def address(match: re.Match[str]) -> str:
        found.append(Span(match.start(), match.end(), EMAIL))
        return _blot(match)

    if any(sign in folded.casefold() for sign in ("@", "at", "40")):
        for pattern in _EMAILS:
            folded = pattern.sub(address, folded)
    return sorted([*found, *_phones(folded)])


def _phones(text: str) -> Iterator[Span]:
    plain = text
    for pattern in _NO_PHONE:
        plain = pattern.sub(_blot, plain)
    for pattern in _NO_PHONE_BY_ITSELF:
        plain = pattern.sub(
            lambda match: match[0] if _CALLED_PHONE.search(_before(match, text)) else _blot(match), plain
        )
    for match in _NUMBER.finditer(plain):
        if _is_phone(match[0], _before(match, text), plain[match.end() : match.end() + 1]):
            yield Span(match.start(), match.end(), PHONE)


def _before(match: re.Match[str], text: str) -> str:
    """Return what stands in a text before a match, in its line."""
    return text[max(0, match.start() - _WORDS_BEFORE) : match.start()].rpartition("\n")[2]


def _is_phone(said: str, before: str, behind: str) -> bool:
    """Tell whether a number reads as a phone's, by its digits, its groups, and the words before it."""
    groups = re.findall(r"\d+", said)
    digits = "".join(groups)
    if said[0] == "+" or (digits.startswith("00") and digits[2] != "0"):
        return len(digits) >= 7 and max(map(len, groups)) <= 17
    # Several numbers that stand together are longer than one can be.
    if max(map(len, groups)) > 15 or (_CALLED_OTHERWISE.search(before) and behind != "@"):
        return False
    as_one = 10 <= len(digits) <= 13 and (behind == "@" or bool(_AFTER_WORD.search(before)))
    if as_one or _CALLED_PHONE.search(before):
        return True
    if _PART_OF_NAME.search(before) or _UNIT.match(behind):
        return False
    if len(groups) == 1:
        return 8 <= len(digits) <= 13
    # 555-0136, and anything longer in groups: amounts and dates are blotted out.
    return len(digits) >= 8 or [len(group) for group in groups] in ([3, 4], [3, 2, 2])


def _folded(text: str) -> str:
    """Return a text with full-width signs and the digits of all scripts as the plain ones, each in its place."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    same = unicodedata.normalize("NFKC", character)
    return same if len(same) == 1 else character


def _blot(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


_EDIT = Edit(_spans, _without_contact)
