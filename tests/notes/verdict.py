"""What became of every note: what LeadSquared has, what the table says, and what the person was told."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, create_engine, select

from bot.blocks.ids import NOTE_AGAIN, NOTE_THERE
from bot.database.tables import audit, notes
from bot.notes import State
from bot.sandbox.slack.records import Message
from bot.sandbox.stage import Stage
from tests.notes.people import Door, Written

REFERENCE = re.compile(r"TB-[0-9A-Z]{5}")
RECEIPT = "the customer does not see it."
DOUBT = "It may or may not be there."
SETTLED_SECONDS = 30.0
_UNDER_WAY = {State.QUEUED, State.SENDING}

Row = dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """How many notes: every one of them is in `posted`, or in `doubtful`, or was never accepted."""

    submitted: int
    accepted: int
    posted: int
    doubtful: int
    doubtful_there: int
    twice: int
    lost: int

    def __str__(self) -> str:
        return (
            f"{self.submitted} notes submitted, {self.accepted} accepted, {self.posted} posted once, "
            f"{self.doubtful} in doubt and told ({self.doubtful_there} of them are at the server), "
            f"{self.twice} twice, {self.lost} lost"
        )


@dataclass(frozen=True)
class Told:
    """Something that a person was shown and Slack took."""

    user: str
    words: str


class Table:
    """The notes' table, as an onlooker reads it who holds up nobody."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(self) -> list[Row]:
        """Return every row as it stands."""
        with self._engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(select(notes))]

    def badly_audited(self) -> list[str]:
        """Name the posted notes of which the audit has anything but each "post" once, and once that they are there."""
        with self._engine.connect() as connection:
            told = Counter((row.reference, row.result) for row in connection.execute(select(audit)))
        return [
            row["reference"]
            for row in self.rows()
            if told[row["reference"], "queued"] != row["said"]
            or told[row["reference"], "added"] + told[row["reference"], "found"] != 1
        ]

    def decided(self, reference: str) -> bool:
        """Tell whether a person's choice on a note is recorded."""
        with self._engine.connect() as connection:
            return bool(connection.execute(select(notes.c.decision).where(notes.c.reference == reference)).scalar())

    def settled(self) -> bool:
        """Tell whether every note has come to its end, and its person has heard of it."""
        return all(row["told"] and row["state"] not in _UNDER_WAY for row in self.rows())


@contextmanager
def onlooker(address: str) -> Iterator[Table]:
    """Open the table for looking at."""
    engine = create_engine(address)
    try:
        yield Table(engine)
    finally:
        engine.dispose()


def texts_lost(rows: Iterable[Row]) -> list[str]:
    """Name the notes whose text is gone before they were posted, or before their person heard of it."""
    erased = [row for row in rows if row["text"] is None]
    return [row["reference"] for row in erased if row["state"] != State.POSTED and not row["told"]]


def judge(stage: Stage, rows: list[Row], written: Iterable[Written]) -> Counts:
    """Count what became of the notes that people wrote. Raises AssertionError that names every one with a fault."""
    at_server = Counter(note.text.splitlines()[0] for note in stage.leadsquared.notes)
    told = _told(stage)
    saved: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        saved[row["view_id"]].append(row)
    faults = [f"{reference}: the text is gone" for reference in texts_lost(rows)]
    counts: Counter[str] = Counter()
    for note in written:
        counts["submitted"] += 1
        there = at_server[note.text]
        counts["accepted"] += note.accepted
        counts["twice"] += there > 1
        kind, fault = _became(note, there, saved[note.view_id], told)
        counts[kind] += 1
        counts["doubtful_there"] += kind == "doubtful" and there == 1
        if fault:
            faults.append(f"{note.text!r} of {note.user}, {there} times at the server: {fault}")
    faults += [f"nobody wrote {text!r}" for text in set(at_server) - {note.text for note in written}]
    assert not faults, "\n".join(faults)
    names = ("submitted", "accepted", "posted", "doubtful", "doubtful_there", "twice", "lost")
    return Counts(**{name: counts[name] for name in names})


def _became(note: Written, there: int, rows: list[Row], told: dict[str, list[Told]]) -> tuple[str, str]:
    """Return what one note is counted as, and what is wrong with it, "" for nothing."""
    if not rows and not there and not note.accepted:
        return "never saved", ""
    if len(rows) != 1 or there > 1:
        return "lost" if not there else "broken", f"it has {len(rows)} rows in the table"
    [row] = rows
    heard = told[row["reference"]]
    if strangers := {one.user for one in heard} - {note.user}:
        return "broken", f"{strangers} were told of it"
    kind, fault = "lost" if not there else "broken", f"it is {row['state']} {row['outcome']}"
    if row["state"] == State.POSTED and there:
        # Who answered a doubt hears the rest in the place of the question.
        receipt = any((DOUBT if row["decision"] else RECEIPT) in one.words for one in heard)
        kind, fault = "posted", "" if receipt else "no receipt"
    elif row["state"] == State.UNKNOWN and any(DOUBT in one.words and note.text in one.words for one in heard):
        kind, fault = "doubtful", ""
    return kind, fault


def settle(stage: Stage, table: Table, written: Iterable[Written]) -> Counts:
    """Wait until every note has come to its end, and return what became of them."""
    stage.slack.wait(table.settled, SETTLED_SECONDS)
    return judge(stage, table.rows(), written)


def answer_doubts(stage: Stage, door: Door, table: Table) -> None:
    """Let everybody look for the reference on the ticket, and say what they found."""
    there = {found for note in stage.leadsquared.notes for found in REFERENCE.findall(note.text)}
    for row in table.rows():
        if row["state"] == State.UNKNOWN:
            button = NOTE_THERE if row["reference"] in there else NOTE_AGAIN
            door.choose()
            interaction = stage.slack.click(_question(stage, row), button, user=row["user_id"])
            assert interaction.error is None, interaction.error
            stage.slack.wait(partial(table.decided, row["reference"]), SETTLED_SECONDS)


def _question(stage: Stage, row: Row) -> Message:
    """The direct message that asks whether a note is there."""
    channel = stage.slack.state.direct_channel(row["user_id"]).id
    messages = stage.slack.messages(channel, user=row["user_id"])
    return next(message for message in reversed(messages) if row["reference"] in str(message.blocks))


def _told(stage: Stage) -> dict[str, list[Told]]:
    """What the bot said with Slack's consent, by the reference in it."""
    found: dict[str, list[Told]] = defaultdict(list)
    for call in stage.slack.calls:
        if call.status != 200 or not isinstance(call.result, dict) or not call.result.get("ok"):
            continue
        words = json.dumps(call.arguments, ensure_ascii=False)
        match call.method:
            case "chat.postMessage":
                user = call.arguments["channel"]
            case "chat.postEphemeral":
                user = call.arguments["user"]
            case "views.update":
                view = stage.slack.modals.get(call.result["view"]["id"])
                user = view.user if view else ""
            case _:
                continue
        for reference in set(REFERENCE.findall(words)):
            found[reference].append(Told(user, words))
    return found
