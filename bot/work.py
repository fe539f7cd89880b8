"""Bounded lanes of background work: the answer to a click is made here, after Slack has its acknowledgement."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass

log = logging.getLogger(__name__)

Job = Callable[[], None]


# So many requests within so many seconds are a crowd. Its answers begin so long after its first request at most.
_CROWD, _CROWD_SECONDS = 8, 0.02
_LONGEST_WAIT_SECONDS = 0.5


class LaneFull(Exception):
    """The lane holds as many jobs as it may, or is closing. Nothing was started."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A job of a click, which goes wherever its work is done."""

    job: Job
    dropped: Job
    click: Context

    def drop(self) -> None:
        # The job may be under way in the click's own context.
        self.click.copy().run(self.dropped)


def _nothing() -> None:
    """Say nothing of a dropped job."""


class Crowd:
    """Knows whether requests come in quick succession, and lets work that can wait give way to their acks.

    All threads take turns at the processor, and an answer's turn is longer than an ack. The work is the same in sum, so
    the last answer is no later for it; one click alone waits for nothing. `pause` waits some seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, pause: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._came = deque([float("-inf")] * _CROWD, maxlen=_CROWD)
        self._began = float("-inf")

    def came(self) -> None:
        """Say that a request came."""
        now = self._clock()
        self._came.append(now)
        if now - self._came[0] >= _CROWD_SECONDS:
            self._began = now

    def let_pass(self) -> None:
        """Wait while there is a crowd; no longer than half a second after it began."""
        deadline = self._began + _LONGEST_WAIT_SECONDS
        while (now := self._clock()) < (until := min(self._came[0] + _CROWD_SECONDS, deadline)):
            self._pause(until - now)


class Lane:
    """A fixed number of threads behind a queue of bounded depth.

    People take turns: who queues twenty jobs waits for one of everybody else's between two of their own.
    A job deals with its own errors; one that escapes is logged and the thread goes on. Jobs give way to `crowd`.
    """

    def __init__(self, name: str, *, workers: int, depth: int, crowd: Crowd | None = None) -> None:
        self.name = name
        self._crowd = crowd
        self._depth = depth
        # By whom; the first in this order is next.
        self._queues: OrderedDict[str, deque[_Entry]] = OrderedDict()
        self._queued = 0
        self._running: list[_Entry] = []
        self._closing = False
        self._changed = threading.Condition()
        for number in range(workers):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    @property
    def queued(self) -> int:
        """How many jobs wait for a thread."""
        return self._queued

    def submit(self, job: Job, dropped: Job = _nothing, *, who: str = "") -> None:
        """Queue a job and return at once. Raises LaneFull when there is no room.

        `dropped` is called when the lane closes before the job is done, also when it had been started.
        `who` takes turns with others. Both belong to the click at hand.
        """
        with self._changed:
            if self._closing or self._queued >= self._depth:
                raise LaneFull(self.name)
            self._queues.setdefault(who, deque()).append(_Entry(job, dropped, copy_context()))
            self._queued += 1
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
            while (self._queued or self._running) and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            queued = [entry for queue in self._queues.values() for entry in queue]
            running = list(self._running)
            self._queues.clear()
            self._queued = 0
        for entry in [*running, *queued]:
            entry.drop()
        if queued or running:
            log.warning(
                "Lane %s closed: %d jobs dropped, %d of them started", self.name, len(queued + running), len(running)
            )
        return not queued and not running

    def _work(self) -> None:
        while entry := self._next():
            if self._crowd:
                self._crowd.let_pass()
            entry.click.run(self._do, entry.job)
            with self._changed:
                self._running.remove(entry)
                self._changed.notify_all()

    def _do(self, job: Job) -> None:
        try:
            job()
        except Exception:
            log.exception("A job of lane %s failed", self.name)

    def _next(self) -> _Entry | None:
        with self._changed:
            while not self._queued:
                if self._closing:
                    return None
                self._changed.wait()
            who, queue = self._queues.popitem(last=False)
            entry = queue.popleft()
            if queue:
                self._queues[who] = queue  # behind everybody else
            self._queued -= 1
            self._running.append(entry)
            return entry
