"""The audit's table: rows are added, read, and deleted when they are old. The database refuses anything else.

Times are seconds since the epoch. Every method raises DatabaseError when the database fails.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bot.audit.entry import Entry
from bot.database import unusable
from bot.database.tables import audit, audit_horizon

# A statement that takes longer than two seconds is given up.
_DELETED_AT_ONCE = 2000
_READ_AT_ONCE = 1000

# What was written by a try whose end was not heard of is left as it is.
_ADD = text("""
    INSERT INTO audit (id, at, user_id, team_id, channel_id, door, deed, ticket_id, result, reference)
    VALUES (:id, :at, :user_id, :team_id, :channel_id, :door, :deed, :ticket_id, :result, :reference)
    ON CONFLICT (id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to read: those on a ticket, by a person, of a deed, from `since` on; None for any."""

    ticket_id: int | None = None
    user_id: str | None = None
    deed: str | None = None
    since: float | None = None


def _rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [asdict(entry) for entry in entries]


def add_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries in the transaction at hand. Each is there once, however often it is written."""
    connection.execute(_ADD, _rows(entries))


class AuditStore:
    """Writes, reads and purges the audit. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exists(self) -> bool:
        """Tell whether the database has the tables."""
        with self._begin() as connection:
            return inspect(connection).has_table(audit.name)

    def add(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction. Each is there once, however often it is written."""
        rows = _rows(entries)  # before the database is locked for anybody else
        with self._begin() as connection:
            connection.execute(_ADD, rows)

    def find(self, wanted: Wanted, limit: int) -> Generator[Entry]:
        """Return the newest entries that are wanted, the newest first. Close it if it is not read to its end."""
        conditions = [
            column == value
            for column, value in (
                (audit.c.ticket_id, wanted.ticket_id),
                (audit.c.user_id, wanted.user_id),
                (audit.c.deed, wanted.deed),
            )
            if value is not None
        ]
        if wanted.since is not None:
            conditions.append(audit.c.at >= wanted.since)
        newest = select(audit).where(*conditions).order_by(audit.c.at.desc(), audit.c.id).limit(limit)
        asked = newest.execution_options(yield_per=_READ_AT_ONCE)
        with self._begin() as connection, connection.execute(asked) as found:
            for row in found.mappings():
                yield Entry(**row)

    def kept_from(self) -> float:
        """Return since when entries are kept: what is older may have been deleted."""
        with self._begin() as connection:
            return float(connection.execute(select(audit_horizon.c.kept_from)).scalar_one())

    def purge(self, before: float) -> int:
        """Delete the entries before a time, and return how many. That time never goes back."""
        gone = 0
        old = select(audit.c.id).where(audit.c.at < before).limit(_DELETED_AT_ONCE).scalar_subquery()
        while True:
            with self._begin() as connection:
                horizon = update(audit_horizon).where(audit_horizon.c.kept_from < before)
                connection.execute(horizon.values(kept_from=before))
                deleted = connection.execute(delete(audit).where(audit.c.id.in_(old))).rowcount
            gone += deleted
            if deleted < _DELETED_AT_ONCE:
                return gone

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise unusable(error) from error
