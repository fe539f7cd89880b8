"""The log says what happened, and at no level what people wrote or what opens a door."""

from __future__ import annotations

import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clicks import click
from bot.logs import formatter, set_up_logs

log = logging.getLogger("bot.made_up")


@contextmanager
def logs_put_back() -> Iterator[None]:
    """Put back afterwards what setting up the logs changes."""
    loggers = [logging.getLogger(name) for name in (None, "bot", "slack_bolt", "slack_sdk")]
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


class Terminal(io.StringIO):
    """A text that is taken for a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def written(stream: io.StringIO) -> Iterator[io.StringIO]:
    """Word what is logged meanwhile as the bot would on this stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(stream))
    logging.getLogger().addHandler(handler)
    try:
        yield stream
    finally:
        logging.getLogger().removeHandler(handler)


@pytest.mark.usefixtures("logs_as_before")
def test_a_line_is_one_json_object_with_the_click_it_belongs_to() -> None:
    set_up_logs("INFO")
    with written(io.StringIO()) as stream:
        log.info("Ticket %d: %s", 143, "two\nlines — and “quotes”")
        with click("c0ffee01"):
            log.warning("Within a click")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert datetime.fromisoformat(first.pop("time")).tzinfo == UTC
    assert first == {"level": "info", "event": "Ticket 143: two\nlines — and “quotes”", "logger": "bot.made_up"}
    assert (second["level"], second["click"]) == ("warning", "c0ffee01")


@pytest.mark.usefixtures("logs_as_before")
def test_on_a_terminal_a_line_is_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    set_up_logs("INFO")
    with written(Terminal()) as stream, click("c0ffee01"):
        log.info("Ticket %d", 143)
    [line] = stream.getvalue().splitlines()
    assert re.search(r"Z? *\[info *\] Ticket 143 .*click=c0ffee01", line)


def fail_with(secret: str) -> None:
    try:
        int(secret)
    except ValueError as error:
        raise LookupError(secret) from error


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_a_traceback_says_where_and_not_what_was_read(stream: io.StringIO) -> None:
    set_up_logs("INFO")
    words = "customer " + "words"  # a traceback quotes the source
    with written(stream):
        try:
            fail_with(words)
        except LookupError:
            log.exception("It failed")
        try:
            Path(words).read_text(encoding="utf-8")
        except OSError:
            log.exception("It failed again")
    said = stream.getvalue()
    assert words not in said
    assert re.search(
        r"ValueError\b.*And then.*fail_with.*LookupError\b.*FileNotFoundError: No such file", said, re.DOTALL
    )
    if not stream.isatty():
        assert len(said.splitlines()) == 2


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
