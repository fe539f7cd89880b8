"""The outbox as a state machine: whatever happens in whatever order, no note is lost, none is doubled.

`OUTBOX_EXAMPLES=2000 pytest tests/notes/test_machine.py` looks for longer.
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from bot.database import open_database
from bot.database.tables import notes
from bot.notes import BROKEN, Decision, Draft, Note, State
from tests.notes.bad_luck import Answer, Database, Killed, Process
from tests.notes.conftest import AUTHOR, HandClock, draft, empty_file

EXAMPLES = int(os.environ.get("OUTBOX_EXAMPLES", "60"))
STEPS = 40
ENDS = {State.POSTED, State.REFUSED, State.UNKNOWN}


# What happens while a call is under way.
MEANWHILE = st.sampled_from(
    [
        (),
        (),
        ("tend",),
        ("lease",),
        ("lease", "tell"),
        ("lease", "there"),
        ("lease", "again"),
        ("lease", "again", "deliver"),
    ]
)
ANSWERS = st.sampled_from(Answer)


class OutboxMachine(RuleBasedStateMachine):
    """Two processes on one database file, a LeadSquared, a person, and bad luck."""

    references = Bundle("references")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="ticketbot-")
        path = Path(self.folder.name, "notes.db")
        path.write_bytes(empty_file())
        self.engine = open_database(f"sqlite:///{path}")
        self.clock = HandClock()
        self.chance = random.Random(3)  # noqa: S311 (references, no secret)
        self.started = 0
        self.processes = [self.process(), self.process()]
        # What the world knows of each note, by its reference.
        self.drafts: dict[str, Draft] = {}
        self.said: Counter[str] = Counter()
        self.copies: Counter[str] = Counter()
        # How often the person had said "post" when the note was last sent in a way that may have written it.
        self.maybe_since: Counter[str] = Counter()
        self.heard: set[tuple[str, State, int, int]] = set()
        self.shown: list[Note] = []
        # How each note was when it was last looked at: its state, and how often the person had said "post".
        self.before: dict[str, tuple[State, int]] = {}
        # How the next call goes.
        self.answer = Answer.POSTED
        self.meanwhile: Callable[[], None] | None = None
        self.wrong: AssertionError | None = None

    def process(self) -> Process:
        self.started += 1
        return Process(f"process {self.started}", self.engine, self.clock, self.chance, self.receive)

    def rows(self) -> dict[str, dict[str, Any]]:
        with self.engine.begin() as connection:
            return {row.reference: dict(row._mapping) for row in connection.execute(select(notes))}

    def now(self, reference: str) -> Note:
        note = self.processes[0].outbox.get(reference)
        assert note
        return note

    # LeadSquared

    def receive(self, owner: str, reference: str) -> None:
        """Take a call, and answer it as planned."""
        answer, meanwhile, self.meanwhile = self.answer, self.meanwhile, None
        try:
            row = self.rows()[reference]
            assert (row["state"], row["owner"]) == (State.SENDING, owner), "sent without being claimed"
            assert row["lease_until"] > self.clock.now
            self.copies[reference] += answer.writes
            if not answer.certainly_nothing:
                assert self.maybe_since[reference] < self.said[reference], "sent again without being asked to"
                self.maybe_since[reference] = self.said[reference]
            if meanwhile:
                meanwhile()
        except AssertionError as error:
            self.wrong = error  # the outbox would take it for an error of the sender's
        if answer.error:
            raise answer.error("on purpose")

    # What processes do

    @initialize(target=references)
    def save_one(self) -> str:
        return self.save_draft(draft("first"), 0)

    @rule(target=references, view=st.sampled_from("VW"), attempt=st.integers(1, 2), which=st.integers(0, 1))
    def save(self, view: str, attempt: int, which: int) -> str:
        return self.save_draft(draft("Called back.", view_id=view, attempt=attempt), which)

    def save_draft(self, wanted: Draft, which: int) -> str:
        known = next((reference for reference, kept in self.drafts.items() if kept == wanted), None)
        note, new = self.processes[which].outbox.save(wanted)
        assert new == (known is None)
        assert known in {None, note.reference}
        if new:
            self.drafts[note.reference] = wanted
            self.said[note.reference] = 1
            self.shown.append(note)
        return note.reference

    @rule(
        target=references,
        pick=st.integers(0, 5),
        which=st.integers(0, 1),
        answer=ANSWERS,
        meanwhile=MEANWHILE,
        then=ANSWERS,
        database=st.sampled_from(Database),
    )
    def deliver(
        self, *, pick: int, which: int, answer: Answer, meanwhile: tuple[str, ...], then: Answer, database: Database
    ) -> str:
        """Send a note that is queued, or a new one where none is."""
        queued = [reference for reference, row in self.rows().items() if row["state"] == State.QUEUED]
        new = draft(f"Note {len(self.drafts)}", view_id=f"X{len(self.drafts)}")
        reference = queued[pick % len(queued)] if queued else self.save_draft(new, which)
        self.meanwhile = lambda: self.happen(reference, 1 - which, meanwhile, then)
        self.processes[which].store.database = database
        self.try_to_send(which, self.now(reference), answer)
        self.processes[which].store.database = Database.KEEPS
        self.meanwhile = None
        return reference

    @rule(back=st.integers(1, 20), which=st.integers(0, 1), answer=ANSWERS)
    def deliver_late(self, back: int, which: int, answer: Answer) -> None:
        """Send a note as it was a while ago, whatever it is now, as a process that was slow at it does."""
        self.try_to_send(which, self.shown[-min(back, len(self.shown))], answer)

    def try_to_send(self, which: int, note: Note, answer: Answer) -> None:
        before = self.now(note.reference)
        self.answer = answer
        process = self.processes[which]
        try:
            after = process.outbox.deliver(note, AUTHOR)
        except Killed:
            self.crash(which)
        else:
            assert before.state is State.QUEUED or after is None
            if after:
                self.shown.append(after)
        if self.wrong:
            raise self.wrong

    def happen(self, reference: str, which: int, events: tuple[str, ...], then: Answer) -> None:
        """Let something happen at another process while one is waiting for its answer."""
        for event in events:
            match event:
                case "tend":
                    self.processes[which].outbox.tend()
                    assert self.now(reference).state is State.SENDING
                case "lease":
                    self.clock.now += 90.1
                    self.processes[which].outbox.tend()
                    assert self.now(reference).state is State.UNKNOWN
                case "tell":
                    self.tell(reference)
                case "there" | "again":
                    self.choose(reference, Decision(event))
                case "deliver":
                    self.try_to_send(which, self.now(reference), then)
            self.nothing_is_lost_doubled_or_claimed_wrongly()

    @rule(which=st.integers(0, 1), answer=ANSWERS, tells=st.booleans())
    def tend(self, which: int, answer: Answer, tells: bool) -> None:
        due, untold = self.processes[which].outbox.tend()
        for note in due:
            assert note.state is State.QUEUED
            self.try_to_send(which, note, answer)
        for note in untold if tells else ():
            assert note.state in ENDS
            self.tell(note.reference)

    @rule(which=st.integers(0, 1))
    def crash(self, which: int) -> None:
        """Lose a process and what it had in memory, and start another."""
        self.processes[which] = self.process()

    @rule(reference=references, which=st.integers(0, 1))
    def give_up(self, reference: str, which: int) -> None:
        before = self.now(reference)
        after = self.processes[which].outbox.refuse(before, BROKEN, "E-1a2b3c4d")
        assert (after is not None) == (before.state is State.QUEUED)

    # What time and people do

    @rule(seconds=st.sampled_from([0.5, 3.0, 15.1, 61.0, 91.0, 901.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(reference=references, decision=st.sampled_from(Decision))
    def choose(self, reference: str, decision: Decision) -> None:
        before = self.now(reference)
        after = self.processes[0].outbox.decide(reference, decision)
        assert (after is not None) == (before.state is State.UNKNOWN)
        if after and decision is Decision.AGAIN:
            self.said[reference] += 1

    @rule(reference=references)
    def tell(self, reference: str) -> None:
        note = self.now(reference)
        self.heard.add((reference, note.state, note.said, note.tries))
        self.processes[1].outbox.told(note)

    @rule(which=st.integers(0, 1), back=st.integers(1, 20))
    def tell_late(self, which: int, back: int) -> None:
        """Tell what was true a while ago, as a process that was slow at it does."""
        note = self.shown[-min(back, len(self.shown))]
        self.heard.add((note.reference, note.state, note.said, note.tries))
        self.processes[which].outbox.told(note)

    # What holds all the time

    @invariant()
    def nothing_is_lost_doubled_or_claimed_wrongly(self) -> None:
        rows = self.rows()
        assert rows.keys() == self.drafts.keys(), "a note vanished"
        for reference, row in rows.items():
            state, said = State(row["state"]), self.said[reference]
            assert row["said"] == said
            was, said_before = self.before.get(reference, (state, said))
            self.before[reference] = state, said
            if was is not state and said == said_before:
                # Nobody said anything new.
                assert was not in {State.POSTED, State.REFUSED}, "what was over is not"
                assert was is not State.UNKNOWN or state in {State.POSTED, State.REFUSED}, "a doubt was passed over"
            assert self.copies[reference] <= said, "a note is there twice"
            if state in {State.QUEUED, State.REFUSED}:
                assert self.maybe_since[reference] < said, "what may be there is called not added"
            if state is State.POSTED and row["decision"] != Decision.THERE:
                assert self.copies[reference] >= 1, "what is not there is called posted"
            erased = state is State.POSTED or (state is State.REFUSED and row["told"])
            assert row["text"] == (None if erased else self.drafts[reference].text)
            if row["told"] and state in ENDS and row["decision"] != Decision.THERE:
                assert (reference, state, row["said"], row["tries"]) in self.heard, "called told, and was not"

    def teardown(self) -> None:
        """Let everything come to rest: each note ends, and its person has heard how."""
        try:
            self.crash(0)
            self.crash(1)
            for _ in range(50):
                self.tend(0, Answer.POSTED, tells=True)
                self.nothing_is_lost_doubled_or_claimed_wrongly()
                if all(row["state"] in ENDS and row["told"] for row in self.rows().values()):
                    break
                self.clock.now += 31
            else:
                raise AssertionError("a note never comes to rest, or nobody is told")
        finally:
            self.engine.dispose()
            self.folder.cleanup()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep the log of thousands of tries out of the report on one of them."""
    caplog.set_level(logging.CRITICAL, "bot.notes.outbox")


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
