"""The response_urls: the only way to answer where the bot is not a member."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.compose import compose
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import ApiCall, Json, Message
from bot.sandbox.slack.refused import Refused, hold
from bot.sandbox.slack.rules import refuse_message
from bot.sandbox.slack.state import State

USES = 5  # Slack: five posts …
SECONDS = 30 * 60  # … within half an hour of the payload


@dataclass(slots=True)
class _Url:
    interaction: Interaction
    channel: str
    at: float
    source: tuple[str, str] | None  # the message whose button was clicked; None for commands and message shortcuts
    uses: int = 0


class ResponseUrls:
    """The response_urls that were given out."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._urls: dict[str, _Url] = {}

    def issue(self, interaction: Interaction, channel: str, source: Message | None = None) -> str:
        """Return the id of a new response_url, the last part of its address."""
        with self._state.looking():
            url_id = secrets.token_urlsafe(18)
            self._urls[url_id] = _Url(interaction, channel, self._state.clock(), source.key if source else None)
            return url_id

    def post(self, url_id: str, body: bytes) -> ApiCall:
        """Take one post, put it on record, and return it with Slack's answer.

        Only posts that are taken count as uses. 404 `used_url`, `expired_url`; 400 `invalid_blocks`, `no_text`, ….
        """
        arguments: Json = {}
        try:
            arguments = _parsed(body)
            self._take(url_id, arguments)
            status, result = 200, "ok"
        except Refused as refused:
            status = 404 if refused.error in {"used_url", "expired_url", "invalid_url"} else 400
            result = refused.error
        call = ApiCall("response_url", arguments, result, self._state.clock(), status)
        self._state.record(call)
        return call

    def _take(self, url_id: str, arguments: Json) -> None:
        with self._state.changing():
            url = self._urls.get(url_id)
            if url is None:
                raise Refused("invalid_url")
            if self._state.clock() - url.at > SECONDS:
                raise Refused("expired_url")
            if url.uses >= USES:
                raise Refused("used_url")
            delete = arguments.get("delete_original") is True
            if not (delete and not _has_content(arguments)):
                hold(refuse_message(arguments))
            url.uses += 1
            self._apply(url, arguments, delete=delete)

    def _apply(self, url: _Url, arguments: Json, *, delete: bool) -> None:
        source = self._state.message(*url.source) if url.source else None
        if delete and source:
            self._state.remove_message(*source.key)
        if not _has_content(arguments):
            return
        only_for = None if arguments.get("response_type") == "in_channel" else url.interaction.user
        message = compose(self._state, url.channel, arguments, only_for=only_for, thread_ts=arguments.get("thread_ts"))
        # Slack: replace_original has no effect for slash commands and message shortcuts; a message keeps its audience.
        if arguments.get("replace_original") is True and source and not delete:
            message = self._state.edit_message(source, message)
        else:
            self._state.put_message(message)
        url.interaction.add_message(message)


def _has_content(arguments: Json) -> bool:
    return any(arguments.get(name) for name in ("text", "blocks", "attachments"))


def _parsed(body: bytes) -> Json:
    try:
        arguments: Any = json.loads(body)
    except ValueError:
        raise Refused("invalid_payload") from None
    if not isinstance(arguments, dict):
        raise Refused("invalid_payload")
    return arguments
