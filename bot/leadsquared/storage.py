"""Where LeadSquared keeps attachments: which links may be handed to a person, and which may not."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

# The host of the links in LeadSquared's documentation of the conversation call.
DOCUMENTED_HOST = "service-cloud-tenant-data-prod-in.s3.ap-south-1.amazonaws.com"

_NAME = re.compile(r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# What urlsplit and a browser may read differently: then the host that is checked might not be the one opened.
_DOUBTFUL = re.compile(r"[\x00-\x20\x7f\\<>|]|^[^/]*//[^/?#]*@")


def is_host_pattern(text: str) -> bool:
    """Tell whether a text, in lower case, is a host, or `*.` and a host of at least two labels."""
    return len(text) <= 253 and _NAME.fullmatch(text) is not None and (text[:2] != "*." or text.count(".") > 1)


def refused_host(url: str, hosts: Collection[str]) -> str | None:
    """Return None for a link that may be handed on; else the host that it names, "" where it names none.

    A link must be https, without a user name or a port of its own, and its host be one of `hosts`: a host, or `*.`
    before one for all below it. http is for a stand-in on this machine alone.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not host or not _NAME.fullmatch(host) or _DOUBTFUL.search(url):
        return ""
    local = parts.scheme == "http" and host in {"127.0.0.1", "localhost"}
    plain = local or (parts.scheme == "https" and port in {None, 443})
    return None if plain and any(_matches(host, pattern) for pattern in hosts) else host


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
