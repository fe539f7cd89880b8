"""What can go wrong with a note, as the state machine draws it: at LeadSquared, with the process, in the database."""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum
from typing import Any

from sqlalchemy import Engine

from bot.leadsquared.errors import OutcomeUnknown, RateLimited, Refused, Unauthorized, Unavailable
from bot.notes import Note, NoteStore, Outbox, StoreUnavailable


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Answer(Enum):
    """What comes of a call: whether the note is written, and what the process hears of it."""

    POSTED = True, None
    LOST_AFTER = True, OutcomeUnknown
    LOST_BEFORE = False, OutcomeUnknown
    BROKEN_AFTER = True, ZeroDivisionError
    BROKEN_BEFORE = False, ZeroDivisionError
    KILLED_AFTER = True, Killed
    KILLED_BEFORE = False, Killed
    REFUSED = False, Refused
    UNAUTHORIZED = False, Unauthorized
    RATE_LIMITED = False, RateLimited
    UNREACHABLE = False, Unavailable

    def __init__(self, writes: bool, error: type[BaseException] | None) -> None:
        self.writes = writes
        self.error = error
        # Whether the process knows that nothing was written.
        self.certainly_nothing = error in {Refused, Unauthorized, RateLimited, Unavailable}


class Database(Enum):
    """What the database does with the result of a try."""

    KEEPS = "keeps it"
    FAILS = "fails"
    KEEPS_SILENTLY = "keeps it, and fails to say so"


class ResultStore(NoteStore):
    """A store that fails with results when it is told to."""

    database = Database.KEEPS

    def finish(self, *args: Any, **more: Any) -> Note | None:
        if self.database is Database.FAILS:
            raise StoreUnavailable("on purpose")
        done = super().finish(*args, **more)
        if self.database is Database.KEEPS_SILENTLY:
            raise StoreUnavailable("on purpose")
        return done


class Process:
    """One process: an outbox with a name of its own. What it sends goes to `receive`, with that name."""

    def __init__(
        self,
        owner: str,
        engine: Engine,
        clock: Callable[[], float],
        chance: random.Random,
        receive: Callable[[str, str], None],
    ) -> None:
        self.store = ResultStore(engine)
        self.outbox = Outbox(self.store, self, owner=owner, max_chars=3000, clock=clock, randomness=chance)
        self._owner = owner
        self._receive = receive

    def post_internal_note(self, _: int, text: str, begin: Callable[[], bool]) -> None:
        """Give a note to LeadSquared, known by its reference: the last line."""
        if not begin():
            return
        self._receive(self._owner, text.splitlines()[-1])
