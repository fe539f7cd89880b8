"""The audit's table: added to, read, purged when it is old, and nothing else, whoever asks the database."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.audit import AuditStore, Deed, Entry, Wanted
from bot.database import DatabaseError
from tests.audit.conftest import DAY, START, entry, everything


def many(store: AuditStore) -> list[Entry]:
    """Add entries of two people, tickets and deeds, in any order."""
    kinds = product(("U0ASHA001", "U0BEN0002"), (143, 34), (Deed.READ, Deed.NOTE))
    entries = [
        entry(START + 7 * number % 8, user_id=user_id, ticket_id=ticket_id, deed=deed)
        for number, (user_id, ticket_id, deed) in enumerate(kinds)
    ]
    store.add(entries)
    return entries


def test_what_is_added_is_there(store: AuditStore) -> None:
    entries = [
        entry(),
        entry(START + 0.25, ticket_id=None, channel_id="", result="refused:guest", reference="TB-7F3K2"),
    ]
    store.add(entries)
    assert everything(store) == entries


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(ticket_id=34),
        Wanted(user_id="U0BEN0002"),
        Wanted(deed="note"),
        Wanted(since=START + 3),
        Wanted(ticket_id=143, user_id="U0ASHA001", deed="read", since=START),
        Wanted(ticket_id=99),
    ],
)
def test_what_is_wanted_is_found_the_newest_first(store: AuditStore, wanted: Wanted) -> None:
    expected = sorted(
        (
            each
            for each in many(store)
            if wanted.ticket_id in {None, each.ticket_id}
            and wanted.user_id in {None, each.user_id}
            and wanted.deed in {None, each.deed}
            and each.at >= (wanted.since or 0)
        ),
        key=lambda each: -each.at,
    )
    assert list(store.find(wanted, 100)) == expected
    assert list(store.find(wanted, 2)) == expected[:2]


def test_what_is_written_again_is_there_once_and_as_it_was(store: AuditStore) -> None:
    first = entry()
    store.add([first])
    store.add([entry(id=first.id, user_id="U0BEN0002"), entry(START + 1)])
    assert [each.user_id for each in everything(store)] == ["U0ASHA001", "U0ASHA001"]


CHANGES = [
    "UPDATE audit SET user_id = 'U0BEN0002'",
    "UPDATE audit SET at = 0",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE at = 1800000000",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_is_there(store: AuditStore, engine: Engine, change: str) -> None:
    store.add([entry(), entry(START + DAY)])
    store.purge(START)
    before = everything(store)
    assert len(before) == 2
    with pytest.raises(SQLAlchemyError, match="the audit is only added to"), engine.begin() as connection:
        connection.execute(text(change))
    assert everything(store) == before


def test_it_is_not_emptied_or_replaced_behind_the_back_of_that(store: AuditStore, engine: Engine) -> None:
    store.add([entry()])
    before = everything(store)
    if engine.dialect.name == "postgresql":
        with pytest.raises(SQLAlchemyError, match="the audit is only added to"), engine.begin() as connection:
            connection.execute(text("TRUNCATE audit"))
    else:
        with engine.begin() as connection:
            replace = (
                "REPLACE INTO audit SELECT id, at, 'U0BEN0002', team_id, channel_id, door, deed, 1, '', '' FROM audit"
            )
            connection.execute(text(replace))
    assert everything(store) == before


def test_what_is_old_is_purged_and_nothing_else(store: AuditStore) -> None:
    # More than goes at once.
    store.add([entry(START + number / 1000) for number in range(4500)])
    newer = [entry(START + 10), entry(START + 11)]
    store.add(newer)
    assert store.purge(START + 10) == 4500
    assert everything(store) == newer
    assert store.purge(START + 10) == 0
    assert store.kept_from() == START + 10


def test_the_time_from_which_it_is_kept_never_goes_back(store: AuditStore) -> None:
    assert store.kept_from() == 0
    store.purge(START)
    store.purge(START - DAY)
    assert store.kept_from() == START


def test_a_database_that_fails_is_said_by_every_method(store: AuditStore, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO elsewhere"))
        connection.execute(text("DROP TABLE audit_horizon"))
    assert not store.exists()
    for call in (
        lambda: store.add([entry()]),
        lambda: list(store.find(Wanted(), 1)),
        lambda: store.purge(START),
        store.kept_from,
    ):
        with pytest.raises(DatabaseError, match=r"DATABASE_URL: the database cannot be used: .*audit"):
            call()
