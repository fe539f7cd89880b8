"""Servers that fail at a note, each in one way, and count what reached them."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.faults import Fault
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.stage import ACCESS_KEY, ORG_ID, SECRET_KEY
from bot.sandbox.tickets import sample_tickets

_NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_HTML = {"Content-Type": "text/html"}
_CREATED = {"Message": "Activity Created", "RelatedTicketId": "143", "RelatedOrgId": str(ORG_ID)}
# Long enough for a busy machine; what is to take too long is given less.
_PATIENCE = 10.0


@dataclass(frozen=True)
class Server:
    """Where to call, how many calls came, and how many notes were written."""

    url: str
    posts: Callable[[], int]
    written: Callable[[], int]
    # Waits until nothing more will be counted.
    settled: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Way:
    """One way to fail. `options` are the client's."""

    name: str
    says: str
    serve: Callable[[], AbstractContextManager[Server]]
    options: dict[str, float] = field(default_factory=dict)


@contextmanager
def leadsquared(fault: Fault | None = None, times: int = 1) -> Iterator[Server]:
    """Serve the stand-in, which fails so, or not at all."""
    written = threading.Event()
    with LeadSquared(
        org_id=ORG_ID,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        tickets=sample_tickets(_NOW),
        pause=lambda seconds: time.sleep(seconds / 10),
    ) as server:
        server.on_note = lambda _: written.set()
        if fault:
            server.fail(fault, times)
        # Who gives up on silence may do so before the call was looked at.
        silent = fault is Fault.SILENCE
        yield Server(
            server.url,
            lambda: len(server.requests),
            lambda: len(server.notes),
            lambda: written.wait(_PATIENCE) if silent else None,
        )


@contextmanager
def handling(handle: Callable[[Request], Response | None], *, writes: bool) -> Iterator[Server]:
    """Serve one handler for every call. `writes` is what happens to the note meanwhile."""
    calls: list[str] = []

    def count(request: Request) -> Response | None:
        calls.append(request.path)
        return handle(request)

    with LoopbackServer(count) as server:
        yield Server(server.url, lambda: len(calls), lambda: writes * len(calls))


@contextmanager
def closed() -> Iterator[Server]:
    """Give an address where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield Server(f"http://127.0.0.1:{held.getsockname()[1]}", lambda: 0, lambda: 0)


@contextmanager
def no_such_name() -> Iterator[Server]:
    """Give a name that nobody has."""
    yield Server("http://nobody.invalid", lambda: 0, lambda: 0)


@contextmanager
def deaf() -> Iterator[Server]:
    """Reset a connection when a request is there, before a byte of it is read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):  # closed: nobody called
                connection, _ = listener.accept()
                # A reset before that may be met while connecting: then nothing was sent for certain.
                connection.recv(1, socket.MSG_PEEK)
                _reset(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", lambda: 0, lambda: 0)
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(_PATIENCE)


def _reset(connection: socket.socket) -> None:
    # A linger of no seconds makes the close a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _answering(response: Response, *, writes: bool = False) -> Callable[[], AbstractContextManager[Server]]:
    return lambda: handling(lambda _: response, writes=writes)


def _saying(*parts: bytes, reset: bool = False) -> Callable[[], AbstractContextManager[Server]]:
    """Serve bytes as they are, after the note was written, and hang up."""

    def say(request: Request) -> None:
        for part in parts:
            request.socket.sendall(part)
        if reset:
            _reset(request.socket)

    return lambda: handling(say, writes=True)


def _exception(kind: str, text: str = "It said why", status: int = 200) -> Response:
    return Response.of_json({"Status": "Error", "ExceptionType": kind, "ExceptionMessage": text}, status)


def _of_the_stand_in(fault: Fault) -> Way:
    options = {"read_seconds": 0.05} if fault is Fault.SILENCE else {}
    if fault is Fault.SLOW_DRIP:
        options = {"answer_seconds": 0.1}
    return Way(fault.name, fault.says, lambda: leadsquared(fault), options)


def _of_a_body(name: str, says: str, body: Any, status: int = 200, *, writes: bool = False) -> Way:
    return Way(name, says, _answering(Response.of_json(body, status), writes=writes))


_LIMIT = "API calls exceeded the limit of 25 in 5 second(s)"
WAYS = (
    Way("NO FAULT", "the documented answer", leadsquared),
    *map(_of_the_stand_in, Fault),
    # The connection.
    Way("CONNECTION REFUSED", "nobody listens", closed),
    Way("NO SUCH NAME", "the host's name does not resolve", no_such_name),
    Way("RESET BEFORE READING A BYTE", "the connection is reset as soon as something comes", deaf),
    Way(
        "RESET IN THE BODY",
        "the answer begins and the connection is reset",
        _saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", reset=True),
    ),
    Way("HALF A HEAD", "the connection is closed in the middle of a header", _saying(b"HTTP/1.1 200 OK\r\nContent-Le")),
    Way("ONLY CONTINUE", "100 Continue, and then nothing more", _saying(b"HTTP/1.1 100 Continue\r\n\r\n")),
    Way("GARBAGE", "what comes back is not HTTP", _saying(b"\x16\x03\x01 what is this\r\n\r\n")),
    Way(
        "50 MB",
        "the right answer with fifty megabytes of blanks behind it, their length told",
        _answering(Response(200, json.dumps(_CREATED).encode() + b" " * 50_000_000), writes=True),
    ),
    Way(
        "BROKEN GZIP",
        "the body is not packed as the header says",
        _answering(Response(200, b"not packed", {"Content-Encoding": "gzip"}), writes=True),
    ),
    # Refusals in the disguises that users met (elder API), and in some that nobody has.
    Way("429 EMPTY", "one call too many, and not a word", _answering(Response(429))),
    _of_a_body("RATE LIMITED IN 500", "one call too many, told as a server error", {"message": _LIMIT}, 500),
    Way(
        "RATE LIMITED IN TEXT",
        "one call too many, told as 403 in plain text",
        _answering(Response.of_text(_LIMIT, 403)),
    ),
    Way(
        "403 PAGE",
        "the address is not on the allow list, say",
        _answering(Response(403, b"<html>Forbidden</html>", _HTML)),
    ),
    Way(
        "KNOWN MX IN 200",
        "an exception about the question, inside a success",
        _answering(_exception("MXInvalidInputException")),
    ),
    Way(
        "KNOWN MX IN 500",
        "the same as a server error",
        _answering(_exception("MXInvalidActivityException", status=500)),
    ),
    Way(
        "OTHER MX IN 200",
        "an exception that may come after the work, inside a success",
        _answering(_exception("MXDuplicateEntryException"), writes=True),
    ),
    Way(
        "OTHER MX IN 500",
        "the same as a server error",
        _answering(_exception("MXMailDeliveryException", status=500), writes=True),
    ),
    Way(
        "OTHER EXCEPTION IN 200",
        "an exception of no known family",
        _answering(_exception("System.TimeoutException"), writes=True),
    ),
    _of_a_body(
        "ERROR STATUS IN 200",
        "a Status of Error, with a reason and no exception",
        {"Status": "Error", "ReasonForFailure": "The ticket is closed"},
    ),
    _of_a_body(
        "LATE KEYS IN 200",
        "the keys are refused inside a success",
        {"ExceptionType": "MXUnAuthorizedAccessException", "ExceptionMessage": "Unauthorized"},
    ),
    Way(
        "400 PAGE",
        "a gateway refuses the request with a page of its own",
        _answering(Response(400, b"<html>Bad Request</html>", _HTML)),
    ),
    # Answers that nobody foresaw.
    Way(
        "302", "the call is sent elsewhere", _answering(Response(302, b"", {"Location": "https://login.example.com/"}))
    ),
    _of_a_body("405", "the method is not allowed", {"message": "Method not allowed"}, 405),
    Way("204", "done, and nothing to say", _answering(Response(204), writes=True)),
    _of_a_body(
        "OTHER MESSAGE IN 200", "a success that says something else", {"Message": "Activity queued"}, writes=True
    ),
    _of_a_body("504", "the gateway gave up waiting", {"message": "Endpoint request timed out"}, 504, writes=True),
    _of_a_body("500 WITH A STATUS", "a server error that names no exception", {"Status": "Error"}, 500, writes=True),
)
