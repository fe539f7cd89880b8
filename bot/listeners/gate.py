"""The gate before everything: what a click asks for begins when its person is known to be allowed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.access import Access, Asker, Deed, Permit, Refusal
from bot.blocks.failure import busy
from bot.blocks.refused import refused
from bot.listeners.errands import Errands
from bot.listeners.places import Answer, Place
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gate:
    """Lets people through. `lane` is where Slack is asked about those who are not known yet."""

    access: Access
    errands: Errands
    lane: Lane

    def enter(
        self, asker: Asker, deed: Deed, place: Place, what: str, go: Callable[[Permit], object]
    ) -> Refusal | None:
        """Call `go` if the person may do this: at once when that is known, else when Slack has been asked.

        Never waits. Returns why not when that is known, for the ack to say; learnt later, it is shown at `place`.
        `go` must not wait either. `what` is for the log: ids only.
        Raises LaneFull, also from `go` when it is called at once.
        """
        verdict = self.access.known(asker, deed)
        if isinstance(verdict, Permit):
            go(verdict)
            return None
        if verdict is None:
            self.errands.run(self.lane, place, what, lambda: self._asked(asker, deed, what, go))
            return None
        return self._refused(what, verdict)

    def enter_or_say(self, asker: Asker, deed: Deed, place: Place, what: str, go: Callable[[Permit], object]) -> None:
        """Do as `enter` does; where it would return or raise, say so at `place`."""
        try:
            refusal = self.enter(asker, deed, place, what, go)
        except LaneFull as full:
            log.warning("%s: lane %s is full", what, full)
            self.errands.show(place, what, busy("Busy"))
        else:
            if refusal:
                self.errands.show(place, what, refused(refusal))

    def _asked(self, asker: Asker, deed: Deed, what: str, go: Callable[[Permit], object]) -> Answer | None:
        verdict = self.access.ask(asker, deed)
        if not isinstance(verdict, Permit):
            return refused(self._refused(what, verdict))
        try:
            go(verdict)
        except LaneFull as full:
            log.warning("%s: lane %s is full", what, full)
            return busy("Busy")
        return None

    @staticmethod
    def _refused(what: str, refusal: Refusal) -> Refusal:
        log.info("%s: refused, %s", what, refusal)
        return refusal
