"""Bots in processes of their own, to be killed: the side of `tests.notes.kill_child` that starts and watches them."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.notes.kill_child import HEAD_START

ROOT = Path(__file__).parents[2]
SECONDS = 30.0


@dataclass(frozen=True)
class Child:
    """A bot's process. `pid` is 0 and `url` empty for one that was gone before it listened."""

    number: int
    pid: int
    url: str


class Nursery:
    """Starts bots and knows when they end. Everything that it started has ended after `close`."""

    def __init__(self) -> None:
        # What the bots say goes here: a pipe that nobody reads would hold them up.
        self._said = tempfile.TemporaryFile("a+")  # noqa: SIM115 (`close` does)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.notes.kill_child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)
        self._alive: set[int] = set()
        self._up: dict[int, Child] = {}
        self._ended: dict[int, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, env: Mapping[str, str], point: str = "", nth: int = 0, *, head_start: float = HEAD_START) -> Child:
        """Start a bot that kills itself at the `nth` pass of a point, and return it once it listens or is gone."""
        with self._changed:
            number = next(self._numbers)
            self._alive.add(number)
            self._ask(number=number, env=dict(env), point=point, nth=nth, head_start=head_start)
            came = self._changed.wait_for(lambda: number in self._up or number in self._ended, SECONDS)
            assert came, self.said()
            return self._up.get(number) or Child(number, 0, "")

    def ended(self, child: Child, timeout: float = SECONDS) -> int | None:
        """Return how a bot ended (-9 by SIGKILL), waiting for it; None when it lives on."""
        with self._changed:
            self._changed.wait_for(lambda: child.number in self._ended, timeout)
            return self._ended.get(child.number)

    def kill(self, child: Child) -> None:
        """End a bot as a power cut would, unless it has ended. Returns when it is gone."""
        with self._changed:
            if child.number in self._alive:
                self._ask(kill=child.number)
        assert self.ended(child) == -signal.SIGKILL, self.said()

    def said(self) -> str:
        """Return what the bots wrote to standard error."""
        self._said.flush()
        self._said.seek(0)
        return self._said.read()

    def close(self) -> None:
        """End every bot."""
        try:
            for number in list(self._alive):
                self.kill(Child(number, 0, ""))
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join(SECONDS)
            assert self._process.stdout
            self._process.stdout.close()
            self._said.close()

    def _ask(self, **asked: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            told = json.loads(line)
            with self._changed:
                if "up" in told:
                    self._up[told["up"]] = Child(told["up"], told["pid"], told["url"])
                else:
                    self._ended[told["ended"]] = told["status"]
                    self._alive.discard(told["ended"])
                self._changed.notify_all()
