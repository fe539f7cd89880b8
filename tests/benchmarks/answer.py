"""Line 4: the full answer for the sample ticket, beside one bare fetch of the same body."""

from __future__ import annotations

import json
import re
import selectors
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
        closing(Hook()) as hook,
        connection(ours.port) as one,
        requests.Session() as session,
    ):
        url = f"http://127.0.0.1:{around.port}/api/tenants/{ORG_ID}/conversation/filter"
        whole, fetches = [], []
        say(f"full answers for a body of {len(body):,} bytes")
        for _ in range(20):
            _answer(one, hook)
            _fetch(session, url)
        for _ in range(scale.of(300, 100)):
            whole.append(_answer(one, hook))
            time.sleep(_PAUSE_SECONDS)
            fetches.append(_fetch(session, url))
            time.sleep(_PAUSE_SECONDS)
    yield ratio_at_most(
        "full answer, beside a bare fetch and json.loads", 1000 * median(whole), 1000 * median(fetches), _GOAL, "ms"
    )
    yield told("  95 in 100 within", f"{1000 * share(whole, 0.95):.1f} ms", f"{1000 * share(fetches, 0.95):.1f} ms")


class Hook:
    """A response_url, in this process so that one clock tells. Connections to it may be kept alive."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._listening, selectors.EVENT_READ)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/hook"

    def wait(self) -> float:
        """Return when a post was there whole, by the performance counter, and answer it."""
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is self._listening:
                    self._ready.register(self._listening.accept()[0], selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket) and (at := self._post(key.fileobj)):
                    return at

    def _post(self, connection: socket.socket) -> float:
        held = b""
        while not _is_whole(held):
            part = connection.recv(65536)
            if not part:
                self._ready.unregister(connection)
                connection.close()
                return 0.0
            held += part
        at = time.perf_counter()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
        return at

    def close(self) -> None:
        """Close every connection."""
        for key in list(self._ready.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._ready.close()


def _answer(one: Connection, hook: Hook) -> float:
    """Return the seconds from sending a command until its answer was posted."""
    request = command(str(SAMPLE), hook.url)
    started = time.perf_counter()
    one.ask(request)
    return hook.wait() - started


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
