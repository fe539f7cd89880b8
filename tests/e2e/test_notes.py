"""The note modal: from a button, from a message, what it refuses, the receipt, and what happens when it goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack import View, workspace
from tests.conftest import Running
from tests.e2e.test_command import words_of

SIGNATURE = "\n\n— Asha Verma, from Slack (U0ASHA001)"


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
    assert "Internal note added to ticket #143. The customer does not see it." in str(receipt.blocks)
    assert "Resolve this today." in str(receipt.blocks)

    [request] = [request for request in running.leadsquared.requests if request.kind == "internal_note"]
    assert request.path == "/api/tenants/22824/internalnote/upload"
    assert request.json == {
        "TextPart": f"Resolve this today.\nThe ID is valid.{SIGNATURE}",
        "ActivityType": "CreateInternalNote",
        "StorageType": "Permament",
        "RelatedTicketId": 143,
    }
    assert [(note.ticket_id, note.text) for note in running.leadsquared.notes] == [(143, request.json["TextPart"])]


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
            {"ticket": "?", "note": "y" * 2950},
            {
                "ticket": "“?” is not a ticket number. Write it like 143 or #143.",
                "note": "The note has 2,950 characters; at most 2,900 fit. Shorten it by 50.",
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
    head, quotation, link = text.split("\n")
    assert head.startswith("Ben Okafor wrote in Slack, ")
    assert head.endswith(" UTC:")
    assert quotation == "> @Mira Lindqvist refund R-7 (https://pay.example.com/r/7) for [#143] is <done> :tada:"
    assert link == f"https://acme-support.slack.com/archives/{workspace.BILLING}/p{ts.replace('.', '')}"
    running.slack.submit(view.id, {})
    shown(running, view, "Internal note added")
    assert running.leadsquared.notes[0].text == text + SIGNATURE


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
    assert text.splitlines()[-1].startswith("https://acme-support.slack.com/archives/")
    running.slack.submit(view.id, {})
    shown(running, view, "Internal note added")


def test_names_that_cannot_be_looked_up_do_not_stop_a_note(running: Running) -> None:
    running.slack.fail("users.info", error="missing_scope", times=10)
    view = form(running)
    running.slack.submit(view.id, {"note": "Hello"})
    shown(running, view, "Internal note added")
    assert running.leadsquared.notes[0].text.endswith("(U0ASHA001)")


@pytest.mark.parametrize(
    ("fault", "expected", "written"),
    [
        (Fault.UNAUTHORIZED, "The note was not added.", 0),
        (Fault.BAD_REQUEST, "The note was not added.", 0),
        (Fault.RATE_LIMITED_429, "The note was not added.", 0),
        (Fault.RATE_LIMITED_200, "The note was not added.", 0),
        (Fault.SERVER_ERROR, "it may or may not have been added", None),
        (Fault.RESET_AFTER_BODY, "it may or may not have been added", 1),
        (Fault.NOT_JSON_200, "it may or may not have been added", None),
    ],
)
def test_a_failure_keeps_the_text_and_says_what_was_written(
    running: Running, fault: Fault, expected: str, written: int | None
) -> None:
    running.leadsquared.fail(fault, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Please keep me"})
    back = first(running, lambda v: v.id == view.id and expected in str(v.blocks))
    assert value_of(back, "note") == "Please keep me"
    assert value_of(back, "ticket") == "143"
    assert back.content["submit"]
    assert sum(request.kind == "internal_note" for request in running.leadsquared.requests) == 1
    if written is not None:
        assert len(running.leadsquared.notes) == written


def test_a_receipt_whose_modal_was_closed_comes_directly(running: Running) -> None:
    running.leadsquared.delay = 0.3
    view = form(running)
    running.slack.submit(view.id, {"note": "Closed too early"})
    running.slack.close_view(view.id)
    call = running.slack.wait(lambda: next((c for c in running.slack.calls if c.method == "chat.postMessage"), None))
    assert call
    assert call.arguments["channel"] == workspace.AGENT.id
    assert "Internal note added to ticket #143. The customer does not see it." in call.arguments["text"]
    assert "Closed too early" in call.arguments["text"]


def test_an_error_nobody_expected_keeps_the_text(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("bot.notes.signed", broken)
    view = form(running)
    running.slack.submit(view.id, {"note": "Please keep me"})
    back = first(running, lambda v: v.id == view.id and "quote E-" in str(v.blocks))
    assert value_of(back, "note") == "Please keep me"


def test_a_full_lane_is_said_in_the_form_and_loses_nothing(start: Callable[..., Running]) -> None:
    running = start()
    view = form(running)
    running.bot.lanes.notes.close(1)
    interaction = running.slack.submit(view.id, {"note": "Later"})
    assert "busy" in interaction.errors["note"]
    assert running.leadsquared.notes == []


def test_a_form_that_comes_too_late_for_its_trigger_is_told_beside_the_conversation(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    running.slack.fail("views.open", error="expired_trigger_id")
    answer = running.slack.click(message, "ticket_add_note").message()
    assert "did not open" in words_of(answer)
    assert answer.ts != message.ts
