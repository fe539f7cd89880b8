"""A Slack and a LeadSquared that answer at once, in a process of their own: `python -m tests.benchmarks.stand_ins`.

They check nothing and do as little as they can, so that it is not they who are measured.
Prints the port that it listens on. Takes a file that holds the answer of the conversation call.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

# Enough of a message to tell a word about the wait from an answer.
_KEPT_BYTES = 200
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SINCE = re.compile(rb"since=(\d+)")

_TOLD = {
    "ok": True,
    "url": "https://demo.example.com/",
    "team": "Demo",
    "team_id": "T0BENCH01",
    "user": "ticketbot",
    "user_id": "U0BENCH01",
    "bot_id": "B0BENCH01",
}
# Whoever asks is a member.
_PERSON = {"ok": True, "user": {"team_id": "T0BENCH01", "is_restricted": False, "is_ultra_restricted": False}}


class StandIns:
    """What was posted to response_urls: the last part of the address, when by the monotonic clock, how it begins."""

    def __init__(self, conversation: bytes) -> None:
        self.posts: list[tuple[str, float, str]] = []
        self._conversation = _response(conversation)
        self._slack = _response(json.dumps(_TOLD).encode())
        self._person = _response(json.dumps(_PERSON).encode())
        self._done = _response(b"ok")

    def answer(self, path: bytes, body: bytes) -> bytes:
        """Return the whole answer of a request."""
        if path.startswith(b"/hook/"):
            token = path.rpartition(b"/")[2].decode()
            self.posts.append((token, time.monotonic(), body[:_KEPT_BYTES].decode("ascii", "replace")))
            return self._done
        if path.startswith(b"/posts"):
            found = _SINCE.search(path)
            return _response(json.dumps(self.posts[int(found[1]) if found else 0 :]).encode())
        if path.endswith(b"/users.info"):
            return self._person
        return self._conversation if path.endswith(b"/conversation/filter") else self._slack


class _Connection(asyncio.Protocol):
    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._held, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._held) < whole:
                return
            path = self._held.split(b" ", 2)[1]
            answer = self._stand_ins.answer(path, self._held[end + 4 : whole])
            self._held = self._held[whole:]
            if self._transport is not None:
                self._transport.write(answer)


def _response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _run(stand_ins: StandIns) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(stand_ins), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(StandIns(Path(sys.argv[1]).read_bytes())))
