"""LeadSquared's rate limit, kept: never more than so many calls in any window, as the server counts them."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from bot.leadsquared.errors import RateLimited

# LeadSquared: 25 calls in 5 seconds for the whole account.
WINDOW_SECONDS = 5.0
# Longer than this no refusal closes the budget, whatever it says.
LONGEST_PAUSE_SECONDS = 60.0


class Places(Protocol):
    """Where calls are counted.

    A call takes its place when it starts and gives it back one window after its *answer*. The server counts a call
    somewhere between the two, so whatever the network adds, it never sees more than the limit in a window.
    """

    def take(self) -> float:
        """Take a place and return 0, or return how many seconds to wait before asking again."""

    def give_back(self) -> None:
        """Say that a call has its answer: its place is free one window from now."""

    def close(self, seconds: float) -> None:
        """Let nobody take a place for `seconds`."""


class LocalPlaces:
    """Places for the calls of one process. `CallBudget` takes care that one thread at a time asks."""

    def __init__(self, calls: int, window: float = WINDOW_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._window = window
        self._clock = clock
        self._running = 0
        self._answered: deque[float] = deque()
        self._closed_until = float("-inf")

    def take(self) -> float:
        """Take a place and return 0, or return how many seconds to wait before asking again."""
        now = self._clock()
        while self._answered and self._answered[0] + self._window <= now:
            self._answered.popleft()
        if now < self._closed_until:
            return self._closed_until - now
        if self._running + len(self._answered) < self._calls:
            self._running += 1
            return 0.0
        # With every place held by a running call, an answer will tell; a full window is the longest wait.
        return self._answered[0] + self._window - now if self._answered else self._window

    def give_back(self) -> None:
        """Say that a call has its answer."""
        self._running -= 1
        self._answered.append(self._clock())

    def close(self, seconds: float) -> None:
        """Let nobody take a place for `seconds`."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)


class CallBudget:
    """Lets threads take their turn at places: who is urgent first, then who came first.

    `calls` is the limit that `places` keeps; it is used for telling how long a wait will be.
    """

    def __init__(self, places: Places, calls: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._calls = calls
        self._clock = clock
        self._lock = threading.Lock()
        # Whoever is first waits for a place, everybody else to be first.
        self._waiting: list[tuple[bool, int, threading.Condition]] = []
        self._numbers = itertools.count()
        # This process's own calls: where places are shared, they tell of others' as well.
        self._running = 0
        self._answered: deque[float] = deque()

    @contextmanager
    def call(self, patience: float, *, urgent: bool = False) -> Iterator[None]:
        """Hold one place for the length of a call. Raises RateLimited when none comes free in `patience` seconds."""
        self._take(self._clock() + patience, urgent)
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._answered.append(self._clock())
                self._forget_old()
                self._places.give_back()
                self._wake_first()

    def refused(self, seconds: float) -> None:
        """Let nobody start for `seconds`, a minute at most: LeadSquared said that there were too many calls."""
        with self._lock:
            self._places.close(min(seconds, LONGEST_PAUSE_SECONDS))

    def expected_wait(self, ahead: int = 0) -> float:
        """Return about how long a call would wait for its place, in seconds, with `ahead` more before it."""
        return WINDOW_SECONDS * (len(self._waiting) + ahead) / self._calls

    def used(self) -> float:
        """Return the part of the limit that this process's own calls hold, 0 to 1."""
        with self._lock:
            self._forget_old()
            return (self._running + len(self._answered)) / self._calls

    def _forget_old(self) -> None:
        while self._answered and self._answered[0] + WINDOW_SECONDS <= self._clock():
            self._answered.popleft()

    def _take(self, deadline: float, urgent: bool) -> None:
        with self._lock:
            me = (not urgent, next(self._numbers), threading.Condition(self._lock))
            heapq.heappush(self._waiting, me)
            try:
                self._wait(me, deadline)
                self._running += 1
            finally:
                self._waiting.remove(me)
                heapq.heapify(self._waiting)
                # Whoever is first now may find a place as well.
                self._wake_first()

    def _wait(self, me: tuple[bool, int, threading.Condition], deadline: float) -> None:
        while True:
            wait = self._places.take() if self._waiting[0] is me else math.inf
            if wait <= 0:
                return
            left = deadline - self._clock()
            if left <= 0:
                raise RateLimited("no call was free in time")
            me[2].wait(min(wait, left))

    def _wake_first(self) -> None:
        if self._waiting:
            self._waiting[0][2].notify()
