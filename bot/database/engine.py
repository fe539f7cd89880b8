"""Opening the database: one way for SQLite and PostgreSQL, and what each needs to be safe."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

# Slack waits three seconds for an acknowledgement, and a note is saved before it: what takes longer has failed.
_SQLITE_WAIT_MS = 2000
_POSTGRES_WAIT_MS = 2000
# Nobody waits in Slack for what an admin asks on the command line.
_LONG_WAIT_MS = 60_000
_CONNECT_SECONDS = 2
_POOL_SECONDS = 2


class DatabaseError(Exception):
    """The database cannot be used. The message is for an admin and names the setting to look at."""


def unusable(error: SQLAlchemyError) -> DatabaseError:
    """Say in the driver's own words why the database cannot be used; they hold no values and no password."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    return DatabaseError(f"DATABASE_URL: the database cannot be used: {said}")


@contextmanager
def transaction(engine: Engine, unavailable: type[Exception]) -> Iterator[Connection]:
    """Do something in one transaction. Raises IntegrityError as it is, and `unavailable` for all else that fails.

    `unavailable` names the kind of failure alone: the driver's words may hold values.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise unavailable(type(error).__name__) from error


def open_database(address: str) -> Engine:
    """Return an engine for a database address as `Settings.database_url` has it; nothing is read yet.

    Errors and logs of the engine never hold values: they would be what people wrote. Raises DatabaseError.
    """
    url = make_url(address)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)


def open_to_read(address: str) -> Engine:
    """Return an engine that changes nothing, makes no database, and gives long questions a minute.

    Raises DatabaseError.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return _postgres(url, wait_ms=_LONG_WAIT_MS, read_only=True)
    path = Path(url.database or "").absolute()
    if not path.exists():
        raise DatabaseError(f"DATABASE_URL: there is no file {path}")

    def connect() -> sqlite3.Connection:
        # Opened as one that is only read, it would leave the files of its write-ahead log behind.
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_SQLITE_WAIT_MS / 1000)
        connection.execute("PRAGMA query_only=ON")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def ask(engine: Engine) -> None:
    """Ask the database for next to nothing. Raises what its driver raises when it does not answer."""
    connection = engine.raw_connection()  # without the lock that a transaction takes here
    try:
        connection.cursor().execute("SELECT 1 FROM notes LIMIT 1")
    finally:
        connection.close()


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    try:
        # SQLite would let everybody on the machine read it, and its companion files take their rights from it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseError(f"DATABASE_URL: the file {path} cannot be written: {error.strerror}") from error
    engine = create_engine(url, hide_parameters=True, pool_timeout=_POOL_SECONDS)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver would begin too late, after the first read
        connection.execute(f"PRAGMA busy_timeout={_SQLITE_WAIT_MS}")
        _write_ahead(connection)
        for pragma in (
            "synchronous=FULL",  # a commit survives a power cut
            "fullfsync=ON",  # macOS: also the drive's own cache
            "secure_delete=ON",  # what is erased is overwritten
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and writes later could find that another wrote between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: Any) -> None:
    """Turn the write-ahead log on. While another process does, SQLite says at once that it is locked: wait for it."""
    deadline = time.monotonic() + _SQLITE_WAIT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _postgres(url: URL, *, wait_ms: int = _POSTGRES_WAIT_MS, read_only: bool = False) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,  # a connection that the server has closed meanwhile must not cost a note
            pool_timeout=_POOL_SECONDS,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "tcp_user_timeout": _POSTGRES_WAIT_MS,
                "prepare_threshold": None,  # a pooler between may give each transaction another server
                "application_name": "ticketbot",
            },
        )
    except ModuleNotFoundError as error:
        raise DatabaseError(
            "DATABASE_URL names PostgreSQL, whose driver is missing: pip install 'leadsquared-ticket-bot[postgres]'"
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {wait_ms}")
        if read_only:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine
