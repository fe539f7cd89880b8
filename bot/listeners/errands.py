"""The work behind a click, and the promise that it ends in an answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.blocks.failure import busy, restarting, unexpected
from bot.blocks.screen import Screen
from bot.listeners.places import Answer, Place
from bot.listeners.talks import PATIENCE_SECONDS, Talk, Talks
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)


class OneAnswer:
    """Lets one answer through: the job's own, or the one that says it was dropped."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def take(self) -> bool:
        """Tell whether this is the first."""
        return self._free.acquire(blocking=False)


@dataclass(frozen=True)
class Errands:
    """Runs what a click asks for in a lane, and sees to it that it ends in an answer."""

    new_id: Callable[[], str]
    # In a lane of their own: they never wait behind LeadSquared.
    talks: Talks
    # Called when the person at a click sees its answer.
    answered: Callable[[], object] = lambda: None

    def run(self, lane: Lane, place: Place, what: str, job: Callable[[], Answer | None]) -> None:
        """Queue a job whose result is shown at `place`; None when it has seen to its answer.

        `what` is for the log: ids only. Raises LaneFull.
        """
        one = OneAnswer()

        def work() -> None:
            started = time.monotonic()
            try:
                answer = job()
            except Exception as error:  # noqa: BLE001 (whatever broke, the person gets an answer)
                answer = unexpected(self.log_error(what, error))
            if one.take() and answer is not None:
                self.talks.run(show(answer, started))

        def show(answer: Answer, started: float) -> Talk[None]:
            yield from place.show(answer)
            self.answered()
            log.info("%s: answered in %.3f s", what, time.monotonic() - started)

        def drop() -> None:
            if one.take():
                self.show(place, what, restarting())

        lane.submit(work, drop)

    def run_or_say_busy(self, lane: Lane, place: Place, what: str, job: Callable[[], Answer]) -> None:
        """Queue a job; when the lane is full, say so at `place`."""
        try:
            self.run(lane, place, what, job)
        except LaneFull:
            log.warning("%s: lane %s is full", what, lane.name)
            self.show(place, what, busy("Busy"))

    def show(self, place: Place, what: str, answer: Answer) -> None:
        """Show an answer that is ready. Does not wait for Slack."""

        def job() -> Talk[None]:
            yield from place.show(answer)
            self.answered()

        self.call_slack(what, job, place)

    def call_slack(
        self, what: str, job: Callable[[], Talk[object]], place: Place, *, patience: float = PATIENCE_SECONDS
    ) -> bool:
        """Queue a talk with Slack, which goes on for no longer than `patience`. If it fails, `place` is told.

        False when there is no room for it, which is logged.
        """

        def talk() -> Talk[None]:
            try:
                yield from job()
            except Exception as error:  # noqa: BLE001 (as above)
                yield from place.show(unexpected(self.log_error(what, error)))

        try:
            self.talks.queue(talk(), patience=patience)
        except LaneFull:
            log.error("%s: the lane for Slack is full; the person got no answer", what)
            return False
        return True

    def broken(self, what: str, error: Exception) -> Screen:
        """Log an exception nobody expected, and return what to say of it."""
        return unexpected(self.log_error(what, error))

    def log_error(self, what: str, error: Exception) -> str:
        """Log an exception nobody expected with its traceback, and return the id that it can be found by."""
        error_id = self.new_id()
        log.error("%s failed: error %s", what, error_id, exc_info=error)
        return error_id
