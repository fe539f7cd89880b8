"""The real bot, in a process that kills itself with SIGKILL at a named point: `python -m tests.notes.kill_child`.

It loads everything once and then makes a copy of itself for each line on standard input, so that a bot is up in a
fraction of a second. A line is JSON with the copy's `number`, `env` (the settings), `point` (empty for none), `nth` (at
which pass), and `head_start` (how long other bots leave a note to the one that saved it, in seconds).
A line with `kill` and a number ends that copy. It answers with lines of JSON: `up`, a number, with the `url` and `pid`
once that copy listens; `ended`, a number, with its `status`. The copies end with it, and it ends with its input.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.app import build
from bot.database import open_database, upgrade
from bot.leadsquared.client import LeadSquaredClient
from bot.notes import NoteStore, Outbox, Times
from bot.server import EVENTS_PATH, HttpServer
from bot.settings import Settings

TIMES = Times(lease=1.5, first_pause=0.05, longest_pause=0.2)
HEAD_START = 0.3
TEND_SECONDS = 0.1

# Where the process kills itself, in the order in which a note comes by.
POINTS = (
    "before the commit",
    "after the commit",
    "before sending is committed",
    "before the post",
    "after the post",
    "before the result is committed",
    "after the result",
    "before it is recorded as told",
)


class Killer:
    """Ends this process at the `nth` pass of `point`, as a power cut would: without a chance to tidy up."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._nth = nth
        self._passes = itertools.count(1)  # one step of it is atomic
        self._inside = threading.local()

    def passes(self, point: str) -> None:
        """Come by a point."""
        if point and point == self._point and next(self._passes) == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner: type, name: str, *, before: str = "", commit: str = "", after: str = "") -> None:
        """Put points around a method, and at the commit of what it writes."""
        method: Callable[..., Any] = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.passes(before)
            self._inside.at = commit
            try:
                result = method(*args, **kwargs)
            finally:
                self._inside.at = ""
            if result is not None or name == "post_internal_note":  # None: nothing was changed
                self.passes(after)
            return result

        setattr(owner, name, wrapped)

    def watch(self, database: Engine) -> None:
        """See the commits: the event comes when all is written and nothing is committed."""

        @event.listens_for(database, "commit")
        def committing(_: Connection) -> None:
            self.passes(getattr(self._inside, "at", ""))


def run_bot(asked: Mapping[str, Any]) -> None:
    """Run the bot as `bot.server.serve` does, in short times, for as long as the process lives."""
    killer = Killer(asked["point"], asked["nth"])
    killer.wrap(NoteStore, "add", commit="before the commit", after="after the commit")
    killer.wrap(NoteStore, "claim", commit="before sending is committed", after="before the post")
    killer.wrap(LeadSquaredClient, "post_internal_note", after="after the post")
    killer.wrap(NoteStore, "finish", commit="before the result is committed", after="after the result")
    killer.wrap(Outbox, "told", before="before it is recorded as told")
    settings = Settings.from_env(asked["env"])
    database = open_database(settings.database_url.reveal())
    killer.watch(database)
    upgrade(database)
    times = replace(TIMES, head_start=asked["head_start"], telling=HEAD_START)
    bot = build(settings, database, times=times, tend_seconds=TEND_SECONDS)
    url = HttpServer(bot.app, settings.host, settings.port).url + EVENTS_PATH
    bot.start()
    say(up=asked["number"], pid=os.getpid(), url=url)


def say(**words: Any) -> None:
    """Write one line; one write of less than a page is never mixed with another's."""
    os.write(1, json.dumps(words).encode() + b"\n")


class Parent:
    """Makes copies of this process, and says when one has ended."""

    def __init__(self) -> None:
        # Nobody writes to it: reading ends when the parent does.
        self._life = os.pipe()
        self._alive: dict[int, int] = {}
        signal.signal(signal.SIGCHLD, self._reap)

    def do(self, line: str) -> None:
        """Do what a line says."""
        asked = json.loads(line)
        # What is reaped is out of the way of neither a new process id nor a kill.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        if "kill" in asked:
            for pid in [pid for pid, number in self._alive.items() if number == asked["kill"]]:
                os.kill(pid, signal.SIGKILL)
        elif pid := os.fork():
            self._alive[pid] = asked["number"]
        else:
            self._be_a_bot(asked)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _be_a_bot(self, asked: Mapping[str, Any]) -> None:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(self._life[1])
            run_bot(asked)
            os.read(self._life[0], 1)
        except BaseException:  # noqa: BLE001 (it goes no further than this process)
            traceback.print_exc()
        finally:
            os._exit(1)

    def _reap(self, *_: object) -> None:
        while self._alive and (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            say(ended=self._alive.pop(ended[0]), status=os.waitstatus_to_exitcode(ended[1]))


def main() -> None:
    """Make copies until standard input ends."""
    parent = Parent()
    for line in sys.stdin:
        parent.do(line)


if __name__ == "__main__":
    main()
