"""A click stays with its work, whichever thread does it and however it ends."""

from __future__ import annotations

import threading

import pytest
from structlog.contextvars import get_contextvars

from bot.clicks import came_in, carried, click, new_click_id
from bot.listeners.later import Later
from bot.work import Lane

Seen = tuple[object, float | None]


def seen() -> Seen:
    """Return the id and the time of the click at hand."""
    return get_contextvars().get("click"), came_in()


def test_a_click_ends_where_its_block_ends() -> None:
    with click("one", at=1.0):
        assert seen() == ("one", 1.0)
        with click("two", at=2.0):
            assert seen() == ("two", 2.0)
        assert seen() == ("one", 1.0)
    assert seen() == (None, None)


def test_ids_are_short_and_differ() -> None:
    ids = {new_click_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(one) for one in ids} == {8}


def test_what_is_carried_belongs_to_the_click_it_was_made_in() -> None:
    told: list[Seen] = []
    with click("one", at=1.0):
        call = carried(lambda: told.append(seen()))
    with click("two", at=2.0):
        call()
        assert seen() == ("two", 2.0)
    assert told == [("one", 1.0)]


def test_jobs_of_a_lane_belong_to_the_click_that_queued_them_and_so_does_their_being_dropped() -> None:
    lane, go, told = Lane("one", workers=1, depth=9), threading.Event(), list[Seen]()
    begun = threading.Event()

    def job() -> None:
        told.append(seen())
        begun.set()
        go.wait(5)

    for number in (1, 2):
        with click(f"click {number}", at=number):
            lane.submit(job, lambda: told.append(seen()))
    assert begun.wait(5)
    assert not lane.close(0)
    go.set()
    # The first was under way when it was dropped; the second never began.
    assert told == [("click 1", 1.0), ("click 1", 1.0), ("click 2", 2.0)]


def test_a_late_call_belongs_to_the_click_that_asked_for_it() -> None:
    later, told, made = Later(), list[Seen](), threading.Event()

    def call() -> None:
        told.append(seen())
        made.set()

    with click("one", at=1.0):
        later.call(0, call)
    assert made.wait(5)
    later.close()
    assert told == [("one", 1.0)]


def test_the_failure_of_a_job_is_logged_within_its_click(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Seen] = []
    monkeypatch.setattr("bot.work.log.exception", lambda *_: told.append(seen()))
    lane = Lane("one", workers=1, depth=9)

    def fail() -> None:
        raise ValueError("made up")

    with click("one", at=1.0):
        lane.submit(fail)
    assert lane.close(5)
    assert told == [("one", 1.0)]
