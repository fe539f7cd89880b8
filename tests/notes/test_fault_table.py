"""What becomes of a note with every fault that we know of, as a table to be read: faults.txt."""

from __future__ import annotations

import random
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.access import Access, Policy
from bot.leadsquared.client import LeadSquaredClient
from bot.listeners.directory import SlackDirectory
from bot.listeners.errands import Errands
from bot.listeners.note_work import NoteWork
from bot.listeners.people import People
from bot.listeners.places import Answer
from bot.listeners.talks import Talk, Talks
from bot.manifest import load_manifest
from bot.notes import Note, State
from bot.sandbox.faults import Fault
from bot.sandbox.slack import Slack, workspace
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, ORG_ID, SECRET_KEY, SIGNING_SECRET
from bot.slack_client import SlackClient
from bot.work import Lane
from tests.leadsquared.conftest import HastyBudget
from tests.notes.conftest import Bench, draft
from tests.notes.faulty import WAYS, Server, Way, closed, leadsquared


class OpenModal:
    """The modal of a person who watches: it keeps what it was shown."""

    user_id = workspace.AGENT.id
    spot = ""

    def __init__(self) -> None:
        self.shown: list[Answer] = []

    def show(self, answer: Answer) -> Talk[bool]:
        """Show an answer."""
        self.shown.append(answer)
        yield from ()
        return True

    show_there = show


@dataclass
class Table:
    """The bot's way of sending notes, between a real Slack and whatever plays LeadSquared."""

    bench: Bench
    slack: Slack
    lane: Lane
    stack: ExitStack

    def work(self, server: Server, chance: random.Random, **options: float) -> NoteWork:
        """Put the parts together that send notes."""
        client = LeadSquaredClient(
            api_url=server.url,
            org_id=ORG_ID,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            budget=HastyBudget(),
            **options,  # type: ignore[arg-type]
        )
        self.stack.callback(client.close)
        slack = SlackClient(BOT_TOKEN, base_url=self.slack.api_url, seconds=10)
        self.stack.callback(slack.close)
        return NoteWork(
            outbox=self.bench.outbox(sender=client, randomness=chance),
            lane=self.lane,
            errands=Errands(new_id=lambda: "E-1a2b3c4d", talks=Talks(self.lane)),
            client=slack,
            people=People(slack),
            access=Access(Policy(workspace.TEAM.id), SlackDirectory(slack), cache_seconds=300),
            url=lambda ticket_id: f"https://support.example.com/tickets/{ticket_id}",
            changed=lambda _: None,
        )

    def idle(self) -> None:
        """Wait until what is queued is done, and what that has queued: the lane has one thread."""
        for _ in range(3):
            done = threading.Event()
            self.lane.submit(done.set)
            assert done.wait(30)

    def direct(self, note: Note) -> list[str]:
        """What the person was told directly about a note: the headings."""
        channel = self.slack.state.direct_channel(workspace.AGENT.id).id
        messages = [message for message in self.slack.messages(channel) if note.reference in message.text]
        return [f"directly: [{message.blocks[0]['text']['text']}]" for message in messages]


@pytest.fixture
def table(on_sqlite: Bench) -> Iterator[Table]:
    lane = Lane("notes", workers=1, depth=200)
    with (
        ExitStack() as stack,
        Slack(
            signing_secret=SIGNING_SECRET,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            manifest=load_manifest(),
        ) as slack,
    ):
        stack.callback(lane.close, 5)
        yield Table(on_sqlite, slack, lane, stack)


def test_every_fault_leads_where_the_table_says(
    table: Table, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compare with faults.txt; `pytest --update-generated` writes it anew, for its difference to be read."""
    resolve = socket.getaddrinfo

    def offline(host: Any, *args: Any, **more: Any) -> Any:
        if host == "nobody.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    told = "".join(row(table, way) for way in WAYS)
    told += long_row(table, "A RATE LIMIT THAT STAYS", partial(leadsquared, Fault.RATE_LIMITED_200, 1000))
    told += long_row(table, "A SERVER THAT STAYS AWAY", closed)
    path = Path(__file__).with_name("faults.txt")
    if request.config.getoption("--update-generated"):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


def row(table: Table, way: Way) -> str:
    """Send a note into a fault, with the person watching; then let two minutes pass, with LeadSquared well again."""
    chance = random.Random(way.name)  # noqa: S311 (the same in every run)
    modal = OpenModal()
    with way.serve() as server:
        work = table.work(server, chance, **way.options)
        note = work.outbox.save(draft(view_id=f"V {way.name}")).note
        work.send(note, modal)
        table.idle()
        server.settled()
        first = table.bench.row(note)
        posts, written = server.posts(), server.written()
    (shown,) = modal.shown
    state = first["state"]
    assert posts <= 1, way.name
    assert written <= posts, way.name
    assert not written or state in {State.POSTED, State.UNKNOWN}, way.name
    assert written or state != State.POSTED, way.name
    directly = table.direct(note)
    lines = [f"=== {way.name}: {way.says}", summary(first, posts, written), *words(shown), *directly]

    table.bench.clock.now += 120
    with leadsquared() as server:
        work = table.work(server, chance)
        work.tend()
        table.idle()
        then = table.bench.row(note)
        posts += server.posts()
        written += server.written()
    if then == first:
        assert server.posts() == 0, way.name
        lines.append("two minutes later: the same")
    else:
        assert (state, then["state"], written) == (State.QUEUED, State.POSTED, 1), way.name
        lines.append(f"two minutes later: {summary(then, posts, written)}")
        lines += table.direct(note)[len(directly) :]
    return without_reference(lines)


def long_row(table: Table, name: str, serve: Callable[[], Any]) -> str:
    """Let a fault that surely writes nothing last for longer than the bot tries."""
    modal = OpenModal()
    with serve() as server:
        work = table.work(server, random.Random(name))  # noqa: S311 (the same in every run)
        note = work.outbox.save(draft(view_id=f"V {name}")).note
        work.send(note, modal)
        table.idle()
        started = table.bench.clock.now
        while table.bench.row(note)["state"] == State.QUEUED:
            table.bench.clock.now += 5
            work.tend()
            table.idle()
        seconds = table.bench.clock.now - started
        posts, written = server.posts(), server.written()
    last = table.bench.row(note)
    lines = [
        f"=== {name}",
        *(line for shown in modal.shown for line in words(shown)),
        f"{seconds / 60:.0f} minutes later, {last['tries']} tries: {summary(last, posts, written)}",
        *table.direct(note),
    ]
    assert last["told"]
    assert seconds <= 15 * 60
    return without_reference(lines)


def summary(row: dict[str, Any], posts: int, written: int) -> str:
    why = ": ".join(part for part in (row["outcome"], row["detail"]) if part)
    told = "told" if row["told"] else "not told"
    return f"{row['state']}{f' ({why})' if why else ''}, {told} | POSTs {posts} | notes written {written}"


def words(answer: Answer) -> list[str]:
    """A modal's title and buttons, and the first two lines of its words: all of them are in blocks/screens.txt."""
    view = answer.view()
    sections = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    buttons = [
        f"[{button['text']['text']}]"
        for block in view["blocks"]
        for button in block.get("elements", ())
        if button["type"] == "button"
    ]
    title = view["title"]["text"]
    return [
        f"in the modal: [{title}] {' '.join(buttons)}".rstrip(),
        *(f"    {line}" for line in sections[0].splitlines()[:2]),
    ]


def without_reference(lines: list[str]) -> str:
    return re.sub(r"TB-[0-9A-Z]{5}", "TB-…", "\n".join(lines)) + "\n\n"
