"""The calls to Slack without which the bot cannot start: tried again while that may help, and told in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError

from bot.connections import root_of
from bot.slack_errors import may_pass, reason, refuses_token

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds before each further try: a platform's restart of the bot does the rest.
PAUSES = (1.0, 2.0, 4.0, 8.0)


class CannotStart(Exception):
    """Slack refused, or was not to be reached. The message is for an admin, and names the setting to look at."""


class FirstCalls:
    """Makes the first calls to Slack. `stop`, once set, ends the pauses between tries."""

    def __init__(self, api_url: str, stop: threading.Event, pauses: Sequence[float] = PAUSES) -> None:
        self._api_url = api_url
        self._stop = stop
        self._pauses = pauses

    def make(self, call: Callable[[], T], token: str) -> T | None:
        """Return what `call` returns, or None when `stop` was set meanwhile. Raises CannotStart.

        `token` is the name of the setting whose token the call uses.
        """
        for pause in (*self._pauses, None):
            if self._stop.is_set():
                break
            try:
                return call()
            except Exception as failure:
                # slack_sdk stumbles in ways of its own over an answer that is not Slack's: not only its errors come.
                error = _cause(failure)
                if pause is None or not may_pass(error):
                    raise CannotStart(self._told(error, token)) from failure
                log.warning("Slack cannot be reached (%s); next try in %.0f s", reason(error), pause)
                self._stop.wait(pause)
        return None

    def _told(self, error: Exception, token: str) -> str:
        if refuses_token(error):
            return f"Slack refused {token}: {reason(error)}"
        return f"Slack cannot be reached at SLACK_API_URL {self._api_url}: {_why(error)}"


def _cause(failure: Exception) -> Exception:
    """Return what Slack said where Bolt has wrapped it, as a token's fault, whatever it was."""
    said = failure.__context__
    return said if isinstance(failure, BoltError) and isinstance(said, SlackApiError) else failure


def _why(error: Exception) -> Any:
    if isinstance(error, SlackApiError):
        return reason(error)
    return str(root_of(error)) or type(error).__name__
