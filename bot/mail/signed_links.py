"""Links that let in whoever has them: in a channel they would be a key for everybody, now and later."""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.mail.document import Mail, Run
from bot.mail.spans import Edit, Span

LINK = "[link]"

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# What storage services call the part of an address that proves who made it, and others that do as they do.
_KEY = re.compile(
    r"[?&#;](?:x-(?:amz|goog)-(?:signature|credential|security-token)|awsaccesskeyid|signature|sig|hmac|token"
    r"|access_token|auth|key-pair-id|policy)=",
    re.IGNORECASE,
)


def is_signed(address: str) -> bool:
    """Tell whether an address holds what lets its reader in. One inside another, as tracking links have it, counts."""
    return _KEY.search(unquote(unquote(address))) is not None


def without_signed_links(mail: Mail) -> Mail:
    """Return a mail without links that let in whoever has them. Their labels stay; an address in the text is [link]."""
    return _EDIT.mail(mail)


def text_without_signed_links(text: str) -> str:
    """Return a plain text with such addresses in words."""
    return _EDIT.text(text)


def _find(text: str) -> list[Span]:
    return [Span(m.start(), m.end(), LINK) for m in _ADDRESS.finditer(text) if is_signed(m[0])]


def _unlinked(run: Run) -> Run:
    return run._replace(link=None) if run.link and is_signed(run.link) else run


_EDIT = Edit(_find, _unlinked)
