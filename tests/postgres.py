"""A real PostgreSQL for the tests: the one that TEST_DATABASE_URL names, else one of our own, in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

# PostgreSQL refuses to run as root; its packages make this user for it.
_SERVER_USER = "postgres"
_SECONDS = 30
# Somebody else may take a port between the look for a free one and the start.
_START_TRIES = 3
# Nobody pulls the plug on a test: waiting for the disk would only cost time.
_OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=16MB"
    " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
)


class NoPostgres(Exception):
    """There is no PostgreSQL to be had. The message says what was looked for."""


@contextmanager
def running_server() -> Iterator[URL]:
    """Give the address of a PostgreSQL whose user may make databases. Raises NoPostgres."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="ticketbot-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _SERVER_USER)
        data = folder / "data"
        _run(folder, programs / "initdb", "-D", data, "-U", "ticketbot", "-A", "trust", "-E", "UTF8", "--no-sync")
        port = _start(programs / "pg_ctl", folder, data)
        try:
            yield URL.create("postgresql+psycopg", "ticketbot", host="127.0.0.1", port=port, database="postgres")
        finally:
            # By the process id that stands in the folder.
            _run(folder, programs / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-w", "-t", str(_SECONDS))


@contextmanager
def fresh_database(server: URL) -> Iterator[str]:
    """Give the address of an empty database, as DATABASE_URL has it, and drop it at the end."""
    name = f"ticketbot_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield server.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A server for all tests of one worker. Skips without one, and fails where REQUIRE_POSTGRES is set."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except NoPostgres as error:
            if os.environ.get("REQUIRE_POSTGRES"):
                pytest.fail(f"REQUIRE_POSTGRES is set, but {error}")
            pytest.skip(str(error))
        yield server


@pytest.fixture
def postgres(postgres_server: URL) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    with fresh_database(postgres_server) as address:
        yield address


def _programs() -> Path:
    """Return the folder of PostgreSQL's server programs, the newest version first. Raises NoPostgres."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _version(path.parent.name))
    folders = [*reversed(debian), *_named_by_pg_config(), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres("no PostgreSQL was found: set TEST_DATABASE_URL, or install its server (initdb, pg_ctl)")


def _version(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


def _named_by_pg_config() -> list[Path]:
    try:
        done = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [Path(done.stdout.strip())]


def _start(pg_ctl: Path, folder: Path, data: Path) -> int:
    """Start the server, and return its port once it takes connections."""
    left = _START_TRIES
    while True:
        left -= 1
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = int(found.getsockname()[1])
        options = f"{_OPTIONS} -p {port}"
        try:
            _run(folder, pg_ctl, "start", "-D", data, "-l", folder / "log", "-o", options, "-w", "-t", str(_SECONDS))
        except NoPostgres:
            if not left:
                raise
        else:
            return port


def _run(folder: Path, *command: str | Path) -> None:
    """Run one of PostgreSQL's programs to its end, as the user it wants. Raises NoPostgres with what it said."""
    as_root = os.geteuid() == 0
    who: dict[str, str | Sequence[str]] = {"user": _SERVER_USER, "group": _SERVER_USER, "extra_groups": ()}
    try:
        subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=2 * _SECONDS,
            check=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            **(who if as_root else {}),  # type: ignore[call-overload]
        )
    except subprocess.CalledProcessError as error:
        raise NoPostgres(f"{Path(command[0]).name} failed: {error.stderr.strip()[-500:]}") from error
    except LookupError as error:
        raise NoPostgres(f"there is no user {_SERVER_USER} to run PostgreSQL as, and root may not") from error
