"""Characters: what is invisible or harmful goes, and what was garbled on the way is repaired where that is certain."""

from __future__ import annotations

import quopri
import re

_DROPPED = dict.fromkeys(
    [
        *(c for c in range(32) if c not in {9, 10}),
        *range(0x7F, 0xA0),
        0xAD,  # soft hyphen
        0x34F,  # the joiner that newsletters pad their preheaders with
        0x61C,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        0x200B,
        *range(0x202A, 0x202F),  # embeddings and overrides reorder what is read
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE0F),
        0xFEFF,
        *range(0xFFF0, 0xFFFC),
        *range(0xD800, 0xE000),  # lone surrogates cannot be sent
        *range(0x1BCA0, 0x1BCA4),
        *range(0x1D173, 0x1D17B),
        *range(0xE0000, 0xE1000),  # tags and selectors: text that no one sees
    ]
)
# The last three are letters that are blank.
_SPACES = dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288, 0x2800, 0x3164, 0xFFA0), " ")
_TABLE = _DROPPED | _SPACES | {0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
# What Python calls printable, and nobody sees.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# This selector makes an emoji of the sign before it, and of a digit with a keycap behind it.
_STRAY_SELECTOR = re.compile("(?<![^\x00-\xa8\ufe0f])\ufe0f(?!\u20e3)")
# Marks of direction belong beside letters that are written from right to left; elsewhere they turn signs round.
_STRAY_MARK = re.compile(
    "(?<![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])[\u200e\u200f]+(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])"
)
# Joiners mean something between letters of Persian or Hindi and inside an emoji; anywhere else they are padding.
_STRAY_JOINER = re.compile(
    r"(?<![^\x00-\u024f\s\u2000-\u206f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u024f\s\u2000-\u206f])"
)

# UTF-8 read as Windows-1252: runs of the characters that its bytes above 127 become.
_CP1252 = {bytes([b]).decode("cp1252", "replace").replace("\ufffd", chr(b)): b for b in range(0x80, 0x100)}
_GARBLED = re.compile("[" + re.escape("".join(c for c, b in _CP1252.items() if 0xC2 <= b <= 0xF4)) + "]["
                      + re.escape("".join(c for c, b in _CP1252.items() if b < 0xC0)) + "]{1,3}")  # fmt: skip
_SOFT_BREAK = re.compile(r"=\r?\n")
# A character of UTF-8 beyond ASCII, as quoted-printable writes it.
_TAIL = "=[89AB][0-9A-F]"
_ESCAPED = re.compile(rf"=(?:C[2-9A-F]|D[0-9A-F]|E[0-9A-F]{_TAIL}|F[0-4]{_TAIL}{_TAIL}){_TAIL}")


def clean(text: str) -> str:
    """Return a text without control, bidi, zero-width and other invisible characters; odd spaces become plain ones.

    Emoji and the joiners of Persian, Hindi and the like stay whole.
    """
    # Most text is printable, and then there are few to look for.
    if text.isprintable() and (text.isascii() or not _BLANK.search(text)):
        return text
    text = text.translate(_TABLE)
    for stray in (_STRAY_JOINER, _STRAY_MARK, _STRAY_SELECTOR):
        text = stray.sub("", text)
    return text


def repair(text: str) -> str:
    """Undo what a wrong charset or an undecoded transfer encoding did to a text, where nothing else can explain it."""
    if "=" in text and _is_quoted_printable(text):
        text = _decoded(text)
    if "Ã" in text or "Â" in text or "â" in text or "à" in text or "ð" in text:
        text = _GARBLED.sub(_ungarbled, text)
    return text


def _is_quoted_printable(text: str) -> bool:
    # One sign alone may be a person's own, and "=20" any number of times is what addresses of pages are made of.
    breaks = len(_SOFT_BREAK.findall(text))
    escaped = len(_ESCAPED.findall(text))
    if breaks >= 2:
        return True
    return breaks + escaped > 0 and text.count("=3D") + text.count("=20") + escaped >= 3


def _decoded(text: str) -> str:
    try:
        raw = quopri.decodestring(text.encode("utf-8"))
        return raw.decode("utf-8")
    except (UnicodeError, ValueError):
        return text


def _ungarbled(match: re.Match[str]) -> str:
    try:
        said = bytes(_CP1252[c] for c in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    # Nobody sent a control character: then it was no accident.
    return match[0] if "\x80" <= said <= "\x9f" else said
