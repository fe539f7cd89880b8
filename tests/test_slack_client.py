"""Slack's client: one connection for many calls, no redirect, nothing sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
from slack_sdk.errors import SlackApiError

from bot.connections import root_of
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.slack_client import SlackClient
from bot.slack_errors import reason


@contextmanager
def client_of(handle: Callable[[Request], Response | None]) -> Iterator[tuple[SlackClient, list[Request]]]:
    """A client of a server with one handler, and what reached it."""
    seen: list[Request] = []

    def record(request: Request) -> Response | None:
        seen.append(request)
        return handle(request)

    with LoopbackServer(record) as server:
        client = SlackClient("xoxb-made-up", base_url=f"{server.url}/api/", seconds=5)
        yield client, seen
        client.close()


def test_calls_share_a_connection_and_carry_the_token() -> None:
    ports: set[int] = set()

    def handle(request: Request) -> Response:
        ports.add(request.socket.getpeername()[1])
        return Response.of_json({"ok": True}, headers={"Set-Cookie": "b=1"})

    with client_of(handle) as (client, seen):
        for _ in range(5):
            assert client.chat_postMessage(channel="U1", text="हा").data == {"ok": True}
        assert client.post(f"{client.base_url}response", {"text": "x"}).status == 200
    assert len(ports) == 1
    assert {request.headers.get("authorization") for request in seen[:5]} == {"Bearer xoxb-made-up"}
    assert "authorization" not in seen[5].headers
    assert not any("cookie" in request.headers for request in seen)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response.of_json({"ok": False, "error": "channel_not_found"}), "channel_not_found"),
        (Response.of_json({"ok": False, "error": "ratelimited"}, 429), "ratelimited"),
    ],
)
def test_what_slack_refuses_is_slack_sdks_own_error(response: Response, error: str) -> None:
    with client_of(lambda _: response) as (client, seen):
        with pytest.raises(SlackApiError) as caught:
            client.auth_test()
        assert caught.value.response["error"] == error
        assert caught.value.response.status_code == response.status
        assert len(seen) == 1


def test_a_redirect_is_not_followed() -> None:
    with client_of(lambda _: Response(307, b"", {"Location": "/elsewhere"})) as (client, seen):
        assert client.post(f"{client.base_url}response", {"text": "x"}).status == 307
        assert [request.path for request in seen] == ["/api/response"]


@pytest.mark.parametrize(
    "body", [b"<html>secret words", b'{"ok": false, "error": "secret words"}', b'["secret words"]', b'"secret words"']
)
def test_the_log_does_not_say_what_an_answer_holds_that_is_not_slacks(body: bytes) -> None:
    with client_of(lambda _: Response(200, body)) as (client, _), pytest.raises(Exception) as caught:  # noqa: PT011 (slack_sdk has its ways)
        client.chat_postMessage(channel="U1", text="x")
    assert "secret" not in reason(caught.value)


def test_what_breaks_off_is_sent_once() -> None:
    with client_of(lambda _: None) as (client, seen):
        with pytest.raises(requests.ConnectionError):
            client.chat_postMessage(channel="U1", text="once")
        assert len(seen) == 1


def test_the_root_of_an_error_is_the_systems_own() -> None:
    with client_of(lambda _: None) as (client, _):
        address = client.base_url
    with pytest.raises(requests.ConnectionError) as caught:
        SlackClient("xoxb-made-up", base_url=address, seconds=5).auth_test()
    assert isinstance(root_of(caught.value), ConnectionRefusedError)
