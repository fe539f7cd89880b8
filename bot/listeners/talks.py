"""Talking to Slack, which may say "too many calls": who has to wait for it gives its thread back.

A talk is a generator that makes calls and yields a `Turn` wherever it may have to wait. `Talks` goes on with it when
its turn has come. What Slack refuses with 429 is one method's calls, or one response_url's posts: only those wait.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from slack_sdk.errors import SlackApiError

from bot.listeners.later import Later
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

T = TypeVar("T")

# How long a talk goes on, waiting included. A response_url takes posts for half an hour.
PATIENCE_SECONDS = 300.0
# Slack gives whole seconds, a minute at most; and where it gives none, or zero, it is not asked without a pause.
_SHORTEST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
# What waits holds its answer in memory.
_MOST_WAITING = 4000


class TooLate(Exception):
    """A turn would come later than is of use, too many wait for one, or the bot stops. Nothing was sent."""


class Turn(NamedTuple):
    """What a talk waits for.

    `method`: that Slack takes calls of this method, or posts to this response_url; empty: nothing but the time.
    `seconds`: such a pause comes first; with a method, Slack has just asked for it, and all other calls wait as well.
    `longest`: it is of no use to wait longer than that.
    """

    method: str = ""
    seconds: float = 0.0
    longest: float = PATIENCE_SECONDS

    def __repr__(self) -> str:
        # Whoever has a response_url can post there for half an hour.
        return f"Turn({_what(self.method)}, seconds={self.seconds}, longest={self.longest})"


Talk: TypeAlias = Generator[Turn, None, T]


def web_api(method: str, call: Callable[[], T], *, longest: float = PATIENCE_SECONDS) -> Talk[T]:
    """Make a call of Slack's Web API when its turn has come. Raises what the call raises, and TooLate."""
    pause = 0.0
    while True:
        yield Turn(method, pause, longest)
        try:
            return call()
        except SlackApiError as error:
            if error.response.status_code != 429:
                raise
            pause = seconds_to_wait(error.response.headers)


def seconds_to_wait(headers: Mapping[str, Any]) -> float:
    """Read Retry-After, in seconds, within bounds."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(value[0] if isinstance(value, list) and value else value)
    seconds = float(text) if text.isdecimal() else 0.0
    return min(max(seconds, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)


def _what(method: str) -> str:
    return "posts to a response_url" if "/" in method else f"calls of {method}"


@dataclass(frozen=True, slots=True, eq=False)
class _Speaker:
    """A talk under way. It belongs to a click, whichever thread goes on with it."""

    talk: Talk[object]
    number: int
    deadline: float
    context: Context


class _Waiting(NamedTuple):
    """A talk before a gate, those that began first ahead. After `last` it is of no use to let it through."""

    number: int
    speaker: _Speaker
    last: float


@dataclass(slots=True)
class _Gate:
    """A method that takes no calls until some time. Who waits by then is let through, one after another."""

    until: float
    waiting: list[_Waiting] = field(default_factory=list)


class Talks:
    """Goes on with talks in the lane for Slack, each when its turn has come, in the order in which they began."""

    def __init__(
        self,
        lane: Lane,
        *,
        later: Later | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lane = lane
        self._later = later or Later()
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._gates: dict[str, _Gate] = {}
        # Everybody at a gate, and those that wait for nothing but the time.
        self._waiting: set[_Speaker] = set()
        self._closing = False

    def queue(self, talk: Talk[object], *, patience: float = PATIENCE_SECONDS) -> None:
        """Begin a talk in the lane for Slack. Raises LaneFull."""
        self._lane.submit(lambda: self.run(talk, patience=patience))

    def run(self, talk: Talk[object], *, patience: float = PATIENCE_SECONDS) -> None:
        """Begin a talk in this thread, and return when it is over or has to wait. What it raises escapes.

        Where it cannot go on within `patience` seconds from now, it gets TooLate instead.
        """
        self._go_on(_Speaker(talk, next(self._numbers), self._clock() + patience, copy_context()))

    def close(self) -> None:
        """Let everybody who waits try once more, now. From here on Slack's refusals are final."""
        with self._lock:
            self._closing = True
            waiting = sorted(self._waiting, key=lambda speaker: speaker.number)
            self._gates.clear()
            self._waiting.clear()
        self._later.close()
        for speaker in waiting:
            self._resume(speaker, lambda speaker=speaker: self._go_on(speaker))  # type: ignore[misc]

    def _go_on(self, speaker: _Speaker, *, through: str = "", late: bool = False) -> None:
        """Go on with a talk until it is over or has to wait. `through`: the gate that it was let through."""
        error = TooLate() if late else None
        while True:
            step = partial(speaker.talk.throw, error) if error else partial(next, speaker.talk)
            try:
                turn = speaker.context.run(step)
            except StopIteration:
                return
            try:
                if self._waits(speaker, turn, through):
                    return
                error = None
            except TooLate as refusal:
                error = refusal

    def _waits(self, speaker: _Speaker, turn: Turn, through: str) -> bool:
        """Tell whether a talk waits now, to be gone on with later. Raises TooLate."""
        now = self._clock()
        last = min(speaker.deadline, now + turn.longest)
        with self._lock:
            if not self._closing:
                if turn.method:
                    return self._waits_at_gate(speaker, turn, through, now, last)
                if now + turn.seconds > last:
                    raise TooLate
                self._park(speaker)
                self._later.call(turn.seconds, lambda: self._rested(speaker))
                return True
        if turn.method and turn.seconds:
            raise TooLate
        # Its thread is waited for, as nothing else is any more.
        self._pause(turn.seconds)
        return False

    def _waits_at_gate(self, speaker: _Speaker, turn: Turn, through: str, now: float, last: float) -> bool:
        gate = self._gates.get(turn.method)
        if turn.seconds:
            gate = gate or self._make_gate(turn)
            gate.until = max(gate.until, now + turn.seconds)
        elif gate is None or (turn.method == through and gate.until <= now):
            return False
        if max(gate.until, now) > last:
            raise TooLate
        self._park(speaker)
        heapq.heappush(gate.waiting, _Waiting(speaker.number, speaker, last))
        return True

    def _park(self, speaker: _Speaker) -> None:
        if len(self._waiting) >= _MOST_WAITING:
            raise TooLate
        self._waiting.add(speaker)

    def _make_gate(self, turn: Turn) -> _Gate:
        log.warning("Slack takes no more %s for %.0f s", _what(turn.method), turn.seconds)
        gate = self._gates[turn.method] = _Gate(until=0.0)
        self._later.call(turn.seconds, lambda: self._open(turn.method))
        return gate

    def _open(self, method: str) -> None:
        """Let the first through a gate whose time has come; the next when that one has said what it had to."""
        with self._lock:
            gate = self._gates.get(method)
            if gate is None:
                return
            now = self._clock()
            if gate.until > now:
                self._later.call(gate.until - now, lambda: self._open(method))
                return
            if not gate.waiting:
                del self._gates[method]
                return
            _, speaker, last = heapq.heappop(gate.waiting)
            self._waiting.remove(speaker)

        def go_on() -> None:
            try:
                self._go_on(speaker, through=method, late=self._clock() > last)
            finally:
                self._later.call(0.0, lambda: self._open(method))

        if not self._resume(speaker, go_on):
            self._later.call(0.0, lambda: self._open(method))

    def _rested(self, speaker: _Speaker) -> None:
        with self._lock:
            if speaker not in self._waiting:
                return
            self._waiting.remove(speaker)
        self._resume(speaker, lambda: self._go_on(speaker))

    def _resume(self, speaker: _Speaker, go_on: Callable[[], None]) -> bool:
        try:
            speaker.context.run(self._lane.submit, go_on)
        except LaneFull:
            log.error("What was to be said to a person was not: the lane for Slack is full")
            speaker.talk.close()
            return False
        return True
