"""What is known of people, groups and channels: asked of Slack once for all who wait, and kept for minutes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cachetools import TLRUCache

from bot.access.asker import Asker
from bot.access.directory import Directory, NotTold
from bot.access.rules import Channel, Deed, Permit, Person, Policy, Refusal, decide

log = logging.getLogger(__name__)

T = TypeVar("T")

_MOST_PEOPLE = 20_000
_MOST_GROUPS = 200
_MOST_CHANNELS = 5_000
# While Slack does not answer, not every click has to wait for it.
_FAILURE_SECONDS = 3.0

# Slack: users.info does not know, or does not show, who is in no channel with anybody of the workspace.
_PERSON_ERRORS = {
    "missing_scope": Refusal.CANNOT_SEE_PEOPLE,
    "user_not_found": Refusal.STRANGER,
    "user_not_visible": Refusal.STRANGER,
}
# Slack: user groups come with paid plans.
_GROUP_ERRORS = {
    "missing_scope": Refusal.CANNOT_SEE_GROUPS,
    "no_such_subteam": Refusal.NO_SUCH_GROUP,
    "plan_upgrade_required": Refusal.NO_SUCH_GROUP,
}
# Slack: a private channel that the bot is not in does not exist for it.
_CHANNEL_ERRORS = {"missing_scope": Refusal.CHANNEL_UNKNOWN, "channel_not_found": Refusal.CHANNEL_UNKNOWN}


class Access:
    """Says who may do what. Safe to share between threads.

    What Slack says is kept for `cache_seconds`: so long somebody who has lost a right may still have it.
    """

    def __init__(
        self, policy: Policy, directory: Directory, *, cache_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._policy = policy
        people = _Kept(lambda user_id: _person(directory, user_id), _MOST_PEOPLE, cache_seconds, clock)
        groups = _Kept(lambda group_id: _members(directory, group_id), _MOST_GROUPS, cache_seconds, clock)
        channels = _Kept(lambda channel_id: _channel(directory, channel_id), _MOST_CHANNELS, cache_seconds, clock)
        self._channels = channels
        self._known = _Facts(people.known, groups.known, channels.known)
        self._asked = _Facts(people.ask, groups.ask, channels.ask)

    def known(self, asker: Asker, deed: Deed) -> Permit | Refusal | None:
        """Decide by what is kept, in microseconds. None when Slack has to be asked."""
        return decide(self._policy, asker, deed, self._known)

    def ask(self, asker: Asker, deed: Deed, *, channel_as_it_is_now: bool = False) -> Permit | Refusal:
        """Decide, and ask Slack for what is not kept. Never raises: what cannot be known is refused.

        `channel_as_it_is_now`: what is kept of the channel does not count. What is posted there stays there.
        """
        if channel_as_it_is_now:
            self._channels.forget(asker.channel_id)
        return decide(self._policy, asker, deed, self._asked) or Refusal.CANNOT_TELL


class _Kept(Generic[T]):
    """Facts of one kind by id. `fetch` never raises; a Refusal that it returns is kept for seconds only."""

    def __init__(
        self, fetch: Callable[[str], T | Refusal], most: int, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._flights: dict[str, Future[T | Refusal]] = {}
        self._kept: TLRUCache[str, T | Refusal] = TLRUCache(
            most,
            lambda _, fact, now: now + (_FAILURE_SECONDS if isinstance(fact, Refusal) else seconds),
            timer=clock,
        )

    def known(self, key: str) -> T | Refusal | None:
        """Return what is kept."""
        with self._lock:
            return self._kept.get(key)

    def forget(self, key: str) -> None:
        """See that a fact is fetched when it is next asked for."""
        with self._lock:
            self._kept.pop(key, None)

    def ask(self, key: str) -> T | Refusal:
        """Return what is kept, or fetch it; who asks for the same meanwhile gets the same."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            flight = self._flights.get(key)
            if flight is None:
                mine = self._flights[key] = Future()
        if flight is not None:
            return flight.result()
        found = self._fetch(key)
        with self._lock:
            self._kept[key] = found
            del self._flights[key]
        mine.set_result(found)
        return found


@dataclass(frozen=True)
class _Facts:
    """The facts that the rules ask for, from three ways to get them."""

    person: Callable[[str], Person | Refusal | None]
    members: Callable[[str], frozenset[str] | Refusal | None]
    channel: Callable[[str], Channel | Refusal | None]


def _person(directory: Directory, user_id: str) -> Person | Refusal:
    def read() -> Person:
        user = directory.user(user_id)
        # Slack leaves out what it does not tell of strangers: who is not said to be no guest counts as one.
        return Person(
            team_id=str(user["team_id"]),
            enterprise_id=str((user.get("enterprise_user") or {}).get("enterprise_id") or ""),
            bot=_flag(user, "is_bot", otherwise=False) or user_id == "USLACKBOT",
            deactivated=_flag(user, "deleted", otherwise=False),
            guest=_flag(user, "is_restricted", otherwise=True) or _flag(user, "is_ultra_restricted", otherwise=True),
            stranger=_flag(user, "is_stranger", otherwise=False),
        )

    return _told(f"Person {user_id}", read, _PERSON_ERRORS)


def _members(directory: Directory, group_id: str) -> frozenset[str] | Refusal:
    return _told(f"User group {group_id}", lambda: frozenset(map(str, directory.members(group_id))), _GROUP_ERRORS)


def _channel(directory: Directory, channel_id: str) -> Channel | Refusal:
    def read() -> Channel | Refusal:
        channel = directory.channel(channel_id)
        if "is_ext_shared" not in channel or "is_org_shared" not in channel:
            return Refusal.CHANNEL_UNKNOWN  # of direct messages Slack does not say it
        shared = _flag(channel, "is_ext_shared", otherwise=True)
        offered = _flag(channel, "is_pending_ext_shared", otherwise=False) or any(
            channel.get(teams) for teams in ("pending_shared", "pending_connected_team_ids")
        )
        return Channel(shared=shared or offered, org_shared=_flag(channel, "is_org_shared", otherwise=True))

    return _told(f"Channel {channel_id}", read, _CHANNEL_ERRORS)


def _flag(said: Mapping[str, Any], name: str, *, otherwise: bool) -> bool:
    """Return what Slack says of somebody or something, or `otherwise` where it does not name it.

    Raises TypeError for what is neither true nor false: taken for false, it would be a permission.
    """
    value = said.get(name, otherwise)
    if not isinstance(value, bool):
        raise TypeError(name)
    return value


def _told(what: str, read: Callable[[], T | Refusal], errors: Mapping[str, Refusal]) -> T | Refusal:
    try:
        return read()
    except NotTold as error:
        log.warning("%s could not be looked up: %s", what, error.code or "Slack did not answer")
        return errors.get(error.code, Refusal.CANNOT_TELL)
    except Exception as error:  # noqa: BLE001 (however Slack's answer is broken, it is no permission)
        log.warning("%s could not be looked up: the answer is broken (%s)", what, type(error).__name__)
        return Refusal.CANNOT_TELL
