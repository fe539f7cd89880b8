"""What comes again does nothing a second time, and gets the answer that it got."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.replays import KEPT_SECONDS, Replays


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Counts how often it is done, and gives another answer each time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"answer {self.times}"


def keep_all(_: str) -> bool:
    return True


def test_what_comes_again_gets_the_first_answer_and_does_nothing() -> None:
    replays, work = Replays(keeps=keep_all), Work()
    assert [replays.once("a", work) for _ in range(3)] == ["answer 1"] * 3
    assert replays.once("b", work) == "answer 2"


def test_what_comes_again_while_the_first_is_answered_waits_for_that_answer() -> None:
    replays, work = Replays(keeps=keep_all), Work()
    begun, go = threading.Event(), threading.Event()
    answers: list[str] = []

    def slowly() -> str:
        begun.set()
        assert go.wait(5)
        return work()

    def ask(make: Callable[[], str]) -> threading.Thread:
        thread = threading.Thread(target=lambda: answers.append(replays.once("a", make)))
        thread.start()
        return thread

    threads = [ask(slowly)]
    assert begun.wait(5)
    threads += [ask(work) for _ in range(3)]
    go.set()
    for thread in threads:
        thread.join(5)
    assert answers == ["answer 1"] * 4


def test_an_answer_that_is_not_worth_it_is_not_remembered() -> None:
    work = Work()
    replays: Replays[str] = Replays(keeps=lambda answer: answer != "answer 1")
    assert [replays.once("a", work) for _ in range(3)] == ["answer 1", "answer 2", "answer 2"]


def test_what_failed_may_be_tried_again() -> None:
    replays, work = Replays(keeps=keep_all), Work()

    def fail() -> str:
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        replays.once("a", fail)
    assert len(replays) == 0
    assert replays.once("a", work) == "answer 1"


def test_who_waited_for_what_failed_does_it() -> None:
    replays, work = Replays(keeps=keep_all), Work()
    begun, go = threading.Event(), threading.Event()

    def fail() -> str:
        begun.set()
        assert go.wait(5)
        raise ValueError("failed")

    def first() -> None:
        with pytest.raises(ValueError, match="failed"):
            replays.once("a", fail)

    answers: list[str] = []
    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert begun.wait(5)
    threads.append(threading.Thread(target=lambda: answers.append(replays.once("a", work))))
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(5)
    assert answers == ["answer 1"]


def test_what_is_too_old_is_forgotten_and_no_more_than_so_many_are_remembered() -> None:
    clock = Clock()
    replays, work = Replays(keeps=keep_all, most=10, clock=clock), Work()
    for n in range(100):
        replays.once(n, work)
    assert len(replays) == 10
    assert replays.once(99, work) == "answer 100"
    clock.now = KEPT_SECONDS
    for n in range(200, 210):
        replays.once(n, work)
    assert len(replays) == 10
    assert replays.once(99, work) == "answer 111"
