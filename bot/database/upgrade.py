"""Bringing the tables up to date at the start, with one process at a time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.database.engine import DatabaseError, unusable

# The newest of `migrations/versions`.
HEAD = "0004"
# Any number will do, as long as nothing else in the database takes it for a lock of its own.
_LOCK = 0x7469636B657462


def upgrade(engine: Engine) -> None:
    """Make the tables, or change those of an older version, in one transaction. Raises DatabaseError.

    Processes that start together wait for each other.
    """
    try:
        with engine.begin() as connection:
            up_to_date = _is_up_to_date(connection)
        if not up_to_date:
            _migrate(engine)
    except SQLAlchemyError as error:
        raise unusable(error) from error


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def _migrate(engine: Engine) -> None:
    # Imported when it is needed: it takes as long to load as the rest of the database's libraries.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's transaction is a lock already
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError("DATABASE_URL: a newer version of the bot made the tables; run that version") from error
