"""Logs: one line an event, and none of the libraries' talk that could hold a customer's words or a token."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, TextIO

import structlog
from structlog.typing import ExcInfo, Processor

from bot.audit import TOLD

# In this order where they are there; what else a line has comes behind.
_KEYS = ("time", "level", "event", "click", "logger", "exception")


def set_up_logs(level: str) -> None:
    """Send the bot's logs of `level` and above to standard error, and warnings of everything else.

    Only the bot's own loggers go lower: libraries log bodies, frames and addresses that let one in at lower levels.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(sys.stderr))
    logging.basicConfig(handlers=[handler])
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(level)
    bolt = logging.getLogger("slack_bolt")
    # For a logger with no level of its own Bolt words its debug lines all the same.
    bolt.setLevel(logging.WARNING)
    bolt.addFilter(_not_about_the_client)
    # It logs the whole of an answer that it cannot read, and raises an error that says the same.
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)


def formatter(stream: TextIO) -> logging.Formatter:
    """Make what words the lines: for people on a terminal, else JSON, with the id of the click that each belongs to."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        # Of what else a record may hold, nothing: libraries put whole connections there.
        structlog.stdlib.ExtraAdder(allow=TOLD),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.ExceptionRenderer(_traceback),
    ]
    render: Sequence[Processor]
    if stream.isatty():
        render = [structlog.dev.ConsoleRenderer(timestamp_key="time", colors=not os.environ.get("NO_COLOR"))]
    else:
        render = [_in_order, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
    )


def _in_order(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {**{key: event[key] for key in _KEYS if key in event}, **event}


def _traceback(exc_info: ExcInfo) -> str:
    """Word a traceback, without what foreign exceptions say: they quote what they could not read."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < 5:
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"Traceback (most recent call last):\n{frames}{_named(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nAnd then:\n\n".join(reversed(told))


def _named(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    number = f": {os.strerror(error.errno)}" if isinstance(error, OSError) and isinstance(error.errno, int) else ""
    return name + number


def _not_about_the_client(record: logging.LogRecord) -> bool:
    # Bolt finds SLACK_BOT_TOKEN in the environment and warns that the client it was given is used instead.
    return "`token` will be unused" not in record.getMessage()
