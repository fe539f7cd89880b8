"""An outbox on a real database, a clock that is moved by hand, and a LeadSquared that does what it is told."""

from __future__ import annotations

import itertools
import random
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.engine import URL

from bot.database import open_database, upgrade
from bot.database.tables import notes
from bot.leadsquared.errors import OutcomeUnknown, Refused
from bot.notes import LOST, Author, Draft, Note, NoteSender, NoteStore, Outbox, State, Times
from tests.postgres import fresh_database

AUTHOR = Author("Asha Verma", "U0ASHA001")
START = 1_800_000_000.0
LEASE = Times().lease
TELLING = Times().telling


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Sender:
    """Takes notes, and answers each with the next of `answers`: an error, something to do, or None; then None.

    `sent` holds the texts in order of arrival, also of those that are answered with an error.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answers: deque[BaseException | Callable[[], None] | None] = deque()
        self._lock = threading.Lock()

    def post_internal_note(self, ticket_id: int, text: str, begin: Callable[[], bool]) -> None:
        """Take a note, when its turn has come."""
        if not begin():
            return
        with self._lock:
            self.sent.append(f"#{ticket_id} {text}")
            answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        if answer:
            answer()


@dataclass
class Bench:
    """Outboxes on one database, with one clock and one LeadSquared."""

    address: str
    stack: ExitStack
    clock: HandClock = field(default_factory=HandClock)
    sender: Sender = field(default_factory=Sender)
    engines: list[Engine] = field(default_factory=list)
    owners: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def engine(self) -> Engine:
        """Open the database once more, as another process does."""
        engine = open_database(self.address)
        self.stack.callback(engine.dispose)
        self.engines.append(engine)
        return engine

    def outbox(self, store: NoteStore | None = None, sender: NoteSender | None = None, **changes: Any) -> Outbox:
        """Start an outbox with a name and an engine of its own."""
        options: dict[str, Any] = {"owner": f"process {next(self.owners)}", "max_chars": 3000, "clock": self.clock}
        options["randomness"] = random.Random(7)  # noqa: S311 (the same in every run)
        return Outbox(store or NoteStore(self.engine()), sender or self.sender, **options | changes)

    def row(self, note: Note) -> dict[str, Any]:
        """Return a note's row as it stands in the table."""
        (row,) = (row for row in self.rows() if row["reference"] == note.reference)
        return row

    def rows(self) -> list[dict[str, Any]]:
        """Return the whole table."""
        engine = self.engines[0] if self.engines else self.engine()
        with engine.begin() as connection:
            return [dict(row._mapping) for row in connection.execute(select(notes))]


def draft(text: str = "Called back.", *, view_id: str = "V0001", **changes: Any) -> Draft:
    """Make a note as the form hands it over."""
    values: dict[str, Any] = {
        "team_id": "T0ACME001",
        "view_id": view_id,
        "attempt": 1,
        "user_id": "U0ASHA001",
        "user_name": "asha",
        "ticket_id": 143,
        "text": text,
    }
    return Draft(**values | changes)


def deliver(outbox: Outbox, note: Note) -> Note:
    after = outbox.deliver(note, AUTHOR)
    assert after
    return after


def saved(outbox: Outbox, **changes: Any) -> Note:
    return outbox.save(draft(**changes)).note


def now_of(outbox: Outbox, note: Note) -> Note:
    now = outbox.get(note.reference)
    assert now
    return now


def doubtful(bench: Bench, outbox: Outbox) -> Note:
    """A note in doubt."""
    bench.sender.answers.append(OutcomeUnknown("no whole answer came"))
    return deliver(outbox, saved(outbox))


def crash(bench: Bench, outbox: Outbox, note: Note) -> None:
    """End the process of an outbox while it waits for an answer."""
    bench.sender.answers.append(KeyboardInterrupt())  # nothing after the call is run
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(note, AUTHOR)


def queued(_: Bench, outbox: Outbox) -> Note:
    return saved(outbox)


def posted(_: Bench, outbox: Outbox) -> Note:
    return deliver(outbox, saved(outbox))


def refused(bench: Bench, outbox: Outbox) -> Note:
    bench.sender.answers.append(Refused("no such ticket"))
    return deliver(outbox, saved(outbox))


def sending(bench: Bench, outbox: Outbox) -> Note:
    note = saved(outbox)
    crash(bench, outbox, note)
    return note


def lost(bench: Bench, outbox: Outbox, note: Note) -> None:
    """Let the lease of a note run out, with another process looking."""
    bench.clock.now += LEASE
    assert bench.row(note)["state"] == State.SENDING
    outbox.tend()
    assert bench.row(note)["state"] == State.SENDING
    bench.clock.now += 0.01
    outbox.tend()
    row = bench.row(note)
    assert (row["state"], row["outcome"], row["told"], row["text"]) == (State.UNKNOWN, LOST, False, "Called back.")


@cache
def empty_file() -> bytes:
    """Return what a SQLite file with the tables and nothing in them holds: copying it is quicker than making it."""
    with TemporaryDirectory(prefix="ticketbot-") as folder:
        path = Path(folder, "notes.db")
        engine = open_database(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        return path.read_bytes()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    path.write_bytes(empty_file())
    return path


@pytest.fixture
def on_sqlite(sqlite_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(f"sqlite:///{sqlite_path}", stack)


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: URL) -> Iterator[Engine]:
    """A PostgreSQL database with the tables, for one test after the other."""
    with fresh_database(postgres_server) as address:
        engine = open_database(address)
        upgrade(engine)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Both databases, each empty."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield Bench(f"sqlite:///{request.getfixturevalue('sqlite_path')}", stack)
            return
        engine = request.getfixturevalue("postgres_tables")
        with engine.begin() as connection:
            connection.execute(delete(notes))
        yield Bench(engine.url.render_as_string(hide_password=False), stack)
