"""A stand-in with a clock that stands still, and an app that answers what a test tells it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.slack import Slack

Json = dict[str, Any]
Api = Callable[..., Json]
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-made-up"
APP_TOKEN = "xapp-made-up"


class Clock:
    """A time that moves only when told to."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class App:
    """An app's request URL that keeps what came and answers with `answer`, an empty 200 unless told otherwise."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Response | None] = lambda _request: Response()
        self.server = LoopbackServer(self._take)

    def _take(self, request: Request) -> Response | None:
        self.requests.append(request)
        return self.answer(request)

    def says(self, body: Any) -> None:
        """Let every ack hold this JSON."""
        self.answer = lambda _request: Response.of_json(body)

    def form(self, index: int = -1) -> dict[str, str]:
        """Return the fields of a command that came."""
        return self.requests[index].form()

    def payload(self, index: int = -1) -> Json:
        """Return the payload that came."""
        payload: Json = json.loads(self.form(index)["payload"])
        return payload


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def manifest() -> Json:
    root = Path(__file__).parents[3]
    loaded: Json = yaml.safe_load((root / "manifest.yml").read_text())
    return loaded


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    app.server.close()


@pytest.fixture
def ack_seconds() -> float:
    """Slack's own patience; a test of what follows on a late ack parametrizes it."""
    return 3.0


@pytest.fixture
def slack(manifest: Json, clock: Clock, app: App, ack_seconds: float) -> Iterator[Slack]:
    with Slack(
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        manifest=manifest,
        clock=clock,
        ack_seconds=ack_seconds,
        poll_seconds=0.2,
    ) as slack:
        slack.connect(f"{app.server.url}/slack/events")
        yield slack


@pytest.fixture
def api(slack: Slack) -> Api:
    """Return a function that calls a Web API method with slack_sdk and gives the answer, refused or not."""
    client = WebClient(BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])

    def call(method: str, **arguments: Any) -> Json:
        try:
            data = client.api_call(method, json=arguments).data
        except SlackApiError as error:
            data = error.response.data
        assert isinstance(data, dict)
        return data

    return call
