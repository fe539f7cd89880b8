"""The client against the stand-in: what it sends, and what it makes of every way to fail."""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import urllib3

from bot.connections import never_left
from bot.leadsquared import client
from bot.leadsquared.budget import CallBudget, LocalPlaces
from bot.leadsquared.errors import (
    LeadSquaredError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from bot.leadsquared.model import Kind
from bot.sandbox.faults import Fault
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.tickets import sample_tickets
from tests.leadsquared.conftest import ACCESS_KEY, NOW, SECRET_KEY, Calls, HastyBudget

CREATED = {"Message": "Activity Created", "RelatedTicketId": "143"}
EMPTY: dict[str, Any] = {"Total": 0, "Conversations": None, "ConversationList": []}
# What each fault means for a read; for a note it is the same where the answer surely says that nothing was written.
MEANS: dict[Fault, type[LeadSquaredError]] = {
    Fault.UNAUTHORIZED: Unauthorized,
    Fault.API_OFF: Unauthorized,
    Fault.ADDRESS_REFUSED: Unauthorized,
    Fault.OTHER_REGION: Unauthorized,
    Fault.BAD_REQUEST: Refused,
    Fault.NOT_FOUND: NotFound,
    Fault.RATE_LIMITED_429: RateLimited,
    Fault.RATE_LIMITED_403: RateLimited,
    Fault.RATE_LIMITED_200: RateLimited,
    Fault.ERROR_IN_200: Refused,
    Fault.LOGICAL_500: Refused,
}
QUICK = [fault for fault in Fault if fault not in {Fault.SILENCE, Fault.SLOW_DRIP}]


def failure(call: Callable[[], object]) -> LeadSquaredError:
    with pytest.raises(LeadSquaredError) as caught:
        call()
    return caught.value


def test_a_read_is_exactly_the_documented_request(server: LeadSquared, calls: Calls) -> None:
    conversation = calls.client.conversations(143)
    (request,) = server.requests
    assert request.path == "/api/tenants/22824/conversation/filter"
    assert request.json == {
        "TicketId": 143,
        "OrgId": 22824,
        "ActivityType": ["InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound"],
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-lsq-access-key"] == ACCESS_KEY
    assert request.headers["x-lsq-secret-key"] == SECRET_KEY
    assert not {"cookie", "authorization"} & request.headers.keys()
    assert conversation.ticket_id == 143
    assert conversation.fetched == NOW
    assert conversation.messages
    assert all(message.kind for message in conversation.messages)


def test_a_read_can_ask_for_some_kinds_only(server: LeadSquared, calls: Calls) -> None:
    calls.client.conversations(143, [Kind.PORTAL_INBOUND])
    assert server.requests[0].json["ActivityType"] == ["PortalInbound"]


def test_a_note_is_exactly_the_documented_request(server: LeadSquared, calls: Calls) -> None:
    calls.client.post_internal_note(143, "Called back — «ok» 🙂\n\nशुक्रिया")
    (request,) = server.requests
    assert request.path == "/api/tenants/22824/internalnote/upload"
    assert request.json == {
        "TextPart": "Called back — «ok» 🙂\n\nशुक्रिया",
        "ActivityType": "CreateInternalNote",
        "StorageType": "Permament",
        "RelatedTicketId": 143,
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-lsq-access-key"] == ACCESS_KEY
    assert request.headers["x-lsq-secret-key"] == SECRET_KEY
    assert [(note.ticket_id, note.text) for note in server.notes] == [(143, request.json["TextPart"])]


def test_an_unknown_ticket_is_a_conversation_without_messages(calls: Calls) -> None:
    conversation = calls.client.conversations(999)
    assert (list(conversation.messages), conversation.total, conversation.missing) == ([], 0, 0)


@pytest.mark.parametrize("fault", QUICK)
def test_a_read_that_fails_says_why(server: LeadSquared, calls: Calls, fault: Fault) -> None:
    server.fail(fault, times=3)
    error = failure(lambda: calls.client.conversations(143))
    assert type(error) is MEANS.get(fault, Unavailable)
    passing = isinstance(error, RateLimited | Unavailable)
    assert len(server.requests) == (3 if passing else 1)
    assert calls.pauses == ([0.75, 1.5] if isinstance(error, Unavailable) else [])


@pytest.mark.parametrize("fault", QUICK)
def test_a_read_comes_through_after_a_failure_that_passes(server: LeadSquared, calls: Calls, fault: Fault) -> None:
    server.fail(fault, times=2)
    if issubclass(MEANS.get(fault, Unavailable), RateLimited | Unavailable):
        assert calls.client.conversations(143).messages
    else:
        failure(lambda: calls.client.conversations(143))
        assert len(server.requests) == 1


def test_a_look_is_one_read_of_one_kind_that_counts(server: LeadSquared, connect: Callable[..., Calls]) -> None:
    calls = connect(server.url, budget=HastyBudget(calls=1))
    assert calls.client.look() == (200, None)
    (request,) = server.requests
    assert request.json == {"TicketId": 1, "OrgId": 22824, "ActivityType": ["PortalOutbound"]}
    status, error = calls.client.look(patience=0)
    assert (status, type(error)) == (0, RateLimited)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", QUICK)
def test_a_look_says_what_came_and_never_asks_twice(server: LeadSquared, calls: Calls, fault: Fault) -> None:
    server.fail(fault)
    status, error = calls.client.look()
    assert type(error) is MEANS.get(fault, Unavailable)
    cut = fault in {Fault.HALF_ANSWER, Fault.HUGE}
    assert status == (0 if cut else fault.status or 0)
    assert len(server.requests) == 1
    assert not server.notes
    assert calls.budget.told == ([5.0] if isinstance(error, RateLimited) else [])
    assert calls.pauses == []


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize("fault", QUICK)
def test_a_note_is_sent_once_and_never_called_unwritten_when_it_may_be_written(
    server: LeadSquared, calls: Calls, fault: Fault, writes: bool
) -> None:
    unknown = fault not in MEANS
    server.fail(fault, writes=writes and unknown)
    error = failure(lambda: calls.client.post_internal_note(143, "Once"))
    assert type(error) is MEANS.get(fault, OutcomeUnknown)
    assert len(server.requests) == 1
    assert len(server.notes) == (writes and unknown)
    assert calls.pauses == []


@pytest.mark.parametrize("fault", [fault for fault in Fault if "RATE" in fault.name])
def test_every_disguise_of_the_rate_limit_closes_the_budget(server: LeadSquared, calls: Calls, fault: Fault) -> None:
    server.fail(fault)
    error = failure(lambda: calls.client.post_internal_note(143, "Once"))
    assert isinstance(error, RateLimited)
    assert error.seconds == 5.0
    assert calls.budget.told == [5.0]
    server.fail(fault, times=3)
    failure(lambda: calls.client.conversations(143))
    assert calls.budget.told == [5.0] * 4


def test_giving_up_on_our_own_budget_is_a_rate_limit_that_closes_it_for_nobody(
    server: LeadSquared, connect: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(client, "NOTE_PATIENCE_SECONDS", 0.01)
    calls = connect(server.url, budget=HastyBudget(calls=1))
    calls.client.conversations(143)
    assert isinstance(failure(lambda: calls.client.post_internal_note(143, "Late")), RateLimited)
    assert isinstance(failure(lambda: calls.client.conversations(143)), RateLimited)
    assert calls.budget.told == []
    assert len(server.requests) == 1


def test_reads_stop_trying_when_their_time_is_over(server: LeadSquared, connect: Callable[..., Calls]) -> None:
    ticking = itertools.count(0, 20)
    calls = connect(server.url, clock=lambda: float(next(ticking)))
    server.fail(Fault.UNAVAILABLE_503, times=9)
    failure(lambda: calls.client.conversations(143))
    assert len(server.requests) == 1


def test_waiting_for_a_place_takes_nothing_of_the_time_for_trying(
    server: LeadSquared, connect: Callable[..., Calls]
) -> None:
    now = [0.0]

    class CrowdedPlaces(LocalPlaces):
        def take(self) -> float:
            now[0] += 100
            return super().take()

    calls = connect(server.url, budget=CallBudget(CrowdedPlaces(calls=3), 3), clock=lambda: now[0])
    server.fail(Fault.UNAVAILABLE_503, times=2)
    assert calls.client.conversations(143).messages
    assert now == [300.0]


def test_who_found_no_place_in_time_does_not_queue_again(
    server: LeadSquared, connect: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.0)
    looked = itertools.count()

    class FullPlaces(LocalPlaces):
        def take(self) -> float:
            next(looked)
            return super().take()

    calls = connect(server.url, budget=CallBudget(FullPlaces(calls=0), 1))
    assert isinstance(failure(lambda: calls.client.conversations(143)), RateLimited)
    assert next(looked) == 1


def test_silence_ends_with_the_time_out(server: LeadSquared, connect: Callable[..., Calls]) -> None:
    calls = connect(server.url, read_seconds=0.05)
    server.fail(Fault.SILENCE, times=4)
    assert isinstance(failure(lambda: calls.client.post_internal_note(143, "Once")), OutcomeUnknown)
    assert isinstance(failure(lambda: calls.client.conversations(143)), Unavailable)
    assert len(server.notes) == 1
    assert len(server.requests) == 4


def test_an_answer_that_drips_is_held_to_its_deadline(connect: Callable[..., Calls]) -> None:
    ticking = itertools.count(0, 4)
    with LeadSquared(
        org_id=22824,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        tickets=sample_tickets(NOW),
        pause=lambda seconds: time.sleep(seconds / 100),
    ) as server:
        calls = connect(server.url, clock=lambda: float(next(ticking)))
        server.fail(Fault.SLOW_DRIP, times=2)
        error = failure(lambda: calls.client.conversations(143))
        assert isinstance(error, Unavailable)
        assert "took longer than 30 s" in error.detail
        assert isinstance(failure(lambda: calls.client.post_internal_note(143, "Once")), OutcomeUnknown)
        assert len(server.notes) == 1
        assert len(server.requests) == 2


def test_an_answer_without_end_is_cut_at_the_size_limit(server: LeadSquared, calls: Calls) -> None:
    server.fail(Fault.HUGE, times=3)
    assert "larger than 33,554,432 bytes" in failure(lambda: calls.client.conversations(143)).detail


def answering(response: Response | Callable[[Request], Response | None]) -> LoopbackServer:
    return LoopbackServer(response if callable(response) else lambda _: response)


def test_a_packed_answer_is_measured_unpacked(connect: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch) -> None:
    packed = {"Content-Encoding": "gzip"}
    with answering(Response(200, gzip.compress(json.dumps(EMPTY).encode()), packed)) as server:
        assert connect(server.url).client.conversations(143).total == 0
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1_000_000)
    with answering(Response(200, gzip.compress(b" " * 5_000_000), packed)) as server:
        assert "larger than 1,000,000" in failure(lambda: connect(server.url).client.conversations(143)).detail
    with answering(Response(200, b"not packed at all", packed)) as server:
        assert isinstance(failure(lambda: connect(server.url).client.post_internal_note(143, "Once")), OutcomeUnknown)


@pytest.mark.parametrize("location", ["/elsewhere", "http://127.0.0.1:1/", "http://[", "https://evil.example/"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(connect: Callable[..., Calls], status: int, location: str) -> None:
    seen: list[str] = []

    def redirect(request: Request) -> Response:
        seen.append(request.path)
        return Response(status, b"", {"Location": location})

    with answering(redirect) as server:
        calls = connect(server.url)
        assert isinstance(failure(lambda: calls.client.post_internal_note(143, "Once")), OutcomeUnknown)
        assert isinstance(failure(lambda: calls.client.conversations(143)), Unavailable)
    assert [path.rsplit("/", 1)[1] for path in seen] == ["upload", "filter", "filter", "filter"]


def test_the_body_of_a_redirect_is_bounded_too(connect: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1000)
    with answering(Response(302, b" " * 5000, {"Location": "/elsewhere"})) as server:
        assert "larger than 1,000 bytes" in failure(lambda: connect(server.url).client.conversations(143)).detail


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"null", OutcomeUnknown),
        (200, b'"Activity Created"', OutcomeUnknown),
        (200, b"{}", OutcomeUnknown),
        (200, b'{"Message":"Activity created"}', OutcomeUnknown),
        (200, b'{"Message":"\xff"}', OutcomeUnknown),
        (200, b"[" * 100_000, OutcomeUnknown),
        (200, b'{"Total":' + b"9" * 10_000 + b"}", OutcomeUnknown),
        (200, b'{"Status":"Error","ReasonForFailure":"No such ticket"}', Refused),
        (200, b'{"Status":"Failure","Message":"Activity Created"}', Refused),
        (200, b'{"ExceptionType":"System.TimeoutException"}', OutcomeUnknown),
        (200, b'{"Status":"Error","ExceptionType":"System.TimeoutException"}', OutcomeUnknown),
        (200, b'{"ExceptionType":"MXUnAuthorizedAccessException"}', Unauthorized),
        (202, b"", OutcomeUnknown),
        (204, b"", OutcomeUnknown),
        (403, b"<html>Forbidden</html>", Unauthorized),
        (403, b"API calls exceeded the limit of 10 in 7 second(s)", RateLimited),
        (429, b"", RateLimited),
        (500, b'{"ExceptionType":"System.NullReferenceException"}', OutcomeUnknown),
        (500, b'{"ExceptionType":"MXInvalidInputException"}', Refused),
        (500, b'{"message":"API calls exceeded the limit of 25 in 5 second(s)"}', RateLimited),
        (500, b'{"Status":"Error"}', OutcomeUnknown),
        (504, b'{"message":"Endpoint request timed out"}', OutcomeUnknown),
    ],
)
def test_what_an_answer_to_a_note_means(
    connect: Callable[..., Calls], status: int, body: bytes, error: type[LeadSquaredError]
) -> None:
    with answering(Response(status, body)) as server:
        assert type(failure(lambda: connect(server.url).client.post_internal_note(143, "Once"))) is error


@pytest.mark.parametrize("status", [200, 201])
def test_a_note_is_posted_when_the_answer_says_so(connect: Callable[..., Calls], status: int) -> None:
    with answering(Response.of_json(CREATED, status)) as server:
        connect(server.url).client.post_internal_note(143, "Once")


def test_a_customer_writing_of_limits_and_errors_is_no_error(connect: Callable[..., Calls]) -> None:
    text = "API calls exceeded the limit of 25 in 5 second(s). ExceptionType MXInvalidInputException"
    answer = {"Total": 1, "ConversationList": [{"Id": 1, "Text": text, "Html": text}]}
    with answering(Response.of_json(answer)) as server:
        assert connect(server.url).client.conversations(143).messages[0].text == text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"ExceptionMessage": "first", "ReasonForFailure": "second", "Message": "third"}, "first"),
        ({"ExceptionMessage": None, "ReasonForFailure": " second ", "Message": "third"}, "second"),
        ({"ExceptionMessage": "  ", "Message": "third"}, "third"),
        ({"message": "fourth"}, "fourth"),
        ({"error": "fifth"}, "fifth"),
        ({"error": {"code": 1}}, ""),
        ({"Message": "x" * 1000}, "x" * 300),
    ],
)
def test_the_words_of_a_refusal_are_kept_short(connect: Callable[..., Calls], body: object, detail: str) -> None:
    with answering(Response.of_json(body, 400)) as server:
        assert failure(lambda: connect(server.url).client.conversations(143)).detail == detail


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_note_that_never_left_is_not_in_doubt(connect: Callable[..., Calls]) -> None:
    for url in (f"http://127.0.0.1:{closed_port()}", "http://nobody.invalid"):
        assert type(failure(lambda url=url: connect(url).client.post_internal_note(143, "Never"))) is Unavailable  # type: ignore[misc]


def test_a_connection_that_cannot_be_opened_in_time_never_left() -> None:
    opened = requests.exceptions.ConnectTimeout()
    assert never_left(opened)
    assert not never_left(requests.ConnectionError())
    assert not never_left(requests.ConnectionError(urllib3.exceptions.ProtocolError("aborted")))


def test_only_a_refused_certificate_is_surely_before_the_note() -> None:
    def tls(error: ssl.SSLError) -> requests.exceptions.SSLError:
        reason = urllib3.exceptions.SSLError(error)
        pool = urllib3.HTTPSConnectionPool("127.0.0.1")
        return requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(pool, "/", reason))

    assert never_left(tls(ssl.SSLCertVerificationError("self-signed")))
    # These can come while the answer is read.
    assert not never_left(tls(ssl.SSLEOFError("unexpected end")))
    assert not never_left(tls(ssl.SSLError("bad record mac")))


def test_what_does_not_speak_tls_is_in_the_tree_too(server: LeadSquared, connect: Callable[..., Calls]) -> None:
    calls = connect(server.url.replace("http:", "https:"))
    assert isinstance(failure(lambda: calls.client.post_internal_note(143, "Once")), OutcomeUnknown)
    assert isinstance(failure(lambda: calls.client.conversations(143)), Unavailable)
    assert server.notes == []


@pytest.mark.parametrize("fault", QUICK)
def test_no_key_shows_in_an_error(server: LeadSquared, calls: Calls, fault: Fault) -> None:
    server.fail(fault, times=4)
    for call in (lambda: calls.client.post_internal_note(143, "Once"), lambda: calls.client.conversations(143)):
        error = failure(call)
        shown = "".join(traceback.format_exception(error)) + repr(error) + error.detail
        assert ACCESS_KEY not in shown
        assert SECRET_KEY not in shown
    assert ACCESS_KEY not in repr(calls.client)


def test_no_proxy_stands_before_this_machine(
    server: LeadSquared, connect: Callable[..., Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    connect(server.url).client.post_internal_note(143, "Once")
    assert len(server.notes) == 1


def test_calls_share_their_connections(connect: Callable[..., Calls]) -> None:
    connections: set[socket.socket] = set()
    together = threading.Barrier(8)

    def answer(request: Request) -> Response:
        connections.add(request.socket)
        together.wait(5)
        return Response.of_json(EMPTY)

    with answering(answer) as server, ThreadPoolExecutor(8) as threads:
        calls = connect(server.url)
        for _ in range(10):
            list(threads.map(calls.client.conversations, range(1, 9)))
    assert len(connections) == 8


def test_cookies_of_one_call_do_not_travel_with_the_next(connect: Callable[..., Calls]) -> None:
    cookies: list[str | None] = []

    def answer(request: Request) -> Response:
        cookies.append(request.headers.get("cookie"))
        return Response.of_json(EMPTY, headers={"Set-Cookie": "session=1; Path=/"})

    with answering(answer) as server:
        calls = connect(server.url)
        calls.client.conversations(1)
        calls.client.conversations(2)
    assert cookies == [None, None]


def test_the_client_keeps_the_limit_that_the_server_counts(connect: Callable[..., Calls]) -> None:
    with (
        LeadSquared(
            org_id=22824, access_key=ACCESS_KEY, secret_key=SECRET_KEY, tickets={}, calls_per_window=5, window=0.1
        ) as server,
        ThreadPoolExecutor(16) as threads,
    ):
        calls = connect(server.url, budget=HastyBudget(calls=5, window=0.1))
        list(threads.map(calls.client.conversations, range(1, 41)))
        assert server.worst_window() <= 5
        assert {request.status for request in server.requests} == {200}
