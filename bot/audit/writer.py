"""The audit as the rest of the bot uses it: told at once, and written by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from bot.audit.entry import Entry, tell
from bot.audit.store import AuditStore
from bot.database import DatabaseError

log = logging.getLogger(__name__)

# An entry is some hundred bytes.
_MOST_WAITING = 10_000
_WRITTEN_AT_ONCE = 500
# Notes are saved in the same database: it is not kept busy with small transactions.
_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_PAUSE_AT_THE_END = 0.1


class Audit:
    """Takes what happened on tickets. The log has all of it at once, the table a moment later.

    While the database fails entries wait, `most` of them; beyond that the oldest are dropped, for the log has them.
    """

    def __init__(self, store: AuditStore, *, clock: Callable[[], float] = time.time, most: int = _MOST_WAITING) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[Entry] = deque()
        self._dropped = 0
        self._failures = 0
        self._closing = False
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def record(
        self,
        *,
        user_id: str,
        team_id: str,
        channel_id: str,
        door: str,
        deed: str,
        ticket_id: int | None,
        result: str,
        reference: str = "",
    ) -> None:
        """Take one entry; see `Entry` for its values. Returns at once and never raises."""
        try:
            entry = Entry(
                self._clock(), user_id, team_id, channel_id, door, deed, ticket_id, result, reference=reference
            )
            tell(entry)
            with self._changed:
                self._waiting.append(entry)
                self._drop()
                self._changed.notify()
        except Exception:
            log.exception("An entry of the audit was not taken")

    def close(self, seconds: float) -> bool:
        """Write what waits, for at most `seconds`, and tell whether all of it was written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(seconds)
        with self._changed:
            self._given_up = True
            self._changed.notify_all()
            left = len(self._waiting) + self._dropped
        if left:
            log.error("%d entries of the audit were not written to the database; the log has them", left)
        return not left

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._store.add(batch)
            except DatabaseError as error:
                self._failed(error)
            except Exception as error:
                log.exception("Writing the audit failed")
                self._failed(error)
            else:
                self._wrote(batch)
            self._rest()

    def _next(self) -> list[Entry] | None:
        """Wait for entries, and return the oldest; None at the end. They stay where they are until they are written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if self._given_up or not self._waiting:
                return None
            return list(islice(self._waiting, _WRITTEN_AT_ONCE))

    def _wrote(self, batch: list[Entry]) -> None:
        with self._changed:
            written, left = {entry.id for entry in batch}, len(batch)
            while self._waiting and self._waiting[0].id in written:
                self._waiting.popleft()
                left -= 1
            # What is left was dropped while it was being written.
            dropped, self._dropped = self._dropped - left, 0
            failures, self._failures = self._failures, 0
        if failures:
            log.warning("The audit is written again; %d of its entries are in the log only", dropped)

    def _failed(self, error: Exception) -> None:
        with self._changed:
            self._failures += 1
            if self._failures == 1:
                log.error("The audit cannot be written, and its entries wait: %s", error)

    def _drop(self) -> None:
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self._dropped += 1

    def _rest(self) -> None:
        """Wait until the next try: longer each time that it failed, and hardly at all at the end."""
        with self._changed:
            if self._closing:
                if self._failures:
                    self._changed.wait_for(lambda: self._given_up, _PAUSE_AT_THE_END)
                return
            pause = min(_PAUSE * 2 ** min(self._failures, 10), _LONGEST_PAUSE)
            self._changed.wait_for(lambda: self._closing, pause)
