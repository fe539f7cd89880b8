"""People's names, by user id, as their colleagues see them in Slack."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from cachetools import TTLCache
from slack_sdk import WebClient

from bot.listeners.answers import SLACK_FAILURES, reason

log = logging.getLogger(__name__)

_KEEP_SECONDS = 600
_MOST_PEOPLE = 10_000


class People:
    """Looks names up with users.info (scope users:read) and keeps them for ten minutes."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._names: TTLCache[str, str] = TTLCache(_MOST_PEOPLE, _KEEP_SECONDS, timer=clock)

    def name(self, user_id: str, otherwise: str = "") -> str:
        """Return a person's display name, else `otherwise`, else the id. Never raises."""
        with self._lock:
            if kept := self._names.get(user_id):
                return kept
        try:
            user = self._client.users_info(user=user_id).get("user") or {}
        except SLACK_FAILURES as error:
            log.warning("The name of %s could not be looked up: %s", user_id, reason(error))
            return otherwise or user_id
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        if name:
            with self._lock:
                self._names[user_id] = str(name)
        return str(name or otherwise or user_id)
