"""The outbox's table: every change is one update that first looks whether the row still is what it was thought to be.

What matters to a ticket's audit is written there in the same transaction.
Times are seconds since the epoch. Every method raises StoreUnavailable when the database fails.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, closing
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Insert, Row, Update, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.audit import Result as Audited
from bot.audit import add_entries, tell
from bot.database import transaction
from bot.database.tables import notes
from bot.notes.note import LOST, Decision, Draft, Note, Origin, State
from bot.notes.trail import ending, entry_of

_MOST_AT_ONCE = 100
_OPEN = (State.QUEUED, State.SENDING)
_ERASED: dict[str, Any] = {"text": None, "detail": ""}


class StoreUnavailable(Exception):
    """The database did not do what it was asked. What was asked may or may not have happened."""


class Result(NamedTuple):
    """What came of one try: the state it leads to, why, and when to try again if it is `queued`."""

    state: State
    outcome: str = ""
    detail: str = ""
    due_at: float = 0.0

    def __repr__(self) -> str:
        return f"Result(state={self.state!r}, outcome={self.outcome!r}, due_at={self.due_at})"


class NoteStore:
    """Reads and writes notes. Safe to share between threads; several processes may have one on the same database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, draft: Draft, reference: str, now: float, *, due_at: float, give_up_at: float) -> Note | None:
        """Save a draft as `queued` and return it; None when the reference is taken, or the draft is saved already."""
        values = {
            "reference": reference,
            **_key(draft),
            "user_id": draft.user_id,
            "user_name": draft.user_name,
            "ticket_id": draft.ticket_id,
            "channel_id": draft.origin.channel_id,
            "thread_ts": draft.origin.thread_ts,
            "link": draft.origin.link,
            "text": draft.text,
            "state": State.QUEUED,
            "outcome": "",
            "detail": "",
            "said": 1,
            "tries": 0,
            "owner": "",
            "lease_until": 0.0,
            "due_at": due_at,
            "give_up_at": give_up_at,
            "told": False,
            "decision": "",
            "created_at": now,
            "changed_at": now,
        }
        try:
            # Beside the statement: what is in one stays in memory with it, long after the text is erased.
            return self._execute(insert(notes), now, Audited.QUEUED, _storable(values))
        except IntegrityError:
            return None

    def submitted(self, draft: Draft) -> Note | None:
        """Return the note that a draft was saved as."""
        return self._one(and_(*(notes.c[name] == value for name, value in _key(draft).items())))

    def get(self, reference: str) -> Note | None:
        """Return a note by its reference."""
        return self._one(notes.c.reference == reference)

    def claim(self, reference: str, owner: str, now: float, lease_until: float) -> Note | None:
        """Take a `queued` note for one try: `sending`. None when it is not there to be taken."""
        return self._change(
            and_(notes.c.reference == reference, notes.c.state == State.QUEUED),
            now,
            state=State.SENDING,
            owner=owner,
            lease_until=lease_until,
            tries=notes.c.tries + 1,
        )

    def finish(self, note: Note, result: Result, now: float) -> Note | None:
        """Record what came of the try that `note` was claimed for. None when that no longer changes anything.

        The answer may come after the lease ran out. That it was posted, or refused, still is the better knowledge;
        if the person has asked to post it again, and nobody has begun to, knowing that it is there spares the second.
        """
        may_be = {
            State.POSTED: (State.SENDING, State.UNKNOWN, State.QUEUED),
            State.REFUSED: (State.SENDING, State.UNKNOWN),
        }.get(result.state, (State.SENDING,))
        return self._change(
            and_(notes.c.reference == note.reference, notes.c.state.in_(may_be), notes.c.tries == note.tries),
            now,
            ending(*result[:3]),
            **_coming_of(result),
        )

    def put_off(self, note: Note, result: Result, now: float) -> Note | None:
        """Change what is `queued` and was not claimed: it waits, or is `refused`. None when it is another's now."""
        where = and_(notes.c.reference == note.reference, notes.c.state == State.QUEUED, notes.c.tries == note.tries)
        return self._change(where, now, ending(*result[:3]), **_coming_of(result))

    def decide(
        self, reference: str, decision: Decision, now: float, *, due_at: float, give_up_at: float
    ) -> Note | None:
        """Record what the person says of a note in doubt. None when it is not in doubt."""
        where = and_(notes.c.reference == reference, notes.c.state == State.UNKNOWN)
        if decision is Decision.THERE:
            changes: dict[str, Any] = {"state": State.POSTED, "decision": decision, "told": True}
            return self._change(where, now, Audited.FOUND, **changes, **_ERASED)
        return self._change(
            where,
            now,
            Audited.QUEUED,
            state=State.QUEUED,
            decision=decision,
            outcome="",
            detail="",
            told=False,
            said=notes.c.said + 1,
            due_at=due_at,
            give_up_at=give_up_at,
        )

    def claim_telling(self, note: Note, now: float, until: float) -> Note | None:
        """Take it on to tell of a note's end, so that nobody else does before `until`. None when another has."""
        where = and_(*_as_it_was(note), notes.c.told.is_(False), notes.c.due_at <= now)
        return self._execute(update(notes).where(where).values(due_at=until), now)

    def mark_told(self, note: Note, now: float) -> None:
        """Record that the person has heard of a note's state; what is over for good is erased."""
        where = and_(*_as_it_was(note))
        self._change(where, now, told=True, **(_ERASED if note.state is State.REFUSED else {}))

    def is_newest(self, note: Note) -> bool:
        """Tell whether the view of a note has not shown its form again, and been submitted, since."""
        view = and_(notes.c.team_id == note.team_id, notes.c.view_id == note.view_id)
        with self._begin() as connection:
            newer = select(notes.c.reference).where(view, notes.c.attempt > note.attempt).limit(1)
            return connection.execute(newer).first() is None

    def lose(self, now: float) -> int:
        """Call `unknown` what is `sending` under a lease that ran out, and return how many there were."""
        where = and_(notes.c.state == State.SENDING, notes.c.lease_until < now)
        lost = {"state": State.UNKNOWN, "outcome": LOST, "told": False, "due_at": now, "changed_at": now}
        with self._begin() as connection:
            found = connection.execute(update(notes).where(where).values(lost).returning(*notes.c))
            entries = [entry_of(_note(row), now, Audited.DOUBT) for row in found]
            if entries:
                add_entries(connection, entries)
        for entry in entries:
            tell(entry)
        return len(entries)

    def due(self, now: float) -> list[Note]:
        """Return the notes that are `queued` and due, a hundred at most."""
        return self._some(and_(notes.c.state == State.QUEUED, notes.c.due_at <= now))

    def untold(self, now: float) -> list[Note]:
        """Return the notes whose end is due to be told, a hundred at most."""
        return self._some(and_(notes.c.state.not_in(_OPEN), notes.c.told.is_(False), notes.c.due_at <= now))

    def purge(self, before: float) -> int:
        """Delete what ended and has not changed since `before`, and return how many rows."""
        with self._begin() as connection:
            gone = and_(notes.c.state.not_in(_OPEN), notes.c.changed_at < before)
            return connection.execute(delete(notes).where(gone)).rowcount

    def empty_log(self) -> None:
        """See that what was erased does not stay in SQLite's write-ahead log. Elsewhere it does nothing."""
        if self._engine.dialect.name == "sqlite":
            try:
                with closing(self._engine.raw_connection()) as connection:  # a checkpoint is no part of a transaction
                    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except (SQLAlchemyError, sqlite3.Error) as error:
                raise StoreUnavailable(type(error).__name__) from error

    def _change(self, where: Any, now: float, audited: str = "", **values: Any) -> Note | None:
        changes = _storable(values | {"changed_at": now})
        return self._execute(update(notes).where(where).values(changes), now, audited)

    def _execute(
        self, statement: Insert | Update, now: float, audited: str = "", values: dict[str, Any] | None = None
    ) -> Note | None:
        """Change one note at most, with the line of the audit that says so, and return it as it is then."""
        entry = None
        with self._begin() as connection:
            row = connection.execute(statement.returning(*notes.c), values).one_or_none()
            note = _note(row) if row else None
            if note and audited:
                entry = entry_of(note, now, audited)
                add_entries(connection, [entry])
        if entry:
            tell(entry)
        return note

    def _one(self, where: Any) -> Note | None:
        with self._begin() as connection:
            row = connection.execute(select(notes).where(where)).one_or_none()
            return _note(row) if row else None

    def _some(self, where: Any) -> list[Note]:
        with self._begin() as connection:
            statement = select(notes).where(where).order_by(notes.c.due_at).limit(_MOST_AT_ONCE)
            return [_note(row) for row in connection.execute(statement)]

    def _begin(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, StoreUnavailable)


def _coming_of(result: Result) -> dict[str, Any]:
    """Return what a try changes. That a note waits is no end that would have to be told anew."""
    changes = {"state": result.state, "outcome": result.outcome, "due_at": result.due_at}
    told = {} if result.state is State.QUEUED else {"told": False}
    return changes | told | (_ERASED if result.state is State.POSTED else {"detail": result.detail})


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    """Take out of texts what a database does not take: NUL, and halves of characters."""
    return {name: _clean(value) if type(value) is str else value for name, value in values.items()}


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _key(draft: Draft) -> dict[str, Any]:
    return {
        "team_id": draft.team_id,
        "view_id": draft.view_id,
        "attempt": draft.attempt,
        "digest": draft.digest,
    }


def _as_it_was(note: Note) -> tuple[Any, ...]:
    return (
        notes.c.reference == note.reference,
        notes.c.state == note.state,
        notes.c.tries == note.tries,
        notes.c.said == note.said,
    )


def _note(row: Row[Any]) -> Note:
    return Note(
        reference=row.reference,
        team_id=row.team_id,
        view_id=row.view_id,
        attempt=row.attempt,
        user_id=row.user_id,
        user_name=row.user_name,
        ticket_id=row.ticket_id,
        origin=Origin(row.channel_id, row.thread_ts, row.link),
        text=row.text,
        state=State(row.state),
        outcome=row.outcome,
        detail=row.detail,
        said=row.said,
        tries=row.tries,
        told=row.told,
        give_up_at=row.give_up_at,
        changed_at=row.changed_at,
    )
