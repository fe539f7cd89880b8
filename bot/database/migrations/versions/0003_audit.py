"""Who did what on which ticket: rows that are added, and deleted only when they are old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SQLITE = (
    """
    CREATE TRIGGER audit_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
    """,
    """
    CREATE TRIGGER audit_delete BEFORE DELETE ON audit
    WHEN OLD.at >= coalesce((SELECT kept_from FROM audit_horizon), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit is only added to, until it is old'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above. An entry that is written again stays as it is.
    """
    CREATE TRIGGER audit_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT * FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(IGNORE); END
    """,
)
_POSTGRES = (
    """
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.at < (SELECT kept_from FROM audit_horizon) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit is only added to, until it is old';
    END $$
    """,
    """
    CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
    """,
)


def upgrade() -> None:
    """Make the tables, and what guards them."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.Column("channel_id", sa.String(32), nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("ticket_id", sa.BigInteger),
        sa.Column("result", sa.String(48), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_index("audit_ticket", "audit", ["ticket_id", "at"])
    op.create_index("audit_user", "audit", ["user_id", "at"])
    horizon = op.create_table(
        "audit_horizon",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kept_from", sa.Double, nullable=False),
    )
    op.bulk_insert(horizon, [{"id": 1, "kept_from": 0.0}])
    for statement in _SQLITE if op.get_context().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)
