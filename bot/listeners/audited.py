"""What the listeners tell the audit of, by who asked and where."""

from __future__ import annotations

from bot import audit
from bot.access import Asker, Deed

_DEEDS = {
    Deed.READ: audit.Deed.READ,
    Deed.FILE: audit.Deed.FILE,
    Deed.NOTE: audit.Deed.NOTE,
    Deed.SHARE: audit.Deed.SHARE,
    # It is about a note, and goes with what became of it.
    Deed.SETTLE: audit.Deed.NOTE,
}


def record(
    book: audit.Audit, asker: Asker, deed: Deed, ticket_id: int | None, result: str, *, reference: str = ""
) -> None:
    """Write down what came of somebody's wish. Returns at once and never raises."""
    book.record(
        user_id=asker.user_id,
        team_id=asker.team_id or asker.enterprise_id,
        channel_id=asker.channel_id,
        door=asker.door,
        deed=_DEEDS[deed],
        ticket_id=ticket_id,
        result=result,
        reference=reference,
    )
