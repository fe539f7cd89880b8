"""The loop and the tasks of waitress, for acks that cost the same beside a thousand silent connections.

waitress's own loop asks every connection on every turn what it waits for, and its tasks all go through threads.
The turns and the change of threads took a quarter of an ack's time at the processor.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

log = logging.getLogger(__name__)

# waitress closes what has been silent for too long when it is looked at; nothing else needs to be so often.
_LOOK_AT_ALL_SECONDS = 1.0

# Tells of a request, by its method, path and body, whether its answer never waits for anything.
AtOnce = Callable[[str, str, bytes], bool]


class Tasks(ThreadedTaskDispatcher):
    """Does in the loop itself what `at_once` says of a request that it never waits, and the rest in threads."""

    def __init__(self, at_once: AtOnce, threads: int) -> None:
        super().__init__()
        self._at_once = at_once
        self._here: deque[HTTPChannel] = deque()
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Take a connection whose first request is whole."""
        request = task.requests[0]
        stream = request.get_body_stream()
        body = stream.read()
        stream.seek(0)
        if request.error is None and self._at_once(request.command, request.path, body):
            # Not this moment: waitress holds a lock of the connection.
            self._here.append(task)
        else:
            super().add_task(task)

    def do_next(self) -> None:
        """Do the next request that is to be done at once, if there is one. Only the loop may ask for it."""
        if self._here:
            try:
                self._here.popleft().service()
            except Exception:
                log.exception("A request could not be served")

    def do_waiting(self) -> None:
        """Do the next request of each connection that waits; what they have sent behind it is for the next turn.

        Each request that is done wakes the loop through a pipe. Only the loop empties it, so it must not fill it.
        """
        for _ in range(len(self._here)):
            self.do_next()


class Connection(HTTPChannel):
    """A connection that only the loop closes, whoever finds that nobody is at its other end."""

    def send(self, data: bytes, do_close: bool = True) -> Any:
        """Send some of the data, and return how many bytes. Elsewhere than in the loop, an end is left to be found."""
        # waitress sends "100 Continue" from the thread that has served the request before it.
        return super().send(data, do_close=do_close and self._map.runs_here())  # type: ignore[attr-defined]


class Sockets(dict[int, Any]):
    """waitress's sockets by their descriptors, and the loop over them.

    A socket at rest waits only for something to read; it is not looked at until there is. So a turn costs as much as
    what happens, not as what is connected.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._selector = DefaultSelector()
        self._awake: set[int] = set()
        # What the selector waits for; asked for it, it is slow to tell.
        self._waits: dict[int, int] = {}
        self._looked_at_all = clock()
        self._thread: threading.Thread | None = None

    def __setitem__(self, descriptor: int, entry: Any) -> None:
        super().__setitem__(descriptor, entry)
        self._awake.add(descriptor)

    def __delitem__(self, descriptor: int) -> None:
        super().__delitem__(descriptor)
        self._awake.discard(descriptor)
        self._wait_for(descriptor, None, 0)

    def run(self, tasks: Tasks) -> None:
        """Take turns until all sockets are closed."""
        self._thread = threading.current_thread()
        while self:
            self._turn(tasks)
        self._selector.close()

    def runs_here(self) -> bool:
        """Tell whether this is the loop's own thread."""
        return threading.current_thread() is self._thread

    def _turn(self, tasks: Tasks) -> None:
        now = self._clock()
        if now - self._looked_at_all >= _LOOK_AT_ALL_SECONDS:
            self._looked_at_all = now
            self._awake.update(self)
        for descriptor in list(self._awake):
            self._look(descriptor)
        for key, events in self._selector.select(_LOOK_AT_ALL_SECONDS):
            # One that was closed a moment ago may have left its number to another.
            if (entry := self.get(key.fd)) is None or entry is not key.data:
                continue
            self._awake.add(key.fd)
            if events & EVENT_READ:
                wasyncore.read(entry)
            if events & EVENT_WRITE and key.fd in self:
                wasyncore.write(entry)
            tasks.do_next()
        tasks.do_waiting()  # also what a thread has left: the next request of a connection that it has served

    def _look(self, descriptor: int) -> None:
        entry = self[descriptor]
        if getattr(entry, "will_close", False):
            wasyncore.write(entry)  # now: who reads nothing never becomes ready for it
            return
        wanted = EVENT_READ if entry.readable() else 0
        if entry.writable() and not entry.accepting:
            wanted |= EVENT_WRITE
        if wanted == EVENT_READ:
            self._awake.discard(descriptor)
        self._wait_for(descriptor, entry, wanted)

    def _wait_for(self, descriptor: int, entry: Any, wanted: int) -> None:
        waits = self._waits.get(descriptor, 0)
        if waits == wanted:
            return
        self._waits[descriptor] = wanted
        if not wanted:
            del self._waits[descriptor]
            self._selector.unregister(descriptor)
        elif waits:
            self._selector.modify(descriptor, wanted, entry)
        else:
            self._selector.register(descriptor, wanted, entry)
