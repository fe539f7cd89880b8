"""A request that comes again: it does nothing a second time, and gets the answer that it got.

Slack signs each request with its time, and its signature is good for five minutes: who has seen one could send it
again. Each process knows what it answered itself. Over several processes a note is still added once: by the outbox.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

# Slack: a signature is good for five minutes on either side of its time, so for ten where a clock goes ahead.
KEPT_SECONDS = 600.0
# More than thirty requests a second for five minutes, which is more than people make.
MOST = 10_000


class _Answer(Generic[T]):
    """An answer; `coming` is held until it is there."""

    __slots__ = ("at", "coming", "values")

    def __init__(self, at: float) -> None:
        self.at = at
        # One value, or none where there is no answer.
        self.values: tuple[T, ...] = ()
        self.coming = threading.Lock()
        self.coming.acquire()


class Replays(Generic[T]):
    """Remembers answers by what names their requests. Safe to share between threads.

    `keeps` tells of an answer whether the request is to be remembered. Where there are more than `most`, the eldest
    are forgotten early.
    """

    def __init__(
        self,
        *,
        keeps: Callable[[T], bool],
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeps = keeps
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        # Of a plain one the eldest is found the more slowly, the more were forgotten.
        self._answers: OrderedDict[Hashable, _Answer[T]] = OrderedDict()

    def __len__(self) -> int:
        """How many requests are remembered."""
        return len(self._answers)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes; where the same request was answered before, or is just now, that answer.

        Raises what `make` raises; then nothing is remembered.
        """
        mine: _Answer[T] = _Answer(self._clock())
        with self._lock:
            first = self._answers.setdefault(key, mine)
            if first is mine:
                self._forget(mine.at)
        if first is mine:
            return self._make(key, mine, make)
        with first.coming:
            pass
        # Without an answer it is not known to have done anything.
        return first.values[0] if first.values else self.once(key, make)

    def _make(self, key: Hashable, mine: _Answer[T], make: Callable[[], T]) -> T:
        kept = False
        try:
            value = make()
            mine.values = (value,)
            kept = self._keeps(value)
        finally:
            if not kept:
                with self._lock:
                    self._answers.pop(key, None)
            mine.coming.release()
        return value

    def _forget(self, now: float) -> None:
        """Forget up to two requests that are too old or too many, so that none pays for the rest."""
        for _ in range(2):
            key = next(iter(self._answers))
            if len(self._answers) <= self._most and now - self._answers[key].at < KEPT_SECONDS:
                return
            del self._answers[key]
