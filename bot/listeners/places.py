"""Where an answer goes: the message or modal a person looks at, and if that cannot be reached, to them directly.

Slack's client is made without retries of its own, for a post that is sent again can be there twice.
So it is decided here what may be tried again. Nothing here waits in its thread: see `bot.listeners.talks`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import requests
from slack_sdk.errors import SlackApiError

from bot.blocks.elements import plain_section
from bot.blocks.screen import Screen, View, fallback_text, notice
from bot.connections import never_left
from bot.listeners.askers import in_direct_messages
from bot.listeners.refusals import code_of, log_faults
from bot.listeners.talks import Talk, Turn, seconds_to_wait, web_api
from bot.slack_client import Answer as HttpAnswer
from bot.slack_client import SlackClient
from bot.slack_errors import reason

log = logging.getLogger(__name__)

_SERVER_ERROR_SECONDS = 1.0
# A view that an ack makes is there once Slack has the ack, which it takes for three seconds at most.
_ACK_SECONDS = 3.0
_ACK_STEP_SECONDS = 0.1


class Answer(Protocol):
    """What a person is shown: it can be a message, and it can be a modal."""

    def message(self) -> dict[str, Any]:
        """Return `text` and `blocks`."""

    def view(self) -> View:
        """Return a modal."""


class Place(Protocol):
    """Where a person is looking. Nothing here raises: a failure is logged. Showing is a talk with Slack.

    `spot` names what an answer takes the place of, a message or a modal; empty where it takes the place of nothing.
    """

    @property
    def user_id(self) -> str:
        """Who is looking."""

    @property
    def spot(self) -> str:
        """What an answer takes the place of."""

    def show_there(self, answer: Answer) -> Talk[bool]:
        """Show an answer there, and tell whether Slack took it."""

    def show(self, answer: Answer) -> Talk[bool]:
        """Show an answer there, else directly to the person, and tell whether Slack took either."""


@dataclass(frozen=True)
class AnswerAsView:
    """A modal of its own making, and what to say when that modal is gone."""

    form: View = field(repr=False)
    otherwise: Screen

    def message(self) -> dict[str, Any]:
        """Return what to say outside the modal."""
        return self.otherwise.message()

    def view(self) -> View:
        """Return the modal."""
        return self.form


@dataclass(frozen=True)
class MessagePlace:
    """The channel where a command, shortcut or button was used; only the person sees the answer.

    It is reached through the request's response_url, which works where the bot is no member, five times in 30 minutes.
    `replace`: put the answer in the place of the message whose button was clicked.
    """

    # Whoever has it can post there for half an hour.
    response_url: str = field(repr=False)
    client: SlackClient
    user_id: str
    replace: bool = False
    spot: str = ""

    def show(self, answer: Answer) -> Talk[bool]:
        """Show an answer as an ephemeral message, else directly."""
        return (yield from self.show_there(answer)) or (yield from send_directly(self.client, self.user_id, answer))

    def show_there(self, answer: Answer) -> Talk[bool]:
        """Show an answer as an ephemeral message."""
        try:
            message = answer.message()
            status = yield from self._post(message)
            if status == 400:
                # It is the blocks that Slack refuses; the words alone are complete.
                status = yield from self._post({"text": message["text"]})
                yield from log_faults(self.client, message["blocks"])
        except Exception as error:  # noqa: BLE001 (however Slack's answer is broken, the person gets theirs)
            log.warning("An answer may not have reached its response_url: %s", reason(error))
            return False
        return status == 200

    def _post(self, message: Mapping[str, Any]) -> Talk[int]:
        outcome = yield from self._send(message)
        if outcome.status >= 500:
            yield Turn(seconds=_SERVER_ERROR_SECONDS)
            outcome = yield from self._send(message)
        if outcome.status != 200:
            log.warning("Slack refused an answer at its response_url: %d %s", outcome.status, code_of(outcome.text))
        return outcome.status

    def _send(self, message: Mapping[str, Any]) -> Talk[HttpAnswer]:
        body = {
            **message,
            "response_type": "ephemeral",
            "replace_original": self.replace,
            # What people wrote must not be formatted either, where the text is all that can be shown.
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        pause = 0.0
        while True:
            yield Turn(self.response_url, pause)
            outcome = yield from self._send_once(body)
            if outcome.status != 429:
                return outcome
            pause = seconds_to_wait(outcome.headers)

    def _send_once(self, body: Mapping[str, Any]) -> Talk[HttpAnswer]:
        try:
            return self.client.post(self.response_url, body)
        except requests.ConnectionError as error:
            # Never connected: nothing can have been posted.
            if not never_left(error):
                raise
        yield Turn(seconds=_SERVER_ERROR_SECONDS)
        return self.client.post(self.response_url, body)


@dataclass(frozen=True)
class ViewPlace:
    """An open modal, by its id; first by the `external_id` that an ack gives it, when there is one.

    With the `external_id`, Slack cannot take the answer before the ack, which would then paint over it.
    """

    client: SlackClient
    user_id: str
    view_id: str
    external_id: str = ""
    clock: Callable[[], float] = time.monotonic
    # Set once the ack has landed; from then on the view's id will do.
    landed: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    @property
    def spot(self) -> str:
        """The modal itself."""
        return self.view_id

    def show(self, answer: Answer) -> Talk[bool]:
        """Show an answer in the modal, else directly."""
        return (yield from self.show_there(answer)) or (yield from send_directly(self.client, self.user_id, answer))

    def show_there(self, answer: Answer) -> Talk[bool]:
        """Show an answer in the modal."""
        try:
            error = yield from self._update(answer.view())
            if error is not None and error != "not_found":
                message = answer.message()
                words = notice(message["blocks"][0]["text"]["text"], message["text"])
                error = yield from self._update(words.view())
        except Exception as failure:  # noqa: BLE001 (however Slack's answer is broken, the person gets theirs)
            log.warning("A modal may not have been updated: %s", reason(failure))
            return False
        return error is None

    def _update(self, view: View) -> Talk[str | None]:
        """Update the modal, and return Slack's error."""
        if self.external_id and not self.landed.is_set():
            error = yield from self._update_after_ack(view)
            if error != "not_found":
                return error
        return (yield from self._put(view, view_id=self.view_id))

    def _update_after_ack(self, view: View) -> Talk[str | None]:
        """Update the modal once the ack has landed; `not_found` when it is closed, or another ack has renamed it."""
        deadline = self.clock() + _ACK_SECONDS
        error = yield from self._put(view, external_id=self.external_id)
        # Nobody waits for the ack of a modal that is closed. What an open one shows now, the ack will paint over.
        if error == "not_found" and (yield from self._put(view, view_id=self.view_id)) == "not_found":
            return error
        while error == "not_found" and self.clock() < deadline:
            yield Turn(seconds=_ACK_STEP_SECONDS)
            error = yield from self._put(view, external_id=self.external_id)
        if error is None:
            self.landed.set()
        return error

    def _put(self, view: View, **which: str) -> Talk[str | None]:
        """Update a view, twice where that may help: doing it twice does no harm."""
        update = partial(self.client.views_update, **which, view=view)
        try:
            try:
                yield from web_api("views.update", update)
            except SlackApiError as error:
                if error.response.status_code < 500:
                    raise
                yield Turn(seconds=_SERVER_ERROR_SECONDS)
                yield from web_api("views.update", update)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code != "not_found":
                log.warning("Slack refused a view: %s", reason(error))
            return code
        return None


@dataclass(frozen=True)
class DirectPlace:
    """A person's direct messages with the bot, for a click that came from nowhere else."""

    client: SlackClient
    user_id: str
    spot: str = ""

    def show(self, answer: Answer) -> Talk[bool]:
        """Send an answer."""
        return send_directly(self.client, self.user_id, answer)

    show_there = show


def place_of(client: SlackClient, body: Mapping[str, Any], *, replace: bool = False) -> Place:
    """Return where the person is looking who sent a payload: a modal, a channel, else nowhere that is known.

    `replace`: an answer takes the place of the message that was clicked.
    """
    user = body.get("user")
    user_id = str(user.get("id") if isinstance(user, dict) else body.get("user_id"))
    if view := body.get("view"):
        return ViewPlace(client, user_id, view_id=str(view["id"]))
    if response_url := body.get("response_url"):
        # What others see too keeps standing: in its place the answer would be theirs as well.
        replace = replace and (in_direct_messages(body) or bool((body.get("container") or {}).get("is_ephemeral")))
        spot = f"{body.get('channel')}{body.get('container')}" if replace else ""
        return MessagePlace(str(response_url), client, user_id, replace, spot)
    return DirectPlace(client, user_id)


def show_in_channel(client: SlackClient, user_id: str, channel_id: str, thread_ts: str, text: str) -> Talk[bool]:
    """Show a line of text in a channel or thread to one person. False where the bot may not: it is often no member."""
    post = partial(
        client.chat_postEphemeral,
        channel=channel_id,
        user=user_id,
        thread_ts=thread_ts or None,
        text=fallback_text(text),
        blocks=[plain_section(text)],
    )
    try:
        yield from web_api("chat.postEphemeral", post)
    except Exception as error:  # noqa: BLE001 (it is said elsewhere too)
        log.info("Nothing was shown to %s in %s: %s", user_id, channel_id, reason(error))
        return False
    return True


def send_directly(client: SlackClient, user_id: str, answer: Answer) -> Talk[bool]:
    """Send an answer as a direct message, and tell whether Slack took it. A failure is logged."""
    post = partial(client.chat_postMessage, channel=user_id, mrkdwn=False, unfurl_links=False, unfurl_media=False)
    try:
        message = answer.message()
        try:
            yield from web_api("chat.postMessage", partial(post, **message))
        except SlackApiError as error:
            if "blocks" not in str(error.response.get("error")):
                raise
            log.warning("Slack refused the blocks of an answer to %s: %s", user_id, reason(error))
            yield from web_api("chat.postMessage", partial(post, text=message["text"]))
    except Exception as error:  # noqa: BLE001 (the last resort: nothing may escape it)
        log.error("An answer to %s could not be delivered anywhere: %s", user_id, reason(error))
        return False
    return True
