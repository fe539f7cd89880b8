"""A Slack message in plain words, for reading outside Slack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"<([@#!]?)([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def words(text: str, name_of: Callable[[str], str]) -> str:
    """Return a Slack text with its mentions, channels and links in words, and its entities as characters.

    `name_of` gives a person's name for a user id.
    """

    def say(match: re.Match[str]) -> str:
        sign, target, label = match[1], match[2], match[3]
        if sign == "@":
            return f"@{name_of(target)}"
        if sign == "#":
            return f"#{label or 'private channel'}"
        if sign == "!":
            return _special(target, label)
        address = target.removeprefix("mailto:").removeprefix("tel:")
        return f"{label} ({target})" if label and label not in {target, address} else address

    plain = _TOKEN.sub(say, text)
    for entity, character in _ENTITIES:
        plain = plain.replace(entity, character)
    return plain


def people_in(text: str) -> set[str]:
    """Return the user ids that a Slack text mentions."""
    return {match[2] for match in _TOKEN.finditer(text) if match[1] == "@"}


def text_of(message: Mapping[str, Any]) -> str:
    """Return a message's text as Slack wrote it; of an app's message without one, that of its attachments."""
    if text := str(message.get("text") or ""):
        return text
    attachments = message.get("attachments") or []
    parts = (part.get("text") or part.get("fallback") or "" for part in attachments if isinstance(part, dict))
    return "\n".join(part for part in parts if part)


def file_names(message: Mapping[str, Any]) -> list[str]:
    """Return the names of the files on a message."""
    files = [file for file in message.get("files") or [] if isinstance(file, dict)]
    return [str(file.get("name") or file.get("title") or "unnamed file") for file in files]


def permalink(domain: str, channel: str, ts: str, thread_ts: str | None = None) -> str:
    """Return the address of a message, as Slack's own Copy link makes it."""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else link


def _special(target: str, label: str | None) -> str:
    if label:
        return label
    name = target.partition("^")[0]
    return f"@{name}" if name in {"here", "channel", "everyone"} else name
