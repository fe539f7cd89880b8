"""What the classes, ids and styles of mail clients say of the text inside them."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.mail.lines import ATTRIBUTION, BLOCKQUOTE, CONTAINER, CUT, FORWARD, LOOSE, QUOTED, SIGNATURE

_HISTORY = CONTAINER | QUOTED

_CLASSES: dict[str, int] = {
    "gmail_quote": CONTAINER | LOOSE,
    "gmail_quote_container": CONTAINER | LOOSE,
    "gmail_attr": ATTRIBUTION,
    "gmail_signature": SIGNATURE,
    "gmail_signature_prefix": SIGNATURE,
    "yahoo_quoted": _HISTORY,
    "yahoo-quoted": _HISTORY,
    "yahoo-signature": SIGNATURE,
    "yahoo-signed": SIGNATURE,
    "ydp-yahoo-quoted": _HISTORY,
    "protonmail_quote": _HISTORY,
    "protonmail_signature_block": SIGNATURE,
    "protonmail_signature_block-user": SIGNATURE,
    "protonmail_signature_block-proton": SIGNATURE,
    "tutanota_quote": _HISTORY,
    "moz-cite-prefix": ATTRIBUTION,
    "moz-signature": SIGNATURE,
    "moz-txt-sig": SIGNATURE,
    "moz-forward-container": FORWARD,
    "zmail_extra": _HISTORY,
    "freshdesk_quote": _HISTORY,
    "front-blockquote": _HISTORY,
    "front-signature": SIGNATURE,
    "quotedreply": _HISTORY,
    "notion-mail-quote": _HISTORY,
    "alimail-quote": _HISTORY,
    "skiff_quote": _HISTORY,
    "iosymail": _HISTORY,
    "hey-quoted": _HISTORY,
    "superhuman-quote": _HISTORY,
    "sh-signature": SIGNATURE,
    "mailbird-quote": _HISTORY,
    "emclient-quote": _HISTORY,
    "ntes-mailmaster-quote": _HISTORY,
    "zd-comment-quote": _HISTORY,
    "quoted-text": _HISTORY,
    "quote-container": _HISTORY,
    "mb_sig": SIGNATURE,
    "outlookmessageheader": CUT,
    "ms-outlook-mobile-reference-message": CUT,
    "samsungquote": _HISTORY,
    "mail-quote-collapse": _HISTORY,
}
_IDS: dict[str, int] = {
    "divrplyfwdmsg": CUT,
    "appendonsend": CUT,
    "stopspelling": CUT,
    "olk_src_body_section": CUT,
    "mail-editor-reference-message-container": CUT,
    "ms-outlook-mobile-body-separator-line": CUT,
    "isforwardcontent": FORWARD,
    "isreplycontent": _HISTORY,
    "reply139content": _HISTORY,
    "origbody": _HISTORY,
    "orimsghtmlseperator": CUT,
    "qt": _HISTORY,
    "replysplit": CUT,
    "composer_reference_message": _HISTORY,
    "signature": SIGNATURE,
    "ms-outlook-mobile-signature": SIGNATURE,
    "outlookmobilesignature": SIGNATURE,
    "applemailsignature": SIGNATURE,
    "applelinenosignature": SIGNATURE,
    "composer_signature": SIGNATURE,
    "imail_signature": SIGNATURE,
    "spark_signature": SIGNATURE,
    "ymail_android_signature": SIGNATURE,
    "ymail_ios_signature": SIGNATURE,
}
_NAMES: dict[str, int] = {
    "quote": _HISTORY,  # GMX, web.de
    "messagereplysection": _HISTORY,  # Spark
    "messagesignaturesection": SIGNATURE,
}
# Outlook on the web puts this before what another client wrote.
_CLASSES |= {f"x_{token}": marks for token, marks in _CLASSES.items()}
_IDS |= {f"x_{key}": marks for key, marks in _IDS.items()}
# The line that Outlook draws above the headers of the message it answers.
_OUTLOOK_LINE = re.compile(
    r"border-top:(?:solid#(?:e1e1e1|b5c4df)1\.0pt|#(?:e1e1e1|b5c4df)1\.0ptsolid|1\.0ptsolid#(?:e1e1e1|b5c4df))"
)
# Word and Outlook write every line as a paragraph without margins.
_TIGHT_CLASSES = ("msonormal", "msoplaintext", "msolistparagraph", "msoheader", "p1", "p2")
_ZERO_HEIGHT = re.compile(r"max-height:0(?:px|pt|em)?(?:;|!|$)|(?<![\w-])opacity:0(?:\.0{1,4})?(?:;|!|$)")
# A style whose words are broken by spaces says nothing.
_UNBROKEN = re.compile(r"none|hid|mso-|max-h|opac|border-top|e-space|size:\s*0")
_DISPLAY = re.compile(r"(?<![\w-])display:([\w-]*)(!important)?")
_ZERO_FONT = re.compile(r"(?<![\w-])font-size:0(?:\.0{1,4})?(?:px|pt|em|rem|%)?(?:;|!|$)")


class Style(NamedTuple):
    """An element's style in small letters and without spaces; whether it says anything; whether it hides its element.

    Only paragraphs, quotes, images and what stands in text of no size say anything by other styles.
    """

    words: str
    tells: bool
    hides: bool


def marks_of(tag: str, class_: str, id_: str, name: str, style: str) -> int:
    """Return what an element's attributes say of the text inside it, as numbers of `bot.mail.lines`.

    `style` is casefolded and without spaces.
    """
    found = 0
    if class_:
        for token in class_.casefold().split():
            found |= _CLASSES.get(token, 0)
            if "yahoo_quoted" in token and token.startswith("yiv"):
                found |= _HISTORY
    if id_:
        key = id_.casefold()
        found |= _IDS.get(key, 0)
        if "yahoo_quoted" in key:
            found |= _HISTORY
    if name:
        found |= _NAMES.get(name.casefold(), 0)
    if "border-top:" in style and _OUTLOOK_LINE.search(style):
        found |= CUT
    if tag == "blockquote":
        found |= QUOTED | CONTAINER if found & _HISTORY else BLOCKQUOTE
    return found


def is_client_quote(type_: str, class_: str, style: str) -> bool:
    """Tell whether a blockquote is one that mail clients make, and not one that a person chose."""
    if type_.casefold() == "cite" or "gmail_quote" in class_ or "gmail-quote" in class_:
        return True
    return ".8ex" in style or "margin:005px5px" in style or "border-left:2pxsolid#1010ff" in style


def is_tight(class_: str, style: str) -> bool:
    """Tell whether a paragraph has no margins, and so is a line."""
    name = class_.casefold().removeprefix("x_")
    tight = "margin:0" in style or ("margin-top:0" in style and "margin-bottom:0" in style)
    return tight or name.startswith(_TIGHT_CLASSES)


def style_of(raw: str) -> Style:
    """Read an element's style."""
    small = raw.lower()
    words = "".join(small.split())
    hides = _is_hidden(words)
    tells = (
        hides or "border-top:" in words or "font-size:0" in words or "mso-list:" in words or "white-space:pre" in words
    )
    return Style(words, tells and _UNBROKEN.search(small) is not None, hides)


def _is_hidden(style: str) -> bool:
    if "display:none" in style and _display(style) == "none":
        return True
    if "visibility:hidden" in style or "mso-hide:all" in style:
        return True
    return ("max-height:0" in style or "opacity:0" in style) and _ZERO_HEIGHT.search(style) is not None


def _display(style: str) -> str:
    """Return the display that a style ends up with: the last one, or the last of those that are important."""
    said = _DISPLAY.findall(style)
    return next((value for value, important in reversed(said) if important), said[-1][0] if said else "")


def font_is_zero(style: str) -> bool | None:
    """Tell whether a style sets the size of its text to nothing; None when it sets no size."""
    if "font" not in style:
        return None
    if "font-size:0" in style and _ZERO_FONT.search(style):
        return True
    return False if "font-size:" in style or "font:" in style else None
