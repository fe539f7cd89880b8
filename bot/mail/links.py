"""Links and images of a mail, as words and addresses that are safe to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from bot.mail.clean import clean

# A host, or somebody to write to or to call.
_ADDRESS = re.compile(r"https?://[^\s/?#\[\]]|mailto:[^\s?]|tel:[+\d]", re.IGNORECASE)
# Slack: a link's url ≤ 3000.
_LINK_CHARS = 3000
# A label that reads as an address: what a person would trust without looking further.
_LABEL_CHARS = 1000
_HOST = re.compile(r"(?<![\w-])(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24})(?=$|[/:?#\s,)>\]])", re.IGNORECASE)
_UNSEEN = re.compile(r"[\s\x00-\x20]+")


def address(href: str) -> str | None:
    """Return a link's address, or None for one that is no http, https, mailto or tel address."""
    plain = href if href.isprintable() and " " not in href else clean(_UNSEEN.sub("", href))
    if len(plain) > _LINK_CHARS or _ADDRESS.match(plain) is None:
        return None
    return plain


def host_to_name(label: str, link: str) -> str:
    """Return the host that a link really leads to, when its label reads as if it led to another; else ""."""
    if link[:4].casefold() != "http":
        return ""
    match = _HOST.search(label[:_LABEL_CHARS])
    if match is None or "@" in label:
        return ""
    shown, real = match[1].casefold(), _host(unwrapped(link))
    if _site(shown) == _site(real):
        return ""
    return _host(link)


def unwrapped(link: str) -> str:
    """Return where a link leads that a mail scanner wrapped, as Outlook's safe links are; else the link."""
    host = _host(link)
    if host.endswith(".safelinks.protection.outlook.com"):
        inner = parse_qs(urlsplit(link).query).get("url", [""])[0]
        return inner if inner.startswith(("http://", "https://")) else link
    return link


def image_words(alt: str, source: str, width: str, height: str, names: Mapping[str, str]) -> str:
    """Return the words that stand for an image: the attachment's name or the alt text; "" where it has none to show."""
    if _pixels(width) <= 1 or _pixels(height) <= 1:
        return ""
    words = " ".join(clean(alt).split())[:200]
    if source[:4].casefold() == "cid:":
        content_id = source[4:]
        name = names.get(content_id) or content_id.partition("@")[0]
        return f"[image: {clean(name)[:200]}, attached]"
    return f"[image: {words}]" if words else ""


def _pixels(size: str) -> int:
    digits = size.strip().removesuffix("px")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 100


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""


def _site(host: str) -> str:
    """Return the part of a host that people look at: www.example.com and mail.example.com are one site."""
    return ".".join(host.removeprefix("www.").split(".")[-2:])
