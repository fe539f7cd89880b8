"""The ways in which the LeadSquared stand-in can be told to fail, and what each puts on the wire."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any

from bot.sandbox.http import Response

SILENCE_STEP, SILENCE_STEPS = 0.05, 1200  # held for a minute at the most
DRIP_PAUSE, DRIP_BYTES = 0.25, 240  # a minute of single bytes at the most
OTHER_HOST = "apigw.service-elsewhere.leadsquared.com"
HUGE_CHUNK, HUGE_CHUNKS = 256 * 1024, 2048  # 512 MB at the most


class Fault(Enum):
    """One way to fail: the status that goes out (None for none), whether a note is written all the same, and why.

    Where a real server might have written the note or not, the fault does what hurts a careless caller more:
    it writes, so that a note that is sent again is there twice.
    """

    UNAUTHORIZED = 401, False, "the keys are refused"
    API_OFF = 401, False, "the API is not turned on for the account"
    ADDRESS_REFUSED = 403, False, "the caller's address is not in the account's list"
    OTHER_REGION = 401, False, "the account is at another host, which the words name"
    BAD_REQUEST = 400, False, "the body is refused"
    NOT_FOUND = 404, False, "the path is not known to the gateway"
    RATE_LIMITED_429 = 429, False, "one call too many, told as documented"
    RATE_LIMITED_403 = 403, False, "one call too many, told as forbidden"
    RATE_LIMITED_200 = 200, False, "one call too many, told inside a success"
    ERROR_IN_200 = 200, False, "an MX exception inside a success"
    SERVER_ERROR = 500, True, "a failure after the work, in plain text"
    LOGICAL_500 = 500, False, "an MX exception that comes again each time"
    GATEWAY_502_HTML = 502, True, "the gateway lost the answer and sends a page of its own"
    UNAVAILABLE_503 = 503, False, "the gateway lets nothing through"
    NOT_JSON_200 = 200, True, "a success whose body is a page"
    EMPTY_200 = 200, True, "a success with no body"
    WRONG_SHAPE_200 = 200, True, "a success whose JSON is no object: a list for a read, a number for a note"
    HALF_ANSWER = 200, True, "the whole length is promised and half of it sent"
    RESET_BEFORE_READING = None, False, "the connection is reset, the call never looked at"
    RESET_AFTER_BODY = None, True, "the call is done, then the connection is reset"
    CLOSE_WITHOUT_ANSWER = None, False, "the connection is closed in an orderly way, with no answer and nothing done"
    SILENCE = None, True, "the call is done, and nothing is said until the caller gives up (a minute at the most)"
    HUGE = 200, True, "an answer without end (512 MB at the most)"
    SLOW_DRIP = 200, True, "the right answer, a byte every quarter of a second (a minute at the most)"

    def __init__(self, status: int | None, writes: bool, says: str) -> None:
        self.status = status
        self.writes = writes
        self.says = says


def rate_limit_refusal(style: str, limit: int, window: float) -> Response:
    """Return the refusal of one call too many, in the disguise "429", "403" or "200". ValueError for another."""
    text = f"API calls exceeded the limit of {limit} in {window:g} second(s)"
    match style:
        case "429":
            return Response.of_json(_exception("MXAPIRateLimitExceededException", text), 429)
        case "403":
            return Response.of_json({"message": text}, 403)
        case "200":
            return Response.of_json(_exception("MXAPIRateLimitExceededException", text))
    raise ValueError(f'rate_limit_style is "429", "403" or "200", not {style!r}')


def unauthorized(why: str = "Unauthorized Request. Check your keys.") -> Response:
    """Return the refusal of a call with keys that are wrong or missing, or of keys that may not be used so."""
    return Response.of_json(_exception("MXUnAuthorizedAccessException", why), 401)


def bad_request(why: str) -> Response:
    """Return the refusal of a body, in the envelope that the ticket calls use."""
    return Response.of_json({"Status": "Error", "ReasonForFailure": why, "Message": None}, 400)


def not_found() -> Response:
    """Return the gateway's answer for a path it does not know."""
    return Response.of_json({"message": "No such API"}, 404)


def invalid_input(why: str) -> Response:
    """Return the 500 by which LeadSquared refuses input that it cannot use, an unknown id among them."""
    return Response.of_json(_exception("MXInvalidInputException", why) | {"IsMXException": True}, 500)


def answer(fault: Fault, call: str, limit: int, window: float) -> Response | None:
    """Return the whole answer of a fault that has one, or None for those that misuse the connection.

    `call` is "conversations" or "internal_note"; `limit` calls in `window` seconds are named in a rate limit's text.
    """
    html = {"Content-Type": "text/html"}
    page = b"<html><head><title>%s</title></head><body><h1>%s</h1></body></html>"
    whole = {
        Fault.UNAUTHORIZED: unauthorized(),
        # LeadSquared documents these three causes and no words for them: these are likely ones.
        Fault.API_OFF: unauthorized("API is not enabled for this account."),
        Fault.ADDRESS_REFUSED: Response.of_json({"message": "Your IP address is not whitelisted"}, 403),
        Fault.OTHER_REGION: unauthorized(f"Please use the host {OTHER_HOST} for this account."),
        Fault.BAD_REQUEST: bad_request("The message body is not as per API specification"),
        Fault.NOT_FOUND: not_found(),
        Fault.RATE_LIMITED_429: rate_limit_refusal("429", limit, window),
        Fault.RATE_LIMITED_403: rate_limit_refusal("403", limit, window),
        Fault.RATE_LIMITED_200: rate_limit_refusal("200", limit, window),
        Fault.ERROR_IN_200: Response.of_json(_exception("MXMandatoryAttributeMissingException", "A field is missing")),
        Fault.SERVER_ERROR: Response.of_text("Internal Server Error", 500),
        Fault.LOGICAL_500: invalid_input("Invalid input"),
        Fault.GATEWAY_502_HTML: Response(502, page % (b"502 Bad Gateway", b"502 Bad Gateway"), html),
        Fault.UNAVAILABLE_503: Response.of_json({"message": "Service Unavailable"}, 503),
        Fault.NOT_JSON_200: Response(200, page % (b"Service", b"Scheduled maintenance"), html),
        Fault.EMPTY_200: Response(200, b"", {"Content-Type": "application/json"}),
        Fault.WRONG_SHAPE_200: Response.of_json([{"Id": 131}] if call == "conversations" else 7),
    }
    return whole.get(fault)


def misuse(
    fault: Fault,
    connection: socket.socket,
    good: Response,
    pause: Callable[[float], object],
    released: threading.Event,
) -> None:
    """Do to the connection what a fault without an `answer` does; the caller closes it afterwards.

    `good` is the answer that the call should have had. `pause` waits some seconds; `released` ends what takes long.
    """
    connection.settimeout(10)  # a caller that keeps the connection and reads nothing must not hold a thread for ever
    with contextlib.suppress(OSError):  # the caller hung up, as it should
        match fault:
            case Fault.RESET_BEFORE_READING | Fault.RESET_AFTER_BODY:
                # A linger of no seconds makes the close a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            case Fault.HALF_ANSWER:
                connection.sendall(_head(f"Content-Length: {len(good.body)}") + good.body[: len(good.body) // 2])
            case Fault.SILENCE:
                _keep_silent(connection, released)
            case Fault.HUGE:
                _stream(connection, released)
            case Fault.SLOW_DRIP:
                _drip(connection, good, pause, released)


def _keep_silent(connection: socket.socket, released: threading.Event) -> None:
    connection.setblocking(False)
    for _ in range(SILENCE_STEPS):
        if released.wait(SILENCE_STEP):
            return
        with contextlib.suppress(BlockingIOError):
            if not connection.recv(1, socket.MSG_PEEK):
                return


def _stream(connection: socket.socket, released: threading.Event) -> None:
    # No length is told: only counting what arrives shows a caller that this is too much.
    connection.sendall(_head("Transfer-Encoding: chunked") + _chunk(b'{"Total":1,"Conversations":null,'))
    blank = _chunk(b" " * HUGE_CHUNK)
    for _ in range(HUGE_CHUNKS):
        if released.is_set():
            return
        connection.sendall(blank)
    connection.sendall(_chunk(b'"ConversationList":[]}') + _chunk(b""))


def _drip(
    connection: socket.socket, good: Response, pause: Callable[[float], object], released: threading.Event
) -> None:
    connection.sendall(_head(f"Content-Length: {len(good.body)}"))
    for place in range(min(DRIP_BYTES, len(good.body))):
        if released.is_set():
            return
        pause(DRIP_PAUSE)
        connection.sendall(good.body[place : place + 1])


def _head(length: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n{length}\r\n\r\n".encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _exception(kind: str, text: str) -> dict[str, Any]:
    return {"Status": "Error", "ExceptionType": kind, "ExceptionMessage": text}
