"""What an answer to a note says of what was written, and the connection that a note is sent over."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.leadsquared import answers, errors
from bot.leadsquared.errors import LeadSquaredError, OutcomeUnknown, Refused
from bot.sandbox.http import LoopbackServer, Request, Response
from tests.leadsquared.conftest import Calls

CREATED = {"Message": "Activity Created", "RelatedTicketId": "143"}
EMPTY: dict[str, Any] = {"Total": 0, "ConversationList": []}
ABOUT_THE_QUESTION = (
    "MXInvalidInputException",
    "MXMandatoryAttributeMissingException",
    "MXUnknownAttributeException",
    "MXInvalidActivityException",
    "MXUnknownProspectActivityException",
)
ABOUT_THE_WORK = (
    "MXDuplicateEntryException",
    "MXMailDeliveryException",
    "MXException",
    "MXOfTomorrowException",
    "MXInvalidInputExceptionInTheSecondStep",
)


def exception(kind: str) -> bytes:
    return json.dumps({"Status": "Error", "ExceptionType": kind, "ExceptionMessage": "why"}).encode()


def failure(call: Callable[[], object]) -> LeadSquaredError:
    with pytest.raises(LeadSquaredError) as caught:
        call()
    return caught.value


def refusal(status: int, body: bytes) -> Refused:
    error = failure(lambda: answers.read(status, body))
    assert isinstance(error, Refused)
    return error


@pytest.mark.parametrize("status", [200, 201, 409, 422, 500, 503])
@pytest.mark.parametrize("kind", ABOUT_THE_QUESTION)
def test_an_exception_about_the_question_comes_before_writing(kind: str, status: int) -> None:
    assert refusal(status, exception(kind)).before_writing


@pytest.mark.parametrize("status", [200, 201, 409, 422, 500, 503])
@pytest.mark.parametrize("kind", ABOUT_THE_WORK)
def test_any_other_exception_may_come_after_writing(kind: str, status: int) -> None:
    assert not refusal(status, exception(kind)).before_writing


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", exception("MXDuplicateEntryException"), b'{"Status":"Error"}'])
def test_a_bad_request_comes_before_writing_whatever_it_says(body: bytes) -> None:
    assert refusal(400, body).before_writing


@pytest.mark.parametrize("told", ["Error", "error", "FAILURE"])
def test_a_success_that_says_it_failed_comes_before_writing(told: str) -> None:
    assert refusal(200, json.dumps({"Status": told, "Message": "Activity Created"}).encode()).before_writing
    # Next to an exception it says nothing of its own.
    assert answers.read(200, json.dumps({"Status": told, "ExceptionType": "System.TimeoutException"}).encode())
    # Of a server that fails nobody knows how far it came.
    assert isinstance(failure(lambda: answers.read(500, json.dumps({"Status": told}).encode())), errors.Unavailable)


@pytest.mark.parametrize("kind", [*ABOUT_THE_QUESTION, *ABOUT_THE_WORK])
def test_a_note_is_refused_only_where_it_was_surely_not_written(connect: Callable[..., Calls], kind: str) -> None:
    with LoopbackServer(lambda _: Response(500, exception(kind))) as server:
        error = failure(lambda: connect(server.url).client.post_internal_note(143, "Once"))
    assert type(error) is (Refused if kind in ABOUT_THE_QUESTION else OutcomeUnknown)
    assert error.detail == "why"


def test_a_note_has_a_connection_of_its_own(connect: Callable[..., Calls]) -> None:
    reads: list[socket.socket] = []
    notes: list[socket.socket] = []

    def answer(request: Request) -> Response:
        is_note = request.path.endswith("/internalnote/upload")
        (notes if is_note else reads).append(request.socket)
        return Response.of_json(CREATED if is_note else EMPTY)

    with LoopbackServer(answer) as server:
        client = connect(server.url).client
        for _ in range(3):
            client.conversations(143)
            client.post_internal_note(143, "Once")
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(lambda text: client.post_internal_note(143, text), "abc"))
            list(threads.map(client.conversations, range(1, 4)))
    # The sockets are all kept here, so that none can look like another.
    assert len(notes) == len(set(map(id, notes))) == 6
    assert not set(map(id, notes)) & set(map(id, reads))
    assert len(reads) == 6
    assert len(set(map(id, reads))) <= 4


def test_a_kept_connection_that_the_server_has_closed_costs_no_note(connect: Callable[..., Calls]) -> None:
    taken: list[str] = []

    def answer_and_close(request: Request) -> None:
        """Promise to keep the connection, and close it."""
        is_note = request.path.endswith("/internalnote/upload")
        taken.append("note" if is_note else "read")
        body = json.dumps(CREATED if is_note else EMPTY).encode()
        request.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with LoopbackServer(answer_and_close) as server:
        client = connect(server.url).client
        for _ in range(5):
            client.conversations(143)
            client.post_internal_note(143, "Once")
    assert taken.count("note") == 5


@pytest.mark.parametrize("kind", LeadSquaredError.__subclasses__())
def test_an_error_is_made_again_from_its_name(kind: type[LeadSquaredError]) -> None:
    again = errors.named(kind.__name__, "in its own words")
    assert type(again) is kind
    assert again.detail == "in its own words"


@pytest.mark.parametrize("name", ["", "Lost", "Broken", "LeadSquaredError", "Exception", "refused"])
def test_a_name_that_is_no_error_makes_none(name: str) -> None:
    assert errors.named(name, "") is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (504, b"<html>execution time exceeded the limit</html>", errors.Unavailable),
        (400, b'{"message": "TextPart exceeded the limit of 2000 characters"}', errors.Refused),
        (500, b'{"message": "cannot store: the customer exceeded the limit"}', errors.Unavailable),
    ],
)
def test_not_every_limit_that_is_exceeded_is_one_of_calls(status: int, body: bytes, kind: type[Exception]) -> None:
    assert type(failure(lambda: answers.read(status, body))) is kind
