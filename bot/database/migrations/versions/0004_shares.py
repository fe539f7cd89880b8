"""What was shared in channels, so that nothing is posted twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shares",
        sa.Column("team_id", sa.String(32), primary_key=True),
        sa.Column("view_id", sa.String(64), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("message_ts", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
    )
    op.create_index("shares_changed_at", "shares", ["changed_at"])
