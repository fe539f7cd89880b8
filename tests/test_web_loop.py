"""waitress with the loop and the tasks of our own, over real sockets."""

from __future__ import annotations

import fcntl
import logging
import resource
import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from waitress.channel import HTTPChannel
from waitress.trigger import trigger

from bot.web import WebServer, plain

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class Place:
    """A server that does `/quick…` at once and all else in its one thread.

    `/slow` and `/quick-hold` wait until they are let go.
    """

    def __init__(self) -> None:
        self.slow = threading.Event()
        self.go_on = threading.Event()
        self.threads: dict[str, str] = {}
        self.server = WebServer(
            self._answer,
            "127.0.0.1",
            0,
            threads=1,
            at_once=lambda method, path, body: (method, path[:6]) == ("GET", "/quick") and body == b"",
        )
        parts = urlsplit(self.server.url)
        self._address = str(parts.hostname), int(parts.port or 0)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.threads[path] = threading.current_thread().name
        if path in {"/slow", "/quick-hold"}:
            self.slow.set()
            self.go_on.wait(5)
        if path == "/quick-fails":
            raise ValueError("made to fail")
        return plain(start_response, "200 OK", path)

    def connect(self) -> socket.socket:
        return socket.create_connection(self._address, timeout=5)


@pytest.fixture
def place() -> Iterator[Place]:
    found = Place()
    yield found
    found.go_on.set()
    found.server.close()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def told(connection: socket.socket, count: int = 1) -> list[str]:
    """Return the bodies of so many answers, in the order in which they come; each is a path."""
    held = b""
    while held.count(b"\r\n\r\n/") < count:
        part = connection.recv(4096)
        assert part, held
        held += part
    return [piece.partition(b"HTTP/1.1")[0].decode() for piece in held.split(b"\r\n\r\n")[1:]]


def test_what_never_waits_is_answered_while_every_thread_is_taken(place: Place) -> None:
    with place.connect() as slow, place.connect() as quick:
        slow.sendall(get("/slow"))
        assert place.slow.wait(5)
        for _ in range(3):
            quick.sendall(get("/quick"))
            assert told(quick) == ["/quick"]
        place.go_on.set()
        assert told(slow) == ["/slow"]
    assert place.threads == {"/slow": "waitress-0", "/quick": "http"}


def test_requests_of_both_kinds_on_one_connection_are_answered_in_order(place: Place) -> None:
    paths = ["/slow", "/quick-1", "/quick-2", "/other", "/quick-3"]
    with place.connect() as one:
        one.sendall(b"".join(map(get, paths)))
        assert place.slow.wait(5)
        place.go_on.set()
        assert told(one, 5) == paths
    assert place.threads["/quick-1"] == place.threads["/quick-3"] == "http"


def test_a_failure_in_the_loop_is_answered_and_the_loop_goes_on(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), place.connect() as one:
        one.sendall(get("/quick-fails"))
        assert one.recv(4096).startswith(b"HTTP/1.1 500 ")
    with place.connect() as another:
        another.sendall(get("/quick"))
        assert told(another) == ["/quick"]
    assert "made to fail" in caplog.text


@pytest.mark.parametrize("path", ["/quick", "/other"])
@pytest.mark.parametrize("sent", [b"", b"GET /half HTTP/1.1\r\nHo"])
def test_connections_that_wait_cost_the_others_nothing(
    place: Place, path: str, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = [0]
    readable = HTTPChannel.readable

    def counted(channel: HTTPChannel) -> bool:
        looks[0] += 1
        return readable(channel)

    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(place.connect()).sendall(sent)
        one = stack.enter_context(place.connect())
        one.sendall(get(path))
        told(one)  # it came last: the server has seen all of them
        monkeypatch.setattr(HTTPChannel, "readable", counted)
        for _ in range(50):
            one.sendall(get(path))
            told(one)
    # waitress's own loop would take more than 5,000; all are looked at once a second.
    assert looks[0] < 1000


def test_a_client_that_is_gone_before_its_answer_leaves_nothing_behind(place: Place) -> None:
    with place.connect() as gone:
        gone.sendall(get("/slow"))
        assert place.slow.wait(5)
    place.go_on.set()
    with place.connect() as one:
        for _ in range(3):
            one.sendall(get("/other"))
            assert told(one) == ["/other"]


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="only Linux lets a pipe be made small")
def test_thousands_of_requests_in_one_turn_do_not_fill_the_pipe_that_wakes_the_loop(place: Place) -> None:
    waker: Any = next(entry for entry in place.server._sockets.values() if isinstance(entry, trigger))
    fcntl.fcntl(waker.trigger, fcntl.F_SETPIPE_SZ, 4096)
    each, many = 200, 40
    with ExitStack() as stack:
        connections = [stack.enter_context(place.connect()) for _ in range(many)]
        for connection in connections:
            connection.sendall(get("/quick"))
            told(connection)
        holding = stack.enter_context(place.connect())
        holding.sendall(get("/quick-hold"))
        assert place.slow.wait(5)
        for connection in connections:
            connection.sendall(get("/quick") * each)
        place.go_on.set()
        for connection in connections:
            assert told(connection, each) == ["/quick"] * each


def test_only_the_loop_closes_a_connection(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_by: list[str] = []
    closed = threading.Event()
    handle_close = HTTPChannel.handle_close

    def noted(channel: HTTPChannel) -> None:
        closed_by.append(threading.current_thread().name)
        handle_close(channel)
        closed.set()

    monkeypatch.setattr(HTTPChannel, "handle_close", noted)
    half = b"POST /other HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    with place.connect() as gone:
        gone.sendall(get("/slow") + half)
        assert place.slow.wait(5)
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no farewell, but a reset
    place.go_on.set()
    assert closed.wait(5)
    with place.connect() as one:
        one.sendall(get("/quick"))
        assert told(one) == ["/quick"]
    assert set(closed_by) == {"http"}


def test_who_reads_nothing_is_not_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()
    handle_close = HTTPChannel.handle_close

    def noted(channel: HTTPChannel) -> None:
        handle_close(channel)
        closed.set()

    monkeypatch.setattr(HTTPChannel, "handle_close", noted)
    with place.connect() as one:
        one.settimeout(0.2)
        with suppress(TimeoutError):
            while True:
                one.sendall(get("/quick") * 1000)
        monkeypatch.setattr(place.server._server.adj, "channel_timeout", -1)
        assert closed.wait(10)


@pytest.mark.parametrize(
    ("files", "connections"), [(resource.RLIM_INFINITY, 1000), (20_000, 1000), (1024, 824), (256, 56), (64, 50)]
)
def test_connections_leave_files_for_those_who_answer(
    monkeypatch: pytest.MonkeyPatch, files: int, connections: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, resource.RLIM_INFINITY))
    few = Place()
    few.server.close()
    assert few.server._server.adj.connection_limit == connections
