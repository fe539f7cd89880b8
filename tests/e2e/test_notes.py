"""The note modal: from a button, from a message, what it refuses, the receipt, and what happens when it goes wrong."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from bot.notes import Times
from bot.sandbox.faults import Fault
from bot.sandbox.slack import View, workspace
from bot.sandbox.slack.records import Message
from tests.conftest import Running
from tests.e2e.test_command import words_of

# Waiting that a test need not do.
QUICK = Times(head_start=0.0, first_pause=0.05, longest_pause=0.05)
SIGNATURE = re.compile(
    r"\n\n— Asha Verma, asha@example\.com, from Slack \(U0ASHA001\)\n(?:(https://\S+)\n)?(TB-[0-9A-Z]{5})"
)


def unsigned(note: str) -> tuple[str, str | None]:
    """A note's text as the person wrote it, and the permalink under it."""
    signature = SIGNATURE.search(note)
    assert signature
    assert signature.end() == len(note)
    return note[: signature.start()], signature[1]


def form(running: Running, ticket: int = 143) -> View:
    """The note form, opened with the button under a ticket."""
    message = running.slack.slash(f"/ticket {ticket}").message()
    return running.slack.click(message, "ticket_add_note").opened()


def shown(running: Running, view: View, title: str) -> View:
    """The same view, once it has this title."""
    return first(running, lambda v: v.id == view.id and v.title == title)


def first(running: Running, condition: Callable[[View], bool]) -> View:
    """The first view that is so, once there is one."""
    found = running.slack.wait(lambda: next((view for view in running.slack.views if condition(view)), None))
    assert found
    return found


def value_of(view: View, block_id: str) -> str:
    [block] = [block for block in view.blocks if block["block_id"] == block_id]
    return str(block["element"].get("initial_value", ""))


def test_a_note_is_posted_once_as_documented_and_signed(running: Running) -> None:
    view = form(running)
    assert "the customer does not see it" in str(view.blocks)
    assert value_of(view, "ticket") == "143"

    interaction = running.slack.submit(view.id, {"note": "Resolve this today.\nThe ID is valid."})
    assert interaction.status == 200
    receipt = shown(running, view, "Internal note added")
    assert "Internal note added to #143 — the customer does not see it." in str(receipt.blocks)
    assert "Resolve this today." in str(receipt.blocks)

    [request] = [request for request in running.leadsquared.requests if request.kind == "internal_note"]
    assert request.path == "/api/tenants/22824/internalnote/upload"
    text = request.json["TextPart"]
    assert unsigned(text) == ("Resolve this today.\nThe ID is valid.", None)
    assert text[-8:] in str(receipt.blocks)
    assert request.json == {
        "TextPart": text,
        "ActivityType": "CreateInternalNote",
        "StorageType": "Permament",
        "RelatedTicketId": 143,
    }
    assert [(note.ticket_id, note.text) for note in running.leadsquared.notes] == [(143, text)]


def test_the_wait_has_nothing_to_submit(running: Running) -> None:
    running.leadsquared.delay = 0.2
    view = form(running)
    interaction = running.slack.submit(view.id, {"note": "Once"})
    view_in_ack = json.loads(interaction.body)["view"]
    assert "Adding the note to ticket #143…" in str(view_in_ack["blocks"])
    assert "submit" not in view_in_ack
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ticket": "abc", "note": "x"}, {"ticket": "“abc” is not a ticket number. Write it like 143 or #143."}),
        ({"ticket": "0", "note": "x"}, {"ticket": "“0” is not a ticket number. Write it like 143 or #143."}),
        ({"note": " \n\t "}, {"note": "The note is empty. Write what your team should read."}),
        ({"note": "\u200b\u2060"}, {"note": "The note is empty. Write what your team should read."}),
        (
            {"ticket": "?", "note": "y" * 2870},
            {
                "ticket": "“?” is not a ticket number. Write it like 143 or #143.",
                "note": "The note has 2,870 characters; at most 2,820 fit. Shorten it by 50.",
            },
        ),
    ],
)
def test_what_is_wrong_is_said_in_place_and_nothing_is_posted(
    running: Running, values: dict[str, str], expected: dict[str, str]
) -> None:
    view = form(running)
    assert running.slack.submit(view.id, values).errors == expected
    assert running.leadsquared.notes == []
    running.slack.submit(view.id, {"ticket": "#143", "note": "Right this time"})
    shown(running, view, "Internal note added")


def test_add_as_note_quotes_the_message_with_author_and_permalink(running: Running) -> None:
    ts = running.slack.post(
        workspace.BILLING,
        "<@U0MIRA003> refund <https://pay.example.com/r/7|R-7> for [#143] is &lt;done&gt; :tada:",
        user=workspace.SECOND_AGENT.id,
    )
    running.slack.shortcut("ticket_note", channel=workspace.BILLING, ts=ts).opened()
    view = first(running, lambda v: "submit" in v.content)
    assert value_of(view, "ticket") == "143"
    text = value_of(view, "note")
    head, quotation = text.split("\n")
    assert head.startswith("Ben Okafor wrote in Slack, ")
    assert head.endswith(" UTC:")
    assert quotation == "> @Mira Lindqvist refund R-7 (https://pay.example.com/r/7) for [#143] is <done> (tada)"
    running.slack.submit(view.id, {})
    shown(running, view, "Internal note added")
    link = f"https://acme-support.slack.com/archives/{workspace.BILLING}/p{ts.replace('.', '')}"
    assert unsigned(running.leadsquared.notes[0].text) == (text, link)


def test_a_message_with_several_tickets_leaves_the_number_to_the_person(running: Running) -> None:
    ts = running.slack.post(workspace.SUPPORT, "#143 and #34")
    running.slack.shortcut("ticket_note", ts=ts).opened()
    view = first(running, lambda v: "submit" in v.content)
    assert value_of(view, "ticket") == ""


def test_a_long_message_is_cut_to_fit_and_says_so(running: Running) -> None:
    ts = running.slack.post(workspace.SUPPORT, "#143 " + "word " * 2000)
    running.slack.shortcut("ticket_note", ts=ts).opened()
    view = first(running, lambda v: "submit" in v.content)
    text = value_of(view, "note")
    assert "more characters in Slack)" in text
    running.slack.submit(view.id, {})
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes[0].text) <= 3000


def test_names_that_cannot_be_looked_up_do_not_stop_a_note(running: Running) -> None:
    view = form(running)
    running.slack.fail("users.info", error="ratelimited", times=10)
    running.slack.submit(view.id, {"note": "Hello"})
    shown(running, view, "Internal note added")
    assert "— asha, from Slack (U0ASHA001)\n" in running.leadsquared.notes[0].text


@pytest.mark.parametrize("fault", [Fault.UNAUTHORIZED, Fault.BAD_REQUEST, Fault.LOGICAL_500])
def test_a_refusal_keeps_the_text_in_the_form_for_another_try(running: Running, fault: Fault) -> None:
    running.leadsquared.fail(fault, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Please keep me"})
    back = first(running, lambda v: v.id == view.id and "The note was not added." in str(v.blocks))
    assert value_of(back, "note") == "Please keep me"
    assert value_of(back, "ticket") == "143"
    running.slack.submit(view.id, {})
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes) == 1


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED_429, Fault.RATE_LIMITED_200, Fault.RATE_LIMITED_403])
def test_a_note_that_was_surely_not_written_waits_and_is_sent_again(
    start: Callable[..., Running], fault: Fault
) -> None:
    running = start(times=QUICK, tend_seconds=0.05)
    running.leadsquared._window = 1
    running.leadsquared.fail(fault, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Patience"})
    assert "keep trying for 15 minutes" in str(shown(running, view, "Note is waiting").blocks)
    shown(running, view, "Internal note added")
    assert [unsigned(note.text)[0] for note in running.leadsquared.notes] == ["Patience"]


DOUBTS = [Fault.SERVER_ERROR, Fault.RESET_AFTER_BODY, Fault.NOT_JSON_200]


def in_doubt(running: Running, fault: Fault) -> View:
    """The modal of a note whose fate cannot be known."""
    running.leadsquared.fail(fault, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Did it arrive?"})
    return shown(running, view, "Is the note there?")


def directly(running: Running, containing: str = "", *, to: str = workspace.AGENT.id) -> Message:
    """The newest direct message from the bot that holds some words."""

    def newest() -> Message | None:
        messages = running.slack.messages(running.slack.state.direct_channel(to).id, user=to)
        return next((message for message in reversed(messages) if containing in message.text), None)

    found = running.slack.wait(newest)
    assert found
    return found


@pytest.mark.parametrize("fault", DOUBTS)
def test_a_doubt_is_said_in_the_modal_and_directly(running: Running, fault: Fault) -> None:
    view = in_doubt(running, fault)
    message = directly(running)
    for told in (str(view.blocks), str(message.blocks), message.text):
        assert "It may or may not be there." in told
        assert "Did it arrive?" in told
        assert re.search(r"TB-[0-9A-Z]{5}", told)
    assert "https://support.example.com/tickets/143" in str(message.blocks)
    assert len(running.leadsquared.notes) == 1


def test_a_note_that_the_person_found_is_not_sent_again(running: Running) -> None:
    in_doubt(running, Fault.RESET_AFTER_BODY)
    message = directly(running)
    answer = running.slack.click(message, "note_there").message()
    assert "Nothing was sent again." in answer.text
    assert answer.ts == message.ts
    assert len(running.leadsquared.notes) == 1


def test_a_note_that_the_person_did_not_find_is_posted_again_once(running: Running) -> None:
    view = in_doubt(running, Fault.CLOSE_WITHOUT_ANSWER)
    assert running.leadsquared.notes == []
    running.slack.click(view, "note_again")
    shown(running, view, "Internal note added")
    assert [unsigned(note.text)[0] for note in running.leadsquared.notes] == ["Did it arrive?"]

    # The same question still stands in the direct message.
    late = running.slack.click(directly(running), "note_again").message()
    assert "This click sent nothing." in late.text
    assert len(running.leadsquared.notes) == 1


def test_nobody_else_can_answer_for_a_note(running: Running) -> None:
    view = in_doubt(running, Fault.RESET_AFTER_BODY)
    [button] = [e for block in view.blocks for e in block.get("elements", []) if e.get("action_id") == "note_again"]
    theirs = running.slack.slash("/ticket 143", user=workspace.SECOND_AGENT.id).message()
    # As if a forged message held the button.
    theirs.blocks.append({"type": "actions", "block_id": "forged", "elements": [button]})
    answer = running.slack.click(theirs, "note_again", user=workspace.SECOND_AGENT.id).message()
    assert answer.text.startswith("Not your note. Only the person who wrote the note can choose")
    assert len(running.leadsquared.notes) == 1


def test_a_receipt_is_also_shown_privately_where_the_form_was_opened(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id, {"note": "Beside"})
    shown(running, view, "Internal note added")
    call = running.slack.wait(lambda: next((c for c in running.slack.calls if c.method == "chat.postEphemeral"), None))
    assert call
    assert (call.arguments["channel"], call.arguments["user"]) == (workspace.SUPPORT, workspace.AGENT.id)
    assert "Internal note added to #143 — the customer does not see it." in call.arguments["text"]


def test_a_receipt_that_can_be_shown_nowhere_else_comes_directly(running: Running) -> None:
    # The bot is no member here: all it could use was the modal.
    ts = running.slack.post(workspace.BILLING, "#143", user=workspace.AGENT.id)
    running.slack.shortcut("ticket_note", channel=workspace.BILLING, ts=ts).opened()
    view = first(running, lambda v: "submit" in v.content)
    running.leadsquared.delay = 0.3
    running.slack.submit(view.id, {"note": "Closed too early"})
    running.slack.close_view(view.id)
    message = directly(running)
    assert "Internal note added to #143 — the customer does not see it." in message.text
    assert "Closed too early" in message.text


def test_an_error_nobody_expected_keeps_the_text(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("bot.notes.outbox.signed", broken)
    view = form(running)
    running.slack.submit(view.id, {"note": "Please keep me"})
    back = first(running, lambda v: v.id == view.id and "quote E-" in str(v.blocks))
    assert value_of(back, "note") == "Please keep me"


def test_a_note_that_finds_its_lane_closed_is_sent_by_the_next_process(start: Callable[..., Running]) -> None:
    running = start(times=QUICK)
    view = form(running)
    running.bot.lanes.notes.close(1)
    running.slack.submit(view.id, {"note": "Later"})
    assert "It is saved as TB-" in str(shown(running, view, "Add internal note").blocks)
    assert running.leadsquared.notes == []
    start(stage=running.stage, times=QUICK, tend_seconds=0.05)
    shown(running, view, "Internal note added")
    assert [unsigned(note.text)[0] for note in running.leadsquared.notes] == ["Later"]


@contextmanager
def locked(running: Running) -> Iterator[None]:
    """Keep the database to oneself."""
    path = running.stage.env(socket_mode=False)["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_database_that_fails_is_said_in_the_form_and_nothing_is_lost_or_doubled(running: Running) -> None:
    view = form(running)
    with locked(running):
        interaction = running.slack.submit(view.id, {"note": "Keep me"})
    assert "could not save the note" in interaction.errors["note"]
    running.slack.submit(view.id, {"note": "Keep me"})
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes) == 1


def test_a_form_that_comes_in_twice_is_one_note(running: Running) -> None:
    for delay in (0.0, 0.2):
        running.leadsquared.notes.clear()
        running.leadsquared.delay = delay
        view = form(running)
        assert running.slack.submit(view.id, {"note": "Double click"}, deliveries=4).status == 200
        shown(running, view, "Internal note added")
        assert len(running.leadsquared.notes) == 1
    assert running.bot.close(8)
    # What came last was not painted over by the ack of the same form.
    now = running.slack.modals.get(view.id)
    assert now
    assert now.title == "Internal note added"


def test_a_refused_form_that_comes_in_twice_keeps_its_text(running: Running) -> None:
    running.leadsquared.fail(Fault.UNAUTHORIZED, times=9, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Please keep me"}, deliveries=3)
    first(running, lambda v: v.id == view.id and "The note was not added." in str(v.blocks))
    assert running.bot.close(8)
    back = running.slack.modals.get(view.id)
    assert back
    assert value_of(back, "note") == "Please keep me"


def test_a_choice_that_cannot_be_saved_leaves_its_buttons(running: Running) -> None:
    in_doubt(running, Fault.RESET_AFTER_BODY)
    message = directly(running)
    with locked(running):
        running.slack.click(message, "note_there")
        directly(running, "could not save your choice")
    running.slack.click(message, "note_there")
    directly(running, "Recorded")
    assert len(running.leadsquared.notes) == 1


def test_the_same_text_in_two_forms_is_two_notes(running: Running) -> None:
    for _ in range(2):
        view = form(running)
        running.slack.submit(view.id, {"note": "Called, no answer."})
        shown(running, view, "Internal note added")
    assert [unsigned(note.text)[0] for note in running.leadsquared.notes] == ["Called, no answer."] * 2


def test_a_form_that_comes_too_late_for_its_trigger_is_told_beside_the_conversation(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    running.slack.fail("views.open", error="expired_trigger_id")
    answer = running.slack.click(message, "ticket_add_note").message()
    assert "did not open" in words_of(answer)
    assert answer.ts != message.ts
