"""Notes whose process ended, answers that come late, and what the person says of a note in doubt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.leadsquared.errors import (
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from bot.notes import Decision, Note, Outbox, State
from tests.notes.conftest import (
    AUTHOR,
    Bench,
    crash,
    deliver,
    doubtful,
    lost,
    now_of,
    posted,
    queued,
    refused,
    saved,
    sending,
)


def test_what_was_being_sent_when_its_process_ended_is_in_doubt_and_never_sent_again(bench: Bench) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = saved(outbox)
    crash(bench, outbox, note)
    lost(bench, other, note)
    bench.clock.now += 86_400
    assert other.tend().due == []
    assert other.deliver(note, AUTHOR) is None
    assert len(bench.sender.sent) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (None, State.POSTED),
        (Refused("no"), State.REFUSED),
        (RateLimited("25 in 5"), State.UNKNOWN),
        (Unavailable("no route"), State.UNKNOWN),
        (OutcomeUnknown("it broke off"), State.UNKNOWN),
    ],
    ids=["posted", "refused", "rate limited", "unavailable", "unknown"],
)
def test_an_answer_after_the_lease_is_better_knowledge_and_never_queues_again(
    bench: Bench, answer: Exception | None, state: State
) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = saved(outbox)

    def late() -> None:
        lost(bench, other, note)
        other.told(now_of(other, note))
        if answer:
            raise answer

    bench.sender.answers.append(late)
    outbox.deliver(note, AUTHOR)
    row = bench.row(note)
    assert row["state"] == state
    assert row["told"] == (state is State.UNKNOWN)
    assert len(bench.sender.sent) == 1


@pytest.mark.parametrize(("answer", "state"), [(None, State.POSTED), (Refused("no"), State.QUEUED)])
def test_a_late_answer_spares_the_second_post_only_if_the_note_is_there(
    bench: Bench, answer: Exception | None, state: State
) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = saved(outbox)

    def late() -> None:
        lost(bench, other, note)
        assert other.decide(note.reference, Decision.AGAIN)
        if answer:
            raise answer

    bench.sender.answers.append(late)
    outbox.deliver(note, AUTHOR)
    assert bench.row(note)["state"] == state
    other.deliver(now_of(other, note), AUTHOR)
    assert len(bench.sender.sent) == (1 if state is State.POSTED else 2)


def test_a_late_answer_does_not_speak_for_the_second_try_that_has_begun(bench: Bench) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = saved(outbox)
    states: list[str] = []

    def first() -> None:
        lost(bench, other, note)
        again = other.decide(note.reference, Decision.AGAIN)
        assert again
        bench.sender.answers.append(second)
        other.deliver(again, AUTHOR)

    def second() -> None:
        states.append(bench.row(note)["state"])
        raise OutcomeUnknown("it broke off")

    bench.sender.answers.append(first)
    assert outbox.deliver(note, AUTHOR) is None
    row = bench.row(note)
    assert states == [State.SENDING]
    assert (row["state"], row["said"], row["tries"], row["text"]) == (State.UNKNOWN, 2, 2, "Called back.")


def test_a_note_that_was_found_is_posted_told_and_erased(bench: Bench) -> None:
    outbox = bench.outbox()
    note = doubtful(bench, outbox)
    after = outbox.decide(note.reference, Decision.THERE)
    assert after
    assert (after.state, after.told, after.text, after.detail) == (State.POSTED, True, None, "")
    assert bench.row(note)["decision"] == "there"
    assert len(bench.sender.sent) == 1


def test_a_note_that_was_not_found_is_sent_once_more_with_fifteen_minutes_of_its_own(bench: Bench) -> None:
    outbox = bench.outbox()
    note = doubtful(bench, outbox)
    bench.clock.now += 86_400
    after = outbox.decide(note.reference, Decision.AGAIN)
    assert after
    assert (after.state, after.said, after.told, after.text) == (State.QUEUED, 2, False, "Called back.")
    bench.sender.answers.append(Unavailable("no route"))
    waiting = deliver(outbox, after)
    assert waiting.state is State.QUEUED
    assert deliver(outbox, waiting).state is State.POSTED
    assert len(bench.sender.sent) == 3


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("state", [queued, sending, posted, refused])
def test_a_choice_on_a_note_that_is_not_in_doubt_does_nothing(
    bench: Bench, state: Callable[[Bench, Outbox], Note], decision: Decision
) -> None:
    outbox = bench.outbox()
    note = state(bench, outbox)
    before = bench.row(note)
    bench.clock.now += 1
    assert outbox.decide(note.reference, decision) is None
    assert outbox.decide("TB-00000", decision) is None
    assert bench.row(note) == before
    assert before["state"] == state.__name__


@pytest.mark.parametrize("decision", Decision)
def test_a_choice_counts_once(bench: Bench, decision: Decision) -> None:
    outbox, other = bench.outbox(), bench.outbox()
    note = doubtful(bench, outbox)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda box: box.decide(note.reference, decision), [outbox, other] * 2))
    assert len([one for one in made if one]) == 1
    assert bench.row(note)["said"] == (2 if decision is Decision.AGAIN else 1)
