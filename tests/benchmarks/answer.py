"""Line 4: the full answer for the sample ticket, beside one bare fetch of the same body."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from statistics import median

import requests

from bot.sandbox.stage import ORG_ID
from tests.benchmarks.client import Connection, command, connection
from tests.benchmarks.servers import bot, stand_ins
from tests.benchmarks.setting import SAMPLE, Scale, sample_answer, say, share
from tests.benchmarks.table import Row, ratio_at_most, told

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
# Between two tries, so that no more is asked than the budget allows, and nothing of one is left for the next.
_PAUSE_SECONDS = 0.01
_GOAL = 3


def measure(scale: Scale) -> Iterator[Row]:
    """Measure from the first byte of the command to the last of the post, each time with a fetch."""
    body = sample_answer()
    with (
        stand_ins(body) as around,
        bot(around, CACHE_SECONDS="0", LEADSQUARED_CALLS_PER_5S="1000") as ours,
        closing(socket.create_server(("127.0.0.1", 0))) as posts,
        connection(ours.port) as one,
        requests.Session() as session,
    ):
        hook = f"http://127.0.0.1:{posts.getsockname()[1]}/hook"
        url = f"http://127.0.0.1:{around.port}/api/tenants/{ORG_ID}/conversation/filter"
        whole, fetches = [], []
        say(f"full answers for a body of {len(body):,} bytes")
        for _ in range(20):
            _answer(one, posts, hook)
            _fetch(session, url)
        for _ in range(scale.of(300, 100)):
            whole.append(_answer(one, posts, hook))
            time.sleep(_PAUSE_SECONDS)
            fetches.append(_fetch(session, url))
            time.sleep(_PAUSE_SECONDS)
    yield ratio_at_most(
        "full answer, beside a bare fetch and json.loads", 1000 * median(whole), 1000 * median(fetches), _GOAL, "ms"
    )
    yield told("  95 in 100 within", f"{1000 * share(whole, 0.95):.1f} ms", f"{1000 * share(fetches, 0.95):.1f} ms")


def _answer(one: Connection, posts: socket.socket, hook: str) -> float:
    """Return the seconds from sending a command until its answer was posted here."""
    request = command(str(SAMPLE), hook)
    started = time.perf_counter()
    one.ask(request)
    arrived, _ = posts.accept()
    with arrived:
        held = b""
        while not _is_whole(held):
            held += arrived.recv(65536)
        taken = time.perf_counter() - started
        arrived.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
    return taken


def _is_whole(held: bytes) -> bool:
    end = held.find(b"\r\n\r\n")
    found = _LENGTH.search(held, 0, end) if end >= 0 else None
    return found is not None and len(held) >= end + 4 + int(found[1])


def _fetch(session: requests.Session, url: str) -> float:
    body = {"TicketId": SAMPLE, "OrgId": ORG_ID, "ActivityType": ["InboundEmail", "OutboundEmail"]}
    started = time.perf_counter()
    with session.post(url, json=body, timeout=10) as response:
        json.loads(response.content)
    return time.perf_counter() - started
