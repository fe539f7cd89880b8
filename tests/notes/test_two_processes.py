"""Two bots on one PostgreSQL, and people whose clicks reach now the one, now the other."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from bot.sandbox.leadsquared import Note
from bot.sandbox.stage import Stage
from tests.notes.crash import env_of, quick_stage
from tests.notes.nursery import Child, Nursery
from tests.notes.people import Crew, Door
from tests.notes.verdict import Table, answer_doubts, onlooker, settle

NOTES = 200
PEOPLE = 8


@dataclass(frozen=True)
class Pair:
    """Two bots that run, and people who have 200 notes to write."""

    stage: Stage
    nursery: Nursery
    table: Table
    bots: tuple[Child, Child]
    door: Door
    crew: Crew

    def sent_by(self) -> list[int]:
        """How many notes each of the two sent."""
        owners = [row["owner"] for row in self.table.rows()]
        return [sum(f"-{bot.pid}-" in owner for owner in owners) for bot in self.bots]

    def sender_of(self, note: Note) -> Child:
        """The bot that is sending a note, by the reference at its end."""
        [owner] = [row["owner"] for row in self.table.rows() if note.text.endswith(row["reference"])]
        return next(bot for bot in self.bots if f"-{bot.pid}-" in owner)


@pytest.fixture
def pair(postgres: str) -> Iterator[Pair]:
    with quick_stage() as stage, Nursery() as nursery, onlooker(postgres) as table:
        env = env_of(stage, postgres)
        # Neither leaves the other any time: both reach for every note.
        bots = nursery.start(env, head_start=0), nursery.start(env, head_start=0)
        rng = random.Random(3)  # noqa: S311 (who goes to which, and in what mood)
        door = Door(stage, rng)
        for bot in bots:
            door.open(bot.url)
        crew = Crew(stage, door, rng, size=PEOPLE, most=NOTES, hasty=0.02)
        yield Pair(stage, nursery, table, bots, door, crew)
        assert "Traceback" not in nursery.said(), nursery.said()


def test_two_bots_send_each_of_200_notes_once(pair: Pair, record_property: Callable[[str, object], None]) -> None:
    pair.crew.start()
    pair.crew.join()
    counts = settle(pair.stage, pair.table, pair.crew.written)
    record_property("counts", f"{counts}, sent by the two: {pair.sent_by()}")
    assert (counts.submitted, counts.posted, counts.doubtful) == (NOTES, NOTES, 0)
    assert min(pair.sent_by()) > NOTES / 10


def test_when_one_of_two_bots_is_killed_the_other_goes_on(
    pair: Pair, record_property: Callable[[str, object], None]
) -> None:
    killed: list[Child] = []
    first = threading.Lock()

    def kill_midway(note: Note) -> None:
        """Kill the bot whose call this is: the note is written, and it will never hear of it."""
        if len(pair.stage.leadsquared.notes) > NOTES / 2 and first.acquire(blocking=False):
            killed.append(pair.sender_of(note))
            pair.nursery.kill(killed[0])
            pair.door.shut(killed[0].url)

    pair.stage.leadsquared.on_note = kill_midway
    pair.crew.start()
    pair.crew.join()
    counts = settle(pair.stage, pair.table, pair.crew.written)
    record_property("counts", f"{counts}, sent by the two: {pair.sent_by()}")
    assert [pair.nursery.ended(bot) for bot in killed] == [-9]
    # A form that went with the bot before it was accepted may be saved or not: nobody was told that it is.
    assert NOTES - 2 <= counts.accepted <= counts.posted + counts.doubtful <= counts.submitted == NOTES
    assert (counts.twice, counts.lost) == (0, 0)
    assert counts.doubtful_there >= 1
    assert min(pair.sent_by()) > NOTES / 10
    answer_doubts(pair.stage, pair.door, pair.table)
    answered = settle(pair.stage, pair.table, pair.crew.written)
    assert (answered.posted, answered.doubtful) == (counts.posted + counts.doubtful, 0)
