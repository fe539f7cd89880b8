"""Bounded lanes of background work: the answer to a click is made here, after Slack has its acknowledgement."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

Job = Callable[[], None]


class LaneFull(Exception):
    """The lane holds as many jobs as it may, or is closing. Nothing was started."""


class Lane:
    """A fixed number of threads behind a queue of bounded depth.

    A job deals with its own errors; one that escapes is logged and the thread goes on.
    """

    def __init__(self, name: str, *, workers: int, depth: int) -> None:
        self.name = name
        self._queue: queue.Queue[Job | None] = queue.Queue(maxsize=depth)
        self._lock = threading.Lock()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job and return at once. Raises LaneFull when there is no room."""
        with self._lock:
            if self._closing:
                raise LaneFull(self.name)
            try:
                self._queue.put_nowait(job)
            except queue.Full:
                raise LaneFull(self.name) from None

    def close(self, seconds: float) -> bool:
        """Take no more jobs and finish those queued, for at most `seconds`. Tells whether all were finished."""
        with self._lock:
            self._closing = True
        deadline = time.monotonic() + seconds
        for _ in self._threads:
            try:
                self._queue.put(None, timeout=max(0.0, deadline - time.monotonic()))
            except queue.Full:
                break
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        finished = not any(thread.is_alive() for thread in self._threads)
        if not finished:
            log.warning("Lane %s closed with work unfinished", self.name)
        return finished

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("A job of lane %s failed", self.name)
