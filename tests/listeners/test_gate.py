"""The gate: who is known passes at once, who is not is looked up in a lane, and everybody gets an answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bot.access import Access, Asker, Deed, Door, NotTold, Permit, Policy, Refusal
from bot.audit import Audit
from bot.listeners.errands import Errands
from bot.listeners.gate import Gate
from bot.listeners.talks import Talks
from bot.work import Lane, LaneFull
from tests.access.test_lookups import MEMBER
from tests.access.test_lookups import Book as Facts
from tests.listeners.conftest import Book
from tests.listeners.test_reading import Wall

ASHA = Asker("U1", "T1", "", "C1", Door.BUTTON)
OUTSIDER = Asker("U9", "T9", "", "C1", Door.BUTTON)


class Guarded:
    """A gate, what passed it, and the place where its people look."""

    def __init__(self, audit: Audit) -> None:
        self.book, self.wall = Facts(), Wall()
        self.lookups, self.slack = Lane("lookups", workers=1, depth=1), Lane("slack", workers=1, depth=9)
        access = Access(Policy("T1"), self.book, cache_seconds=300)
        errands = Errands(new_id=lambda: "E-1", talks=Talks(self.slack))
        self.gate = Gate(access, errands, self.lookups, audit)
        self.passed: list[tuple[Permit, str]] = []
        self.full = False

    def go(self, permit: Permit) -> None:
        if self.full:
            raise LaneFull("reads")
        self.passed.append((permit, threading.current_thread().name))

    def enter(self, asker: Asker) -> Refusal | None:
        return self.gate.enter(asker, Deed.READ, self.wall, "A test", self.go, ticket_id=143)

    def enter_or_say(self, asker: Asker) -> None:
        self.gate.enter_or_say(asker, Deed.SETTLE, self.wall, "A test", self.go)

    def close(self) -> None:
        assert self.lookups.close(5)
        assert self.slack.close(5)


@pytest.fixture
def guarded(book: Book) -> Iterator[Guarded]:
    guarded = Guarded(book.audit)
    yield guarded
    guarded.book.hold = lambda: None
    guarded.lookups.close(5)
    guarded.slack.close(5)


def test_who_is_not_known_is_looked_up_elsewhere_and_passes_at_once_the_next_time(guarded: Guarded) -> None:
    may = threading.Event()
    guarded.book.hold = lambda: may.wait(10)
    assert guarded.enter(ASHA) is None
    assert guarded.passed == []
    may.set()
    guarded.lookups.close(5)
    assert guarded.enter(ASHA) is None
    permit, here = Permit(ASHA, Deed.READ), threading.current_thread().name
    assert guarded.passed == [(permit, "lookups-0"), (permit, here)]
    assert guarded.wall.shown == []


def test_what_is_known_to_be_refused_is_returned_for_the_ack_to_say(guarded: Guarded) -> None:
    assert guarded.enter(OUTSIDER) is Refusal.OTHER_TEAM
    guarded.close()
    assert (guarded.passed, guarded.wall.shown) == ([], [])


def test_a_refusal_is_written_down_once_whoever_says_it(guarded: Guarded, book: Book) -> None:
    guarded.book.people["U1"] = MEMBER | {"is_restricted": True}
    guarded.enter(OUTSIDER)
    guarded.enter_or_say(OUTSIDER)
    guarded.enter(ASHA)
    guarded.gate.refusal(OUTSIDER, Deed.NOTE, "A test", 34)
    guarded.close()
    assert guarded.gate.refusal(ASHA, Deed.READ, "A test", None) is Refusal.GUEST
    assert book.told() == [
        ("U9", "read", 143, "refused:other_team"),
        # To settle is to say something of a note.
        ("U9", "note", None, "refused:other_team"),
        ("U9", "note", 34, "refused:other_team"),
        ("U1", "read", 143, "refused:guest"),
        ("U1", "read", None, "refused:guest"),
    ]


def test_who_passes_is_not_written_down_before_something_came_of_it(guarded: Guarded, book: Book) -> None:
    guarded.enter(ASHA)
    guarded.close()
    assert len(guarded.passed) == 1
    assert guarded.gate.refusal(ASHA, Deed.READ, "A test", 143) is None
    assert book.told() == []


def test_where_the_ack_says_nothing_it_is_said_at_the_place(guarded: Guarded) -> None:
    guarded.enter_or_say(OUTSIDER)
    guarded.close()
    assert guarded.passed == []
    [words] = guarded.wall.shown
    assert words.startswith("Not allowed. This bot belongs to another workspace")


@pytest.mark.parametrize("said", [MEMBER | {"is_restricted": True}, NotTold(), None])
def test_a_refusal_that_is_learnt_later_is_shown_at_the_place(guarded: Guarded, said: object) -> None:
    guarded.book.people["U1"] = said
    assert guarded.enter(ASHA) is None
    guarded.close()
    assert guarded.passed == []
    assert [words.startswith("Not allowed.") for words in guarded.wall.shown] == [True]


def test_more_strangers_than_the_lane_holds_are_told_that_the_bot_is_busy(guarded: Guarded) -> None:
    may, began = threading.Event(), threading.Event()
    guarded.book.hold = lambda: (began.set(), may.wait(10))[1]  # type: ignore[func-returns-value]
    guarded.enter(ASHA)
    assert began.wait(10)
    guarded.enter(ASHA)
    with pytest.raises(LaneFull):
        guarded.enter(ASHA)
    guarded.enter_or_say(ASHA)
    may.set()
    guarded.close()
    assert len(guarded.passed) == 2
    assert ["busy" in words for words in guarded.wall.shown] == [True]


def test_who_passes_when_the_next_lane_is_full_is_told_so(guarded: Guarded) -> None:
    guarded.full = True
    guarded.enter(ASHA)
    guarded.lookups.close(5)
    with pytest.raises(LaneFull):
        guarded.enter(ASHA)
    guarded.enter_or_say(ASHA)
    guarded.close()
    assert ["busy" in words for words in guarded.wall.shown] == [True, True]


def test_who_is_being_looked_up_at_a_restart_is_told_so(guarded: Guarded) -> None:
    may = threading.Event()
    guarded.book.hold = lambda: may.wait(10)
    guarded.enter(ASHA)
    assert not guarded.lookups.close(0)
    may.set()
    assert guarded.slack.close(5)
    assert ["restarting" in words for words in guarded.wall.shown] == [True]
