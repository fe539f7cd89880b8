"""Failures on order: what a method shall do instead of, or before, its work."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Drop = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure. `drop` breaks the connection before the work, or after it, so that only the answer is lost."""

    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    seconds: float = 0.0
    drop: Drop | None = None

    @property
    def answers(self) -> bool:
        """Whether it answers in place of the method."""
        return self.error is not None or self.status is not None


class Failures:
    """The failures that are still to come, for each method in the order of planning."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[str, list[Failure]] = {}

    def plan(self, method: str, failure: Failure, times: int) -> None:
        """Let the next calls of a method fail, `times` of them."""
        with self._lock:
            self._planned.setdefault(method, []).extend([failure] * times)

    def take(self, method: str) -> Failure:
        """Return what the next call of a method shall do; a Failure without content lets it work."""
        with self._lock:
            planned = self._planned.get(method)
            return planned.pop(0) if planned else Failure()
