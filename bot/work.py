"""Bounded lanes of background work: the answer to a click is made here, after Slack has its acknowledgement."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

Job = Callable[[], None]


class LaneFull(Exception):
    """The lane holds as many jobs as it may, or is closing. Nothing was started."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    job: Job
    dropped: Job


def _nothing() -> None:
    """Say nothing of a dropped job."""


class Lane:
    """A fixed number of threads behind a queue of bounded depth.

    A job deals with its own errors; one that escapes is logged and the thread goes on.
    """

    def __init__(self, name: str, *, workers: int, depth: int) -> None:
        self.name = name
        self._depth = depth
        self._queue: deque[_Entry] = deque()
        self._running: list[_Entry] = []
        self._closing = False
        self._changed = threading.Condition()
        for number in range(workers):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def submit(self, job: Job, dropped: Job = _nothing) -> None:
        """Queue a job and return at once. Raises LaneFull when there is no room.

        `dropped` is called when the lane closes before the job is done, also when it had been started.
        """
        with self._changed:
            if self._closing or len(self._queue) >= self._depth:
                raise LaneFull(self.name)
            self._queue.append(_Entry(job, dropped))
            self._changed.notify()

    def stop_taking(self) -> None:
        """Refuse further jobs; those queued go on."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def close(self, seconds: float) -> bool:
        """Refuse further jobs, finish for at most `seconds`, and drop the rest. Tells whether all were finished."""
        self.stop_taking()
        deadline = time.monotonic() + seconds
        with self._changed:
            while (self._queue or self._running) and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            queued, running = list(self._queue), list(self._running)
            self._queue.clear()
        for entry in [*running, *queued]:
            entry.dropped()
        if queued or running:
            log.warning(
                "Lane %s closed: %d jobs dropped, %d of them started", self.name, len(queued + running), len(running)
            )
        return not queued and not running

    def _work(self) -> None:
        while entry := self._next():
            try:
                entry.job()
            except Exception:
                log.exception("A job of lane %s failed", self.name)
            with self._changed:
                self._running.remove(entry)
                self._changed.notify_all()

    def _next(self) -> _Entry | None:
        with self._changed:
            while not self._queue:
                if self._closing:
                    return None
                self._changed.wait()
            entry = self._queue.popleft()
            self._running.append(entry)
            return entry
