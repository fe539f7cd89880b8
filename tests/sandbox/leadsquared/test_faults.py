"""Each fault does on the wire what it says, and writes a note or not as it says."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from bot.sandbox import faults
from bot.sandbox.faults import Fault
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.tickets import Ticket

Ask = Callable[..., requests.Response]
WIRE = {
    Fault.HALF_ANSWER,
    Fault.RESET_BEFORE_READING,
    Fault.RESET_AFTER_BODY,
    Fault.CLOSE_WITHOUT_ANSWER,
    Fault.SILENCE,
    Fault.HUGE,
    Fault.SLOW_DRIP,
}
# What the body of each whole answer shows.
MARKS = {
    Fault.UNAUTHORIZED: "MXUnAuthorizedAccessException",
    Fault.API_OFF: "API is not enabled",
    Fault.ADDRESS_REFUSED: "not whitelisted",
    Fault.OTHER_REGION: "apigw.service-elsewhere.leadsquared.com",
    Fault.BAD_REQUEST: "ReasonForFailure",
    Fault.NOT_FOUND: "No such API",
    Fault.RATE_LIMITED_429: "exceeded the limit of 25 in 5 second(s)",
    Fault.RATE_LIMITED_403: "exceeded the limit of 25 in 5 second(s)",
    Fault.RATE_LIMITED_200: "MXAPIRateLimitExceededException",
    Fault.ERROR_IN_200: "MXMandatoryAttributeMissingException",
    Fault.SERVER_ERROR: "Internal Server Error",
    Fault.LOGICAL_500: "MXInvalidInputException",
    Fault.GATEWAY_502_HTML: "<h1>502 Bad Gateway</h1>",
    Fault.UNAVAILABLE_503: "Service Unavailable",
    Fault.NOT_JSON_200: "<html>",
    Fault.EMPTY_200: "",
    Fault.WRONG_SHAPE_200: "7",
}
NOTE = {
    "TextPart": "Once only",
    "ActivityType": "CreateInternalNote",
    "StorageType": "Permament",
    "RelatedTicketId": 143,
}
READ = {"TicketId": 143, "OrgId": 22824, "ActivityType": ["InboundEmail"]}


@contextmanager
def raw(server: LeadSquared, path: str, body: object) -> Iterator[socket.socket]:
    """Send one call over a socket of our own, which waits 5 s at the most for each read."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    data = json.dumps(body).encode()
    head = (
        f"POST /api/tenants/22824/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-LSQ-ACCESS-KEY: u$rmade-up\r\nX-LSQ-SECRET-KEY: also$made-up\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode() + data)
        yield connection


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def end_of(threads: set[threading.Thread]) -> bool:
    """Tell whether the threads end within some seconds."""
    for thread in threads:
        thread.join(5)
    return not any(thread.is_alive() for thread in threads)


def test_every_fault_is_told_apart() -> None:
    assert MARKS.keys() | WIRE == set(Fault)
    assert all(fault.says for fault in Fault)


@pytest.mark.parametrize("fault", MARKS)
def test_a_whole_answer_has_its_status_and_mark(server: LeadSquared, write: Ask, fault: Fault) -> None:
    server.fail(fault)
    answer = write()
    assert answer.status_code == server.requests[0].status == fault.status
    assert MARKS[fault] in answer.text
    assert "Activity Created" not in answer.text
    assert len(server.notes) == fault.writes
    assert write().json()["Message"] == "Activity Created"
    assert len(server.notes) == fault.writes + 1


def test_the_empty_answer_is_empty_and_the_wrong_shape_is_a_list_for_a_read(server: LeadSquared, read: Ask) -> None:
    server.fail(Fault.EMPTY_200)
    server.fail(Fault.WRONG_SHAPE_200)
    assert read().content == b""
    assert isinstance(read().json(), list)


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE_READING, Fault.RESET_AFTER_BODY])
def test_a_reset_is_a_reset(server: LeadSquared, fault: Fault) -> None:
    server.fail(fault)
    with raw(server, "internalnote/upload", NOTE) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)
    assert len(server.notes) == fault.writes
    assert server.requests[0].status is None


def test_a_close_is_orderly_and_says_nothing(server: LeadSquared) -> None:
    server.fail(Fault.CLOSE_WITHOUT_ANSWER)
    with raw(server, "internalnote/upload", NOTE) as connection:
        assert everything(connection) == b""
    assert server.notes == []
    assert server.requests[0].status is None


def test_half_an_answer_promises_the_whole(server: LeadSquared) -> None:
    server.fail(Fault.HALF_ANSWER)
    with raw(server, "internalnote/upload", NOTE) as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        answer.close()
    assert cut.value.partial.startswith(b'{"Message": "Activity Created"')
    assert abs(len(cut.value.partial) - (cut.value.expected or 0)) <= 1
    assert [note.text for note in server.notes] == ["Once only"]


def test_silence_lasts_until_the_caller_gives_up(server: LeadSquared, write: Ask) -> None:
    server.fail(Fault.SILENCE)
    before = set(threading.enumerate())
    with raw(server, "internalnote/upload", NOTE) as connection:
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        held = set(threading.enumerate()) - before
        assert len(held) == 1
    assert end_of(held)
    assert [note.text for note in server.notes] == ["Once only"]
    assert write().ok


def test_silence_ends_when_it_is_released(server: LeadSquared) -> None:
    server.fail(Fault.SILENCE, times=2)
    written = threading.Event()
    server.on_note = lambda _: written.set()
    for _ in range(2):  # a release is for those held now, not for those to come
        written.clear()
        with raw(server, "internalnote/upload", NOTE) as connection:
            assert written.wait(5)
            connection.settimeout(0.1)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(5)
            server.release()
            assert everything(connection) == b""


def test_silence_has_a_bound(server: LeadSquared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SILENCE_STEPS", 2)
    server.fail(Fault.SILENCE)
    with raw(server, "conversation/filter", READ) as connection:
        assert everything(connection) == b""
    assert faults.SILENCE_STEP * 1200 == 60


def test_a_stand_in_that_closes_lets_go_of_those_it_holds() -> None:
    tickets = {143: Ticket(143, "Held")}
    server = LeadSquared(org_id=22824, access_key="u$rmade-up", secret_key="also$made-up", tickets=tickets)
    server.fail(Fault.SILENCE)
    written = threading.Event()
    server.on_note = lambda _: written.set()
    with raw(server, "internalnote/upload", NOTE) as connection:
        assert written.wait(5)
        server.close()
        assert everything(connection) == b""


def test_a_huge_answer_tells_no_length_and_stops_when_the_caller_closes(server: LeadSquared) -> None:
    server.fail(Fault.HUGE)
    before = set(threading.enumerate())
    with raw(server, "conversation/filter", READ) as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.getheader("Content-Length") is None
        assert answer.read(24_000_000).startswith(b'{"Total":1,')
        streaming = set(threading.enumerate()) - before
        assert len(streaming) == 1
        answer.close()
    assert end_of(streaming)


def test_a_huge_answer_has_a_bound_and_is_json(server: LeadSquared, read: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "HUGE_CHUNKS", 2)
    server.fail(Fault.HUGE)
    answer = read()
    assert answer.json() == {"Total": 1, "Conversations": None, "ConversationList": []}
    assert len(answer.content) > 2 * faults.HUGE_CHUNK


def test_a_slow_drip_pauses_before_each_byte_of_the_right_answer(server: LeadSquared, write: Ask) -> None:
    waited: list[float] = []
    server._pause = waited.append
    server.fail(Fault.SLOW_DRIP)
    answer = write()
    assert answer.json()["Message"] == "Activity Created"
    assert waited == [faults.DRIP_PAUSE] * len(answer.content)
    assert len(server.notes) == 1


def test_a_slow_drip_has_a_bound(server: LeadSquared, read: Ask) -> None:
    waited: list[float] = []
    server._pause = waited.append
    server.fail(Fault.SLOW_DRIP)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match=f"{faults.DRIP_BYTES} bytes read"):
        read()
    assert sum(waited) == 60


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault in WIRE - {Fault.SILENCE, Fault.HUGE, Fault.SLOW_DRIP}]
)
@pytest.mark.parametrize("writes", [True, False])
def test_whether_a_note_is_written_can_be_overruled(
    server: LeadSquared, write: Ask, fault: Fault, *, writes: bool
) -> None:
    server.fail(fault, writes=writes)
    with pytest.raises(requests.RequestException):
        write()
    assert len(server.notes) == writes


def test_faults_come_in_the_order_of_asking_and_as_often(server: LeadSquared, read: Ask) -> None:
    server.fail(Fault.UNAVAILABLE_503, times=2)
    server.fail(Fault.SERVER_ERROR)
    assert [read().status_code for _ in range(4)] == [503, 503, 500, 200]


def test_a_fault_for_one_call_leaves_the_other_alone(server: LeadSquared, read: Ask, write: Ask) -> None:
    server.fail(Fault.UNAVAILABLE_503, call="internal_note")
    server.fail(Fault.SERVER_ERROR, call="conversations")
    assert [read().status_code, read().status_code] == [500, 200]
    assert [write().status_code, write().status_code] == [503, 200]


def test_a_fault_never_hides_that_a_call_was_wrong(server: LeadSquared, read: Ask, write: Ask, post: Ask) -> None:
    server.fail(Fault.EMPTY_200)
    assert write(RelatedTicketId=999).status_code == 500
    assert read(OrgId="22824").status_code == 400
    assert post("conversation/filter", READ, headers={}).status_code == 401
    assert read().content == b""


def test_recovery_forgets_the_faults_to_come(server: LeadSquared, read: Ask) -> None:
    server.fail(Fault.UNAVAILABLE_503, times=100)
    assert read().status_code == 503
    server.recover()
    assert read().status_code == 200
