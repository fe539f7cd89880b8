"""The numbers: what a day does to them, what they never name, and that they cost nothing where they are off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from bot.clicks import click
from bot.numbers import Numbers
from bot.prometheus import PrometheusNumbers
from bot.sandbox.faults import Fault
from tests.conftest import Running
from tests.e2e.test_notes import QUICK, first, form, in_doubt, shown


def values(numbers: Numbers) -> dict[str, float]:
    """Return each number by its name and labels."""
    page = numbers.page()
    assert page
    lines = [line for line in page.body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.parametrize("socket_mode", [False, True])
def test_what_happens_is_counted(start: Callable[..., Running], *, socket_mode: bool) -> None:
    numbers = PrometheusNumbers()
    running = start(socket_mode=socket_mode, times=QUICK, numbers=numbers)
    running.slack.slash("/ticket 143").message()
    running.slack.slash("/ticket 143").message()
    running.leadsquared.fail(Fault.UNAUTHORIZED, call="conversations")
    running.slack.slash("/ticket 12").message()
    running.slack.wait(lambda: values(numbers)["ticketbot_answer_seconds_count"] == 3)

    now = values(numbers)
    assert now['ticketbot_acks_total{status="200"}'] == now["ticketbot_ack_seconds_count"] == 3
    assert 0 < now["ticketbot_ack_seconds_sum"] <= now["ticketbot_answer_seconds_sum"] < 3
    assert now['ticketbot_reads_total{how="fetched"}'] == 2
    assert now['ticketbot_reads_total{how="kept"}'] == 1
    assert now['ticketbot_leadsquared_calls_total{kind="conversations",outcome="ok"}'] == 1
    assert now['ticketbot_leadsquared_calls_total{kind="conversations",outcome="Unauthorized"}'] == 1
    assert now["ticketbot_budget_used_ratio"] == pytest.approx(2 / 25)
    lanes = {name for name in now if name.startswith("ticketbot_lane_waiting")}
    assert lanes == {
        f'ticketbot_lane_waiting{{lane="{name}"}}' for name in ("reads", "fetched", "hits", "notes", "lookups", "slack")
    }
    assert now["process_resident_memory_bytes"] > 1e6


def test_who_waits_for_anothers_call_is_counted_as_sharing_it(start: Callable[..., Running]) -> None:
    numbers = PrometheusNumbers()
    running = start(numbers=numbers)
    running.leadsquared.delay = 0.2
    for asked in [running.slack.slash("/ticket 143") for _ in range(3)]:
        asked.message()
    now = values(numbers)
    assert now['ticketbot_reads_total{how="fetched"}'] == 1
    assert now['ticketbot_reads_total{how="shared"}'] == 2


def test_notes_are_counted_by_the_states_they_come_into(start: Callable[..., Running]) -> None:
    numbers = PrometheusNumbers()
    running = start(times=QUICK, numbers=numbers)
    view = in_doubt(running, Fault.CLOSE_WITHOUT_ANSWER)
    running.slack.click(view, "note_again")
    shown(running, view, "Internal note added")
    view = form(running)
    running.leadsquared.fail(Fault.UNAUTHORIZED, call="internal_note")
    running.slack.submit(view.id, {"note": "No"})
    first(running, lambda v: v.id == view.id and "was not added" in str(v.blocks))

    now = values(numbers)
    changes = {state: now[f'ticketbot_note_changes_total{{state="{state}"}}'] for state in ("queued", "sending")}
    assert changes == {"queued": 3, "sending": 3}
    for state in ("unknown", "posted", "refused"):
        assert now[f'ticketbot_note_changes_total{{state="{state}"}}'] == 1
    for outcome in ("ok", "OutcomeUnknown", "Unauthorized"):
        assert now[f'ticketbot_leadsquared_calls_total{{kind="internal_note",outcome="{outcome}"}}'] == 1


def test_no_label_names_a_person_or_a_ticket(start: Callable[..., Running]) -> None:
    numbers = PrometheusNumbers()
    running = start(times=QUICK, numbers=numbers)
    in_doubt(running, Fault.RESET_AFTER_BODY)
    labels = set(re.findall(r'="([^"]*)"', " ".join(values(numbers))))
    assert not [label for label in labels if re.search("143|U0|TB-|asha", label)]


def test_each_bot_counts_for_itself() -> None:
    one, other = PrometheusNumbers(), PrometheusNumbers()
    with click("c0ffee01", at=1.0):
        one.acked(200)
    assert values(one)["ticketbot_ack_seconds_count"] == 1
    assert values(other)["ticketbot_ack_seconds_count"] == 0


def test_an_answer_to_no_click_has_no_time() -> None:
    numbers = PrometheusNumbers(lambda: 5.0)
    numbers.answered()
    assert values(numbers)["ticketbot_answer_seconds_count"] == 0
    with click("c0ffee01", at=2.0):
        numbers.answered()
    assert values(numbers)["ticketbot_answer_seconds_sum"] == 3


def test_where_they_are_off_they_cost_next_to_nothing() -> None:
    numbers, times = Numbers(), 10_000
    assert numbers.page() is None
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(times):
            numbers.acked(200)
        best = min(best, time.perf_counter() - started)
    assert best / times < 2e-6
