"""What the audit keeps of a note's life: that it was saved, and each end that it came to."""

from __future__ import annotations

from bot.audit import Deed, Entry, Result, failed
from bot.notes.note import Note, State


def ending(state: State, outcome: str) -> Result | None:
    """Return what is kept of the end of a try, by the state it led to and why; None of a note that waits."""
    match state:
        case State.POSTED:
            return Result.ADDED
        case State.UNKNOWN:
            return Result.DOUBT
        case State.REFUSED:
            return failed(outcome)
        case _:
            return None


def entry_of(note: Note, at: float, result: Result) -> Entry:
    """Make the entry that says what came of a note. The channel is the one from which its form was opened."""
    origin = note.origin
    return Entry(
        at, note.user_id, note.team_id, origin.channel_id, "modal", Deed.NOTE, note.ticket_id, result, note.reference
    )
