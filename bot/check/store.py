"""The database: whether it can be opened, is up to date, and takes what is written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.check.finding import Finding, Kind, State, quoted, skipped
from bot.check.parts import Parts
from bot.database import DatabaseError, open_database
from bot.database.upgrade import HEAD

_WHAT = "Database"
_FULL_BYTES, _LOW_BYTES = 20_000_000, 200_000_000
DATABASE_OK = Kind(_WHAT, State.OK, "{which} takes what is written{tables}{free}.")
DATABASE_NEW = Kind(_WHAT, State.OK, "{which} is not there yet: the bot makes it when it starts{free}.")
NO_FOLDER = Kind(
    _WHAT,
    State.FAULT,
    "The folder of {which} is not there, or nothing can be written in it.",
    "Make the folder, and let the user that the bot runs as write in it; or correct DATABASE_URL.",
)
NOT_WRITABLE = Kind(
    _WHAT,
    State.FAULT,
    "{which} cannot be written.",
    "Let the user that the bot runs as, or whom DATABASE_URL names, write it. Of a replica, name the primary.",
)
NO_DATABASE = Kind(
    _WHAT,
    State.FAULT,
    "{which} is a file of something else.",
    "Correct DATABASE_URL. If it is the bot's file, it is broken: restore it, or move it away and start anew.",
)
LOCKED = Kind(
    _WHAT,
    State.FAULT,
    "{which} is held by another program.",
    "End what holds it: a backup that copies it, a database browser, or a bot that hangs.",
)
NEWER_TABLES = Kind(
    _WHAT,
    State.FAULT,
    "A newer version of the bot made the tables in {which}.",
    "Run that version again; this one would not know what it kept.",
)
DISK_FULL = Kind(
    _WHAT, State.FAULT, "The disk of {which} is full{free}.", "Make room on it: no note can be saved there."
)
DISK_LOW = Kind(_WHAT, State.WARNING, "The disk of {which} is nearly full{free}.", "Make room on it.")
NO_DRIVER = Kind(
    _WHAT,
    State.FAULT,
    "DATABASE_URL names PostgreSQL, whose driver is not installed.",
    "pip install 'leadsquared-ticket-bot[postgres]'",
)
NO_SERVER = Kind(
    _WHAT,
    State.FAULT,
    "PostgreSQL cannot be reached.{said}",
    "Look at host and port in DATABASE_URL, that the server runs, and that a firewall lets this machine through.",
)
NOT_LET_IN = Kind(
    _WHAT,
    State.FAULT,
    "PostgreSQL does not let the bot in.{said}",
    "Look at user, password and sslmode in DATABASE_URL, and at the server's pg_hba.conf.",
)
NO_SUCH_DATABASE = Kind(
    _WHAT,
    State.FAULT,
    "PostgreSQL has no database of the name in DATABASE_URL.{said}",
    "Make it (createdb), or correct DATABASE_URL.",
)
UNUSABLE = Kind(
    _WHAT, State.FAULT, "{which} cannot be used.{said}", "Look at DATABASE_URL, and at the database's own log."
)
# What PostgreSQL and its library say; there are no codes for a connection that fails.
_POSTGRES_WORDS = {
    r"statement timeout|lock timeout": LOCKED,
    r"password authentication failed|no password supplied|role .* does not exist": NOT_LET_IN,
    r"no pg_hba\.conf entry|SSL (?:error|was required)": NOT_LET_IN,
    r"database .* does not exist": NO_SUCH_DATABASE,
    r"permission denied|read-only transaction": NOT_WRITABLE,
    r"connection .*failed|could not translate host name|failed to resolve host|refused|timeout": NO_SERVER,
}
_SQLITE_CODES = {
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: NO_DATABASE,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_READONLY: NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: NOT_WRITABLE,
    sqlite3.SQLITE_FULL: DISK_FULL,
}


def check_store(parts: Parts) -> Iterator[Finding]:
    """Open the database, and begin to write in it, which is taken back."""
    if "DATABASE_URL" not in parts.values:
        yield skipped(_WHAT, "DATABASE_URL is wrong, see Settings")
        return
    address = parts.values["DATABASE_URL"].reveal()
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        yield _try(parts, address, "PostgreSQL", "")
        return
    path = Path(url.database or "").absolute()
    if not path.parent.is_dir():
        yield NO_FOLDER(which=path)
        return
    bytes_free = parts.free(path.parent)
    free = f"; {bytes_free / 1e6:,.0f} MB are free there"
    if bytes_free < _FULL_BYTES:
        yield DISK_FULL(which=path, free=free)
        return
    # Opening it would make it.
    found = _try(parts, address, str(path), free) if path.exists() else _to_be_made(path, free)
    low = bytes_free < _LOW_BYTES and found.state is State.OK
    yield DISK_LOW(which=path, free=free) if low else found


def _to_be_made(path: Path, free: str) -> Finding:
    try:
        TemporaryFile(dir=path.parent).close()
    except OSError:
        return NO_FOLDER(which=path)
    return DATABASE_NEW(which=path, free=free)


def _try(parts: Parts, address: str, which: str, free: str) -> Finding:
    try:
        engine = open_database(address)
    except DatabaseError as error:
        return NO_DRIVER() if isinstance(error.__cause__, ModuleNotFoundError) else NOT_WRITABLE(which=which)
    try:
        with engine.connect() as connection:
            return _write(connection, which, free)
    except SQLAlchemyError as error:
        return _failure(parts, error, which, free)
    finally:
        engine.dispose()


def _write(connection: Connection, which: str, free: str) -> Finding:
    """Look at the tables' version, and write next to nothing; the connection's end takes it back."""
    made = inspect(connection).has_table("alembic_version")
    versions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() if made else []
    if any(version > HEAD for version in versions):
        return NEWER_TABLES(which=which)
    if list(versions) == [HEAD]:
        connection.execute(text("UPDATE notes SET told = told WHERE reference = ''"))
        return DATABASE_OK(which=which, tables=", and is up to date", free=free)
    connection.execute(text("CREATE TABLE ticketbot_check (id INTEGER)"))
    return DATABASE_OK(which=which, tables=", and gets its tables when the bot starts", free=free)


def _failure(parts: Parts, error: SQLAlchemyError, which: str, free: str) -> Finding:
    cause = getattr(error, "orig", None) or error
    first = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    said = f" It says: “{quoted(first)}”" if parts.quotes else ""
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the code, the rest says more of it.
        kind = _SQLITE_CODES.get((getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF, UNUSABLE)
    else:
        kinds = (kind for words, kind in _POSTGRES_WORDS.items() if re.search(words, str(cause), re.IGNORECASE))
        kind = next(kinds, UNUSABLE)
    return kind(which=which, said=said, free=free)
