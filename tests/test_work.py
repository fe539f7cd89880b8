"""Lanes: bounded, honest when full, and patient with jobs that fail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bot.work import Lane, LaneFull

Busy = Callable[..., Lane]


@pytest.fixture
def free() -> Iterator[threading.Event]:
    """What jobs that block wait for; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def busy(free: threading.Event) -> Busy:
    """Make a lane whose workers all wait for `free`."""

    def busy(*, workers: int = 1, depth: int = 10) -> Lane:
        lane = Lane("busy", workers=workers, depth=depth)
        started = threading.Barrier(workers + 1)

        def block() -> None:
            started.wait(5)
            free.wait(10)

        for _ in range(workers):
            lane.submit(block)
        started.wait(5)
        return lane

    return busy


def test_jobs_of_one_worker_run_in_order_away_from_the_caller() -> None:
    lane = Lane("one", workers=1, depth=100)
    ran: list[tuple[int, str]] = []
    for number in range(50):
        lane.submit(lambda number=number: ran.append((number, threading.current_thread().name)))  # type: ignore[misc]
    assert lane.close(5)
    assert ran == [(number, "one-0") for number in range(50)]


def test_as_many_jobs_run_at_once_as_there_are_workers() -> None:
    lane = Lane("four", workers=4, depth=10)
    together = threading.Barrier(4)
    met: list[int] = []
    for _ in range(4):
        lane.submit(lambda: met.append(together.wait(5)))
    assert lane.close(5)
    assert sorted(met) == [0, 1, 2, 3]


def test_a_full_lane_refuses_at_once_and_starts_nothing(busy: Busy, free: threading.Event) -> None:
    lane = busy(workers=2, depth=3)
    ran: list[int] = []
    for number in range(3):
        lane.submit(lambda number=number: ran.append(number))  # type: ignore[misc]
    start = time.monotonic()
    for _ in range(100):
        with pytest.raises(LaneFull):
            lane.submit(lambda: ran.append(99))
    assert time.monotonic() - start < 0.5
    free.set()
    assert lane.close(5)
    assert sorted(ran) == [0, 1, 2]


def test_a_lane_that_was_full_takes_jobs_again(busy: Busy, free: threading.Event) -> None:
    lane = busy(depth=1)
    ran = threading.Event()
    lane.submit(ran.set)
    with pytest.raises(LaneFull):
        lane.submit(ran.set)
    free.set()
    assert ran.wait(5)
    lane.submit(lambda: None)
    assert lane.close(5)


def test_a_job_that_fails_is_logged_and_the_worker_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    lane = Lane("odd", workers=1, depth=10)
    ran: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError("made up")

    with caplog.at_level(logging.ERROR):
        lane.submit(fail)
        lane.submit(lambda: ran.append("after"))
        assert lane.close(5)
    assert ran == ["after"]
    (record,) = caplog.records
    assert "odd" in record.getMessage()
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


def test_closing_finishes_what_was_accepted(busy: Busy, free: threading.Event) -> None:
    lane = busy(workers=3, depth=50)
    ran: list[int] = []
    for number in range(50):
        lane.submit(lambda number=number: ran.append(number))  # type: ignore[misc]
    free.set()
    assert lane.close(5)
    assert sorted(ran) == list(range(50))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("busy-")]


@pytest.mark.parametrize("queued", [0, 10])
def test_closing_gives_up_in_time_and_says_so(busy: Busy, queued: int, caplog: pytest.LogCaptureFixture) -> None:
    lane = busy(workers=2, depth=10)
    for _ in range(queued):
        lane.submit(lambda: None)
    start = time.monotonic()
    assert not lane.close(0.05)
    assert time.monotonic() - start < 1
    assert "busy" in caplog.text


def test_a_closing_lane_takes_nothing_more(busy: Busy, free: threading.Event) -> None:
    lane = busy()
    assert not lane.close(0.01)
    with pytest.raises(LaneFull):
        lane.submit(lambda: None)
    free.set()


def test_no_accepted_job_is_lost_when_many_submit_while_it_closes() -> None:
    lane = Lane("race", workers=4, depth=10_000)
    ran: list[int] = []
    accepted: list[int] = []
    begin = threading.Barrier(5)

    def submit() -> None:
        begin.wait(5)
        for _ in range(500):
            try:
                lane.submit(lambda: ran.append(1))
            except LaneFull:
                return
            accepted.append(1)

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    begin.wait(5)
    assert lane.close(5)
    for thread in threads:
        thread.join(5)
    assert len(ran) == len(accepted)


def test_people_take_turns(busy: Busy, free: threading.Event) -> None:
    lane = busy(depth=100)
    ran: list[str] = []
    for number in range(20):
        lane.submit(lambda number=number: ran.append(f"busy {number}"), who="U1")  # type: ignore[misc]
    lane.submit(lambda: ran.append("quick 0"), who="U2")
    lane.submit(lambda: ran.append("quick 1"), who="U2")
    assert lane.queued == 22
    free.set()
    assert lane.close(5)
    assert ran[:5] == ["busy 0", "quick 0", "busy 1", "quick 1", "busy 2"]
    assert len(ran) == 22
