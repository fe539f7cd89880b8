"""The outbox: a note is saved before anything is said, sent once each time a person says so, and a doubt is said aloud.

    queued ──▶ sending ──▶ posted
      ▲          │  ├────▶ refused      nothing was written, and trying again would not help
      └──────────┘  └────▶ unknown      it may or may not have been written
     nothing was written                  ├──▶ posted   the person found it
     and it may pass                      └──▶ queued   the person said: post it again

`sending` is committed before the call, with a lease. What is still `sending` when that has run out is `unknown`.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

from bot.leadsquared.errors import LeadSquaredError, OutcomeUnknown, RateLimited, Unavailable
from bot.notes.note import Author, Decision, Draft, Note, State, room_for_text, signed
from bot.notes.store import NoteStore, Result, StoreUnavailable

log = logging.getLogger(__name__)

# Letters and digits that nobody takes for one another.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE_CHARS = 5
_REFERENCE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Times:
    """How long things may take, in seconds.

    `lease` is more than a call takes: the connection, and the whole answer. `head_start` is how long other processes
    leave a note to the one that saved it, and `telling` how long they leave its news to the one that has them.
    """

    lease: float = 90.0
    head_start: float = 15.0
    telling: float = 60.0
    longest_telling: float = 3600.0
    give_up: float = 15 * 60.0
    first_pause: float = 2.0
    longest_pause: float = 60.0


class NoteSender(Protocol):
    """What notes are sent with: LeadSquared's client."""

    def post_internal_note(self, ticket_id: int, text: str, begin: Callable[[], bool]) -> None:
        """Post one internal note, unless `begin`, asked right before, says no.

        Raises `bot.leadsquared.errors.LeadSquaredError`, and what `begin` raises.
        """


class Saved(NamedTuple):
    """A saved note, and whether it is this submission that saved it."""

    note: Note
    new: bool


class Tended(NamedTuple):
    """What is left to do: notes to send, and notes whose end has to be told."""

    due: list[Note]
    untold: list[Note]


class _Unrecorded(NamedTuple):
    """What came of a try while the database failed, and whether the person has heard of it."""

    note: Note
    result: Result
    told: bool = False


class _Turn:
    """The moment at which a note begins to be sent: it is claimed, unless somebody else has it."""

    def __init__(self, claim: Callable[[], Note | None]) -> None:
        self._claim = claim
        self.claimed: Note | None = None

    def begin(self) -> bool:
        """Claim the note, and tell whether it may be sent."""
        self.claimed = self._claim()
        return self.claimed is not None


class Outbox:
    """Saves notes and sends them. `max_chars` bounds what LeadSquared is given, the author's lines included.

    `owner` names this process and no other. `became` is told of each state that a note comes into.
    Every method raises StoreUnavailable when the database fails.
    """

    def __init__(
        self,
        store: NoteStore,
        sender: NoteSender,
        *,
        owner: str,
        max_chars: int,
        times: Times = Times(),
        clock: Callable[[], float] = time.time,
        randomness: random.Random | None = None,
        became: Callable[[State], object] = lambda _: None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._owner = owner
        self._max_chars = max_chars
        self._times = times
        self._clock = clock
        self._random = randomness or random.SystemRandom()
        self._became = became
        self._lock = threading.Lock()
        self._unrecorded: dict[str, _Unrecorded] = {}
        self._stop_at = float("inf")

    def max_text_chars(self, link: str = "") -> int:
        """Return the longest text a person's note may have, with a permalink under it or without."""
        return room_for_text(self._max_chars, link)

    def save(self, draft: Draft) -> Saved:
        """Commit a draft, unless the same submission is saved already, and return what is saved."""
        now = self._clock()
        for _ in range(_REFERENCE_TRIES):
            reference = "TB-" + "".join(self._random.choices(_ALPHABET, k=_REFERENCE_CHARS))
            due_at, give_up_at = now + self._times.head_start, now + self._times.give_up
            if note := self._store.add(draft, reference, now, due_at=due_at, give_up_at=give_up_at):
                log.info("Note %s on ticket %d saved for %s", reference, draft.ticket_id, draft.user_id)
                self._became(note.state)
                return Saved(note, new=True)
            if note := self._store.submitted(draft):
                return Saved(note, new=False)
        raise StoreUnavailable("no free reference was found")

    def stop(self, seconds: float) -> None:
        """Begin no call after so many seconds: who is about to end would leave it in doubt. Notes stay saved."""
        self._stop_at = self._clock() + seconds

    def has_stopped(self) -> bool:
        """Whether no call is begun any more."""
        return self._clock() >= self._stop_at

    def get(self, reference: str) -> Note | None:
        """Return a note as it is now."""
        return self._store.get(reference)

    def deliver(self, note: Note, author: Author) -> Note | None:
        """Try once to send a queued note, and return it as it is then.

        None when it is not there to be sent, or its state is somebody else's business by then. What is returned has its
        text, also where that is erased now.
        """
        now = self._store.get(note.reference)
        if now is None or now.state is not State.QUEUED:
            return None  # not worth waiting for a turn
        text = signed(note.text or "", author, note.reference, note.origin.link)
        turn = _Turn(partial(self._claim, note.reference))
        result = self._send(note, text, turn)
        if turn.claimed:
            return self._record(turn.claimed, result)
        return self._put_off(note, result) if result.state is not State.POSTED else None

    def refuse(self, note: Note, outcome: str, detail: str) -> Note | None:
        """Refuse a queued note that is not sent, BROKEN or FORBIDDEN. None when it has changed meanwhile."""
        return self._put_off(note, self._ended(State.REFUSED, outcome, detail))

    def decide(self, reference: str, decision: Decision) -> Note | None:
        """Record what the person says of a note in doubt. None when it is not in doubt (any more)."""
        now = self._clock()
        due_at, give_up_at = now + self._times.head_start, now + self._times.give_up
        decided = self._store.decide(reference, decision, now, due_at=due_at, give_up_at=give_up_at)
        if decided:
            self._became(decided.state)
            log.info("Note %s on ticket %d: %s says %s", reference, decided.ticket_id, decided.user_id, decision)
        return decided

    def claim_telling(self, note: Note) -> Note | None:
        """Take it on to tell of a note's end. None when another has, or it is told already.

        What cannot be told is tried again less and less often.
        """
        now = self._clock()
        age = now - note.changed_at
        pause = min(max(self._times.telling, age), self._times.longest_telling)
        return self._store.claim_telling(note, now, now + pause)

    def told(self, note: Note) -> None:
        """Record that the person has heard of a note's state. What nobody needs any more is erased."""
        with self._lock:
            kept = self._unrecorded.get(note.reference)
            if kept and (kept.result.state, kept.note.tries) == (note.state, note.tries):
                self._unrecorded[note.reference] = kept._replace(told=True)
                return
        self._store.mark_told(note, self._clock())

    def is_newest(self, note: Note) -> bool:
        """Tell whether nothing was submitted from a note's modal since: what is told there would be out of place."""
        return self._store.is_newest(note)

    def tend(self) -> Tended:
        """Look after what other processes, or a crash, have left, and return what is left to do."""
        self.record_late()
        now = self._clock()
        if lost := self._store.lose(now):
            for _ in range(lost):
                self._became(State.UNKNOWN)
            log.warning("%d notes were being sent by a process that ended: they may or may not be there", lost)
        return Tended(self._store.due(now), self._store.untold(now))

    def record_late(self) -> None:
        """Save what came of tries while the database failed. What fails again is kept."""
        with self._lock:
            waiting = list(self._unrecorded.values())
        for each in waiting:
            try:
                after = self._store.finish(each.note, each.result, self._clock())
            except StoreUnavailable:
                continue
            with self._lock:
                kept = self._unrecorded.pop(each.note.reference, None)
            if kept and kept.told and after:
                self.told(after)

    def purge(self, keep_seconds: float) -> int:
        """Delete what ended longer ago than `keep_seconds`, and return how many notes."""
        count = self._store.purge(self._clock() - keep_seconds)
        self._store.empty_log()
        return count

    def _claim(self, reference: str) -> Note | None:
        if self.has_stopped():
            return None
        now = self._clock()
        claimed = self._store.claim(reference, self._owner, now, now + self._times.lease)
        if claimed:
            self._became(claimed.state)
        return claimed

    def _send(self, note: Note, text: str, turn: _Turn) -> Result:
        try:
            self._sender.post_internal_note(note.ticket_id, text, turn.begin)
        except (RateLimited, Unavailable) as error:
            return self._again(note, error)
        except LeadSquaredError as error:
            state = State.UNKNOWN if isinstance(error, OutcomeUnknown) else State.REFUSED
            return self._ended(state, type(error).__name__, error.detail)
        except Exception:
            if turn.claimed is None:
                raise  # nothing was sent
            log.exception("Note %s: sending it failed in a way that nobody expected", note.reference)
            return self._ended(State.UNKNOWN, OutcomeUnknown.__name__)
        return self._ended(State.POSTED)

    def _ended(self, state: State, outcome: str = "", detail: str = "") -> Result:
        return Result(state, outcome, detail, self._clock() + self._times.telling)

    def _again(self, note: Note, error: RateLimited | Unavailable) -> Result:
        """Nothing was written, and it may pass: wait longer each time, until it has taken too long."""
        pause = min(self._times.first_pause * 2 ** min(note.tries, 10), self._times.longest_pause)
        if isinstance(error, RateLimited):
            pause = max(pause, error.seconds)
        due_at = self._clock() + pause * (1 + self._random.random() / 4)
        if due_at > note.give_up_at:
            return self._ended(State.REFUSED, type(error).__name__, error.detail)
        return Result(State.QUEUED, type(error).__name__, error.detail, due_at)

    def _put_off(self, note: Note, result: Result) -> Note | None:
        self._log(note, result)
        return self._store.put_off(note, result, self._clock())

    def _record(self, note: Note, result: Result) -> Note | None:
        self._log(note, result)
        try:
            after = self._store.finish(note, result, self._clock())
            # Erased where it was kept, and still wanted for the receipt.
            return after and replace(after, text=note.text)
        except StoreUnavailable:
            log.error("Note %s: what came of it could not be saved yet: %s", note.reference, result.state)
            with self._lock:
                self._unrecorded[note.reference] = _Unrecorded(note, result)
            # What is known is worth telling. If this process ends before it is saved, it is said again as a doubt.
            return replace(note, state=result.state, outcome=result.outcome, detail=result.detail, told=False)

    def _log(self, note: Note, result: Result) -> None:
        level = logging.INFO if result.state in {State.POSTED, State.QUEUED} else logging.WARNING
        self._became(result.state)
        log.log(level, "Note %s on ticket %d: %s %s", note.reference, note.ticket_id, result.state, result.outcome)
