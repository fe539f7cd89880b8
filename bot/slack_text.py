"""Slack's text in plain words, for reading outside Slack."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from bot.mail.clean import clean

_TOKEN = re.compile(r"<([@#!]?)([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
# What Slack would take for a token of its own. A person may write "<x>" and mean it.
_LIVE = re.compile(
    r"<(?:(@)[UWB][A-Z0-9]{2,20}|(#)[CDG][A-Z0-9]{2,20}|(!)[a-z]{1,20}(?:\^[^<>|]{0,200})*|(?:https?|mailto|tel):[^<>|]{1,4000})"
    r"(?:\|[^<>]{0,4000})?>"
)
_EMOJI = re.compile(
    r"(?<!\w)(?<!\w:):(\+1|-1|100|1234|[a-z0-9_+'-]{0,60}[a-z][a-z0-9_+'-]{0,60}):(?::skin-tone-[2-6]:)?(?!\w)"
)
# Where messages keep what people read, and where they keep addresses; attachments are the elder kind of blocks.
WORDS = ("text", "title", "pretext", "fallback")
LINKS = ("value", "url", "title_link", "from_url", "footer")
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


def plain_words(text: str) -> str:
    """Return a text in which nothing is a token of Slack's: emoji codes and what looks like a mention become words.

    Nothing invisible is left in it, and it is no longer than before.
    """
    text = clean(text)
    before = ""
    while text != before:  # what is taken away may have stood inside another
        before = text
        text = _LIVE.sub(lambda match: words(match[0], lambda user_id: user_id), text)
        text = _EMOJI.sub(lambda match: f"({match[1].replace('_', ' ')})", text)
    return text


def plain_line(text: str) -> str:
    """Return a name as one line in plain words. Slack escapes names as it does texts."""
    return " ".join(plain_words(words(text, lambda user_id: user_id)).split())


def people_in(text: str) -> list[str]:
    """Return the user ids that a Slack text mentions, each once, in the order of their first mention."""
    return list(dict.fromkeys(match[2] for match in _TOKEN.finditer(text) if match[1] == "@"))


def text_of(message: Mapping[str, Any]) -> str:
    """Return a message's text as Slack wrote it; of an app's message without one, the words in its blocks."""
    if text := str(message.get("text") or ""):
        return text
    blocks = [block for block in message.get("blocks") or [] if isinstance(block, dict)]
    rich = [_rich_text(block) for block in blocks if block.get("type") == "rich_text"]
    other = {"blocks": [block for block in blocks if block.get("type") != "rich_text"]}
    rest = texts_in(other | {"attachments": message.get("attachments")}, WORDS)
    return "\n".join(dict.fromkeys(text for text in (*rich, *rest) if text))


def app_name(message: Mapping[str, Any]) -> str:
    """Return the name of the app that wrote a message, or ""."""
    profile = message.get("bot_profile")
    return plain_line(str(message.get("username") or (profile.get("name") if isinstance(profile, dict) else "") or ""))


def texts_in(message: Mapping[str, Any], keys: Collection[str]) -> Iterator[str]:
    """Return the texts of a message, its blocks and its attachments that stand under one of `keys`, in order."""
    for part in ("text", "blocks", "attachments"):
        yield from _texts({part: message.get(part)}, keys, 0)


def file_names(message: Mapping[str, Any]) -> list[str]:
    """Return the names of the files on a message."""
    files = [file for file in message.get("files") or [] if isinstance(file, dict)]
    return [plain_line(str(file.get("name") or file.get("title") or "")) or "unnamed file" for file in files]


def permalink(domain: str, channel: str, ts: str, thread_ts: str | None = None) -> str:
    """Return the address of a message, as Slack's own Copy link makes it."""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else link


def _texts(part: object, keys: Collection[str], depth: int) -> Iterator[str]:
    if depth > 20:  # deeper than Slack nests anything
        return
    if isinstance(part, list):
        for item in part:
            yield from _texts(item, keys, depth + 1)
    elif isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str):
                yield from (value,) if key in keys else ()
            else:
                yield from _texts(value, keys, depth + 1)


def _rich_text(part: Mapping[str, Any], depth: int = 0) -> str:
    """Return a rich_text block as the text that Slack would write for it: its tokens are read like those of a text."""
    inner = [element for element in part.get("elements") or [] if isinstance(element, dict)]
    if not inner or depth > 10:
        return ""
    separator = "" if part.get("type") in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"} else "\n"
    return separator.join(_leaf(element) or _rich_text(element, depth + 1) for element in inner)


def _leaf(leaf: Mapping[str, Any]) -> str:
    kind = leaf.get("type")
    if kind == "link":
        return f"<{leaf.get('url')}|{leaf.get('text') or leaf.get('url')}>"
    if kind in {"user", "channel"}:
        return f"<{'@' if kind == 'user' else '#'}{leaf.get(f'{kind}_id')}>"
    if kind == "emoji":
        return f":{leaf.get('name')}:"
    if kind == "broadcast":
        return f"<!{leaf.get('range')}>"
    return str(leaf.get("text") or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _special(target: str, label: str | None) -> str:
    name = target.partition("^")[0]
    if name in {"here", "channel", "everyone"}:
        return f"@{name}"
    return label or name
