"""The bot's numbers for Prometheus. Needs the extra `metrics`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.clicks import came_in
from bot.numbers import Numbers, Page

# Slack gives up on an ack after three seconds.
_ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
# After two seconds the person is told to wait; LeadSquared's turn may take minutes.
_ANSWER_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300)


class PrometheusNumbers(Numbers):
    """Counts for one bot, in a registry of its own. `clock` is the monotonic one, by which clicks come in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._ack_seconds = Histogram(
            "ticketbot_ack_seconds",
            "From a request of Slack's to its acknowledgement",
            buckets=_ACK_BUCKETS,
            registry=registry,
        )
        self._acks = Counter("ticketbot_acks", "Acknowledgements by HTTP status", ["status"], registry=registry)
        self._answer_seconds = Histogram(
            "ticketbot_answer_seconds",
            "From a click to its answer",
            buckets=_ANSWER_BUCKETS,
            registry=registry,
        )
        self._calls = Counter(
            "ticketbot_leadsquared_calls", "Calls of LeadSquared's API", ["kind", "outcome"], registry=registry
        )
        self._reads = Counter(
            "ticketbot_reads", "Tickets asked for: kept, shared with others, or fetched", ["how"], registry=registry
        )
        self._notes = Counter("ticketbot_note_changes", "Notes that came into a state", ["state"], registry=registry)
        self._lanes = Gauge("ticketbot_lane_waiting", "Jobs that wait for a thread", ["lane"], registry=registry)
        self._budget = Gauge(
            "ticketbot_budget_used_ratio",
            "The part of LEADSQUARED_CALLS_PER_5S that this process uses; the sum over processes is the whole",
            registry=registry,
        )

    def acked(self, status: int) -> None:
        """Count an ack."""
        self._acks.labels(str(status)).inc()
        self._observe(self._ack_seconds)

    def answered(self) -> None:
        """Count the time since the click at hand; nothing where there is none, as for a note sent after a restart."""
        self._observe(self._answer_seconds)

    def called(self, kind: str, outcome: str) -> None:
        """Count a call."""
        self._calls.labels(kind, outcome).inc()

    def read(self, how: str) -> None:
        """Count a reading."""
        self._reads.labels(how).inc()

    def note_became(self, state: str) -> None:
        """Count a change."""
        self._notes.labels(state).inc()

    def watch(self, lanes: Mapping[str, Callable[[], int]], budget: Callable[[], float]) -> None:
        """Look at these whenever the page is asked for."""
        for name, waiting in lanes.items():
            self._lanes.labels(name).set_function(waiting)
        self._budget.set_function(budget)

    def page(self) -> Page:
        """Return all numbers in Prometheus's text format."""
        return Page(CONTENT_TYPE_LATEST, generate_latest(self._registry))

    def _observe(self, seconds: Histogram) -> None:
        if (since := came_in()) is not None:
            seconds.observe(self._clock() - since)
