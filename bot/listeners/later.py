"""Calling something after a while, with one thread for all that waits."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

from bot.clicks import carried

log = logging.getLogger(__name__)


class Later:
    """Makes calls when their time has come. They must be quick: they share a thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._closed = False
        threading.Thread(target=self._run, name="later", daemon=True).start()

    def call(self, seconds: float, what: Callable[[], None]) -> None:
        """Make a call after some seconds, unless `close` comes first. It belongs to the click at hand."""
        with self._changed:
            heapq.heappush(self._waiting, (self._clock() + seconds, next(self._numbers), carried(lambda: _do(what))))
            self._changed.notify()

    def close(self) -> None:
        """Forget what waits."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify()

    def _run(self) -> None:
        while what := self._next():
            what()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                left = self._waiting[0][0] - self._clock() if self._waiting else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)
            return None


def _do(what: Callable[[], None]) -> None:
    try:
        what()
    except Exception:
        log.exception("A late call failed")
