"""People's names and addresses, by user id, as their colleagues see them in Slack."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable

from cachetools import TTLCache
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.listeners.talks import seconds_to_wait
from bot.notes import Author
from bot.slack_errors import reason
from bot.slack_text import plain_line

log = logging.getLogger(__name__)

_EMAIL = re.compile(r"[!-;=?-~]{1,100}")
_KEEP_SECONDS = 600
_MOST_PEOPLE = 10_000
# A name is worth waiting for, but not long, and nobody reads a note for its thirtieth name.
LOOKUP_SECONDS = 2
_ALL_SECONDS = 4.0
_MOST_NAMES = 20


class People:
    """Looks people up with users.info (scope users:read) and keeps them for ten minutes.

    The address is there only with the scope users:read.email. `client` should give up after LOOKUP_SECONDS.
    """

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._known: TTLCache[str, Author] = TTLCache(_MOST_PEOPLE, _KEEP_SECONDS, timer=clock)
        # Slack takes no calls until then; what is wanted of it is worth no waiting.
        self._closed_until = float("-inf")

    def name(self, user_id: str, otherwise: str = "") -> str:
        """Return a person's display name, else `otherwise`, else the id. Never raises."""
        return self.author(user_id, otherwise).name

    def author(self, user_id: str, otherwise: str = "") -> Author:
        """Return a person as a note's author, with `otherwise`, else the id, for a name not found. Never raises."""
        with self._lock:
            if kept := self._known.get(user_id):
                return kept
        if self._clock() < self._closed_until:
            return Author(otherwise or user_id, user_id)
        try:
            user = self._client.users_info(user=user_id).get("user") or {}
        except Exception as error:  # noqa: BLE001 (a note is worth more than a name)
            if isinstance(error, SlackApiError) and error.response.status_code == 429:
                self._closed_until = self._clock() + seconds_to_wait(error.response.headers)
            log.warning("The name of %s could not be looked up: %s", user_id, reason(error))
            return Author(plain_line(otherwise) or user_id, user_id)
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        email = str(profile.get("email") or "")
        author = Author(
            plain_line(str(name or otherwise)) or user_id, user_id, email if _EMAIL.fullmatch(email) else ""
        )
        if name:
            with self._lock:
                self._known[user_id] = author
        return author

    def names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of several people by id, of as many as can be looked up in four seconds."""
        deadline = self._clock() + _ALL_SECONDS
        found: dict[str, str] = {}
        for user_id in user_ids:
            if len(found) == _MOST_NAMES or self._clock() > deadline:
                break
            found[user_id] = self.name(user_id)
        return found
