"""The gate before everything: what a click asks for begins when its person is known to be allowed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.access import Access, Asker, Deed, Permit, Refusal
from bot.audit import Audit
from bot.audit import refused as result_of
from bot.blocks.failure import busy
from bot.blocks.refused import refused
from bot.listeners.audited import record
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
    audit: Audit

    def enter(
        self,
        asker: Asker,
        deed: Deed,
        place: Place,
        what: str,
        go: Callable[[Permit], object],
        *,
        ticket_id: int | None = None,
    ) -> Refusal | None:
        """Call `go` if the person may do this: at once when that is known, else when Slack has been asked.

        Never waits. Returns why not when that is known, for the ack to say; learnt later, it is shown at `place`.
        `go` must not wait either. `what` is for the log: ids only. `ticket_id` is for the audit.
        Raises LaneFull, also from `go` when it is called at once.
        """
        verdict = self.access.known(asker, deed)
        if isinstance(verdict, Permit):
            go(verdict)
            return None
        if verdict is None:
            self.errands.run(self.lane, place, what, lambda: self._asked(asker, deed, what, go, ticket_id))
            return None
        return self._refused(asker, deed, what, verdict, ticket_id)

    def enter_or_say(
        self,
        asker: Asker,
        deed: Deed,
        place: Place,
        what: str,
        go: Callable[[Permit], object],
        *,
        ticket_id: int | None = None,
    ) -> None:
        """Do as `enter` does; where it would return or raise, say so at `place`."""
        try:
            refusal = self.enter(asker, deed, place, what, go, ticket_id=ticket_id)
        except LaneFull as full:
            log.warning("%s: lane %s is full", what, full)
            self.errands.show(place, what, busy("Busy"))
        else:
            if refusal:
                self.errands.show(place, what, refused(refusal))

    def refusal(self, asker: Asker, deed: Deed, what: str, ticket_id: int | None) -> Refusal | None:
        """Return why a person may not do this, when that is known."""
        verdict = self.access.known(asker, deed)
        return self._refused(asker, deed, what, verdict, ticket_id) if isinstance(verdict, Refusal) else None

    def _asked(
        self, asker: Asker, deed: Deed, what: str, go: Callable[[Permit], object], ticket_id: int | None
    ) -> Answer | None:
        verdict = self.access.ask(asker, deed)
        if not isinstance(verdict, Permit):
            return refused(self._refused(asker, deed, what, verdict, ticket_id))
        try:
            go(verdict)
        except LaneFull as full:
            log.warning("%s: lane %s is full", what, full)
            return busy("Busy")
        return None

    def _refused(self, asker: Asker, deed: Deed, what: str, refusal: Refusal, ticket_id: int | None) -> Refusal:
        log.info("%s: refused, %s", what, refusal)
        record(self.audit, asker, deed, ticket_id, result_of(refusal))
        return refusal
