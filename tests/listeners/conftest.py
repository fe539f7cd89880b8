"""An audit for what the listeners do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.audit import Audit, AuditStore, Wanted
from bot.database import open_database
from tests.notes.conftest import empty_file


@dataclass
class Book:
    """An audit, and what it says once it is closed."""

    audit: Audit
    store: AuditStore

    def told(self) -> list[tuple[str, str, int | None, str]]:
        """Who wanted what on which ticket, and what came of it, the oldest first."""
        assert self.audit.close(5)
        return [(each.user_id, each.deed, each.ticket_id, each.result) for each in self.store.find(Wanted(), 100)][::-1]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    (tmp_path / "notes.db").write_bytes(empty_file())
    database = open_database(f"sqlite:///{tmp_path}/notes.db")
    store = AuditStore(database)
    book = Book(Audit(store), store)
    yield book
    book.audit.close(5)
    database.dispose()
