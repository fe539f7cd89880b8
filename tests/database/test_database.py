"""The database for what must outlive the process: its tables, its rights, its promises, and how it fails."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url, text

from bot.database import DatabaseError, open_database, upgrade
from bot.database.tables import metadata, notes
from bot.database.upgrade import HEAD
from bot.notes import Draft, NoteStore, StoreUnavailable
from bot.shares import ShareOutcome, Shares, ShareState, SharesUnavailable, Submission

PASSWORD = "made-up-password"
DRAFT = Draft("T1", "V1", 1, "U1", "asha", 143, "The customer's card ends in 4242")
ROOT = Path(__file__).parents[2]
# Opens the database when told to, so that several do it at the same moment.
UPGRADE = """
import sys
from bot.database import open_database, upgrade
print("ready", flush=True)
sys.stdin.readline()
upgrade(open_database(sys.argv[1]))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of both kinds in turn."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgres" else in_file(tmp_path)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """The same, opened, with its tables."""
    with opened(address) as engine:
        upgrade(engine)
        yield engine


@contextmanager
def opened(address: str) -> Iterator[Engine]:
    engine = open_database(address)
    try:
        yield engine
    finally:
        engine.dispose()


def in_file(folder: Path) -> str:
    return f"sqlite:///{folder}/notes.db"


def failed(address: str) -> str:
    """Everything that is said when a database cannot be used, the traceback included; it is said soon."""
    began = time.monotonic()
    with pytest.raises(DatabaseError) as caught, opened(address) as engine:
        upgrade(engine)
    assert time.monotonic() - began < 5
    assert str(caught.value).startswith("DATABASE_URL")
    return "".join(traceback.format_exception(caught.value))


def test_the_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_that_the_start_looks_for() -> None:
    assert ScriptDirectory(str(ROOT / "bot" / "database" / "migrations")).get_heads() == [HEAD]


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    store = NoteStore(engine)
    assert store.add(DRAFT, "TB-00001", 1.0, due_at=1.0, give_up_at=2.0)
    upgrade(engine)
    note = store.get("TB-00001")
    assert note
    assert note.text == DRAFT.text


def test_processes_that_start_together_all_upgrade(address: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _, said = process.communicate(timeout=20)
            assert (process.returncode, said) == (0, "")
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    with opened(address) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert connection.execute(notes.select()).all() == []


def test_tables_of_a_newer_version_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="a newer version of the bot made the tables"):
        upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_only_the_owner_reads_the_files_of_sqlite(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with opened(in_file(tmp_path)) as engine:
            upgrade(engine)
            with engine.connect() as connection:
                connection.execute(notes.select())
                modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("notes.db", "notes.db-wal", "notes.db-shm"), 0o600)


def test_a_commit_in_sqlite_outlives_a_power_cut_and_what_is_erased_is_gone(tmp_path: Path) -> None:
    with opened(in_file(tmp_path)) as engine, engine.connect() as connection:
        kept = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
    assert kept == PRAGMAS


# 2 is FULL.
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "secure_delete": 1, "busy_timeout": 2000}


def test_an_erased_text_is_in_none_of_the_files_of_sqlite(tmp_path: Path) -> None:
    with opened(in_file(tmp_path)) as engine:
        upgrade(engine)
        store = NoteStore(engine)
        for number in range(20):
            draft = replace(DRAFT, view_id=f"V{number}", text=f"{DRAFT.text}, number {number}. {'More words. ' * 200}")
            assert store.add(draft, f"TB-{number:05}", 1.0, due_at=1.0, give_up_at=2.0)
        assert b"ends in 4242, number 7" in b"".join(file.read_bytes() for file in tmp_path.iterdir())
        with engine.begin() as connection:
            connection.execute(notes.update().values(text=None))
        store.empty_log()
        assert b"ends in 4242" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "notes.db"
    assert f"the file {path} cannot be written: No such file or directory" in failed(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Dear diary, " * 100)
    assert "DATABASE_URL: the database cannot be used: file is not a database" in failed(in_file(tmp_path))


def test_a_sqlite_file_that_another_holds_is_said_soon(tmp_path: Path) -> None:
    with opened(in_file(tmp_path)) as other, other.begin():
        assert "DATABASE_URL: the database cannot be used: database is locked" in failed(in_file(tmp_path))


def test_a_postgres_where_nobody_listens_is_said_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = failed(f"postgresql+psycopg://bot:{PASSWORD}@127.0.0.1:{port}/notes")
    assert "the database cannot be used: connection failed" in said
    assert PASSWORD not in said


def test_a_postgres_that_never_answers_is_said_soon_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = failed(f"postgresql+psycopg://bot:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/notes")
    assert "the database cannot be used: connection timeout expired" in said
    assert PASSWORD not in said


def test_a_postgres_without_the_database_is_said_without_the_password(postgres: str) -> None:
    url = make_url(postgres).set(database="nowhere", password=PASSWORD)
    said = failed(url.render_as_string(hide_password=False))
    assert 'database "nowhere" does not exist' in said
    assert PASSWORD not in said


def test_a_store_that_cannot_be_reached_says_so_soon_and_without_the_text() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql+psycopg://bot:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/notes"
        with opened(address) as engine:
            said = not_saved(engine)
    assert PASSWORD not in said


def test_a_failed_write_is_told_without_the_text(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE notes"))
    assert "notes" in not_saved(engine)


def not_saved(engine: Engine) -> str:
    """Everything that is said of a note that cannot be saved, the traceback included; it is said soon."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        NoteStore(engine).add(DRAFT, "TB-00001", 1.0, due_at=1.0, give_up_at=2.0)
    assert time.monotonic() - began < 3  # Slack waits no longer for an acknowledgement
    said = "".join(traceback.format_exception(caught.value))
    assert "4242" not in said
    return said


def test_a_note_with_every_kind_of_character_is_saved(engine: Engine) -> None:
    draft = replace(DRAFT, text="Ünïcode 🙂 \u202e\u0007 \ufffe ‘quotes’ -- ; DROP TABLE notes; %s %(x)s :x ?")
    note = NoteStore(engine).add(draft, "TB-00001", 1.0, due_at=1.0, give_up_at=2.0)
    assert note
    assert note.text == draft.text


SUBMITTED = Submission("T1", "V1", 1)


def test_a_share_is_taken_on_once_however_many_try(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as at_once:
        taken = list(at_once.map(lambda _: Shares(engine).claim(SUBMITTED), range(8)))
    assert sorted(taken) == [False] * 7 + [True]
    assert Shares(engine).outcome(SUBMITTED) == ShareOutcome(ShareState.POSTING)


def test_another_team_view_or_attempt_is_another_share(engine: Engine) -> None:
    shares = Shares(engine)
    others = [replace(SUBMITTED, **changed) for changed in ({"team_id": "T2"}, {"view_id": "V2"}, {"attempt": 2})]
    assert all(shares.claim(each) for each in [SUBMITTED, *others])


def test_what_became_of_a_share_is_kept_until_it_is_old(engine: Engine) -> None:
    now = [1000.0]
    shares = Shares(engine, clock=lambda: now[0])
    assert shares.outcome(SUBMITTED) is None
    shares.claim(SUBMITTED)
    shares.finish(SUBMITTED, ShareOutcome(ShareState.POSTED, "1763640000.000100"))
    now[0] = 1600.0
    assert shares.purge(600) == 0
    assert shares.outcome(SUBMITTED) == ShareOutcome(ShareState.POSTED, "1763640000.000100")
    assert shares.purge(500) == 1
    assert shares.outcome(SUBMITTED) is None


def test_a_database_that_fails_says_so_of_shares(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE shares"))
    for call in (Shares(engine).claim, Shares(engine).outcome):
        with pytest.raises(SharesUnavailable):
            call(SUBMITTED)
