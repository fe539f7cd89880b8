"""Links and images of a mail, as words and addresses that are safe to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from bot.mail.clean import clean

# A host, or somebody to write to or to call.
_ADDRESS = re.compile(r"https?://[^\s/?#\[\]]|mailto:[^\s?]|tel:[+\d]", re.IGNORECASE)
# Slack: a link's url ≤ 3000.
_LINK_CHARS = 3000
# A label that reads as an address: what a person would trust without looking further.
_LABEL_CHARS = 1000
# Browsers read the full stops of Chinese and Japanese as dots. What stands behind "@" is somebody's address.
_DOT = "[.。．｡]"
_HOST = re.compile(
    rf"(?<![\w@-])(https?://)?((?:[\w-]{{1,63}}{_DOT}){{1,8}}(?:[a-z]{{2,24}}|xn--[a-z0-9-]{{1,59}})"
    rf"|\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}})(?=$|[/:?#\s,)>\]])",
    re.IGNORECASE,
)
_FILE_ENDINGS = tuple(
    f".{ending}"
    for ending in "pdf doc docx xls xlsx ppt pptx odt ods rtf txt csv log xml json html htm eml msg ics "
    "png jpg jpeg gif bmp tif tiff svg webp heic mp3 mp4 mov avi zip rar gz".split()
)
_UNSEEN = re.compile(r"[\s\x00-\x20]+")


def address(href: str) -> str | None:
    """Return a link's address, or None for one that is no http, https, mailto or tel address."""
    plain = href if href.isprintable() and " " not in href else clean(_UNSEEN.sub("", href))
    if len(plain) > _LINK_CHARS or _ADDRESS.match(plain) is None:
        return None
    if "\\" in plain and plain[:4].casefold() == "http":
        return None  # browsers read it as "/", others do not: the host that is checked might not be the one opened
    return plain


def host_to_name(label: str, link: str) -> str:
    """Return the host that a link really leads to, when its label reads as if it led to another; else ""."""
    if link[:4].casefold() != "http" or not (shown := _shown_host(clean(label)[:_LABEL_CHARS])):
        return ""
    real = _host(unwrapped(link))
    return "" if real == shown or real.endswith(f".{shown}") else _host(link)


def _shown_host(label: str) -> str:
    """Return the first host in a label, without "www."; the name of a file is none."""
    if "." not in label and label.isascii():
        return ""
    for match in _HOST.finditer(label):
        host = unicodedata.normalize("NFKC", match[2]).replace("。", ".").casefold()
        if match[1] or not host.endswith(_FILE_ENDINGS):
            return host.removeprefix("www.")
    return ""


def unwrapped(link: str) -> str:
    """Return where a link leads that a mail scanner wrapped, as Outlook's safe links are; else the link."""
    host = _host(link)
    if host.endswith(".safelinks.protection.outlook.com"):
        inner = parse_qs(urlsplit(link).query).get("url", [""])[0]
        return inner if inner.startswith(("http://", "https://")) and "\\" not in inner else link
    return link


def image_words(alt: str, source: str, width: str, height: str, names: Mapping[str, str]) -> str:
    """Return the words that stand for an image: the attachment's name or the alt text; "" where it has none to show.

    `names` gives the file names of attachments by the `content_key` of their content id.
    """
    if _pixels(width) <= 1 or _pixels(height) <= 1:
        return ""
    words = " ".join(clean(alt).split())[:200]
    if source[:4].casefold() == "cid:":
        if name := names.get(content_key(source[4:])):
            return f"[image: {clean(name)[:200]}, attached]"
        words = clean(unquote(source[4:]).partition("@")[0])[:200] or words
    return f"[image: {words}]" if words else ""


def pixels(style: str, name: str) -> str:
    """Return the width or height in pixels that a style gives, or ""."""
    words = "".join(style.lower().split())
    match = re.search(rf"(?<![\w-]){name}:(\d{{1,5}})px", words) if name in words else None
    return match[1] if match else ""


def content_key(content_id: str) -> str:
    """Return a content id in the one spelling in which ids of attachments and of images are compared."""
    return unquote(content_id).strip().casefold()


def _pixels(size: str) -> int:
    digits = size.strip().removesuffix("px")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 100


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""
