"""The whole bot between the stand-ins, as the tests use it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from bot.app import Bot, build
from bot.database import open_database, upgrade
from bot.listeners.keeper import TEND_SECONDS
from bot.notes import Times
from bot.numbers import Numbers
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.slack import Slack
from bot.sandbox.stage import Stage
from bot.server import EVENTS_PATH, HttpServer, Listening, connect_socket_mode, drain
from bot.settings import Settings
from tests.counts import pytest_terminal_summary  # noqa: F401 (a hook of pytest's)
from tests.postgres import postgres, postgres_server  # noqa: F401 (fixtures for whoever asks for them)

# A machine under load is slow now and then; that is no fault of what is tested.
hypothesis_settings.register_profile("no deadline", deadline=None)
# For a night: uv run pytest -n 2 --hypothesis-profile=long tests/fuzz
hypothesis_settings.register_profile("long", deadline=None, max_examples=5000)
hypothesis_settings.load_profile("no deadline")


@dataclass(frozen=True)
class Running:
    """A bot that runs between a Slack and a LeadSquared."""

    bot: Bot
    stage: Stage

    @property
    def slack(self) -> Slack:
        """The stand-in for Slack."""
        return self.stage.slack

    @property
    def leadsquared(self) -> LeadSquared:
        """The stand-in for LeadSquared."""
        return self.stage.leadsquared

    def reads(self) -> int:
        """How many conversation calls reached LeadSquared."""
        return sum(request.kind == "conversations" for request in list(self.leadsquared.requests))

    def answers(self) -> int:
        """How many posts reached a response_url."""
        return sum(call.method == "response_url" for call in list(self.slack.calls))


@dataclass
class Starter:
    """Starts bots, and stops them when the test is over."""

    stack: ExitStack

    def __call__(
        self,
        *,
        socket_mode: bool = False,
        stage: Stage | None = None,
        times: Times | None = None,
        tend_seconds: float = TEND_SECONDS,
        numbers: Numbers | None = None,
        access_clock: Callable[[], float] = time.monotonic,
        may_check: Callable[[Mapping[str, Any]], bool] = lambda _: True,
        **env: str,
    ) -> Running:
        """Start a bot with `env` over the usual settings, between new stand-ins or those of another bot.

        Slack's requests go to the newest.
        """
        stage = stage or self.stack.enter_context(Stage())
        settings = Settings.from_env(stage.env(socket_mode=socket_mode) | env)
        database = open_database(settings.database_url.reveal())
        upgrade(database)
        bot = build(
            settings,
            database,
            times=times,
            tend_seconds=tend_seconds,
            numbers=numbers,
            access_clock=access_clock,
            may_check=may_check,
        )
        listening: Listening
        if socket_mode:
            listening = connect_socket_mode(bot, settings)
            stage.slack.wait(lambda: stage.slack.sockets == 1)
        else:
            listening = server = HttpServer(bot.app, settings.host, settings.port, numbers=bot.numbers)
            stage.slack.connect(server.url + EVENTS_PATH)
        bot.start()
        # Nothing of the bot may still be calling when the stand-ins go.
        self.stack.callback(drain, bot, listening)
        return Running(bot, stage)


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    with ExitStack() as stack:
        yield Starter(stack)


@pytest.fixture
def running(start: Callable[..., Running]) -> Running:
    return start()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-generated", action="store_true", help="write the generated texts and tables anew")
