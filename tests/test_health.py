"""Ready, or one word why not, and no probe that costs the database or a click anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from bot.database import ask
from bot.health import Readiness
from tests.conftest import Running


class Database:
    """Answers, or fails, or hangs until it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.go = threading.Event()
        self.go.set()

    def ask(self) -> None:
        self.asked += 1
        self.go.wait(5)
        if self.fails:
            raise OSError("postgresql://user:password@host")


class Clock:
    """Stands still, until a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.go.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ready(database: Database, clock: Callable[[], float], patience: float = 5.0) -> Readiness:
    readiness = Readiness(clock=clock, patience=patience)
    readiness.open(database.ask)
    return readiness


def test_it_is_ready_between_the_start_and_the_end(database: Database) -> None:
    readiness = Readiness()
    assert readiness.lacking() == "starting"
    readiness.open(database.ask)
    assert readiness.lacking() == ""
    readiness.drain()
    assert readiness.lacking() == "draining"


def test_without_a_connection_to_slack_it_is_not_ready(database: Database) -> None:
    connected = [False]
    readiness = Readiness()
    readiness.open(database.ask, lambda: connected[0])
    assert readiness.lacking() == "slack"
    connected[0] = True
    assert readiness.lacking() == ""


def test_the_database_is_asked_every_few_seconds_however_many_probes_there_are(
    database: Database, clock: Clock
) -> None:
    readiness = ready(database, clock)
    assert {readiness.lacking() for _ in range(1000)} == {""}
    assert database.asked == 1
    clock.now = 3
    assert readiness.lacking() == ""
    assert database.asked == 2


def test_a_database_that_fails_is_told_in_a_word_until_it_is_back(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    readiness = ready(database, clock)
    database.fails = True
    assert readiness.lacking() == "database"
    assert "does not answer: OSError" in caplog.text
    assert "password" not in caplog.text
    database.fails = False
    assert readiness.lacking() == "database"
    clock.now = 3
    assert readiness.lacking() == ""


def test_a_database_that_hangs_is_waited_for_once_and_not_for_long(database: Database, clock: Clock) -> None:
    readiness = ready(database, clock, patience=0.01)
    database.go.clear()
    for _ in range(10):
        assert readiness.lacking() == "database"
        clock.now += 3
    assert database.asked == 1


def test_who_probes_while_the_database_is_asked_is_told_what_was_found_last(database: Database, clock: Clock) -> None:
    readiness = ready(database, clock)
    asked = threading.Event()
    database.go.clear()

    def ask_aloud() -> None:
        asked.set()
        database.ask()

    readiness.open(ask_aloud)
    told: list[str] = []
    first = threading.Thread(target=lambda: told.append(readiness.lacking()))
    first.start()
    assert asked.wait(5)
    assert readiness.lacking() == ""
    assert told == []
    database.go.set()
    first.join(5)
    assert told == [""]


def test_a_database_whose_tables_are_gone_does_not_answer(running: Running) -> None:
    database = running.bot.database
    ask(database)
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE notes RENAME TO elsewhere")
    readiness = Readiness()
    readiness.open(lambda: ask(database))
    assert readiness.lacking() == "database"
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO notes")
