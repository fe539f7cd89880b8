"""The audit has each step of a note that matters, once, in the same transaction as the note's own row."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import text

from bot.audit import AuditStore, Entry, Wanted
from bot.leadsquared.errors import OutcomeUnknown, Refused, Unauthorized, Unavailable
from bot.notes import BROKEN, FORBIDDEN, Decision, Note, Origin, Outbox, State, StoreUnavailable
from tests.notes.conftest import LEASE, START, Bench, crash, deliver, draft
from tests.notes.test_failing_database import DeafStore


@pytest.fixture
def author() -> str:
    """Somebody new: what is in the audit of others stays there."""
    return f"U{secrets.token_hex(6).upper()}"


def saved_by(outbox: Outbox, author: str) -> Note:
    return outbox.save(draft(user_id=author, origin=Origin("C0SUPPORT"))).note


def trail(bench: Bench, author: str) -> list[Entry]:
    """What the audit has of somebody, the oldest first."""
    engine = bench.engines[0] if bench.engines else bench.engine()
    return list(AuditStore(engine).find(Wanted(user_id=author), 100))[::-1]


def results(bench: Bench, author: str) -> list[str]:
    return sorted(f"{each.door} {each.result}" for each in trail(bench, author))


def test_what_is_told_of_a_note_is_its_own(bench: Bench, author: str) -> None:
    outbox = bench.outbox()
    note = saved_by(outbox, author)
    bench.clock.now += 5
    deliver(outbox, note)
    queued, added = trail(bench, author)
    assert (queued.at, added.at) == (START, START + 5)
    for each in (queued, added):
        told = (each.team_id, each.channel_id, each.deed, each.ticket_id, each.reference)
        assert told == ("T0ACME001", "C0SUPPORT", "note", 143, note.reference)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, ["added"]),
        (Refused("no"), ["failed:rejected"]),
        (Unauthorized("no"), ["failed:unauthorized"]),
        (OutcomeUnknown("it broke off"), ["doubt"]),
        (Unavailable("later"), []),
    ],
)
def test_each_end_of_a_try_is_told_and_waiting_is_not(
    bench: Bench, author: str, answer: Exception | None, expected: list[str]
) -> None:
    outbox = bench.outbox()
    note = saved_by(outbox, author)
    bench.sender.answers.append(answer)
    outbox.told(deliver(outbox, note))
    outbox.tend()
    assert results(bench, author) == sorted(["modal queued", *(f"modal {result}" for result in expected)])


@pytest.mark.parametrize(
    ("outcome", "detail", "expected"),
    [(BROKEN, "E-1a2b3c4d", "failed:broken"), (FORBIDDEN, "not in note group", "refused:not_in_note_group")],
)
def test_a_note_that_is_not_sent_is_told_with_why(
    bench: Bench, author: str, outcome: str, detail: str, expected: str
) -> None:
    outbox = bench.outbox()
    note = saved_by(outbox, author)
    assert outbox.refuse(note, outcome, detail)
    assert outbox.refuse(note, outcome, detail) is None
    assert results(bench, author) == sorted(["modal queued", f"modal {expected}"])


@pytest.mark.parametrize(
    ("decision", "expected"), [(Decision.THERE, ["button found"]), (Decision.AGAIN, ["button added", "button queued"])]
)
def test_what_its_author_says_of_a_doubt_is_told(
    bench: Bench, author: str, decision: Decision, expected: list[str]
) -> None:
    outbox = bench.outbox()
    bench.sender.answers.append(OutcomeUnknown("it broke off"))
    note = deliver(outbox, saved_by(outbox, author))
    decided = outbox.decide(note.reference, decision)
    assert decided
    assert outbox.decide(note.reference, decision) is None
    if decided.state is State.QUEUED:
        deliver(outbox, decided)
    assert results(bench, author) == [*expected, "modal doubt", "modal queued"]


def test_a_note_whose_process_ended_is_told_once(bench: Bench, author: str) -> None:
    outbox = bench.outbox()
    crash(bench, outbox, saved_by(outbox, author))
    bench.clock.now += LEASE + 1
    for other in (bench.outbox(), outbox):
        other.tend()
    assert results(bench, author) == ["modal doubt", "modal queued"]


def test_what_was_committed_and_not_heard_of_is_told_once(bench: Bench, author: str) -> None:
    store = DeafStore(bench.engine())
    with pytest.raises(StoreUnavailable):
        saved_by(bench.outbox(store), author)
    outbox = bench.outbox(store)
    note = saved_by(bench.outbox(), author)
    deliver(outbox, note)
    bench.outbox().tend()
    assert results(bench, author) == ["modal added", "modal queued"]


def test_a_note_is_not_saved_where_the_audit_cannot_be_written(on_sqlite: Bench, author: str) -> None:
    outbox = on_sqlite.outbox()
    with on_sqlite.engines[0].begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO elsewhere"))
    with pytest.raises(StoreUnavailable):
        saved_by(outbox, author)
    assert on_sqlite.rows() == []
    with on_sqlite.engines[0].begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO audit"))
    deliver(outbox, saved_by(outbox, author))
    assert results(on_sqlite, author) == ["modal added", "modal queued"]
