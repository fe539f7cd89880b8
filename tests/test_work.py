"""Lanes: bounded, honest when full, and patient with jobs that fail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bot.work import Crowd, Lane, LaneFull

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


class Clock:
    """Time that passes only in pauses, during which more may happen."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.crowd = Crowd(lambda: self.now, self._pause)
        self.pauses = 0
        # Seconds between requests that go on coming.
        self.every = 0.0

    def _pause(self, seconds: float) -> None:
        assert seconds > 0
        self.pauses += 1
        end = self.now + seconds
        while self.every and self.now + self.every <= end:
            self.now += self.every
            self.crowd.came()
        self.now = end

    def come(self, count: int, every: float) -> None:
        for _ in range(count):
            self.now += every
            self.crowd.came()


@pytest.mark.parametrize(
    ("count", "every"),
    [(0, 0.0), (1, 0.0), (7, 0.0), (100, 0.01)],
    ids=["none", "one", "seven at once", "100 a second"],
)
def test_work_waits_for_nobody_when_there_is_no_crowd(count: int, every: float) -> None:
    clock = Clock()
    clock.come(count, every)
    clock.crowd.let_pass()
    assert clock.pauses == 0


def test_work_lets_a_crowd_pass() -> None:
    clock = Clock()
    clock.come(300, 0.0002)
    came = clock.now
    clock.crowd.let_pass()
    assert 0.015 < clock.now - came < 0.025
    assert clock.pauses < 3


def test_a_crowd_without_end_holds_work_up_for_half_a_second_once() -> None:
    clock = Clock()
    began = clock.now
    clock.come(8, 0.0002)
    clock.every = 0.0002
    clock.crowd.let_pass()
    assert clock.now - began == pytest.approx(0.5, abs=0.01)
    assert clock.pauses < 50
    pauses = clock.pauses
    clock.come(5000, 0.0002)
    clock.crowd.let_pass()
    assert clock.pauses == pauses


def test_the_next_crowd_is_let_pass_too() -> None:
    clock = Clock()
    clock.come(5000, 0.0002)
    clock.now += 1
    clock.come(8, 0.0002)
    clock.crowd.let_pass()
    assert clock.pauses


def test_a_lane_lets_a_crowd_pass_before_each_job() -> None:
    clock = Clock()
    ran: list[float] = []
    clock.come(8, 0.0)
    came = clock.now
    lane = Lane("yielding", workers=1, depth=10, crowd=clock.crowd)
    lane.submit(lambda: ran.append(clock.now))
    assert lane.close(5)
    assert ran == [pytest.approx(came + 0.02)]
