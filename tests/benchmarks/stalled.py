"""Line 6: acks while 120 connections say nothing, and while 120 have sent half of a request."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.benchmarks.client import command, connection
from tests.benchmarks.servers import Around, Server, bot, stand_ins
from tests.benchmarks.setting import SAMPLE, Scale, sample_answer, say, share
from tests.benchmarks.table import Row, ratio_at_most, told

_CONNECTIONS = 120
# Many short rounds: what else the machine does comes and goes, and each kind has its share of it.
_COMMANDS = 100
# Nothing else grows with these connections; what is above is the machine's noise.
_GOAL = 1.1


def measure(scale: Scale) -> Iterator[Row]:
    """Measure acks with and without such connections, by turns."""
    names = ("alone", "stalled", "half-sent")
    seconds: dict[str, list[float]] = {name: [] for name in names}
    with stand_ins(sample_answer()) as around, bot(around) as ours:
        _acks(around, ours)
        for number in range(scale.of(30, 9)):
            say(f"stalled connections, round {number + 1}")
            half = command(str(SAMPLE), around.hook("never"))[:-200]
            for name, sent in zip(names, (None, b"", half), strict=True):
                with _held(ours, sent):
                    seconds[name] += _acks(around, ours)
    alone = seconds["alone"]
    for name in names[1:]:
        ours_ms, alone_ms = 1000 * median(seconds[name]), 1000 * median(alone)
        yield ratio_at_most(f"ack beside {_CONNECTIONS} {name} connections", ours_ms, alone_ms, _GOAL, "ms")
        slow, slow_alone = 1000 * share(seconds[name], 0.99), 1000 * share(alone, 0.99)
        yield told("  99 in 100 within", f"{slow:.2f} ms", f"{slow_alone:.2f} ms")


@contextmanager
def _held(server: Server, sent: bytes | None) -> Iterator[None]:
    """Hold connections open that have sent so much; None for none at all."""
    sockets = []
    try:
        for _ in range(0 if sent is None else _CONNECTIONS):
            one = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            sockets.append(one)
            one.sendall(sent or b"")
        # The server has to have seen them.
        time.sleep(0.1)
        yield
    finally:
        for one in sockets:
            one.close()


def _acks(around: Around, server: Server) -> list[float]:
    """Return how long each ack takes, on one connection. Help asks for no work that could disturb them."""
    requests = [command("help", around.hook("never")) for _ in range(_COMMANDS)]
    with connection(server.port) as one:
        acks = [one.ask(request) for request in requests]
    if any(ack.status != 200 for ack in acks):
        raise RuntimeError("a command was not acknowledged")
    return [ack.seconds for ack in acks]
