"""What was shared in channels: one row for each submission, so that it is posted once, whoever gets it twice.

Times are seconds since the epoch. Every method raises SharesUnavailable when the database fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.database import transaction
from bot.database.tables import shares


class SharesUnavailable(Exception):
    """The database did not do what it was asked. What was asked may or may not have happened."""


class ShareState(StrEnum):
    """What became of a submission. `unknown`: nobody can know whether it was posted."""

    POSTING = "posting"
    POSTED = "posted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Submission:
    """What one submission is known by: a view, and how often it has shown its form."""

    team_id: str
    view_id: str
    attempt: int


class ShareOutcome(NamedTuple):
    """The state of a submission, and the ts of its message once it is posted."""

    state: ShareState
    message_ts: str = ""


class Shares:
    """Keeps what was shared. Safe to share between threads; several processes may have one on the same database."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, submission: Submission) -> bool:
        """Take a submission on; False when it was taken on before, here or in another process."""
        values = _key(submission) | {"state": ShareState.POSTING, "message_ts": "", "changed_at": self._clock()}
        try:
            with self._begin() as connection:
                connection.execute(insert(shares).values(values))
        except IntegrityError:
            return False
        return True

    def finish(self, submission: Submission, outcome: ShareOutcome) -> None:
        """Record what became of a submission that was taken on."""
        values = {"state": outcome.state, "message_ts": outcome.message_ts[:32], "changed_at": self._clock()}
        with self._begin() as connection:
            connection.execute(update(shares).where(_is(submission)).values(values))

    def outcome(self, submission: Submission) -> ShareOutcome | None:
        """Return what became of a submission, None for one that nobody took on."""
        with self._begin() as connection:
            found = connection.execute(select(shares.c.state, shares.c.message_ts).where(_is(submission))).one_or_none()
        return ShareOutcome(ShareState(found.state), found.message_ts) if found else None

    def purge(self, seconds: float) -> int:
        """Delete what is older than `seconds`, and return how many rows: no modal is open that long."""
        with self._begin() as connection:
            return connection.execute(delete(shares).where(shares.c.changed_at < self._clock() - seconds)).rowcount

    def _begin(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, SharesUnavailable)


def _key(submission: Submission) -> dict[str, Any]:
    return {"team_id": submission.team_id, "view_id": submission.view_id, "attempt": submission.attempt}


def _is(submission: Submission) -> Any:
    return and_(*(shares.c[name] == value for name, value in _key(submission).items()))
