"""Internal notes: an outbox that loses none, doubles none, and says when nobody can know."""

from bot.notes.note import BROKEN, FORBIDDEN, LOST, Author, Decision, Draft, Note, Origin, State, room_for_text, signed
from bot.notes.outbox import NoteSender, Outbox, Saved, Tended, Times
from bot.notes.store import NoteStore, StoreUnavailable

__all__ = [
    "BROKEN",
    "FORBIDDEN",
    "LOST",
    "Author",
    "Decision",
    "Draft",
    "Note",
    "NoteSender",
    "NoteStore",
    "Origin",
    "Outbox",
    "Saved",
    "State",
    "StoreUnavailable",
    "Tended",
    "Times",
    "room_for_text",
    "signed",
]
