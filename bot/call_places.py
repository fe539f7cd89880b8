"""LeadSquared's rate limit, kept by several processes together: their calls are counted in PostgreSQL.

All times are the database's own, so the machines' clocks do not matter. Should its clock be set back, what was written
ahead of it counts as of the next look, so that nobody waits until it has caught up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from bot.leadsquared.budget import WINDOW_SECONDS
from bot.leadsquared.errors import Uncounted

log = logging.getLogger(__name__)

# A process that ended keeps its places this long. No call takes longer: 5 s to connect, 15 for the headers, 45 to read.
LEASE_SECONDS = 90.0
# Only running calls hold the places, and nothing tells when one of another process ends.
_LOOK_AGAIN_SECONDS = 0.1
_LOCK = 0x63616C6C73

_TAKE = text("""
    WITH clock AS (SELECT extract(epoch FROM clock_timestamp())::float8 AS now),
    gone AS (
        DELETE FROM calls USING clock
        WHERE account = :account AND coalesce(answered_at + :window, started_at + :lease) <= clock.now
    ),
    ahead AS (
        UPDATE calls SET
            started_at = least(started_at, clock.now),
            answered_at = CASE WHEN answered_at > clock.now THEN clock.now ELSE answered_at END
        FROM clock WHERE account = :account AND greatest(started_at, answered_at) > clock.now
    ),
    held AS (
        SELECT count(*) AS places, min(answered_at) AS first
        FROM calls, clock
        WHERE account = :account AND coalesce(answered_at + :window, started_at + :lease) > clock.now
    ),
    pause AS (SELECT coalesce(max(closed_until), 0) AS over FROM call_pauses WHERE account = :account),
    taken AS (
        INSERT INTO calls (account, owner, started_at)
        SELECT :account, :owner, clock.now FROM clock, held, pause
        WHERE held.places < :calls AND pause.over <= clock.now
        RETURNING id
    )
    SELECT
        (SELECT count(*) FROM taken) AS taken,
        pause.over - clock.now AS closed,
        held.first + :window - clock.now AS until_first
    FROM clock, held, pause
""")
_GIVE_BACK = text("""
    UPDATE calls SET answered_at = extract(epoch FROM clock_timestamp())
    WHERE id = (SELECT min(id) FROM calls WHERE account = :account AND owner = :owner AND answered_at IS NULL)
""")
_CLOSE = text("""
    INSERT INTO call_pauses (account, closed_until)
    VALUES (:account, extract(epoch FROM clock_timestamp()) + :seconds)
    ON CONFLICT (account) DO UPDATE SET closed_until = greatest(call_pauses.closed_until, excluded.closed_until)
""")


class SharedPlaces:
    """Places for the calls of all processes that share an account and a PostgreSQL.

    `account` names what the limit is for, `owner` this process. When the database fails, no call may start. Who is
    urgent goes first within a process only.
    """

    def __init__(self, engine: Engine, *, account: str, owner: str, calls: int, window: float = WINDOW_SECONDS) -> None:
        self._engine = engine
        self._who = {"account": account, "owner": owner}
        self._limit = {"calls": calls, "window": window, "lease": LEASE_SECONDS}

    def take(self) -> float:
        """Take a place and return 0, or return how many seconds to wait before asking again. Raises Uncounted."""
        try:
            with self._engine.begin() as connection:
                # One process at a time; the statement after it sees what the one before has committed.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                found = connection.execute(_TAKE, self._who | self._limit).one()
        except SQLAlchemyError as error:
            log.error("The database that counts the calls failed: %s", type(error).__name__)
            raise Uncounted from error
        if found.taken:
            return 0.0
        if found.closed > 0:
            return float(found.closed)
        if found.until_first is None:
            return _LOOK_AGAIN_SECONDS
        return min(float(found.until_first), self._limit["window"])

    def give_back(self) -> None:
        """Say that a call has its answer. A failure is logged: the place comes free when its lease ends."""
        self._change(_GIVE_BACK, self._who)

    def close(self, seconds: float) -> None:
        """Let no process take a place for `seconds`."""
        self._change(_CLOSE, {"account": self._who["account"], "seconds": seconds})

    def _change(self, statement: TextClause, values: Mapping[str, Any]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(statement, values)
        except SQLAlchemyError as error:
            log.error("The database that counts the calls failed: %s", type(error).__name__)
