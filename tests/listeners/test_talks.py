"""Talks with Slack: who is refused waits without a thread, in order, and only for what was refused."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clicks import came_in, click
from bot.listeners import talks
from bot.listeners.talks import Talk, Talks, TooLate, Turn, seconds_to_wait, web_api
from bot.work import Lane


@dataclass
class Clockwork:
    """A clock that the test turns, and the calls that it makes."""

    now: float = 100.0
    waiting: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    closed: bool = False

    def clock(self) -> float:
        return self.now

    def call(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.waiting, (self.now + seconds, next(self.numbers), what))

    def close(self) -> None:
        self.closed = True
        self.waiting.clear()


class Method:
    """A method of Slack's that refuses calls while it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.refusals: list[int] = []
        self.tried: list[str] = []
        self.took: list[str] = []
        self.too_late: list[str] = []

    def talk(self, what: str, longest: float = 300.0) -> Talk[None]:
        """Say something."""

        def call() -> None:
            self.tried.append(what)
            if self.refusals:
                raise refusal(self.refusals.pop(0))
            self.took.append(what)

        try:
            yield from web_api(self.name, call, longest=longest)
        except TooLate:
            self.too_late.append(what)


def refusal(seconds: int, status: int = 429) -> SlackApiError:
    headers = {"Retry-After": str(seconds)}
    data = {"ok": False, "error": "ratelimited"}
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


@dataclass
class Bench:
    """Talks in a lane of one thread, on a clock that the test turns."""

    lane: Lane
    clockwork: Clockwork
    talks: Talks
    rests: list[float] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until the lane has nothing to do."""
        done = threading.Event()
        self.lane.submit(done.set)
        assert done.wait(5)

    def turn(self, seconds: float) -> None:
        """Let time pass, and see what comes of it."""
        end = self.clockwork.now + seconds
        while self.clockwork.waiting and self.clockwork.waiting[0][0] <= end:
            self.clockwork.now, _, what = heapq.heappop(self.clockwork.waiting)
            what()
            self.settle()
        self.clockwork.now = end

    def say(self, *talks: Talk[None], patience: float = 300.0) -> None:
        """Begin talks, one after another."""
        for talk in talks:
            self.talks.queue(talk, patience=patience)
        self.settle()


@pytest.fixture
def bench() -> Iterator[Bench]:
    lane, clockwork, rests = Lane("slack", workers=1, depth=20), Clockwork(), list[float]()
    made = Talks(lane, later=clockwork, clock=clockwork.clock, pause=rests.append)  # type: ignore[arg-type]
    yield Bench(lane, clockwork, made, rests)
    assert lane.close(5)


def test_who_is_refused_comes_again_when_slack_says_and_no_thread_waits(bench: Bench) -> None:
    update, other = Method("views.update"), Method("chat.postMessage")
    update.refusals = [7]
    bench.say(update.talk("a"), update.talk("b"), other.talk("c"))
    assert (update.tried, other.took) == (["a"], ["c"]), "only the refused method waits, and the one thread is free"
    bench.turn(6.9)
    assert update.tried == ["a"]
    bench.turn(0.1)
    assert update.took == ["a", "b"]
    bench.say(update.talk("d"))
    assert update.took == ["a", "b", "d"], "what has passed holds nobody up"


def test_those_who_wait_go_one_after_another_in_the_order_in_which_they_began(bench: Bench) -> None:
    update = Method("views.update")
    update.refusals = [2, 3]
    bench.say(*map(update.talk, "abc"))
    bench.turn(2)
    assert update.tried == ["a", "a"], "one finds out that the refusal stands"
    bench.say(update.talk("d"))
    bench.turn(3)
    assert update.took == ["a", "b", "c", "d"]


def test_who_comes_while_the_others_are_let_through_stands_behind_them(bench: Bench) -> None:
    update = Method("views.update")
    update.refusals = [2]
    bench.say(*map(update.talk, "abc"))
    bench.clockwork.now += 2
    bench.say(update.talk("late"))
    bench.turn(0)
    assert update.took == ["a", "b", "c", "late"]


def test_two_response_urls_do_not_wait_for_each_other_and_neither_is_logged(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = Method("https://hooks.example.com/secret-1"), Method("https://hooks.example.com/secret-2")
    one.refusals = [60]
    bench.say(one.talk("a"), other.talk("b"))
    assert (one.took, other.took) == ([], ["b"])
    assert [record.message for record in caplog.records] == ["Slack takes no more posts to a response_url for 60 s"]


@pytest.mark.parametrize(("patience", "longest"), [(6.0, 300.0), (300.0, 6.0)])
def test_who_would_have_to_wait_for_too_long_is_told_at_once(bench: Bench, patience: float, longest: float) -> None:
    update = Method("views.update")
    update.refusals = [7]
    bench.say(update.talk("a", longest), update.talk("b", longest), patience=patience)
    assert update.too_late == ["a", "b"]
    assert update.tried == ["a"], "b was not even sent"
    bench.turn(7)
    bench.say(update.talk("c"))
    assert update.took == ["c"]


def test_who_waited_too_long_behind_others_is_not_let_through(bench: Bench) -> None:
    update = Method("views.update")
    update.refusals = [2, 5]
    bench.say(update.talk("a"), update.talk("b", longest=4))
    bench.turn(20)
    assert (update.took, update.too_late) == (["a"], ["b"])


def test_no_more_wait_than_fit_in_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talks, "_MOST_WAITING", 2)
    update = Method("views.update")
    update.refusals = [2]
    bench.say(*map(update.talk, "abc"))
    assert update.too_late == ["c"]
    bench.turn(2)
    assert update.took == ["a", "b"]


def test_at_the_end_each_is_tried_once_more_and_a_refusal_is_final(bench: Bench) -> None:
    update = Method("views.update")
    update.refusals = [60, 60]
    bench.say(*map(update.talk, "abc"))
    bench.talks.close()
    bench.settle()
    assert update.tried == ["a", "a", "b", "c"]
    assert (update.took, update.too_late) == (["b", "c"], ["a"])
    assert bench.clockwork.closed


def test_a_short_rest_holds_no_thread_but_at_the_end(bench: Bench) -> None:
    said: list[str] = []

    def talk(what: str) -> Talk[None]:
        yield Turn(seconds=0.5)
        said.append(what)

    bench.say(talk("a"))
    assert said == []
    bench.turn(0.5)
    assert said == ["a"]
    bench.say(talk("b"))
    bench.talks.close()
    bench.say(talk("c"))
    assert said == ["a", "b", "c"]
    assert bench.rests == [0.5], "b has been waiting; c is waited for"


def test_what_finds_no_room_in_the_lane_is_logged_and_holds_nobody_up(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    update = Method("views.update")
    update.refusals = [1]
    bench.say(update.talk("a"), update.talk("b"))
    begun, go = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go.wait(5)

    bench.lane.submit(hold)
    assert begun.wait(5)
    for _ in range(19):
        bench.lane.submit(lambda: None)
    free = threading.Event()
    bench.lane.submit(free.set)
    _, _, let_through = heapq.heappop(bench.clockwork.waiting)
    bench.clockwork.now += 1
    let_through()
    assert "What was to be said to a person was not" in caplog.text
    go.set()
    assert free.wait(5)
    bench.turn(0)
    assert update.took == ["b"]


def test_a_talk_belongs_to_its_click_whoever_goes_on_with_it(bench: Bench) -> None:
    update = Method("views.update")
    update.refusals = [1]
    seen: list[float | None] = []

    def talk(what: str) -> Talk[None]:
        yield from update.talk(what)
        seen.append(came_in())

    for number, what in enumerate("ab"):
        with click(what, at=float(number)):
            bench.talks.queue(talk(what))
    bench.settle()
    bench.turn(1)
    assert seen == [0.0, 1.0]


def test_other_errors_of_slacks_are_raised(bench: Bench) -> None:
    def broken() -> None:
        raise refusal(1, status=500)

    with pytest.raises(SlackApiError):
        bench.talks.run(web_api("views.update", broken))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": ["2"]}, 2.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "86400"}, 60.0),
        ({"Retry-After": "Sat, 21 Nov 2026 00:00:00 GMT"}, 1.0),
        ({}, 1.0),
    ],
)
def test_a_pause_is_slacks_own_within_bounds(headers: dict[str, object], seconds: float) -> None:
    assert seconds_to_wait(headers) == seconds


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
