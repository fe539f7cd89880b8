"""An audit on a real database of each kind, and entries to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.audit import AuditStore, Deed, Entry, Result, Wanted
from bot.database import open_database, upgrade

START = 1_800_000_000.0
DAY = 86_400.0
# A ticket is read.
READ: dict[str, Any] = {
    "user_id": "U0ASHA001",
    "team_id": "T0ACME001",
    "channel_id": "C0SUPPORT",
    "door": "command",
    "deed": Deed.READ,
    "ticket_id": 143,
    "result": Result.SHOWN,
}


def entry(at: float = START, **changes: Any) -> Entry:
    return Entry(at, **READ | changes)


def everything(store: AuditStore) -> list[Entry]:
    """All entries, the oldest first."""
    return list(store.find(Wanted(), 10_000))[::-1]


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of both kinds in turn."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgres" else f"sqlite:///{tmp_path}/notes.db"


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """The same, opened, with its tables."""
    engine = open_database(address)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> AuditStore:
    return AuditStore(engine)
