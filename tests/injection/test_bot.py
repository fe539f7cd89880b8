"""The whole bot between its stand-ins: what people write into any field comes out dead in Slack and LeadSquared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.blocks.ids import FormSpot, PageSpot, ShareSpot
from bot.sandbox.slack import Message, View, workspace
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.ticket_model import Ticket, attachment, message, stamp
from tests.conftest import Running
from tests.e2e.test_notes import QUICK, form, shown
from tests.e2e.test_sharing import PARTS, ready, shared_in, tick
from tests.injection.corpus import HTML, TEXTS
from tests.injection.walker import (
    faults_of_errors,
    faults_of_message,
    faults_of_note,
    faults_of_shared,
    faults_of_view,
)

# Slack's own form takes no more.
SHORT = {name: text for name, text in TEXTS.items() if len(text) <= 2500}
# Slack: these methods have no way to be told what not to unfurl or format.
BARE = {"chat.postEphemeral", "chat.update"}


@pytest.fixture
def running(start: Callable[..., Running]) -> Running:
    running = start(times=QUICK, LEADSQUARED_CALLS_PER_5S="1000", CACHE_SECONDS="0")
    running.leadsquared._limit = 100_000
    return running


def faults_of_all(running: Running, *acks: Interaction) -> list[str]:
    """What is live in anything that the bot has sent: every call to Slack, every ack, every note."""
    found = [fault for note in list(running.leadsquared.notes) for fault in faults_of_note(note.text)]
    for call in list(running.slack.calls):
        if call.method.startswith("views."):
            found += faults_of_view(call.arguments["view"])
        elif call.method == "response_url" or call.method.startswith("chat."):
            if call.method == "chat.postMessage" and str(call.arguments["channel"]).startswith("C"):
                found += faults_of_shared(call.arguments)
            else:
                found += faults_of_message(call.arguments, posted=call.method not in BARE)
        if "invalid" in str(call.result) or "too_long" in str(call.result):
            found.append(f"refused: {call.result}")
    for ack in acks:
        found += faults_of_ack(ack)
    return found


def faults_of_ack(ack: Interaction) -> list[str]:
    if ack.error:
        return [ack.error]
    said: Mapping[str, Any] = json.loads(ack.body) if ack.body else {}
    if said.get("response_action") == "errors":
        return faults_of_errors(said["errors"])
    if view := said.get("view"):
        return faults_of_view(view)
    return faults_of_message(said, posted=False)


def whole(text: str) -> str:
    """A text without halves of characters: neither addresses nor forms can carry them."""
    return text.encode(errors="replace").decode()


def put_ticket(running: Running, number: int, messages: list[dict[str, Any]]) -> None:
    cast("dict[int, Ticket]", running.leadsquared._tickets)[number] = Ticket(number, "<!channel>", tuple(messages))


def test_a_ticket_of_nothing_else_reads_from_end_to_end(running: Running) -> None:
    now = datetime.now(UTC)
    bodies = [*((text, None) for text in TEXTS.values()), *((html, html) for html in HTML.values())]
    messages = []
    for n, (text, html) in enumerate(bodies):
        name = whole(text[:400])  # it becomes a part of the stand-in's address
        files = [attachment(name, 512, text[:100]), attachment(name, 0, "") | {"FileSize": None}]
        files.append(attachment("x", 1, "") | {"ContentPath": text})
        messages.append(message(n, text[:100], stamp(now), html, text=text, by=text, attachments=files))
    put_ticket(running, 500, messages)
    interactions = [running.slack.slash("/ticket 500")]
    page = interactions[0].message()
    while any(e.get("action_id") == "ticket_older" for block in page.blocks for e in block.get("elements", [])):
        before = page
        interactions.append(running.slack.click(page, "ticket_older"))
        page = changed(running, before)
    assert len(interactions) > 5
    assert "message 1" in str(page.blocks) or "messages 1–" in str(page.blocks)
    share(running, page)
    assert faults_of_all(running, *interactions) == []


def share(running: Running, page: Message) -> None:
    view = tick(running, ready(running, running.slack.click(page, "ticket_share").opened()), *PARTS)
    running.slack.submit(view.id, {"share_parts": list(PARTS)})
    shown(running, view, "Posted")
    [shared] = shared_in(running)
    running.slack.click(shared, "shared_file_1").message()
    running.slack.click(page, "files_new").message()


def test_whatever_is_typed_behind_the_command_is_answered_in_dead_words(running: Running) -> None:
    acks = [running.slack.slash(f"/ticket {whole(text)}") for text in TEXTS.values()]
    assert all(ack.status == 200 for ack in acks)
    assert sum(bool(ack.body) for ack in acks) > 60
    assert faults_of_all(running, *acks) == []


def test_whatever_is_typed_into_the_form_reaches_leadsquared_as_words(running: Running) -> None:
    acks: list[Interaction] = []
    for text in SHORT.values():
        view = form(running)
        acks.append(running.slack.submit(view.id, {"ticket": text, "note": text}))
        if acks[-1].errors:
            # The number was none; without it, it is the note's own turn.
            acks.append(running.slack.submit(view.id, {"ticket": "143", "note": text}))
        if not acks[-1].errors:
            wait_for_receipt(running, view)
        running.slack.close_view(view.id)
    assert len(running.leadsquared.notes) > 65
    assert faults_of_all(running, *acks) == []


def wait_for_receipt(running: Running, view: View) -> None:
    """Wait until the person is told what became of a note: its ticket may be one that there is not."""

    def look() -> bool:
        shown = next(v for v in running.slack.views if v.id == view.id)
        return shown.title == "Internal note added" or "was not added" in str(shown.blocks)

    running.slack.wait(look)


def changed(running: Running, before: Message) -> Message:
    """The message that has taken the place of another."""

    def look() -> Message | None:
        return next((m for m in running.slack.messages() if m.key == before.key and m != before), None)

    found = running.slack.wait(look)
    assert found
    return found


def test_whatever_stands_in_a_message_reaches_leadsquared_as_words(running: Running) -> None:
    slack = running.slack
    for n, text in enumerate(SHORT.values()):
        # A person of that name, another app of that name, a channel of that name, and the text itself.
        person = f"U0EVIL{n:04}"
        slack.state.users[person] = replace(slack.state.users[workspace.AGENT.id], id=person, name=text, real_name=text)
        label = text.replace(">", "").replace("|", "")
        ts = slack.post(
            workspace.SUPPORT, f"{text} <@{person}> <#C0X|{label}> <https://a.example.com|{label}>", user=person
        )
        post_note(running, ts, person)
    for text in list(SHORT.values())[::4]:
        post_note(running, slack.post(workspace.SUPPORT, text, bot=text), workspace.LEAD.id)
    assert len(running.leadsquared.notes) > 80
    assert faults_of_all(running) == []
    for note in running.leadsquared.notes:
        head, *lines = note.text.split("\n\n— ")[0].split("\n")
        assert " wrote in Slack, " in head
        assert all(line.startswith(">") for line in lines), note.text


def post_note(running: Running, ts: str, user: str) -> None:
    slack = running.slack
    view = slack.shortcut("ticket_note", ts=ts, user=user).opened()
    slack.wait(lambda: "submit" in next(v.content for v in slack.views if v.id == view.id))
    slack.submit(view.id, {"ticket": "143"})
    wait_for_receipt(running, view)
    slack.close_view(view.id)


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if len(text) <= 3000])
def test_what_the_form_remembers_is_ids_or_nothing(text: str) -> None:
    kept = FormSpot(
        2, "C0SUPPORT1", "1.2", "https://acme.slack.com/archives/C0SUPPORT1/p12?thread_ts=1.1&cid=C0SUPPORT1"
    )
    assert FormSpot.read(str(kept)) == kept
    assert FormSpot.read(text) == FormSpot()
    page = PageSpot(143, 2, 1)
    shares = ShareSpot(page, "C0SUPPORT1", "1.2", ("files",), "0a1b", 2)
    assert ShareSpot.read(str(shares)) == shares
    assert ShareSpot.read(text) is None
    for changes in ({"channel_id": text}, {"thread_ts": text}, {"parts": (text,)}, {"digest": text}):
        assert ShareSpot.read(str(replace(shares, **changes))) is None
    told = FormSpot.read(json.dumps([text, text, text, f"https://acme.slack.com/archives/C1/p1{text}"]))
    assert told == FormSpot()
