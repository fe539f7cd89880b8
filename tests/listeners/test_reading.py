"""Showing tickets: in turns, with a word for who waits, and never twice at one place."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.access import Asker, Deed, Door, Permit
from bot.blocks.screen import Screen, notice
from bot.desk import Desk
from bot.leadsquared.errors import Unavailable
from bot.leadsquared.model import Conversation
from bot.listeners.errands import Errands
from bot.listeners.later import Later
from bot.listeners.places import Answer
from bot.listeners.reading import Readings
from bot.listeners.talks import Talk, Talks
from bot.work import Lane, LaneFull
from tests.listeners.conftest import Book

PERMIT = Permit(Asker("U1", "T1", "", "C1", Door.COMMAND), Deed.READ)


class Source:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[int] = []
        self.error: Exception | None = None

    def conversations(self, ticket_id: int) -> Conversation:
        self.asked.append(ticket_id)
        self.go.wait(10)
        if self.error:
            raise self.error
        return Conversation(ticket_id, (), 0, 0, datetime.now(UTC))


@dataclass
class Wall:
    """A place that keeps what it is shown."""

    user_id: str = "U1"
    spot: str = ""
    shown: list[str] = field(default_factory=list)
    changed: threading.Event = field(default_factory=threading.Event)

    def show_there(self, answer: Answer) -> Talk[bool]:
        self.shown.append(str(answer.message()["text"]))
        self.changed.set()
        yield from ()
        return True

    show = show_there


@dataclass
class Clockwork:
    """Late calls, made when the test says so."""

    waiting: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def call(self, seconds: float, what: Callable[[], None]) -> None:
        self.waiting.append((seconds, what))

    def ring(self) -> None:
        for _, what in self.waiting:
            what()
        self.waiting.clear()


@dataclass
class Bench:
    """The parts around `readings`."""

    source: Source
    later: Clockwork
    readings: Readings
    lanes: tuple[Lane, Lane, Lane, Lane]
    book: Book

    def close(self) -> None:
        self.source.go.set()
        for lane in self.lanes:
            assert lane.close(5)

    def audited(self) -> Counter[tuple[int | None, str]]:
        """How often the audit has each ticket with each result."""
        return Counter((ticket_id, result) for _, _, ticket_id, result in self.book.told())


@pytest.fixture
def bench(book: Book) -> Iterator[Bench]:
    source, later = Source(), Clockwork()
    reads, fetched, hits, slack = (Lane(name, workers=1, depth=30) for name in ("reads", "fetched", "hits", "slack"))
    errands = Errands(new_id=lambda: "E-1", talks=Talks(slack))
    readings = Readings(
        Desk(source, cache_seconds=60),
        errands,
        reads=reads,
        fetched=fetched,
        hits=hits,
        later=later,  # type: ignore[arg-type]
        expected=lambda: 5.2,
        audit=book.audit,
    )
    bench = Bench(source, later, readings, (reads, fetched, hits, slack), book)
    yield bench
    bench.close()


class OutOfReach(Wall):
    """A place where Slack shows nothing."""

    def show_there(self, answer: Answer) -> Talk[bool]:
        yield from super().show_there(answer)
        return False

    show = show_there


@dataclass
class Slow(Wall):
    """A place where Slack takes its time."""

    reached: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)

    def show_there(self, answer: Answer) -> Talk[bool]:
        self.reached.set()
        self.taken.wait(10)
        return (yield from super().show_there(answer))

    show = show_there


def broken(_: Conversation) -> Screen:
    raise ZeroDivisionError("on purpose")


def page(conversation: Conversation) -> Screen:
    return notice(f"Ticket #{conversation.ticket_id}", "page")


def test_who_waits_is_told_for_how_long_and_then_gets_the_answer(bench: Bench) -> None:
    wall = Wall()
    bench.readings.show(PERMIT, 143, wall, "", page)
    assert [seconds for seconds, _ in bench.later.waiting] == [2.0]
    bench.later.ring()
    assert wall.changed.wait(5)
    assert wall.shown == ["Ticket #143. LeadSquared is busy: about 6 s. The conversation will be shown here."]
    bench.close()
    assert wall.shown[1:] == ["Ticket #143. page"]


def test_who_has_the_answer_is_told_nothing_of_waiting(bench: Bench) -> None:
    wall = Wall()
    bench.source.go.set()
    bench.readings.show(PERMIT, 143, wall, "", page)
    assert wall.changed.wait(5)
    bench.later.ring()
    bench.readings.show(PERMIT, 143, wall, "", page)
    assert bench.later.waiting == []  # what is kept needs no waiting
    bench.close()
    assert wall.shown == ["Ticket #143. page"] * 2


def test_all_who_wait_share_one_call_and_its_error(bench: Bench) -> None:
    walls = [Wall(f"U{number}") for number in range(20)]
    bench.source.error = Unavailable("down")
    for wall in walls:
        bench.readings.show(PERMIT, 143, wall, "", page)
    bench.close()
    assert bench.source.asked == [143]
    assert bench.audited() == {(143, "failed:unavailable"): 20}
    assert all("could not be reached" in wall.shown[-1] for wall in walls)


def test_a_newer_request_takes_the_place_of_an_older_one(bench: Bench) -> None:
    older, newer, elsewhere = Wall(spot="M1"), Wall(spot="M1"), Wall(spot="M2")
    bench.readings.show(PERMIT, 143, older, "", page)
    bench.readings.show(PERMIT, 34, newer, "", page)
    bench.readings.show(PERMIT, 143, elsewhere, "", page)
    bench.later.ring()
    bench.close()
    assert older.shown == []
    assert newer.shown[-1] == "Ticket #34. page"
    assert elsewhere.shown[-1] == "Ticket #143. page"
    assert bench.audited() == {(34, "shown"): 1, (143, "shown"): 1}


def test_who_clicks_again_where_slack_is_slow_holds_up_nobody_else(bench: Bench) -> None:
    bench.source.go.set()
    known = Wall()
    bench.readings.show(PERMIT, 143, known, "", page)
    assert known.changed.wait(5)
    slow, again, newest, somebody = Slow(spot="M1"), Wall(spot="M1"), Wall(spot="M1"), Wall("U2")
    bench.readings.show(PERMIT, 34, slow, "", page)  # fetched, and so shown in another lane
    assert slow.reached.wait(5)
    for wall in (again, newest, somebody):
        bench.readings.show(PERMIT, 143, wall, "", page)
    assert somebody.changed.wait(5)
    assert again.shown == newest.shown == []
    slow.taken.set()
    assert newest.changed.wait(5)
    assert again.shown == []


def test_who_clicks_again_where_slack_is_slow_is_not_told_to_wait_on_top(bench: Bench) -> None:
    slow, newer, somebody = Slow(spot="M1"), Wall(spot="M1"), Wall("U2")
    bench.source.go.set()
    bench.readings.show(PERMIT, 34, slow, "", page)
    assert slow.reached.wait(5)
    bench.source.go.clear()
    bench.readings.show(PERMIT, 143, newer, "", page)
    bench.readings.show(PERMIT, 143, somebody, "", page)
    bench.later.ring()
    assert somebody.changed.wait(5)
    assert "busy" in somebody.shown[0]
    slow.taken.set()
    bench.close()
    assert newer.shown == ["Ticket #143. page"]


def test_a_full_lane_is_said_at_once_and_to_all_who_joined(bench: Bench) -> None:
    for number in range(31):  # one is under way
        bench.readings.show(PERMIT, number, Wall(), "", page)
        if number == 0:
            while not bench.source.asked:
                bench.later.ring()
    with pytest.raises(LaneFull):
        bench.readings.show(PERMIT, 99, Wall(), "", page)
    wall = Wall()
    bench.readings.show_or_say_busy(PERMIT, 99, wall, "", page)
    assert wall.changed.wait(5)
    assert "busy with other requests" in wall.shown[0]
    bench.close()
    assert bench.audited()[99, "failed:busy"] == 2


def test_what_nobody_saw_is_not_written_down_as_shown(bench: Bench) -> None:
    bench.source.go.set()
    lost, wall = OutOfReach(), Wall()
    bench.readings.show(PERMIT, 143, lost, "", page)
    bench.readings.show(PERMIT, 34, wall, "", broken)
    assert lost.changed.wait(5)
    assert wall.changed.wait(5)
    bench.source.error = Unavailable("down")
    bench.readings.show(PERMIT, 7, OutOfReach(), "", page)
    bench.close()
    assert bench.audited() == {(143, "failed:undelivered"): 1, (34, "failed:broken"): 1, (7, "failed:unavailable"): 1}


def test_what_the_end_comes_before_is_written_down_so(bench: Bench) -> None:
    for number in range(3):
        bench.readings.show(PERMIT, 140 + number, Wall(), "", page)
    bench.lanes[0].close(0)
    bench.close()
    assert bench.audited() == {(140 + number, "failed:restarting"): 1 for number in range(3)}


def test_late_calls_are_made_in_their_order_and_not_after_the_end() -> None:
    later = Later()
    made: list[str] = []
    done = threading.Event()
    later.call(0.02, lambda: (made.append("second"), done.set())[0])  # type: ignore[func-returns-value]
    later.call(0.0, lambda: made.append("first"))
    later.call(60.0, lambda: made.append("never"))
    assert done.wait(5)
    later.close()
    assert made == ["first", "second"]
