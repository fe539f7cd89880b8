"""A stand-in for LeadSquared, and clients that call it with nothing to wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.leadsquared.budget import CallBudget, LocalPlaces
from bot.leadsquared.client import LeadSquaredClient
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.tickets import sample_tickets

ACCESS_KEY = "u$rmade-up-access"
SECRET_KEY = "made-up$secret"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class HastyBudget(CallBudget):
    """Keeps what it was told of refusals, and closes for a thousandth of the time."""

    def __init__(self, calls: int = 1000, window: float = 5.0) -> None:
        super().__init__(LocalPlaces(calls, window), calls)
        self.told: list[float] = []

    def refused(self, seconds: float) -> None:
        self.told.append(seconds)
        super().refused(seconds / 1000)


@dataclass
class Calls:
    """A client, the budget it keeps and the pauses it made."""

    client: LeadSquaredClient
    budget: HastyBudget
    pauses: list[float] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[LeadSquared]:
    tickets = sample_tickets(NOW)
    with LeadSquared(
        org_id=22824,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        tickets=tickets,
        calls_per_window=1000,
        pause=lambda _: None,
    ) as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Callable[..., Calls]]:
    """Make a client of an address; keyword arguments go to it."""
    with ExitStack() as stack:

        def connect(url: str, **changes: Any) -> Calls:
            pauses: list[float] = []
            options: dict[str, Any] = {
                "org_id": 22824,
                "access_key": ACCESS_KEY,
                "secret_key": SECRET_KEY,
                "budget": HastyBudget(),
                "now": lambda: NOW,
                "pause": pauses.append,
                "jitter": lambda: 0.5,
            } | changes
            client = LeadSquaredClient(api_url=url, **options)
            stack.callback(client.close)
            return Calls(client, options["budget"], pauses)

        yield connect


@pytest.fixture
def calls(server: LeadSquared, connect: Callable[..., Calls]) -> Calls:
    return connect(server.url)
