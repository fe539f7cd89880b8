"""Looking after the outbox: what a crash, a full lane or another process has left is sent and told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from bot.audit import AuditStore
from bot.database import DatabaseError
from bot.listeners.note_work import NoteWork
from bot.notes import StoreUnavailable
from bot.shares import Shares, SharesUnavailable

log = logging.getLogger(__name__)

TEND_SECONDS = 5.0
_PURGE_SECONDS = 3600.0
# No modal is open for a day.
_SHARES_SECONDS = 86_400.0


class Keeper:
    """Looks after the outbox from `start` until `stop`: at once, and then every few seconds.

    Each hour it deletes the notes and the entries of the audit that are older than so many seconds.
    """

    def __init__(
        self,
        work: NoteWork,
        *,
        shares: Shares,
        retention_seconds: float,
        audit: AuditStore,
        audit_seconds: float,
        every: float = TEND_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._work = work
        self._shares = shares
        self._retention_seconds = retention_seconds
        self._audit = audit
        self._audit_seconds = audit_seconds
        self._every = every
        self._clock = clock
        self._now = now
        self._stopped = threading.Event()
        self._purge_at = float("-inf")
        self._healthy = True
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait a little for what is being looked at."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(1)

    def _run(self) -> None:
        while True:
            self.look()
            if self._stopped.wait(self._every):
                return

    def look(self) -> None:
        """Look once. A failure is logged, and the next look is another try."""
        try:
            self._work.tend()
            if self._clock() >= self._purge_at:
                gone = self._work.outbox.purge(self._retention_seconds)
                self._shares.purge(_SHARES_SECONDS)
                entries = self._audit.purge(self._now() - self._audit_seconds)
                self._purge_at = self._clock() + _PURGE_SECONDS
                log.info("%d old notes were deleted from the outbox, and %d old entries from the audit", gone, entries)
        except (StoreUnavailable, SharesUnavailable, DatabaseError) as error:
            if self._healthy:
                log.error("The outbox cannot be looked after: the database failed (%s)", error)
            self._healthy = False
        except Exception:
            log.exception("Looking after the outbox failed")
        else:
            self._healthy = True
