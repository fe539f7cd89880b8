"""Showing a ticket: fetched once for everybody who waits for it, in turns, and nobody waits without a word."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, TypeVar

from bot.access import Deed, Permit
from bot.audit import Audit, Result, failed
from bot.blocks.failure import busy, reading_failed, restarting, waiting
from bot.clicks import carried
from bot.desk import Desk
from bot.leadsquared.errors import LeadSquaredError
from bot.leadsquared.model import Conversation
from bot.listeners.audited import record
from bot.listeners.errands import Errands
from bot.listeners.later import Later
from bot.listeners.places import Answer, Place
from bot.listeners.talks import Talk, TooLate, Turn
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

T = TypeVar("T")

# Who has waited this long is told so.
TOLD_AFTER_SECONDS = 2.0
# How soon it is looked again whether what was on its way to a place is there.
_LOOK_AGAIN_SECONDS = 0.05


class Restarting(Exception):
    """The bot stops before a ticket was fetched."""


@dataclass(eq=False)
class _Request:
    """One person's wish to see a ticket at a place. `lock` is held while something is shown there for it.

    `answered`: its answer is on the way. `replaced`: a newer one stands at the same place.
    """

    permit: Permit
    ticket_id: int
    place: Place
    what: str
    started: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: bool = False
    replaced: bool = False

    def waits(self) -> bool:
        """Tell whether there is still an answer to wait for."""
        return not self.answered and not self.replaced


class Outcome(NamedTuple):
    """What is shown, and what the audit says of it."""

    answer: Answer
    result: str


class Readings:
    """Shows tickets. The lane `reads` fetches them, `fetched` shows what came of it, `hits` what is kept.

    `expected` says how long a fetch has to wait for its turn, in seconds.
    """

    def __init__(
        self,
        desk: Desk,
        errands: Errands,
        *,
        reads: Lane,
        fetched: Lane,
        hits: Lane,
        later: Later,
        expected: Callable[[], float],
        audit: Audit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._errands = errands
        self._reads = reads
        self._fetched = fetched
        self._hits = hits
        self._later = later
        self._expected = expected
        self._audit = audit
        self._clock = clock
        self._lock = threading.Lock()
        self._newest: dict[str, _Request] = {}

    def show(
        self,
        permit: Permit,
        ticket_id: int,
        place: Place,
        what: str,
        page: Callable[[Conversation], Answer],
        *,
        fresh: bool = False,
    ) -> None:
        """Show at `place` what `page` makes of a ticket's conversation, once it is there. Never waits.

        `what` is for the log: ids only. A newer request for the same place takes the place of an older one.
        Raises LaneFull.
        """
        request = _Request(permit, ticket_id, place, what, self._clock())
        try:
            self._begin(request, page, fresh=fresh)
        except LaneFull:
            self._write_down(request, Result.BUSY)
            raise

    def _begin(self, request: _Request, page: Callable[[Conversation], Answer], *, fresh: bool) -> None:
        ticket_id = request.ticket_id
        future = self.conversation(request.permit, ticket_id, fresh=fresh)
        self._enter(request)

        def shown(conversation: Conversation) -> Outcome:
            return Outcome(page(conversation), Result.SHOWN)

        if future.done():
            self._answer(self._hits, request, lambda: outcome_of(ticket_id, future, shown))
            return
        self._later.call(TOLD_AFTER_SECONDS, lambda: self._tell_to_wait(request))
        # Who fetched it is somebody else: the answer belongs to this one's click.
        answer = carried(lambda done: self._answer_late(request, lambda: outcome_of(ticket_id, done, shown)))
        future.add_done_callback(answer)

    def conversation(self, permit: Permit, ticket_id: int, *, fresh: bool = False) -> Future[Conversation]:
        """Return a ticket's conversation as a future; what is not kept is fetched. Never waits. Raises LaneFull.

        The future raises LeadSquaredError, LaneFull, or Restarting when the bot stops before it was fetched.
        """
        future, mine = self._desk.read(ticket_id, fresh=fresh)
        if mine:
            try:
                self._reads.submit(
                    lambda: self._desk.fetch(ticket_id, future),
                    lambda: self._desk.abandon(ticket_id, future, Restarting()),
                    who=permit.asker.user_id,
                )
            except LaneFull as error:
                self._desk.abandon(ticket_id, future, error)
                raise
        return future

    def show_or_say_busy(
        self,
        permit: Permit,
        ticket_id: int,
        place: Place,
        what: str,
        page: Callable[[Conversation], Answer],
        *,
        fresh: bool = False,
    ) -> None:
        """Show a ticket as `show` does; when a lane is full, say so at `place`."""
        try:
            self.show(permit, ticket_id, place, what, page, fresh=fresh)
        except LaneFull:
            log.warning("%s: the lane for reading is full", what)
            self._errands.show(place, what, busy(f"Ticket #{ticket_id}"))

    def _enter(self, request: _Request) -> None:
        if spot := request.place.spot:
            with self._lock:
                older = self._newest.get(spot)
                self._newest[spot] = request
            if older:
                older.replaced = True
                request.lock = older.lock  # what it is being shown just now must not land on top

    def _leave(self, request: _Request) -> None:
        with self._lock:
            if self._newest.get(request.place.spot) is request:
                del self._newest[request.place.spot]

    def _answer_late(self, request: _Request, make: Callable[[], Outcome]) -> None:
        try:
            self._answer(self._fetched, request, make)
        except LaneFull:
            outcome = Outcome(busy("Busy"), Result.BUSY)
            self._errands.call_slack(request.what, lambda: self._show(request, outcome), request.place)

    def _answer(self, lane: Lane, request: _Request, make: Callable[[], Outcome]) -> None:
        def work() -> None:
            try:
                outcome = make()
            except Exception as error:  # noqa: BLE001 (whatever broke, the person gets an answer)
                outcome = Outcome(self._errands.broken(request.what, error), Result.BROKEN)
            self._errands.talks.run(self._show(request, outcome))

        try:
            lane.submit(work, lambda: self._say_restarting(request), who=request.place.user_id)
        except LaneFull:
            self._leave(request)
            raise

    def _say_restarting(self, request: _Request) -> None:
        outcome = Outcome(restarting(), Result.RESTARTING)
        self._errands.call_slack(request.what, lambda: self._show(request, outcome), request.place)

    def _show(self, request: _Request, outcome: Outcome) -> Talk[None]:
        yield from _held(request.lock)
        try:
            if not request.waits():
                return
            request.answered = True
        finally:
            request.lock.release()
        delivered = yield from _while(lambda: not request.replaced, request, request.place.show(outcome.answer))
        if delivered is None:
            return
        self._write_down(request, outcome.result, delivered=delivered)
        self._errands.answered()
        self._leave(request)
        log.info("%s: answered in %.3f s", request.what, self._clock() - request.started)

    def _write_down(self, request: _Request, result: str, *, delivered: bool = True) -> None:
        if result == Result.SHOWN and not delivered:
            result = Result.UNDELIVERED
        # What a person sees before they write or share is read.
        deed = Deed.FILE if request.permit.deed is Deed.FILE else Deed.READ
        record(self._audit, request.permit.asker, deed, request.ticket_id, result)

    def _tell_to_wait(self, request: _Request) -> None:
        def tell() -> Talk[bool | None]:
            word = waiting(request.ticket_id, self._expected())
            return _while(request.waits, request, request.place.show_there(word))

        if request.waits():
            # Where Slack does not take it at once, the answer will do.
            self._errands.call_slack(f"{request.what}: has to wait", tell, request.place, patience=0.0)


def _while(wanted: Callable[[], bool], request: _Request, talk: Talk[bool]) -> Talk[bool | None]:
    """Go on with a talk while it is wanted, and return what it came to; None where it was broken off.

    Of two things for one place, what is on its way to Slack first must not land on top of the other.
    """
    step: Callable[[], Turn] = partial(next, talk)
    while True:
        try:
            yield from _held(request.lock)
        except TooLate:
            talk.close()
            return None
        try:
            if not wanted():
                talk.close()
                return None
            turn = step()
        except StopIteration as end:
            return bool(end.value)
        finally:
            request.lock.release()
        try:
            yield turn
        except TooLate as error:
            step = partial(talk.throw, error)
        else:
            step = partial(next, talk)


def _held(lock: threading.Lock) -> Talk[None]:
    """Take a lock that somebody may hold while Slack is called, without holding a thread that others need."""
    while not lock.acquire(blocking=False):
        yield Turn(seconds=_LOOK_AGAIN_SECONDS)


def outcome_of(ticket_id: int, done: Future[Conversation], make: Callable[[Conversation], T]) -> T | Outcome:
    """Return what `make` makes of a conversation, or why there is none."""
    try:
        return make(done.result())
    except LeadSquaredError as error:
        return Outcome(reading_failed(ticket_id, error), failed(type(error).__name__))
    except LaneFull:
        return Outcome(busy(f"Ticket #{ticket_id}"), Result.BUSY)
    except Restarting:
        return Outcome(restarting(), Result.RESTARTING)
