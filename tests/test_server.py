"""The HTTP door over real sockets: Slack's signed requests come in, and nothing else does."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.health import Readiness
from bot.replays import Replays
from bot.server import EVENTS_PATH, HttpServer, is_command
from bot.web import MAX_BODY_BYTES

SIGNING_SECRET = "made-up-signing"
COMMAND = urlencode(
    {"command": "/ticket", "text": "143", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
).encode()


class Door:
    """A server, and requests to it."""

    def __init__(self, server: HttpServer, seen: list[str]) -> None:
        self.server = server
        self.seen = seen
        parts = urlsplit(server.url)
        self.host, self.port = str(parts.hostname), int(parts.port or 0)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(
        self, body: bytes = COMMAND, *, age: float = 0, changes: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        return self.ask("POST", EVENTS_PATH, body, signed(body, age) | dict(changes or {}))


def signed(body: bytes, age: float = 0) -> dict[str, str]:
    timestamp = str(int(time.time() - age))
    digest = hmac.new(SIGNING_SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def small_app(seen: list[str]) -> App:
    app = App(
        signing_secret=SIGNING_SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-made-up", bot_user_id="U0"),
        process_before_response=True,
        logger=logging.getLogger("slack_bolt"),
    )

    @app.command("/ticket")
    def ticket(ack, command) -> None:  # type: ignore[no-untyped-def]
        seen.append(command["text"])
        ack(f"You said {command['text']}")

    return app


@pytest.fixture
def door() -> Iterator[Door]:
    seen: list[str] = []
    server = HttpServer(small_app(seen), "127.0.0.1", 0)
    yield Door(server, seen)
    server.close()


def test_a_signed_command_reaches_its_listener(door: Door) -> None:
    status, body = door.post()
    assert (status, json.loads(body) if body[:1] == b"{" else body.decode()) == (200, "You said 143")
    assert door.seen == ["143"]


def test_it_is_connected_for_as_long_as_anything_is_served() -> None:
    server = HttpServer(small_app([]), "127.0.0.1", 0)
    assert server.connected()
    server.close()
    assert not server.connected()


def test_a_request_that_comes_again_does_nothing_and_gets_the_very_same_answer(door: Door) -> None:
    headers = signed(COMMAND)
    answers = [door.ask("POST", EVENTS_PATH, COMMAND, headers) for _ in range(3)]
    assert answers == [(200, b"You said 143")] * 3
    assert door.seen == ["143"]


def test_another_body_or_time_under_a_known_signature_is_refused(door: Door) -> None:
    headers = signed(COMMAND)
    other = COMMAND.replace(b"143", b"144")
    later = headers | {"X-Slack-Request-Timestamp": str(int(headers["X-Slack-Request-Timestamp"]) + 1)}
    asked = [(COMMAND, headers), (other, headers), (COMMAND, later), (COMMAND + b"&text=144", headers)]
    assert [door.ask("POST", EVENTS_PATH, body, told)[0] for body, told in asked] == [200, 401, 401, 401]
    assert door.seen == ["143"]


def test_what_is_refused_is_not_remembered(door: Door) -> None:
    headers = signed(COMMAND)
    wrong = headers | {"X-Slack-Signature": "v0=" + "0" * 64}
    assert [door.ask("POST", EVENTS_PATH, COMMAND, told)[0] for told in (wrong, headers, wrong)] == [401, 200, 401]


def test_what_needs_no_signature_has_no_request_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.server.Replays", partial(Replays, most=2))
    seen: list[str] = []
    server = HttpServer(small_app(seen), "127.0.0.1", 0)
    door, headers = Door(server, seen), signed(COMMAND)
    check = urlencode({"ssl_check": "1", "token": "made-up"}).encode()
    unsigned = [signed(check) | {"X-Slack-Signature": f"v0={n}"} for n in range(5)]
    asked = [(COMMAND, headers), *((check, told) for told in unsigned), (COMMAND, headers)]
    assert [door.ask("POST", EVENTS_PATH, body, told)[0] for body, told in asked] == [200] * 7
    assert door.seen == ["143"]
    server.close()


def test_a_request_that_comes_again_by_another_way_of_writing_its_path_does_nothing(door: Door) -> None:
    headers = signed(COMMAND)
    paths = ("/" + EVENTS_PATH, EVENTS_PATH, "/slack/%65vents", EVENTS_PATH + "?again")
    assert [door.ask("POST", path, COMMAND, headers) for path in paths] == [(200, b"You said 143")] * 4
    assert door.seen == ["143"]


def test_what_was_answered_is_not_answered_again_once_its_signature_is_old(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed(COMMAND)
    assert door.ask("POST", EVENTS_PATH, COMMAND, headers)[0] == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert door.ask("POST", EVENTS_PATH, COMMAND, headers)[0] == 401


def test_it_says_that_it_lives_and_whether_it_can_serve() -> None:
    readiness = Readiness()
    server = HttpServer(small_app([]), "127.0.0.1", 0, readiness=readiness)
    door = Door(server, [])
    told = [(door.ask("GET", "/healthz"), door.ask("GET", "/readyz"))]
    for change in (readiness.open, readiness.drain):
        change()
        told.append((door.ask("GET", "/healthz?probe=1"), door.ask("GET", "/readyz?probe=1")))
    lives = (200, b"200 OK")
    assert told == [(lives, (503, b"starting")), (lives, (200, b"ready")), (lives, (503, b"draining"))]
    assert door.post()[0] == 200  # who is there already is still answered
    server.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/.env"),
        ("GET", "/.env"),
        ("GET", "/"),
        ("GET", EVENTS_PATH),
        ("PUT", EVENTS_PATH),
        ("HEAD", EVENTS_PATH),
        ("POST", "/"),
        ("POST", EVENTS_PATH + "/"),
        ("POST", "/healthz"),
        ("POST", "/readyz"),
        ("GET", "/readyz/"),
        ("GET", "/metrics"),
        ("POST", "/slack/install"),
        ("GET", "/slack/oauth_redirect"),
        ("GET", "/../../etc/passwd"),
        ("OPTIONS", "*"),
    ],
)
def test_nothing_else_is_served(door: Door, method: str, path: str) -> None:
    assert door.ask(method, path, COMMAND if method in {"POST", "PUT"} else b"", signed(COMMAND))[0] == 404
    assert door.seen == []


def test_no_answer_names_the_server(door: Door) -> None:
    connection = http.client.HTTPConnection(door.host, door.port, timeout=5)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.getheader("Server") in {None, ""}


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\xe9"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "\xb2"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "0"},
    ],
)
def test_a_wrong_signature_or_time_is_refused(door: Door, changes: dict[str, str]) -> None:
    assert door.post(changes=changes)[0] == 401
    assert door.seen == []


@pytest.mark.parametrize("age", [360, -360])
def test_a_request_six_minutes_off_is_refused(door: Door, age: float) -> None:
    assert door.post(age=age)[0] == 401
    assert door.seen == []


def test_a_request_without_any_signature_is_refused(door: Door) -> None:
    assert door.ask("POST", EVENTS_PATH, COMMAND)[0] == 401
    assert door.seen == []


def test_a_changed_body_is_refused(door: Door) -> None:
    assert door.ask("POST", EVENTS_PATH, COMMAND.replace(b"143", b"144"), signed(COMMAND))[0] == 401
    assert door.seen == []


@pytest.mark.parametrize("body", [b"text=\xff\xfe", b"\x80" * 100])
def test_a_body_that_is_no_text_is_refused(door: Door, body: bytes) -> None:
    assert door.post(body)[0] == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
@pytest.mark.parametrize(
    "body",
    [
        b"payload=nojson",
        b"payload=%7B",
        b"payload=7",
        b"payload=null",
        b"payload=[]",
        b'payload=["secret words"]',
        b"payload={%22team%22:7}",
        b"payload=" + b"[" * 100_000,
        b"{",
        b'{"a": "secret words"',
        b"{" + b'"a":{' * 100_000,
    ],
)
def test_a_signed_body_in_no_shape_of_slacks_is_refused(
    door: Door, caplog: pytest.LogCaptureFixture, body: bytes, kind: str
) -> None:
    assert door.post(body, changes={"Content-Type": kind})[0] == 400
    assert door.seen == []
    assert "its body cannot be read" in caplog.text
    assert "Traceback" not in caplog.text
    assert "secret words" not in caplog.text
    assert door.post()[0] == 200


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'["secret words"]', b'"text"', b"nojson"])
def test_signed_json_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    assert door.post(body, changes={"Content-Type": "application/json"})[0] == 400
    assert door.seen == []


@pytest.mark.parametrize("body", [b"", b"a&b&=&%", b"\0", b"[]", b"payload", b"payload={}", b"{}"])
def test_a_signed_body_that_says_nothing_reaches_nobody(door: Door, body: bytes) -> None:
    assert door.post(body)[0] in {200, 400, 404}
    assert door.seen == []
    assert door.post()[0] == 200


def test_a_body_over_a_megabyte_is_refused(door: Door) -> None:
    with socket.create_connection((door.host, door.port), timeout=5) as connection:
        head = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_of_unknown_length_is_cut_at_a_megabyte_too(door: Door) -> None:
    with socket.create_connection((door.host, door.port), timeout=5) as connection:
        connection.sendall(f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        said = b"reset"
        # What is still on its way when the server closes is met with a reset, and the answer may be lost in it.
        with suppress(ConnectionError):
            for _ in range(17):
                connection.sendall(chunk)
            said = connection.recv(100)
    assert said == b"reset" or said.startswith(b"HTTP/1.1 413")
    assert door.post()[0] == 200


def test_commands_are_told_from_what_may_wait() -> None:
    clicked = urlencode(
        {"payload": json.dumps({"actions": [{"value": "x&command=/ticket&command=%2Fticket"}]})}
    ).encode()
    assert is_command("POST", EVENTS_PATH, COMMAND)
    assert is_command("POST", EVENTS_PATH, b"token=made-up&" + COMMAND)
    assert is_command("POST", "/" + EVENTS_PATH, COMMAND)  # it is served there too
    assert not is_command("POST", EVENTS_PATH, clicked)
    assert not is_command("POST", EVENTS_PATH, b"")
    assert not is_command("GET", "/readyz", COMMAND)
    assert not is_command("POST", "/readyz", COMMAND)


def test_stalled_connections_hold_up_nobody(door: Door) -> None:
    with ExitStack() as stack:
        for number in range(150):
            stalled = stack.enter_context(socket.create_connection((door.host, door.port), timeout=5))
            if number % 3:
                stalled.sendall(f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
        start = time.monotonic()
        assert [door.post()[0] for _ in range(20)] == [200] * 20
        assert time.monotonic() - start < 3


@pytest.mark.parametrize("sent", ["", f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"])
def test_a_connection_left_idle_for_ten_seconds_is_given_up(door: Door, sent: str) -> None:
    server: Any = door.server

    def look_around_in(seconds: float) -> None:
        # In the server's own thread, as it does by itself.
        done = threading.Event()

        def look_around() -> None:
            server._server.maintenance(time.time() + seconds)
            done.set()

        server._trigger.pull_trigger(look_around)
        assert done.wait(5)

    with socket.create_connection((door.host, door.port), timeout=5) as idle:
        idle.sendall(sent.encode())
        assert door.post()[0] == 200  # the server has seen the connection by now
        look_around_in(8)
        idle.settimeout(0.05)
        with pytest.raises(TimeoutError):
            idle.recv(1)
        idle.settimeout(5)
        look_around_in(11)
        assert idle.recv(1) == b""
    assert server._server.adj.cleanup_interval <= 2


def test_closing_frees_the_port_and_ends_the_thread() -> None:
    before = set(threading.enumerate())
    server = HttpServer(small_app([]), "127.0.0.1", 0)
    door = Door(server, [])
    idle = http.client.HTTPConnection(door.host, door.port, timeout=5)
    idle.request("GET", "/healthz")
    assert idle.getresponse().read() == b"200 OK"
    server.close()
    assert "http" not in {thread.name for thread in set(threading.enumerate()) - before}
    assert idle.sock.recv(1) == b""
    idle.close()
    with pytest.raises(OSError, match="refused"):
        door.ask("GET", "/healthz")
    HttpServer(small_app([]), "127.0.0.1", door.port).close()


def test_what_was_asked_before_the_close_is_answered() -> None:
    asked, answer = threading.Barrier(5), threading.Event()
    app = small_app([])

    @app.shortcut("slow")
    def slow(ack) -> None:  # type: ignore[no-untyped-def]
        asked.wait(5)
        answer.wait(5)
        ack("late")

    server = HttpServer(app, "127.0.0.1", 0)
    door = Door(server, [])
    answers: list[tuple[int, bytes]] = []
    payloads = [{"type": "shortcut", "callback_id": "slow", "user": {"id": f"U{n}"}} for n in range(4)]
    bodies = [urlencode({"payload": json.dumps(payload)}).encode() for payload in payloads]
    threads = [threading.Thread(target=lambda body=body: answers.append(door.post(body))) for body in bodies]
    for thread in threads:
        thread.start()
    asked.wait(5)
    closing = threading.Thread(target=server.close)
    closing.start()
    answer.set()
    for thread in (*threads, closing):
        thread.join(5)
    assert answers == [(200, b"late")] * 4


def test_a_taken_port_is_an_os_error_that_names_it(door: Door) -> None:
    with pytest.raises(OSError, match=f"PORT {door.port} cannot be listened on"):
        HttpServer(small_app([]), door.host, door.port)


def test_a_host_that_is_none_is_an_os_error_that_names_it() -> None:
    with pytest.raises(OSError, match=r"nobody\.invalid is no address"):
        HttpServer(small_app([]), "nobody.invalid", 0)


def test_a_name_with_several_addresses_is_listened_on() -> None:
    server = HttpServer(small_app([]), "localhost", 0)
    try:
        assert Door(server, []).ask("GET", "/healthz")[0] == 200
    finally:
        server.close()
