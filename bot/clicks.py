"""What belongs to one click wherever its work is done: an id, on each of its lines in the log, and when it came in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import ParamSpec, TypeVar

from structlog.contextvars import bind_contextvars, reset_contextvars

P = ParamSpec("P")
T = TypeVar("T")

_came_in: ContextVar[float | None] = ContextVar("came_in", default=None)


def new_click_id() -> str:
    """Return a short id by which the lines of one click are found in the log."""
    return secrets.token_hex(4)


@contextmanager
def click(click_id: str, at: float | None = None) -> Iterator[None]:
    """Do what one request of Slack's asks for. `at` is when it came in, by the monotonic clock."""
    token = _came_in.set(time.monotonic() if at is None else at)
    bound = bind_contextvars(click=click_id)
    try:
        yield
    finally:
        reset_contextvars(**bound)
        _came_in.reset(token)


def carried(call: Callable[P, T]) -> Callable[P, T]:
    """Return `call` as one that belongs to the click at hand, whichever thread makes it. It can be made once."""
    context = copy_context()

    def in_context(*args: P.args, **kwargs: P.kwargs) -> T:
        return context.run(call, *args, **kwargs)

    return in_context


def came_in() -> float | None:
    """Return when the click at hand came in, by the monotonic clock; None outside of any."""
    return _came_in.get()
