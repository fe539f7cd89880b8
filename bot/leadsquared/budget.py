"""LeadSquared's rate limit, kept: never more than so many calls in any window, as the server counts them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.leadsquared.errors import RateLimited


class CallBudget:
    """A bound on calls in any `window` seconds, across threads.

    A call takes its place when it starts and gives it back one window after its *answer*. The server counts a call
    somewhere between the two, so whatever the network adds, it never sees more than `calls` in a window.
    LeadSquared: 25 in 5 s for the whole account.
    """

    def __init__(self, calls: int, window: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._window = window
        self._clock = clock
        self._changed = threading.Condition()
        self._running = 0
        self._answered: deque[float] = deque()
        self._closed_until = float("-inf")

    @contextmanager
    def call(self, patience: float) -> Iterator[None]:
        """Hold one place for the length of a call. Raises RateLimited when none comes free in `patience` seconds."""
        self._take(self._clock() + patience)
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._answered.append(self._clock())
                self._changed.notify()

    def refused(self, seconds: float) -> None:
        """Let nobody start for `seconds`: LeadSquared said that there were too many calls all the same."""
        with self._changed:
            self._closed_until = max(self._closed_until, self._clock() + min(seconds, 60.0))

    def _take(self, deadline: float) -> None:
        with self._changed:
            while (wait := self._seconds_to_wait()) > 0:
                left = deadline - self._clock()
                if left <= 0:
                    self._changed.notify()  # this waiter may have been woken for a place that it no longer takes
                    raise RateLimited("no call was free in time", self._window)
                self._changed.wait(min(wait, left))
            self._running += 1
            if self._seconds_to_wait() <= 0:
                self._changed.notify()

    def _seconds_to_wait(self) -> float:
        now = self._clock()
        while self._answered and self._answered[0] + self._window <= now:
            self._answered.popleft()
        if now < self._closed_until:
            return self._closed_until - now
        if self._running + len(self._answered) < self._calls:
            return 0.0
        # With every place held by a running call, an answer will notify; a full window is the longest wait.
        return self._answered[0] + self._window - now if self._answered else self._window
