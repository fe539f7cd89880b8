"""The websocket to Slack over real sockets: what it takes, what it ignores, and how it comes back."""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from bot.sandbox.http import LoopbackServer, Request, Response
from bot.server import watch
from bot.slack_client import NotSlacks
from bot.socket_mode import SocketMode

HELLO = json.dumps({"type": "hello", "num_connections": 1})
COMMAND = {"command": "/ticket", "text": "143", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}


@dataclass
class Door:
    """Slack's apps.connections.open, with the address of a websocket or with the answers that are planned."""

    address: str = ""
    opened: int = 0
    planned: list[Response] = field(default_factory=list)
    # Set by a test that wants the call to hang until it is let go.
    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def answer(self, _: Request) -> Response:
        self.opened += 1
        self.asked.set()
        self.go.wait(5)
        return self.planned.pop(0) if self.planned else Response.of_json({"ok": True, "url": self.address})


class Waits:
    """Stands for the waiting between connections: on record, and over at once, up to `times` of them."""

    def __init__(self, times: int) -> None:
        self.seconds: list[float] = []
        self.over = threading.Event()
        self._times = times

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        if len(self.seconds) >= self._times:
            self.over.set()
            return True
        return False


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 0.0

    def __init__(self) -> None:
        self._asked = threading.Semaphore(0)

    def __call__(self) -> float:
        self._asked.release()
        return self.now

    def wait_until_asked(self, times: int) -> None:
        for _ in range(times):
            assert self._asked.acquire(timeout=5)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def door(stack: ExitStack, talk: Callable[[ServerConnection], None]) -> tuple[Door, WebClient]:
    slack = Door()
    slack.go.set()
    server = serve(talk, "127.0.0.1", 0, close_timeout=1)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    stack.callback(thread.join, 5)
    stack.callback(server.shutdown)
    slack.address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/link"
    api = stack.enter_context(LoopbackServer(slack.answer))
    return slack, WebClient("xapp-made-up", base_url=f"{api.url}/api/", timeout=5)


def app(seen: list[str]) -> App:
    made = App(
        signing_secret="made-up-signing",
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-made-up", bot_user_id="U0"),
        process_before_response=True,
        logger=logging.getLogger("slack_bolt"),
    )

    @made.command("/ticket")
    def ticket(ack, command) -> None:  # type: ignore[no-untyped-def]
        seen.append(command["text"])
        ack()

    return made


def start(stack: ExitStack, client: WebClient, seen: list[str] | None = None, **options: Any) -> SocketMode:
    made = SocketMode(app([] if seen is None else seen), client, **options)
    stack.callback(made.pause)
    return made


def close_at_once(_: ServerConnection) -> None:
    """Return, which closes."""


def test_a_slack_that_hangs_up_each_time_is_asked_ever_more_rarely(stack: ExitStack) -> None:
    slack, client = door(stack, close_at_once)
    waits = Waits(9)
    start(stack, client, wait=waits, jitter=lambda: 0.0)
    assert waits.over.wait(10)
    assert waits.seconds == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert slack.opened == 9


@pytest.mark.parametrize(
    "answer",
    [
        Response.of_json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"}),
        Response.of_json({"ok": True}),
        Response.of_json([]),
        Response.of_text("<html>"),
        Response.of_json({"ok": True, "url": "nowhere"}),
        Response(200, b"\xff"),
    ],
)
def test_no_answer_of_slacks_ends_the_trying(stack: ExitStack, answer: Response) -> None:
    slack, client = door(stack, close_at_once)
    waits = Waits(6)
    slack.planned = [Response.of_json({"ok": True, "url": slack.address}), answer, answer]
    start(stack, client, wait=waits, jitter=lambda: 0.0)
    assert waits.over.wait(10)
    assert waits.seconds == [0, 1, 2, 4, 8, 16]


def test_chance_takes_up_to_half_of_a_pause(stack: ExitStack) -> None:
    _, client = door(stack, close_at_once)
    waits = Waits(4)
    start(stack, client, wait=waits, jitter=lambda: 1.0)
    assert waits.over.wait(10)
    assert waits.seconds == [0, 0.5, 1, 2]


@pytest.mark.parametrize(("hello", "lived", "then"), [(True, 30.0, 0), (True, 29.0, 2), (False, 30.0, 2)])
def test_only_a_connection_that_was_good_is_replaced_at_once(
    stack: ExitStack, hello: bool, lived: float, then: float
) -> None:
    clock = Clock()
    calls = iter(range(10))

    def talk(connection: ServerConnection) -> None:
        if next(calls) == 2:
            if hello:
                connection.send(HELLO)
            clock.wait_until_asked(3)  # once for each connection that was opened
            clock.now += lived

    _, client = door(stack, talk)
    waits = Waits(4)
    start(stack, client, wait=waits, clock=clock, jitter=lambda: 0.0)
    assert waits.over.wait(10)
    assert waits.seconds == [0, 1, then, max(1, 2 * then)]


def test_an_envelope_that_is_delivered_again_does_nothing_and_is_acknowledged_again(stack: ExitStack) -> None:
    acks: queue.Queue[Any] = queue.Queue()

    def talk(connection: ServerConnection) -> None:
        for envelope_id in ("1", "1", "2"):
            connection.send(json.dumps({"envelope_id": envelope_id, "type": "slash_commands", "payload": COMMAND}))
        for text in connection:
            acks.put(json.loads(text))

    _, client = door(stack, talk)
    seen: list[str] = []
    start(stack, client, seen)
    assert sorted(acks.get(timeout=5)["envelope_id"] for _ in range(3)) == ["1", "1", "2"]
    assert seen == ["143", "143"]


@pytest.mark.parametrize(
    "garbage",
    [
        "[]",
        "no json",
        "7",
        "null",
        b"\xff\xfe",
        json.dumps({"envelope_id": "1", "type": "interactive", "payload": "secret words"}),
        json.dumps({"envelope_id": "1", "type": "interactive", "payload": ["secret words"]}),
    ],
)
def test_what_is_no_request_is_ignored_and_its_words_are_not_logged(
    stack: ExitStack, caplog: pytest.LogCaptureFixture, garbage: str | bytes
) -> None:
    acks: queue.Queue[Any] = queue.Queue()

    def talk(connection: ServerConnection) -> None:
        connection.send(garbage)
        connection.send(json.dumps({"envelope_id": "2", "type": "slash_commands", "payload": COMMAND}))
        for text in connection:
            acks.put(json.loads(text))

    slack, client = door(stack, talk)
    seen: list[str] = []
    start(stack, client, seen)
    assert acks.get(timeout=5) == {"envelope_id": "2"}
    assert seen == ["143"]
    assert slack.opened == 1
    assert "it is no request of Slack's" in caplog.text
    assert "secret words" not in caplog.text
    assert "Traceback" not in caplog.text


def test_the_log_says_why_there_is_no_connection(stack: ExitStack, caplog: pytest.LogCaptureFixture) -> None:
    slack, client = door(stack, close_at_once)
    slack.planned = [
        Response.of_json({"ok": True, "url": slack.address}),
        Response.of_json({"ok": False, "error": "link_disabled"}),
    ]
    waits = Waits(2)
    start(stack, client, wait=waits)
    assert waits.over.wait(10)
    assert "No connection to Slack: link_disabled" in caplog.text


def test_a_connection_that_opens_while_the_bot_stops_is_closed(stack: ExitStack) -> None:
    ended: queue.Queue[str] = queue.Queue()
    first, hang_up = threading.Event(), threading.Event()

    def talk(connection: ServerConnection) -> None:
        if not first.is_set():
            first.set()
            hang_up.wait(5)
            return
        try:
            connection.recv(5)
        except ConnectionClosed:
            ended.put("closed by the bot")
        except TimeoutError:
            ended.put("left open")

    slack, client = door(stack, talk)
    made = start(stack, client)
    assert first.wait(5)
    slack.go.clear()
    slack.asked.clear()
    hang_up.set()
    assert slack.asked.wait(5)
    made.pause()
    slack.go.set()
    assert ended.get(timeout=6) == "closed by the bot"


def test_a_start_that_fails_leaves_no_thread_behind(stack: ExitStack) -> None:
    slack, client = door(stack, close_at_once)
    slack.planned = [Response.of_json({"ok": True, "url": "nowhere"})]
    before = set(threading.enumerate())
    with pytest.raises(NotSlacks):
        start(stack, client)
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not [name for name in left if name.startswith("socket")]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(stack: ExitStack, status: int) -> None:
    asked: list[str] = []

    def redirect(request: Request) -> Response:
        asked.append(request.path)
        return Response(status, b"", {"Location": "/elsewhere"})

    slack, client = door(stack, close_at_once)
    other = stack.enter_context(LoopbackServer(redirect))
    slack.address = other.url.replace("http", "ws") + "/link"
    with pytest.raises(ConnectionError):
        start(stack, client)
    assert asked == ["/link"]


def test_it_is_connected_from_slacks_hello_until_the_connection_is_gone(stack: ExitStack) -> None:
    greet, hang_up = threading.Event(), threading.Event()

    def talk(connection: ServerConnection) -> None:
        greet.wait(5)
        connection.send(HELLO)
        hang_up.wait(5)

    _, client = door(stack, talk)
    waits = Waits(1)
    made = start(stack, client, wait=waits)
    assert not made.connected()
    greet.set()
    until(made.connected)
    hang_up.set()
    assert waits.over.wait(5)
    assert not made.connected()


def until(condition: Callable[[], bool]) -> None:
    """Return once it is so."""
    waited = threading.Event()
    for _ in range(500):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("not so within five seconds")


@pytest.mark.parametrize(
    ("connected", "stayed", "looks"),
    [
        ([True] * 9, True, 9),
        ([False] * 9, False, 4),
        ([True, False, False, False, True, False, False, False, False, True], False, 9),
        ([True, False, False, False] * 5, True, 20),
    ],
)
def test_only_a_connection_that_stays_gone_is_given_up(
    caplog: pytest.LogCaptureFixture, connected: list[bool], stayed: bool, looks: int
) -> None:
    now, seen = [0.0], list[bool]()

    def wait(seconds: float) -> bool:
        now[0] += 10 * seconds
        return len(seen) == len(connected)

    def look() -> bool:
        seen.append(True)
        return connected[len(seen) - 1]

    assert watch(look, wait, 40, lambda: now[0]) is stayed
    assert len(seen) == looks
    assert ("No connection to Slack for 40 s" in caplog.text) is not stayed
