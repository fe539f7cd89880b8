"""What happens is taken at once, and reaches the table also when the database failed for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.audit import Audit, AuditStore
from tests.audit.conftest import READ, START, everything


def record(audit: Audit, **changes: Any) -> None:
    audit.record(**READ | changes)


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def failing(engine: Engine) -> Iterator[None]:
    """Let the table be gone."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with engine.begin() as connection:
        connection.execute(text(rename.format("audit", "elsewhere")))
    yield
    with engine.begin() as connection:
        connection.execute(text(rename.format("elsewhere", "audit")))


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[str]]:
    """What the loggers of a name have said."""
    caplog.set_level(logging.INFO, "bot")
    return lambda name: [record.getMessage() for record in caplog.records if record.name == name]


def tickets(store: AuditStore) -> list[int | None]:
    return [each.ticket_id for each in everything(store)]


def test_what_is_recorded_is_in_the_table_with_its_time(store: AuditStore) -> None:
    audit = Audit(store, clock=lambda: START)
    record(audit, reference="TB-7F3K2")
    wait(lambda: len(everything(store)) == 1)
    assert audit.close(5)
    [kept] = everything(store)
    assert (kept.at, kept.user_id, kept.reference) == (START, "U0ASHA001", "TB-7F3K2")


def test_closing_writes_what_waits(store: AuditStore) -> None:
    clock = iter(range(10_000))
    audit = Audit(store, clock=lambda: START + next(clock))
    for number in range(1, 1201):
        record(audit, ticket_id=number)
    assert audit.close(10)
    assert tickets(store) == list(range(1, 1201))


def test_while_the_database_fails_entries_wait_and_the_log_has_them(
    store: AuditStore, engine: Engine, told: Callable[[str], list[str]]
) -> None:
    audit = Audit(store)
    with failing(engine):
        for number in (1, 2):
            record(audit, ticket_id=number)
        wait(lambda: bool(told("bot.audit.writer")))
        record(audit, ticket_id=3)
        assert told("bot.audit") == ["audit"] * 3
    wait(lambda: tickets(store) == [1, 2, 3])
    assert audit.close(5)
    assert len(told("bot.audit.writer")) == 2
    assert "cannot be written, and its entries wait: DATABASE_URL: the database" in told("bot.audit.writer")[0]
    assert told("bot.audit.writer")[1] == "The audit is written again; 0 of its entries are in the log only"


def test_beyond_the_bound_the_oldest_are_dropped_and_counted_once(
    store: AuditStore, engine: Engine, told: Callable[[str], list[str]]
) -> None:
    audit = Audit(store, most=3)
    with failing(engine):
        for number in range(1, 9):
            record(audit, ticket_id=number)
        wait(lambda: bool(told("bot.audit.writer")))
    wait(lambda: tickets(store) == [6, 7, 8])
    wait(lambda: told("bot.audit.writer")[1:] == ["The audit is written again; 5 of its entries are in the log only"])
    assert len(told("bot.audit")) == 8
    assert audit.close(5)


def test_an_end_in_a_failure_comes_in_time_and_says_how_much_is_missing(
    store: AuditStore, engine: Engine, told: Callable[[str], list[str]]
) -> None:
    audit = Audit(store)
    with failing(engine):
        for number in (1, 2):
            record(audit, ticket_id=number)
        began = time.monotonic()
        assert not audit.close(0.3)
        assert time.monotonic() - began < 3
    assert told("bot.audit.writer")[-1] == "2 entries of the audit were not written to the database; the log has them"


def test_a_failure_that_ends_while_it_closes_costs_nothing(
    store: AuditStore, engine: Engine, told: Callable[[str], list[str]]
) -> None:
    audit = Audit(store)
    with failing(engine):
        record(audit)
        wait(lambda: bool(told("bot.audit.writer")))
    # The next try would come later than that.
    assert audit.close(5)
    assert len(everything(store)) == 1


def test_a_database_that_stands_still_holds_nobody_up(store: AuditStore, engine: Engine) -> None:
    audit = Audit(store)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE audit"))
        began = time.monotonic()
        for _ in range(100):
            record(audit)
        assert time.monotonic() - began < 1
        assert not audit.close(0.1)
    wait(lambda: not audit._thread.is_alive())


def test_what_cannot_be_recorded_is_said_and_hurts_nobody(store: AuditStore, told: Callable[[str], list[str]]) -> None:
    audit = Audit(store)
    record(audit, ticket_id="143")
    record(audit, ticket_id=34)
    assert audit.close(5)
    assert tickets(store) == [34]
    assert told("bot.audit.writer") == ["An entry of the audit was not taken"]
