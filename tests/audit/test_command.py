"""`ticketbot audit` as an admin meets it: it prints what is asked for, and says in words what it cannot."""

from __future__ import annotations

import csv
import io
import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.audit import AuditStore
from bot.audit.formats import harmless
from bot.command_line import main
from bot.database import open_to_read
from tests.audit.conftest import DAY, START, entry
from tests.notes.conftest import empty_file

KEYS = ["at", "user_id", "team_id", "channel_id", "door", "deed", "ticket_id", "result", "reference"]
Command = Callable[..., tuple[int, str, str]]

ENTRIES = [
    entry(START, ticket_id=34),
    entry(START + 61.5, user_id="U0BEN0002", deed="note", door="modal", result="added", reference="TB-7F3K2"),
    entry(START + 3600, user_id="U0GUEST04", ticket_id=None, channel_id="", door="shortcut", result="refused:guest"),
]
TABLE = """\
When (UTC)           Person     Deed  Ticket  Result         Note      Door      Channel    Team
2027-01-15 09:00:00  U0GUEST04  read          refused:guest            shortcut             T0ACME001
2027-01-15 08:01:01  U0BEN0002  note  143     added          TB-7F3K2  modal     C0SUPPORT  T0ACME001
2027-01-15 08:00:00  U0ASHA001  read  34      shown                    command   C0SUPPORT  T0ACME001
"""


@pytest.fixture
def audit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> Command:
    """Run the command here, and return its exit code, what it printed, and what it said beside that."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))

    def run(address: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DATABASE_URL", address)
        try:
            code = main(["audit", *arguments])
        except SystemExit as stopped:
            code = int(str(stopped.code))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_people_get_an_aligned_table_the_newest_first(audit: Command, address: str, store: AuditStore) -> None:
    store.add(ENTRIES)
    assert audit(address) == (0, TABLE, "")


def test_programs_get_one_object_a_line_with_the_same_keys(audit: Command, address: str, store: AuditStore) -> None:
    store.add(ENTRIES)
    code, out, err = audit(address, "--format", "json")
    newest, noted, oldest = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert [list(each) for each in (newest, noted, oldest)] == [KEYS] * 3
    assert noted == {
        "at": "2027-01-15T08:01:01.500Z",
        "user_id": "U0BEN0002",
        "team_id": "T0ACME001",
        "channel_id": "C0SUPPORT",
        "door": "modal",
        "deed": "note",
        "ticket_id": 143,
        "result": "added",
        "reference": "TB-7F3K2",
    }
    assert newest["ticket_id"] is None


def test_spreadsheets_get_the_same_with_its_names_above(audit: Command, address: str, store: AuditStore) -> None:
    store.add(ENTRIES)
    code, out, err = audit(address, "--format", "csv")
    names, *rows = csv.reader(io.StringIO(out))
    assert (code, err) == (0, "")
    assert names == KEYS
    assert rows[1] == ["2027-01-15T08:01:01.500Z", "U0BEN0002", "T0ACME001", "C0SUPPORT", "modal", "note", "143",
                       "added", "TB-7F3K2"]  # fmt: skip
    assert rows[0][6] == ""


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_value_is_a_formula(value: str) -> None:
    assert harmless(value) == f"'{value}"
    assert harmless("TB-7F3K2") == "TB-7F3K2"


def test_what_is_in_the_table_and_no_entry_of_the_bots_is_not_printed(
    audit: Command, address: str, store: AuditStore
) -> None:
    store.add(ENTRIES[:1])
    with store._engine.begin() as connection:
        made_up = "INSERT INTO audit SELECT 'x', at, :bad, team_id, channel_id, door, deed, 1, result, :bad FROM audit"
        connection.execute(text(made_up), {"bad": "=1\x1b[2J"})
    for kind in ("table", "json", "csv"):
        code, out, _ = audit(address, "--format", kind)
        assert code == 0
        assert "?" in out
        assert "=1" not in out
        assert "[2J" not in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--ticket", "143"), [1]),
        (("--ticket", "#34"), [0]),
        (("--user", "U0GUEST04"), [2]),
        (("--deed", "read"), [2, 0]),
        (("--deed", "share"), []),
        (("--since", "2027-01-15"), [2, 1, 0]),
        (("--since", "2027-01-16"), []),
        (("--ticket", "143", "--user", "U0BEN0002", "--deed", "note", "--since", "2027-01-15"), [1]),
    ],
)
def test_it_prints_what_is_asked_for(
    audit: Command, address: str, store: AuditStore, arguments: tuple[str, ...], expected: list[int]
) -> None:
    store.add(ENTRIES)
    code, out, err = audit(address, "--format", "json", *arguments)
    assert code == 0
    users = [json.loads(line)["user_id"] for line in out.splitlines()]
    assert users == [ENTRIES[number].user_id for number in expected]
    assert err == ("" if expected else "Nothing matches.\n")


def test_a_time_counts_back_from_now(audit: Command, address: str, store: AuditStore) -> None:
    now = time.time()
    ages = {1: 10 * 60, 2: 40 * 60, 3: 11 * 3600, 4: 13 * 3600, 5: 6 * DAY, 6: 8 * DAY}
    store.add([entry(now - seconds, ticket_id=number) for number, seconds in ages.items()])

    def tickets(since: str) -> list[int]:
        _, out, _ = audit(address, "--format", "json", "--since", since)
        return [json.loads(line)["ticket_id"] for line in out.splitlines()]

    assert tickets("30m") == [1]
    assert tickets("12h") == [1, 2, 3]
    assert tickets("7d") == [1, 2, 3, 4, 5]


def test_what_is_left_out_is_said(audit: Command, address: str, store: AuditStore) -> None:
    store.add(ENTRIES)
    code, out, err = audit(address, "--limit", "2")
    assert code == 0
    assert out.splitlines() == TABLE.splitlines()[:3]
    assert err == "These are the newest 2; there are more: see --limit.\n"
    assert audit(address, "--limit", "3")[2] == ""


def test_that_older_entries_are_gone_is_said_to_who_asks_for_them(
    audit: Command, address: str, store: AuditStore
) -> None:
    store.add(ENTRIES)
    store.purge(START + 60)
    gone = "What was before 2027-01-15 08:01 UTC is not kept any more.\n"
    assert audit(address, "--since", "2027-01-15")[2] == gone
    assert audit(address, "--since", "2027-01-15", "--ticket", "34")[1:] == ("", f"Nothing matches.\n{gone}")
    assert audit(address, "--since", "2027-01-16", "--ticket", "34")[2] == "Nothing matches.\n"
    assert audit(address)[2] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ticket", "abc"), "'abc' is not a ticket number; write it like 143"),
        (("--ticket", "9" * 30), "is not a ticket number"),
        (("--user", "asha"), "'asha' is not a Slack user id such as U012AB3CD; names are not kept"),
        (("--since", "yesterday"), "'yesterday' is no time; write it like 7d, 12h, 30m or 2026-11-01"),
        (("--since", "2026-02-30"), "'2026-02-30' is no time"),
        (("--since", "99999d"), "is no time"),
        (("--deed", "look"), "invalid choice: 'look'"),
        (("--format", "xml"), "invalid choice: 'xml'"),
        (("--limit", "0"), "'0' is not a whole number from 1 on"),
        (("--limit", "all"), "'all' is not a whole number from 1 on"),
        (("143",), "unrecognized arguments: 143"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said(audit: Command, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = audit("sqlite:///never-opened.db", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_file_that_is_not_there_is_said_and_not_made(audit: Command, tmp_path: Path) -> None:
    code, out, err = audit(f"sqlite:///{tmp_path}/gone.db")
    assert (code, out) == (2, "")
    assert err == f"ticketbot audit: DATABASE_URL: there is no file {tmp_path}/gone.db\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_an_audit_is_said_and_left_as_it_is(audit: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    code, _, err = audit(f"sqlite:///{path}")
    assert code == 2
    assert err == "ticketbot audit: DATABASE_URL: the database has no audit yet; the bot makes it when it starts\n"
    assert path.read_bytes() == b""
    path.write_text("Dear diary, " * 100)
    code, _, err = audit(f"sqlite:///{path}")
    assert code == 2
    assert err == "ticketbot audit: DATABASE_URL: the database cannot be used: file is not a database\n"


def test_a_postgres_where_nobody_listens_is_said_without_the_password(audit: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code, out, err = audit(f"postgresql://bot:made-up-password@127.0.0.1:{port}/notes")
    assert (code, out) == (2, "")
    assert err.startswith("ticketbot audit: DATABASE_URL: the database cannot be used: connection failed")
    assert "made-up-password" not in err


def test_a_wrong_setting_is_said(audit: Command) -> None:
    code, _, err = audit("mysql://host/name")
    assert code == 2
    assert "DATABASE_URL is wrong" in err
    assert "SLACK" not in err


def test_it_can_change_nothing(address: str, store: AuditStore) -> None:
    store.add(ENTRIES)
    engine = open_to_read(address)
    with engine.connect() as connection, pytest.raises(SQLAlchemyError, match=r"read.?only"):
        connection.execute(text("DELETE FROM notes"))
    engine.dispose()


def run(where: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "audit", *arguments]
    return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def settled(tmp_path: Path, store: AuditStore, address: str) -> Path:
    """A folder with nothing but a .env that names a database with an audit."""
    store.add(ENTRIES)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / ".env").write_text(f"DATABASE_URL='{address}'\n")
    return folder


def test_it_needs_the_database_alone(settled: Path) -> None:
    done = run(settled, {})
    assert (done.returncode, done.stdout, done.stderr) == (0, TABLE, "")


def test_an_unreadable_file_of_settings_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("PORT=1\n".encode("utf-16"))
    done = run(tmp_path, {})
    assert (done.returncode, done.stdout) == (2, "")
    assert ".env is not UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


def test_who_has_read_enough_may_hang_up(settled: Path, store: AuditStore) -> None:
    store.add([entry(START + number, ticket_id=number + 1) for number in range(5000)])
    command = [sys.executable, "-m", "bot", "audit", "--format", "json", "--limit", "5000"]
    with subprocess.Popen(
        command, cwd=settled, env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["ticket_id"] == 5000
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(10) == 0


def test_it_reads_while_the_bot_writes_and_leaves_nothing_behind(audit: Command, tmp_path: Path) -> None:
    # The bot's own way to a file, and one that holds its lock.
    path = tmp_path / "notes.db"
    path.write_bytes(empty_file())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert audit(f"sqlite:///{path}") == (0, "", "Nothing matches.\n")
    assert audit(f"sqlite:///{path}")[0] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["notes.db"]
