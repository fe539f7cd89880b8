"""Bringing the tables up to date at the start, with one process at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.database.engine import DatabaseError

# Any number will do, as long as nothing else in the database takes it for a lock of its own.
_LOCK = 0x7469636B657462


def upgrade(engine: Engine) -> None:
    """Make the tables, or change those of an older version, in one transaction. Raises DatabaseError.

    Processes that start together wait for each other.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":  # SQLite's transaction is a lock already
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise DatabaseError("DATABASE_URL: a newer version of the bot made the tables; run that version") from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        raise DatabaseError(f"DATABASE_URL: the database cannot be used: {said}") from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
