"""The calls that several processes make together, counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("answered_at", sa.Double),
    )
    op.create_index("calls_account", "calls", ["account"])
    op.create_table(
        "call_pauses",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("closed_until", sa.Double, nullable=False),
    )
