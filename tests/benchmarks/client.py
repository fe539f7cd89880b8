"""The one client that all servers are measured with: raw sockets, and requests signed before the clock runs."""

from __future__ import annotations

import json
import secrets
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.sandbox.slack.delivery import signature_headers
from bot.sandbox.stage import SIGNING_SECRET

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ack:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


def command(text: str, response_url: str, *, user: str = "U0PERSON01") -> bytes:
    """Return a whole HTTP request: "/ticket" with a text, signed now. Slack's signature is good for five minutes."""
    body = urlencode(
        {
            "token": "made-up",
            "team_id": "T0BENCH01",
            "team_domain": "demo",
            "channel_id": "C0SUPPORT1",
            "channel_name": "support",
            "user_id": user,
            "user_name": "person",
            "command": "/ticket",
            "text": text,
            "api_app_id": "A0BENCH001",
            "is_enterprise_install": "false",
            "response_url": response_url,
            # As Slack's, never the same twice: what comes again is not done again.
            "trigger_id": f"1234567890.1234567890.{secrets.token_hex(16)}",
        }
    ).encode()
    headers = {
        "Host": "127.0.0.1",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "Accept": "application/json,*/*",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **signature_headers(SIGNING_SECRET, body, time.time()),
    }
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return "POST /slack/events HTTP/1.1\r\n{}\r\n".format("".join(lines)).encode() + body


class Connection:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self._socket = _connect(port)

    def ask(self, request: bytes) -> Ack:
        """Send a request and read its answer."""
        started = time.perf_counter()
        self._socket.sendall(request)
        held = b""
        while not (whole := _whole(held)):
            part = self._socket.recv(65536)
            if not part:
                raise ConnectionError("the server closed the connection before its answer was whole")
            held += part
        status, body = whole
        return Ack(status, body, time.perf_counter() - started)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


@contextmanager
def connection(port: int) -> Iterator[Connection]:
    """Hold one connection open."""
    one = Connection(port)
    try:
        yield one
    finally:
        one.close()


def at_once(ports: Sequence[int], requests: Sequence[bytes]) -> list[Ack]:
    """Send all requests at once, each on a connection of its own that stands already, spread over the ports."""
    sockets = [_connect(ports[number % len(ports)]) for number in range(len(requests))]
    found: dict[int, Ack] = {}
    with selectors.DefaultSelector() as waiting:
        started = []
        for number, request in enumerate(requests):
            started.append(time.perf_counter())
            sockets[number].sendall(request)
            sockets[number].setblocking(False)
            waiting.register(sockets[number], selectors.EVENT_READ, (number, bytearray()))
        while len(found) < len(requests):
            events = waiting.select(SECONDS)
            if not events:
                raise TimeoutError(f"{len(requests) - len(found)} of {len(requests)} acks never came")
            for key, _ in events:
                number, held = key.data
                held += sockets[number].recv(65536)
                if whole := _whole(bytes(held)):
                    found[number] = Ack(*whole, time.perf_counter() - started[number])
                    waiting.unregister(sockets[number])
                    sockets[number].close()
    return [found[number] for number in range(len(requests))]


def get(port: int, path: str) -> bytes:
    """Return the body of an answer to GET."""
    with connection(port) as one:
        return one.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n".encode()).body


class Posts:
    """What the stand-in for Slack was posted, fetched piece by piece: (token, when, how it begins)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.all: list[tuple[str, float, str]] = []

    def more(self) -> list[tuple[str, float, str]]:
        """Return all posts so far."""
        self.all += [tuple(post) for post in json.loads(get(self._port, f"/posts?since={len(self.all)}"))]
        return self.all

    def wait(self, count: int, seconds: float) -> None:
        """Wait until there are so many posts. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(self.more()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.all):,} of {count:,} answers came in {seconds:g} s")
            time.sleep(0.05)


def _connect(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def _whole(held: bytes) -> tuple[int, bytes] | None:
    """Return status and body of an answer that is there whole."""
    end = held.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, body = held[:end].lower(), held[end + 4 :]
    _, found, length = head.partition(b"\r\ncontent-length:")
    if found:
        if len(body) < int(length.partition(b"\r\n")[0]):
            return None
    elif b"transfer-encoding: chunked" in head and not body.endswith(b"0\r\n\r\n"):
        return None
    return int(held[9:12]), body
