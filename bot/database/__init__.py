"""The database for what must outlive the process: SQLite in a file, or PostgreSQL. It knows nothing of Slack."""

from bot.database.engine import DatabaseError, ask, open_database, open_to_read, transaction, unusable
from bot.database.upgrade import upgrade

__all__ = ["DatabaseError", "ask", "open_database", "open_to_read", "transaction", "unusable", "upgrade"]
