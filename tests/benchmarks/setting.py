"""What every measurement is given: how thorough it should be, the samples, and where it tells how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import requests

from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.stage import Stage

SAMPLE = 143


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `quick` gives rough figures."""

    quick: bool

    def of(self, full: int, quick: int) -> int:
        """Return how many."""
        return quick if self.quick else full


def sample_answer() -> bytes:
    """Return LeadSquared's answer for the sample ticket, as the strict stand-in gives it."""
    with Stage() as stage:
        env = stage.env(socket_mode=False)
        leadsquared: LeadSquared = stage.leadsquared
        body = {
            "TicketId": SAMPLE,
            "OrgId": int(env["LEADSQUARED_ORG_ID"]),
            "ActivityType": ["InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound"],
        }
        keys = {
            "X-LSQ-ACCESS-KEY": env["LEADSQUARED_ACCESS_KEY"],
            "X-LSQ-SECRET-KEY": env["LEADSQUARED_SECRET_KEY"],
        }
        url = f"{leadsquared.url}/api/tenants/{body['OrgId']}/conversation/filter"
        with requests.post(url, json=body, headers=keys, timeout=10) as response:
            response.raise_for_status()
            return response.content


def say(words: str) -> None:
    """Tell how far a run is, beside the table."""
    sys.stderr.write(f"… {words}\n")
    sys.stderr.flush()


def by_turns(times: int, *what: Callable[[], object]) -> list[float]:
    """Return the medians of how many milliseconds each of some things takes, done by turns."""
    taken: list[list[float]] = [[] for _ in what]
    for _ in range(times):
        for number, do in enumerate(what):
            started = time.perf_counter()
            do()
            taken[number].append(1000 * (time.perf_counter() - started))
    return [median(values) for values in taken]


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this part of all is not above: 0.99 for the 99th percentile."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
