"""Line 1: the ack of a signed `/ticket 143` by the full bot, and what the bot takes of the machine."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from statistics import median

from tests.benchmarks.client import Ack, Connection, Posts, command, connection
from tests.benchmarks.servers import Around, NoNode, Server, bolt_default, bot, node, node_version, stand_ins
from tests.benchmarks.setting import SAMPLE, Scale, sample_answer, say
from tests.benchmarks.table import Row, ratio_at_least, ratio_at_most, told

# Fewer than the bot's lane for answers holds, so that every ack of a burst stands for an answer.
_BURST = 1500
# Bolt's defaults let through some 85 a second.
_BURST_OF_DEFAULT = 100
_WARM_UP = 10_000
_DRAIN_SECONDS = 60.0


class _Bursts:
    """Bursts of commands over one connection, each waited for to its last answer."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._posts = Posts(around.port)
        self._numbers = itertools.count()
        self.unwell = 0

    def requests(self, count: int, text: str = str(SAMPLE)) -> list[bytes]:
        return [command(text, self._around.hook(f"n{next(self._numbers)}")) for _ in range(count)]

    def run(self, server: Server, count: int, *, answered: bool, text: str = str(SAMPLE)) -> tuple[float, float]:
        """Return acks a second, and answers a second where the server answers too."""
        requests = self.requests(count, text)
        before = len(self._posts.more())
        with connection(server.port) as one:
            begun = time.perf_counter()
            acks = _all_acked(one, requests)
            acked = time.perf_counter() - begun
        # An ack with words in it says that the bot is busy: no answer follows.
        busy = sum(bool(ack.body) for ack in acks) if answered else 0
        self.unwell += busy
        if answered:
            self._posts.wait(before + count - busy, _DRAIN_SECONDS)
        return count / acked, count / (time.perf_counter() - begun)


def _all_acked(one: Connection, requests: list[bytes]) -> list[Ack]:
    acks = [one.ask(request) for request in requests]
    if any(ack.status != 200 for ack in acks):
        raise RuntimeError("a command was not acknowledged")
    return acks


def measure(scale: Scale) -> Iterator[Row]:
    """Measure the acks, the memory, and the time to the first ack."""
    with stand_ins(sample_answer()) as around:
        yield from _rates(around, scale)
        yield from _memory(around, scale)
        yield from _starts(around, scale)


def _rates(around: Around, scale: Scale) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(bot(around))
        default = stack.enter_context(bolt_default(around))
        theirs: Server | None = None
        try:
            theirs = stack.enter_context(node(around))
        except NoNode as error:
            yield told("ack beside Node", "skipped", str(error))
        bursts = _Bursts(around)
        rates: dict[str, list[float]] = {"ours": [], "answers": [], "help": [], "default": [], "node": []}
        count = scale.of(_BURST, 500)
        bursts.run(ours, 200, answered=True)
        if theirs:  # its compiler takes thousands of requests to come to its best
            bursts.run(theirs, _WARM_UP, answered=False)
        for number in range(scale.of(7, 3)):
            say(f"acks, round {number + 1}")
            acks, answers = bursts.run(ours, count, answered=True)
            rates["ours"].append(acks)
            rates["answers"].append(answers)
            rates["help"].append(bursts.run(ours, count, answered=False, text="help")[0])
            rates["default"].append(bursts.run(default, _BURST_OF_DEFAULT, answered=False)[0])
            if theirs:
                rates["node"].append(bursts.run(theirs, count, answered=False)[0])
    middles = {name: median(values) for name, values in rates.items() if values}
    yield ratio_at_least("ack, beside Bolt's defaults", middles["ours"], middles["default"], 40, "/s")
    if theirs:
        yield ratio_at_least(f"ack, beside {node_version()}", middles["ours"], middles["node"], 0.8, "/s")
        yield ratio_at_least("ack of help, which asks for no work", middles["help"], middles["node"], 0.8, "/s")
    yield told("answers after these acks", f"{middles['answers']:,.0f} /s", f"{bursts.unwell:,} told that it is busy")


def _memory(around: Around, scale: Scale) -> Iterator[Row]:
    """Measure the resident memory, after commands that are all answered."""
    first, last = scale.of(10_000, 2_000), scale.of(50_000, 4_000)
    bursts = _Bursts(around)
    with bot(around) as ours:
        at_first = at_last = 0.0
        for done in range(1000, last + 1, 1000):
            bursts.run(ours, 1000, answered=True)
            if done == first:
                at_first = ours.resident_mb()
            if done % 5000 == 0:
                say(f"memory: {done:,} commands, {ours.resident_mb():.1f} MB")
        at_last = ours.resident_mb()
    with suppress(NoNode), node(around) as theirs:
        for _ in range(0, first, 1000):
            bursts.run(theirs, 1000, answered=False)
        name = f"resident after {first:,}, beside Node"
        yield ratio_at_most(name, at_first, theirs.resident_mb(), 0.5, "MB")
    yield ratio_at_most(f"resident after {last:,}, beside {first:,}", at_last, at_first, 1.02, "MB")


def _starts(around: Around, scale: Scale) -> Iterator[Row]:
    """Measure from the start of the process to its first good ack."""
    ours, theirs = [], []
    with bot(around, name="new") as server:  # its database is new too
        first = server.started
    for number in range(scale.of(7, 2)):
        say(f"start {number + 1}")
        with bot(around, name="new") as server:
            ours.append(server.started)
        with suppress(NoNode), node(around) as server:
            theirs.append(server.started)
    yield told("start to first ack, on a new database", f"{first:.2f} s")
    if theirs:
        yield ratio_at_most("start to first ack, beside Node", median(ours), median(theirs), 1.0, "s")
    else:
        yield told("start to first ack", f"{median(ours):.2f} s")
