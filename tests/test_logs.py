"""The log says what happened, and at no level what people wrote or what opens a door."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bot.logs import set_up_logs
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET
from tests.conftest import Running
from tests.e2e.test_command import words_of
from tests.e2e.test_notes import form, shown

NOTE = "Words that only the team may read"


@contextmanager
def logs_put_back() -> Iterator[None]:
    """Put back afterwards what setting up the logs changes."""
    loggers = [logging.getLogger(name) for name in (None, "bot", "slack_bolt")]
    levels, filters = [logger.level for logger in loggers], list(loggers[2].filters)
    yield
    logging.captureWarnings(capture=False)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    loggers[2].filters[:] = filters


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    with logs_put_back():
        yield


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize("socket_mode", [False, True])
def test_at_its_most_talkative_the_log_holds_no_secret_and_nobodys_words(
    start: Callable[..., Running], caplog: pytest.LogCaptureFixture, *, socket_mode: bool
) -> None:
    set_up_logs("DEBUG")
    running = start(socket_mode=socket_mode)
    slack = running.slack
    if socket_mode:
        slack.wait(lambda: slack.sockets == 1)
    message = slack.slash("/ticket 143").message()
    view = form(running)
    slack.submit(view.id, {"note": NOTE})
    shown(running, view, "Internal note added")
    slack.drop_sockets()

    assert "answered in" in caplog.text
    secrets = (ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET)
    told = [word for word in (*secrets, NOTE, "X-Amz", "ticket=", "/response/", "trigger_id") if word in caplog.text]
    assert told == []
    triggers = [str(call.arguments.get("trigger_id")) for call in slack.calls if "trigger_id" in call.arguments]
    assert triggers
    assert not [trigger for trigger in triggers if trigger in caplog.text]
    lines = [line for line in re.split(r"[\n.]", words_of(message)) if len(line) > 40]
    assert lines
    assert not [line for line in lines if line in caplog.text]


@pytest.mark.usefixtures("logs_as_before")
def test_only_the_bots_own_loggers_go_below_warnings(caplog: pytest.LogCaptureFixture) -> None:
    set_up_logs("DEBUG")
    for name in ("bot", "bot.work", "websockets.client", "slack_sdk.web", "slack_bolt.App", "a.library.of.tomorrow"):
        logging.getLogger(name).debug("%s at debug", name)
        logging.getLogger(name).info("%s at info", name)
    assert {record.name for record in caplog.records} == {"bot", "bot.work"}
    assert len(caplog.records) == 4


@pytest.mark.usefixtures("logs_as_before")
def test_a_higher_level_leaves_out_what_is_below_it(caplog: pytest.LogCaptureFixture) -> None:
    set_up_logs("ERROR")
    logging.getLogger("bot").warning("not told")
    logging.getLogger("bot").error("told")
    assert [record.message for record in caplog.records] == ["told"]


@pytest.mark.usefixtures("logs_as_before")
def test_the_unused_token_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    set_up_logs("INFO")
    logging.getLogger("slack_bolt").warning("As you gave `client` as well, `token` will be unused.")
    logging.getLogger("slack_bolt").warning("Something else")
    assert [record.message for record in caplog.records] == ["Something else"]


@pytest.mark.usefixtures("logs_as_before")
def test_warnings_of_python_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        set_up_logs("INFO")
        warnings.warn("made up", stacklevel=1)
        logging.captureWarnings(capture=False)
    assert [(record.name, record.levelname) for record in caplog.records] == [("py.warnings", "WARNING")]
    assert "made up" in caplog.text
