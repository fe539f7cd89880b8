"""What the bot can count. By itself it counts nothing: `bot.prometheus` does, where METRICS_PORT is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Page(NamedTuple):
    """All numbers as they are now, worded for who collects them."""

    content_type: str
    body: bytes


class Numbers:
    """Takes what happens, and forgets it. Labels never hold ids or people."""

    def acked(self, status: int) -> None:
        """The click at hand was acknowledged, with an HTTP status."""

    def answered(self) -> None:
        """The person at the click at hand sees an answer."""

    def called(self, kind: str, outcome: str) -> None:
        """A call of LeadSquared's API is over: `conversations` or `internal_note`; `ok` or the name of its error."""

    def read(self, how: str) -> None:
        """Somebody asked for a ticket: it was `kept`, on its way and `shared`, or `fetched` for them."""

    def note_became(self, state: str) -> None:
        """A note changed its state."""

    def watch(self, lanes: Mapping[str, Callable[[], int]], budget: Callable[[], float]) -> None:
        """Look, whenever asked, at how many jobs wait in each lane, and at the part of the call budget in use."""

    def page(self) -> Page | None:
        """Return all numbers; None where they are not counted."""
        return None
