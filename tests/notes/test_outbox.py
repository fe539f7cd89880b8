"""What the outbox promises, method by method, on a real SQLite file and a real PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from bot.leadsquared.errors import (
    LeadSquaredError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from bot.notes import BROKEN, Decision, Draft, Note, Outbox, State, StoreUnavailable
from tests.notes.conftest import (
    AUTHOR,
    START,
    TELLING,
    Bench,
    crash,
    deliver,
    doubtful,
    draft,
    lost,
    now_of,
    posted,
    refused,
    saved,
)


class Rigged(random.Random):
    """Draws these references first, and then one that is always the same."""

    def __init__(self, *references: str) -> None:
        super().__init__(7)
        self._references = list(references)

    def choices(self, *_: Any, **__: Any) -> list[Any]:
        return list(self._references.pop(0) if self._references else "ZZZZZ")


# Saving


def test_a_draft_is_saved_as_it_is(bench: Bench) -> None:
    text = "Zero-width \u200b, RTL \u202e, 😀, नमस्ते, tab\t, a quote ' and a \\"
    note, new = bench.outbox().save(draft(text, ticket_id=9_999_999_999))
    assert new
    assert (note.state, note.text, note.ticket_id, note.said, note.tries) == (State.QUEUED, text, 9_999_999_999, 1, 0)
    assert bench.outbox().get(note.reference) == note
    assert bench.outbox().get("TB-00000") is None


def test_the_same_submission_is_one_row_and_one_post(bench: Bench) -> None:
    one, other = bench.outbox(), bench.outbox()
    first, again = one.save(draft()), other.save(draft())
    assert (first.new, again.new) == (True, False)
    assert first.note == again.note
    deliver(one, first.note)
    assert other.deliver(again.note, AUTHOR) is None
    after = other.save(draft())
    assert (after.new, after.note.state) == (False, State.POSTED)
    assert len(bench.sender.sent) == len(bench.rows()) == 1


def test_the_same_submission_from_many_threads_at_once_is_one_row_and_one_post(bench: Bench) -> None:
    outboxes = [bench.outbox(), bench.outbox(randomness=random.Random(8))]  # noqa: S311 (no secret)

    def submit(number: int) -> bool:
        outbox = outboxes[number % 2]
        note, new = outbox.save(draft())
        outbox.deliver(note, AUTHOR)
        return new

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(submit, range(16))) == 1
    assert len(bench.sender.sent) == len(bench.rows()) == 1


@pytest.mark.parametrize(
    "other",
    [draft(attempt=2), draft(view_id="V0002"), draft("Called back"), draft(ticket_id=144), draft(team_id="T0OTHER01")],
    ids=["attempt", "view", "text", "ticket", "team"],
)
def test_another_submission_is_another_note(bench: Bench, other: Draft) -> None:
    outbox = bench.outbox()
    first, second = outbox.save(draft()), outbox.save(other)
    assert second.new
    assert first.note.reference != second.note.reference
    for note in (first.note, second.note):
        deliver(outbox, note)
    assert len(bench.sender.sent) == 2


def test_a_reference_that_is_taken_is_drawn_again(bench: Bench) -> None:
    outbox = bench.outbox(randomness=Rigged("AAAAA", "AAAAA", "AAAAA", "BBBBB"))
    assert saved(outbox).reference == "TB-AAAAA"
    assert saved(outbox, view_id="V0002").reference == "TB-BBBBB"


def test_without_a_free_reference_nothing_is_promised(bench: Bench) -> None:
    outbox = bench.outbox(randomness=Rigged())
    saved(outbox)
    with pytest.raises(StoreUnavailable):
        outbox.save(draft(view_id="V0002"))
    assert len(bench.rows()) == 1


# Sending


def test_a_note_is_sent_with_its_author_its_origin_and_its_reference(bench: Bench) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    after = deliver(outbox, note)
    assert bench.sender.sent == [f"#143 Called back.\n\n— Asha Verma, from Slack (U0ASHA001)\n{note.reference}"]
    assert (after.state, after.outcome, after.tries, after.told) == (State.POSTED, "", 1, False)
    # For the receipt; it is erased where it was kept.
    assert after.text == "Called back."
    assert now_of(outbox, note).text is None


def test_two_processes_that_take_the_same_note_post_it_once(bench: Bench) -> None:
    one, other = bench.outbox(), bench.outbox()
    note = saved(one)
    # While the first is sending, the second tries too.
    bench.sender.answers.append(lambda: outcomes.append(other.deliver(note, AUTHOR)))
    outcomes: list[Note | None] = []
    assert deliver(one, note).state is State.POSTED
    assert outcomes == [None]
    assert len(bench.sender.sent) == 1


@pytest.mark.parametrize(
    ("error", "state", "outcome"),
    [
        (RateLimited("25 in 5"), State.QUEUED, "RateLimited"),
        (Unavailable("no route"), State.QUEUED, "Unavailable"),
        (Unauthorized("keys"), State.REFUSED, "Unauthorized"),
        (NotFound("no such path"), State.REFUSED, "NotFound"),
        (Refused("no such ticket"), State.REFUSED, "Refused"),
        (OutcomeUnknown("it broke off"), State.UNKNOWN, "OutcomeUnknown"),
        (LeadSquaredError("of a kind to come"), State.REFUSED, "LeadSquaredError"),
        (ZeroDivisionError("nobody thought of it"), State.UNKNOWN, "OutcomeUnknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_leads_to_its_state(bench: Bench, error: Exception, state: State, outcome: str) -> None:
    outbox = bench.outbox()
    bench.sender.answers.append(error)
    after = deliver(outbox, saved(outbox))
    detail = error.detail if isinstance(error, LeadSquaredError) else ""
    assert (after.state, after.outcome, after.detail, after.text) == (state, outcome, detail, "Called back.")
    assert outbox.get(after.reference) == after


def test_the_waits_grow_are_bounded_and_end_after_fifteen_minutes(bench: Bench) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    waits: list[float] = []
    bench.sender.answers.extend([Unavailable()] * 100)
    while (note := deliver(outbox, note)).state is State.QUEUED:
        due_at = bench.row(note)["due_at"]
        waits.append(due_at - bench.clock.now)
        bench.clock.now = due_at - 0.01
        assert outbox.tend().due == []
        bench.clock.now = due_at
        assert outbox.tend().due == [note]
    for number, wait in enumerate(waits):
        least = min(2.0 * 2**number, 60.0)
        assert least <= wait <= least * 1.25
    assert (note.state, note.outcome, note.text) == (State.REFUSED, "Unavailable", "Called back.")
    assert 15 * 60 - 75 <= bench.clock.now - START <= 15 * 60
    assert len(bench.sender.sent) == len(waits) + 1


def test_a_rate_limit_is_waited_for_as_long_as_it_says(bench: Bench) -> None:
    outbox = bench.outbox()
    bench.sender.answers.append(RateLimited("too many", 40.0))
    note = deliver(outbox, saved(outbox))
    assert 40 <= bench.row(note)["due_at"] - START <= 50


def test_a_note_that_the_bot_fails_on_is_refused_with_the_id_of_the_error(bench: Bench) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    after = outbox.refuse(note, BROKEN, "E-1a2b3c4d")
    assert after
    assert (after.state, after.outcome, after.detail, after.text) == (
        State.REFUSED,
        BROKEN,
        "E-1a2b3c4d",
        "Called back.",
    )
    assert outbox.refuse(note, BROKEN, "E-5e6f7a8b") is None
    assert bench.sender.sent == []


# Telling, erasing, purging


@pytest.mark.parametrize("state", [posted, refused, doubtful])
def test_an_end_stays_to_be_told_until_it_was_told(bench: Bench, state: Callable[[Bench, Outbox], Note]) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = state(bench, outbox)
    # Whoever has the news has some time to tell it.
    bench.clock.now += TELLING - 0.01
    assert other.tend().untold == []
    assert other.claim_telling(note) is None
    bench.clock.now += 0.01
    assert other.tend() == ([], [now_of(outbox, note)])
    assert other.claim_telling(note)
    assert outbox.claim_telling(note) is None
    assert outbox.tend().untold == []
    outbox.told(note)
    bench.clock.now += TELLING
    assert other.tend() == ([], [])
    assert now_of(outbox, note).told


def test_what_cannot_be_told_is_tried_less_and_less_often(bench: Bench) -> None:
    outbox = bench.outbox()
    note = refused(bench, outbox)
    told = []
    while bench.clock.now < START + 86_400:
        bench.clock.now += 5
        told += [bench.clock.now - START for each in outbox.tend().untold if outbox.claim_telling(each)]
    pauses = [after - before for before, after in pairwise(told)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600
    assert 20 < len(told) < 40
    assert now_of(outbox, note).text == "Called back."


def test_what_was_told_of_an_earlier_state_is_not_told_of_this_one(bench: Bench) -> None:
    outbox = bench.outbox()
    doubt = doubtful(bench, outbox)
    again = outbox.decide(doubt.reference, Decision.AGAIN)
    assert again
    bench.sender.answers.append(OutcomeUnknown("it broke off"))
    after = deliver(outbox, again)
    outbox.told(doubt)
    assert not now_of(outbox, after).told
    bench.clock.now += TELLING
    assert [note.reference for note in outbox.tend().untold] == [after.reference]


def test_a_doubt_that_was_told_late_does_not_hide_that_the_note_was_posted(bench: Bench) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = saved(outbox)
    doubts: list[Note] = []

    def late() -> None:
        lost(bench, other, note)
        doubts.append(now_of(other, note))

    bench.sender.answers.append(late)
    deliver(outbox, note)
    other.told(doubts[0])
    row = bench.row(note)
    assert (row["state"], row["told"]) == (State.POSTED, False)


def test_that_a_note_waits_does_not_count_as_its_end(bench: Bench) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    bench.sender.answers.append(Unavailable("no route"))
    waiting = deliver(outbox, saved(outbox))
    outbox.told(waiting)
    crash(bench, outbox, waiting)
    lost(bench, other, waiting)
    bench.clock.now += TELLING
    assert [note.reference for note in other.tend().untold] == [waiting.reference]


def test_a_refused_note_keeps_its_text_and_the_reason_until_it_was_told(bench: Bench) -> None:
    outbox = bench.outbox()
    note = refused(bench, outbox)
    assert (note.text, note.detail) == ("Called back.", "no such ticket")
    outbox.told(note)
    after = now_of(outbox, note)
    assert (after.text, after.detail, after.outcome, after.ticket_id) == (None, "", "Refused", 143)


def test_a_note_in_doubt_keeps_its_text_after_it_was_told(bench: Bench) -> None:
    outbox = bench.outbox()
    note = doubtful(bench, outbox)
    outbox.told(note)
    assert now_of(outbox, note).text == "Called back."


def test_purge_deletes_what_ended_long_ago_and_keeps_what_is_open(bench: Bench) -> None:
    outbox = bench.outbox(randomness=None)
    old = [saved(outbox, view_id=f"V{number}") for number in range(5)]
    answers: list[Exception | None] = [None, Refused("no"), OutcomeUnknown("broke off")]
    for note, answer in zip(old, answers, strict=False):
        bench.sender.answers.append(answer)
        deliver(outbox, note)
    crash(bench, outbox, old[3])
    bench.clock.now += 1000
    young = posted(bench, outbox)
    assert outbox.purge(1001) == 0
    assert outbox.purge(999) == 3
    left = {row["reference"]: row["state"] for row in bench.rows()}
    assert left == {
        old[3].reference: State.SENDING,
        old[4].reference: State.QUEUED,
        young.reference: State.POSTED,
    }


def test_what_a_database_does_not_take_is_taken_out(bench: Bench) -> None:
    outbox = bench.outbox()
    odd = "Half of a character: \ud83d, and a NUL: \0."
    note = saved(outbox, text=odd)
    assert outbox.save(draft(odd)) == (note, False)
    assert note.text == "Half of a character: ?, and a NUL: ."
    bench.sender.answers.append(Refused("\0no\udfff"))
    after = deliver(outbox, note)
    assert (after.state, after.detail) == (State.REFUSED, "no?")


def test_a_note_whose_turn_does_not_come_was_not_tried(bench: Bench) -> None:
    class Busy:
        """No turn comes free."""

        def post_internal_note(self, *_: object) -> None:
            raise RateLimited("no call was free in time", 5)

    outbox = bench.outbox(sender=Busy())
    note = saved(outbox)
    after = deliver(outbox, note)
    assert (after.state, after.tries, after.outcome) == (State.QUEUED, 0, "RateLimited")
    assert outbox.tend().due == []
    bench.clock.now += 15 * 60
    after = deliver(outbox, after)
    assert (after.state, after.tries, after.text) == (State.REFUSED, 0, "Called back.")


def test_what_is_told_in_a_modal_that_was_submitted_again_is_out_of_place(bench: Bench) -> None:
    outbox = bench.outbox(randomness=None)
    first = saved(outbox)
    assert outbox.is_newest(first)
    second = saved(outbox, attempt=2)
    saved(outbox, view_id="V0002", attempt=3)
    assert not outbox.is_newest(first)
    assert outbox.is_newest(second)


def test_nothing_is_begun_after_a_stop(bench: Bench) -> None:
    outbox = bench.outbox()
    note = saved(outbox)
    outbox.stop(2)
    assert not outbox.has_stopped()
    assert deliver(outbox, note).state is State.POSTED
    other = saved(outbox, view_id="V0002")
    bench.clock.now += 2
    assert outbox.has_stopped()
    assert outbox.deliver(other, AUTHOR) is None
    assert now_of(outbox, other).state is State.QUEUED
    assert len(bench.sender.sent) == 1


def test_what_another_process_has_is_not_waited_for(bench: Bench) -> None:
    asked: list[str] = []

    class Busy:
        """Keeps who asked."""

        def post_internal_note(self, _: int, text: str, __: object) -> None:
            asked.append(text)

    outbox = bench.outbox()
    note = posted(bench, outbox)
    assert bench.outbox(sender=Busy()).deliver(note, AUTHOR) is None
    assert asked == []
