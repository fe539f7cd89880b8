"""Whole messages and whole views: what Slack refuses, and the error it refuses it with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.rules.blocks import block_faults, texts_of, walk_blocks
from bot.sandbox.slack.rules.core import Fault, Faults, boolean, one_of, shape, string
from bot.sandbox.slack.rules.objects import plain

# Slack says nothing of this limit but `msg_blocks_too_long`. About 13,200 characters were measured to pass,
# a header counting for about 100 more than its text.
MESSAGE_CHARACTERS = 13_200
HEADER_OVERHEAD = 100
MARKDOWN_CHARACTERS = 12_000
VIEW_BYTES = 250_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slack's error code, and the faults that stand in `response_metadata.messages`."""

    error: str
    faults: tuple[Fault, ...] = ()

    @property
    def messages(self) -> list[str]:
        """The faults as Slack words them."""
        return [str(fault) for fault in self.faults]


def blocks_size(blocks: list[dict[str, Any]]) -> int:
    """Return what well-shaped blocks count towards the limit of a whole message, in characters."""
    headers = len([block for block, _ in walk_blocks(blocks) if block["type"] == "header"])
    return sum(map(len, texts_of(blocks))) + HEADER_OVERHEAD * headers


def refuse_message(arguments: Mapping[str, Any], text_bytes: int | None = None) -> Refusal | None:
    """Return why Slack refuses a message with these `text`, `blocks` and `attachments`, None when it takes it.

    `text_bytes` is the limit of `text` in UTF-8 bytes where there is one
    (Slack: 4000 for chat.update and chat.postEphemeral; chat.postMessage cuts what is over 40,000 characters).
    """
    text, blocks, attachments = (arguments.get(name) for name in ("text", "blocks", "attachments"))
    if text is not None and not isinstance(text, str):
        return Refusal("invalid_arguments", (Fault("must provide a string", "/text"),))
    if not text and not blocks and not attachments:
        return Refusal("no_text")
    if text and text_bytes is not None and len(text.encode()) > text_bytes:
        return Refusal("msg_too_long")
    return _refuse_blocks(blocks or []) or _refuse_attachments(attachments or [])


def _refuse_blocks(blocks: Any) -> Refusal | None:
    faults = block_faults(blocks, "message")
    if faults:
        return Refusal("invalid_blocks", tuple(faults))
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        return Refusal("markdown_text_too_long")
    if blocks_size(blocks) > MESSAGE_CHARACTERS:
        return Refusal("msg_blocks_too_long")
    return None


def _refuse_attachments(attachments: Any) -> Refusal | None:
    if not isinstance(attachments, list) or not all(isinstance(attachment, dict) for attachment in attachments):
        return Refusal("invalid_attachments", (Fault("must provide an array of objects", "/attachments"),))
    if len(attachments) > 100:
        return Refusal("too_many_attachments")
    for index, attachment in enumerate(attachments):
        faults = block_faults(attachment.get("blocks", []), "message", f"/attachments/{index}/blocks")
        if faults:
            return Refusal("invalid_attachments", tuple(faults))
    return None


def _blocks_of_view(value: Any, at: str) -> Faults:
    yield from block_faults(value, "modal", at)


_VIEW = shape(
    {"type": one_of("modal"), "title": plain(24), "blocks": _blocks_of_view},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(0, 3000),
        "callback_id": string(0, 255),
        "external_id": string(0, 255),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)


def refuse_view(view: Any) -> Refusal | None:
    """Return why Slack refuses a modal, None when it takes it.

    Slack: title, submit and close 24 characters, 1 to 100 blocks, `submit` where there is an input block,
    private_metadata 3000, callback_id and external_id 255, 250 kB in all (`view_too_large`).
    """
    faults = list(_VIEW(view, "/view"))
    if faults:
        return Refusal("invalid_arguments", tuple(faults))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        return Refusal("view_too_large")
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        return Refusal("invalid_arguments", (Fault("missing required field: submit", "/view"),))
    return None
