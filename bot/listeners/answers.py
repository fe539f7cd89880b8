"""Where an answer goes, and the promise that there is one.

A person looks at a message or at a modal. When neither can be reached any more, the answer goes to them directly.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.blocks.failure import busy, unexpected
from bot.blocks.screen import Screen, View
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

# What a call to Slack raises when it fails: Slack's own refusal, an answer that is none, or the network.
SLACK_FAILURES = (SlackApiError, SlackClientError, OSError)


class Answer(Protocol):
    """What a person is shown: it can be a message, and it can be a modal."""

    def message(self) -> dict[str, Any]:
        """Return `text` and `blocks`."""

    def view(self) -> View:
        """Return a modal."""


class Place(Protocol):
    """Where a person is looking."""

    def show(self, answer: Answer) -> None:
        """Show an answer there, else directly to the person. Does not raise: a failure is logged."""


@dataclass(frozen=True)
class AnswerAsView:
    """A modal of its own making, and what to say when that modal is gone."""

    form: View
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

    It is reached through the request's response_url, which works where the bot is no member.
    `replace`: put the answer in the place of the message whose button was clicked.
    """

    respond: Respond
    client: WebClient
    user_id: str
    replace: bool = False

    def show(self, answer: Answer) -> None:
        """Show an answer as an ephemeral message."""
        message = answer.message()
        # The blocks may be what Slack refuses; the words alone are complete.
        if not self._respond(message) and not self._respond({"text": message["text"]}):
            send_directly(self.client, self.user_id, answer)

    def _respond(self, message: Mapping[str, Any]) -> bool:
        try:
            outcome = self.respond(
                **message,
                response_type="ephemeral",
                replace_original=self.replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SLACK_FAILURES as error:
            log.warning("An answer could not be sent to its response_url: %s", type(error).__name__)
            return False
        if outcome.status_code != 200:
            log.warning("Slack refused an answer at its response_url: %d %.300s", outcome.status_code, outcome.body)
        return outcome.status_code == 200


@dataclass(frozen=True)
class ViewPlace:
    """An open modal."""

    client: WebClient
    user_id: str
    view_id: str

    def show(self, answer: Answer) -> None:
        """Show an answer in the modal."""
        try:
            self.client.views_update(view_id=self.view_id, view=answer.view())
        except SLACK_FAILURES as error:
            log.info("A modal could not be updated: %s", reason(error))
            send_directly(self.client, self.user_id, answer)


@dataclass(frozen=True)
class Errands:
    """Runs what a click asks for in a lane, and sees to it that it ends in an answer."""

    new_id: Callable[[], str]
    # Calls to Slack alone: they never wait behind LeadSquared.
    slack_lane: Lane

    def run(
        self,
        lane: Lane,
        place: Place,
        what: str,
        job: Callable[[], Answer],
        broken: Callable[[str], Answer] = unexpected,
    ) -> None:
        """Queue a job whose result is shown at `place`. Raises LaneFull.

        `what` is for the log: ids only. `broken` makes the answer when the job raises, from the error's id.
        """

        def work() -> None:
            started = time.monotonic()
            try:
                answer = job()
            except Exception as error:  # noqa: BLE001 (whatever broke, the person gets an answer)
                answer = broken(self.log_error(what, error))
            place.show(answer)
            log.info("%s: answered in %.3f s", what, time.monotonic() - started)

        lane.submit(work)

    def run_or_say_busy(self, lane: Lane, place: Place, what: str, job: Callable[[], Answer]) -> None:
        """Queue a job; when the lane is full, say so at `place`."""
        try:
            self.run(lane, place, what, job)
        except LaneFull:
            log.warning("%s: lane %s is full", what, lane.name)
            self.show(place, what, busy("Busy"))

    def show(self, place: Place, what: str, answer: Answer) -> None:
        """Show an answer that is ready. Does not wait for Slack."""
        self.call_slack(what, lambda: place.show(answer), place)

    def call_slack(self, what: str, job: Callable[[], None], place: Place) -> None:
        """Queue a job that calls only Slack. If it fails, the person is told at `place`."""

        def work() -> None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 (as above)
                place.show(unexpected(self.log_error(what, error)))

        try:
            self.slack_lane.submit(work)
        except LaneFull:
            log.error("%s: the lane for Slack is full; the person got no answer", what)

    def log_error(self, what: str, error: Exception) -> str:
        """Log an exception nobody expected with its traceback, and return the id that it can be found by."""
        error_id = self.new_id()
        log.error("%s failed: error %s", what, error_id, exc_info=error)
        return error_id


def send_directly(client: WebClient, user_id: str, answer: Answer) -> None:
    """Send an answer as a direct message. A failure is logged: there is nowhere left to say it."""
    try:
        client.chat_postMessage(channel=user_id, **answer.message(), unfurl_links=False, unfurl_media=False)
    except SLACK_FAILURES as error:
        log.error("An answer to %s could not be delivered anywhere: %s", user_id, reason(error))


def reason(error: Exception) -> str:
    """Say why a call to Slack failed, for the log: Slack's error code and its pointers, no content."""
    if isinstance(error, SlackApiError):
        details = error.response.get("response_metadata") or {}
        return f"{error.response.get('error')} {details.get('messages') or ''}".strip()
    return type(error).__name__
