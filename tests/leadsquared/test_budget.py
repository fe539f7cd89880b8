"""The budget, with the calls counted where LeadSquared counts them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.leadsquared.budget import CallBudget, LocalPlaces
from bot.leadsquared.errors import RateLimited

WINDOW = 0.1


def worst(counted: list[float], window: float) -> int:
    """Return the most moments in any half-open window."""
    moments = sorted(counted)
    return max(sum(first <= at < first + window for at in moments) for first in moments)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def at_once(budget: CallBudget) -> bool:
    """Tell whether a call may start now."""
    try:
        with budget.call(patience=0):
            return True
    except RateLimited:
        return False


def use(budget: CallBudget, delay: Callable[[], float], counted: list[float]) -> None:
    with budget.call(patience=20):
        time.sleep(delay())  # on the way to the server
        counted.append(time.monotonic())
        time.sleep(delay())  # and back


@pytest.mark.parametrize("farthest", [0.0, 0.03])
def test_the_server_never_counts_more_than_the_limit_and_nobody_starves(farthest: float) -> None:
    chance = random.Random(7)  # noqa: S311 (jitter, no secret)
    budget = CallBudget(LocalPlaces(10, WINDOW), 10)
    counted: list[float] = []
    start = time.monotonic()
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(lambda _: use(budget, lambda: chance.uniform(0, farthest), counted), range(50)))
    assert len(counted) == 50
    assert worst(counted, WINDOW) <= 10
    # Five rounds of ten; a place that nobody was woken for would cost a round more each time.
    assert time.monotonic() - start < 5 * (WINDOW + 2 * farthest) + 1


def test_a_call_counts_until_one_window_after_its_answer() -> None:
    clock = HandClock()
    budget = CallBudget(LocalPlaces(1, 5, clock), 1, clock)
    with budget.call(patience=0):
        clock.now += 60  # a slow answer
        assert not at_once(budget)
    clock.now += 4.999
    assert not at_once(budget)
    clock.now += 0.001
    assert at_once(budget)


def test_a_call_that_fails_counts_like_one_that_does_not() -> None:
    clock = HandClock()
    budget = CallBudget(LocalPlaces(1, 5, clock), 1, clock)
    with pytest.raises(ZeroDivisionError), budget.call(patience=0):
        raise ZeroDivisionError
    assert not at_once(budget)
    clock.now += 5
    assert at_once(budget)


def test_who_gives_up_takes_no_place() -> None:
    clock = HandClock()
    budget = CallBudget(LocalPlaces(2, 5, clock), 2, clock)
    assert at_once(budget)
    assert at_once(budget)
    assert not any(at_once(budget) for _ in range(100))
    clock.now += 5
    assert at_once(budget)
    assert at_once(budget)


def test_giving_up_names_the_window_to_wait_for() -> None:
    budget = CallBudget(LocalPlaces(1, 5), 1)
    with budget.call(patience=0), pytest.raises(RateLimited) as caught, budget.call(patience=0.01):
        pytest.fail("there was a second place")
    assert caught.value.seconds == 5


def test_a_refusal_closes_the_budget_for_as_long_as_it_says() -> None:
    clock = HandClock()
    budget = CallBudget(LocalPlaces(5, 5, clock), 5, clock)
    budget.refused(7)
    budget.refused(3)  # a shorter one does not open it again
    assert not at_once(budget)
    clock.now += 6.9
    assert not at_once(budget)
    clock.now += 0.1
    assert at_once(budget)


def test_a_refusal_closes_it_for_a_minute_at_the_most() -> None:
    clock = HandClock()
    budget = CallBudget(LocalPlaces(5, 5, clock), 5, clock)
    budget.refused(1e9)
    clock.now += 60
    assert at_once(budget)


def test_waiters_pass_on_the_place_that_they_no_longer_want() -> None:
    budget = CallBudget(LocalPlaces(1, WINDOW), 1)
    got: list[str] = []

    def wait(name: str, patience: float) -> None:
        try:
            with budget.call(patience):
                got.append(name)
        except RateLimited:
            got.append(f"{name} gave up")

    hold = threading.Event()

    def first() -> None:
        with budget.call(patience=0):
            holding.set()
            hold.wait(5)

    holding = threading.Event()
    threads = [threading.Thread(target=first)]
    threads[0].start()
    holding.wait(5)
    threads += [threading.Thread(target=wait, args=(f"hasty {n}", 0.02)) for n in range(20)]
    threads += [threading.Thread(target=wait, args=("patient", 10.0))]
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:-1]:
        thread.join(5)
    hold.set()
    threads[-1].join(5)
    threads[0].join(5)
    assert sorted(got) == sorted([f"hasty {n} gave up" for n in range(20)] + ["patient"])


def test_fifty_threads_that_come_again_and_again_all_get_through() -> None:
    budget = CallBudget(LocalPlaces(25, 0.02), 25)
    counted: list[float] = []
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(lambda _: use(budget, lambda: 0.0, counted), range(500)))
    assert len(counted) == 500
    assert worst(counted, 0.02) <= 25


def test_who_is_urgent_goes_first() -> None:
    budget = CallBudget(LocalPlaces(1, 0.02), 1)
    order: list[str] = []
    ready = threading.Semaphore(0)

    def call(name: str, urgent: bool) -> None:
        ready.release()
        with budget.call(patience=10, urgent=urgent):
            order.append(name)

    threads = []
    with budget.call(patience=0):
        for name in ("read 1", "read 2", "note 1", "note 2"):
            threads.append(threading.Thread(target=call, args=(name, name.startswith("note"))))
            threads[-1].start()
            ready.acquire()
        # All are in line once each has had its chance to look.
        while len(budget._waiting) < 4:
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join(10)
    assert order[:2] == ["note 1", "note 2"]
    assert sorted(order[2:]) == ["read 1", "read 2"]
