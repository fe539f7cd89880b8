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
    rf"|\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}})(?![\w@-]|{_DOT}\w)",
    re.IGNORECASE,
)
_MAIL_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)
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
    # Few addresses have what may leave them without a host.
    odd = not plain.isascii() or "[" in plain or "@" in plain
    if plain[:4].casefold() == "http" and ("\\" in plain or (odd and not _host(plain))):
        return None  # browsers read it as "/", others do not: the host that is checked might not be the one opened
    return plain


def host_to_name(label: str, link: str) -> str:
    """Return where a link really leads when its label reads as if it led elsewhere; else "".

    That is a host, in the letters that the network knows it by; of a link to write to somebody, the address.
    """
    # Most labels name no host; where the link has the sign, its host must be looked at all the same.
    if "." not in label and label.isascii() and "@" not in link:
        return ""
    shown = _visible(label)
    if link[:7].casefold() == "mailto:":
        to = " ".join(unquote(link[7:].partition("?")[0]).split())
        return to if any(said.casefold() != to.casefold() for said in _MAIL_ADDRESS.findall(shown)) else ""
    if link[:4].casefold() != "http":
        return ""
    real = _host(link)
    if "@" in urlsplit(link).netloc:
        return _in_ascii(real)  # what stands before the sign looks like a host, and is none
    known = _in_ascii(_host(unwrapped(link)))
    hosts = [_in_ascii(host) for host in _shown_hosts(shown)]
    if all(host == known or known.endswith(f".{host}") for host in hosts) and not (hosts and _deceives(real)):
        return ""
    return _in_ascii(real)


def _visible(label: str) -> str:
    """Return a label as it is read: without what no one sees, and letters in their plain form."""
    plain = clean(label[:_LABEL_CHARS])
    return plain if plain.isascii() else unicodedata.normalize("NFKC", plain)


def _shown_hosts(label: str) -> list[str]:
    """Return the hosts in a label, without "www."; of each word the first, for one may stand in an address of another.

    The name of a file is none.
    """
    if "." not in label and label.isascii():
        return []
    hosts = []
    for word in label.split():
        for match in _HOST.finditer(word):
            host = re.sub(_DOT, ".", match[2]).casefold()
            if match[1] or not host.endswith(_FILE_ENDINGS):
                hosts.append(host.removeprefix("www."))
                break
    return hosts


def _in_ascii(host: str) -> str:
    """Return a host as the network knows it: xn--… where it has letters beyond ASCII."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        labels = unicodedata.normalize("NFKC", host).casefold().split(".")
        return ".".join(part if part.isascii() else f"xn--{part.encode('punycode').decode()}" for part in labels)


def _deceives(host: str) -> bool:
    """Tell whether a host has letters that can be taken for others: of another script than its ending's."""
    return not host.isascii() and host[-1:].isascii() and any(sign > "\u017f" or sign == "ı" for sign in host)


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
