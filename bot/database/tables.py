"""The tables as the code uses them. `migrations` makes them; a test holds the two together.

Times are seconds since the epoch (UTC), by the clock of the process that wrote them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.schema import UniqueConstraint

metadata = MetaData()

notes = Table(
    "notes",
    metadata,
    Column("reference", String(12), primary_key=True),
    # What one submission is known by; `attempt` counts how often the same view has shown its form.
    Column("team_id", String(32), nullable=False),
    Column("view_id", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("user_name", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    # Where the form was opened from; empty where that is not known.
    Column("channel_id", String(32), nullable=False),
    Column("thread_ts", String(32), nullable=False),
    Column("link", Text, nullable=False),
    # Erased once nobody needs it.
    Column("text", Text),
    Column("state", String(10), nullable=False),
    # Why: the name of an error, and LeadSquared's words, which are erased with the text.
    Column("outcome", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    # How often a person said "post", and how often it was tried.
    Column("said", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("give_up_at", Double, nullable=False),
    Column("told", Boolean, nullable=False),
    # What the person said of a note in doubt: "there" or "again".
    Column("decision", String(10), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    UniqueConstraint("team_id", "view_id", "attempt", "digest", name="notes_submission"),
    Index("notes_open", "state", "told"),
)

# Only PostgreSQL uses these two: the calls of all processes, and until when nobody may make one.
calls = Table(
    "calls",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("started_at", Double, nullable=False),
    # The place is free one window after that.
    Column("answered_at", Double),
    Index("calls_account", "account"),
)

call_pauses = Table(
    "call_pauses",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("closed_until", Double, nullable=False),
)

# Who did what on which ticket. Rows are only added; triggers refuse to change them, or to delete those still kept.
audit = Table(
    "audit",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("at", Double, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("team_id", String(32), nullable=False),
    # Empty where there is none, as in a modal.
    Column("channel_id", String(32), nullable=False),
    Column("door", String(16), nullable=False),
    Column("deed", String(16), nullable=False),
    Column("ticket_id", BigInteger),
    Column("result", String(48), nullable=False),
    # Of a note; empty for anything else.
    Column("reference", String(16), nullable=False),
    Index("audit_at", "at"),
    Index("audit_ticket", "ticket_id", "at"),
    Index("audit_user", "user_id", "at"),
)

# One row: since when entries are kept. What is older may be deleted.
audit_horizon = Table(
    "audit_horizon",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kept_from", Double, nullable=False),
)

# Messages to channels: who shared what where, so that the same submission is posted once.
shares = Table(
    "shares",
    metadata,
    Column("team_id", String(32), primary_key=True),
    Column("view_id", String(64), primary_key=True),
    # How often the view has shown its form.
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    # The message's ts, once it is posted.
    Column("message_ts", String(32), nullable=False),
    Column("changed_at", Double, nullable=False),
    Index("shares_changed_at", "changed_at"),
)
