"""What the audit keeps of a note's life: that it was saved, and each end that it came to."""

from __future__ import annotations

from bot.access import Door
from bot.audit import Deed, Entry, Result, failed, refused
from bot.notes.note import FORBIDDEN, Note, State


def ending(state: State, outcome: str, detail: str) -> str:
    """Return what is kept of the end of a try, by the state it led to and why; nothing of a note that waits."""
    match state:
        case State.POSTED:
            return Result.ADDED
        case State.UNKNOWN:
            return Result.DOUBT
        case State.REFUSED:
            return refused(detail) if outcome == FORBIDDEN else failed(outcome)
        case _:
            return ""


def entry_of(note: Note, at: float, result: str) -> Entry:
    """Make the entry that says what came of a note. The channel is the one from which its form was opened."""
    # What a person says of a note in doubt is said with a button.
    door = Door.BUTTON if note.said > 1 or result == Result.FOUND else Door.MODAL
    return Entry(
        at,
        note.user_id,
        note.team_id,
        note.origin.channel_id,
        door,
        Deed.NOTE,
        note.ticket_id,
        result,
        note.reference,
    )
