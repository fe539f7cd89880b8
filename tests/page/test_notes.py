"""Adding internal notes: from the button, by keyboard alone, and what happens when something is wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bot.sandbox.faults import Fault
from tests.conftest import Running
from tests.page.client import Client

pytestmark = pytest.mark.browser

SIGNATURE = r"— Asha Verma, asha@example\.com, from Slack \(U0ASHA001\)"


def test_a_note_is_written_received_and_arrives_at_leadsquared(client: Client, running: Running) -> None:
    client.panel_button.click()
    expect(client.panel).to_contain_text("No internal note has arrived yet.")
    client.ticket(143)
    client.button("Add note").click()
    expect(client.modal.get_by_role("heading")).to_have_text("Add internal note")
    expect(client.modal).to_contain_text("Internal: the customer does not see it.")
    expect(client.modal.get_by_label("Ticket number")).to_have_value("143")
    note = client.modal.get_by_label("Note", exact=True)
    expect(note).to_be_focused()
    note.fill("The ID is valid.\nAddress changed.")
    client.submit("Add note")

    expect(client.modal.get_by_role("heading")).to_have_text("Internal note added")
    expect(client.modal).to_contain_text("Internal note added to #143 — the customer does not see it.")
    expect(client.modal.locator("blockquote")).to_have_text("The ID is valid.\nAddress changed.")
    client.modal.get_by_role("button", name="Close").last.click()
    expect(client.modal).to_have_count(0)

    expect(client.panel.get_by_role("listitem")).to_have_count(1)
    expect(client.panel).to_contain_text("Ticket #143")
    text = re.compile(rf"^The ID is valid\.\nAddress changed\.\n\n{SIGNATURE}\nTB-\w{{5}}$")
    expect(client.panel.locator(".note-text")).to_have_text(text)
    expect(client.panel_button).to_contain_text("1")
    [added] = running.leadsquared.notes
    assert added.ticket_id == 143
    assert text.match(added.text)


def test_what_is_wrong_stands_under_its_field_and_is_right_the_next_time(client: Client, running: Running) -> None:
    client.ticket(143)
    client.button("Add note").click()
    number = client.modal.get_by_label("Ticket number")
    note = client.modal.get_by_label("Note", exact=True)

    client.submit("Add note")
    expect(note).to_have_accessible_description("Error: Please complete this required field. Up to 2,820 characters")
    expect(note).to_be_focused()

    note.fill("  \n ")
    number.fill("one four three")
    client.submit("Add note")
    expect(number).to_have_accessible_description(
        "Error: “one four three” is not a ticket number. Write it like 143 or #143. For example 143 or #143"
    )
    expect(note).to_have_accessible_description(
        "Error: The note is empty. Write what your team should read. Up to 2,820 characters"
    )
    expect(number).to_be_focused()
    assert running.leadsquared.notes == []

    number.fill("#143")
    note.fill("Now it is right.")
    client.submit("Add note")
    expect(client.modal).to_contain_text("Internal note added to #143")
    assert len(running.leadsquared.notes) == 1


def test_submitting_twice_in_haste_adds_one_note(client: Client, running: Running) -> None:
    running.leadsquared.delay = 0.2
    client.ticket(143)
    client.button("Add note").click()
    client.modal.get_by_label("Note", exact=True).fill("Once")
    client.modal.get_by_role("button", name="Add note", exact=True).dblclick()
    expect(client.modal).to_contain_text("Internal note added to #143")
    assert [request.kind for request in running.leadsquared.requests] == ["conversations", "internal_note"]


def test_a_refused_note_says_why_and_keeps_the_text_to_submit_again(client: Client, running: Running) -> None:
    client.ticket(143)
    running.leadsquared.fail(Fault.UNAUTHORIZED, call="internal_note")
    client.button("Add note").click()
    client.modal.get_by_label("Note", exact=True).fill("Please keep me")
    client.submit("Add note")
    expect(client.modal).to_contain_text("The note was not added. LeadSquared did not accept the bot's keys.")
    expect(client.modal.get_by_label("Note", exact=True)).to_have_value("Please keep me")
    assert running.leadsquared.notes == []

    running.leadsquared.recover()
    client.submit("Add note")
    expect(client.modal).to_contain_text("Internal note added to #143")
    assert len(running.leadsquared.notes) == 1


def test_a_cancelled_note_leaves_nothing_behind(client: Client, running: Running) -> None:
    client.ticket(143)
    for leave in ("Cancel", "Close"):
        client.button("Add note").click()
        note = client.modal.get_by_label("Note", exact=True)
        expect(note).to_have_value("")
        note.fill("Never mind")
        client.modal.get_by_role("button", name=leave, exact=True).click()
        expect(client.modal).to_have_count(0)
        expect(client.button("Add note")).to_be_focused()
    assert running.leadsquared.notes == []


def test_the_keyboard_alone_reads_a_ticket_and_adds_a_note(client: Client, running: Running) -> None:
    keys = client.page.keyboard
    expect(client.composer).to_be_focused()
    keys.type("/ticket 143")
    keys.press("Enter")
    expect(client.heading).to_have_text("Ticket #143")
    expect(client.composer).to_be_focused()

    client.tab_to("Add note", back=True)
    keys.press("Enter")
    expect(client.modal.get_by_label("Note", exact=True)).to_be_focused()
    keys.type("Written without a mouse")
    client.tab_to("Add note")
    keys.press("Enter")
    expect(client.modal.get_by_role("heading")).to_have_text("Internal note added")
    assert client.page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    keys.press("Escape")
    expect(client.modal).to_have_count(0)
    expect(client.button("Add note")).to_be_focused()

    [added] = running.leadsquared.notes
    assert re.match(rf"Written without a mouse\n\n{SIGNATURE}", added.text)


def test_the_focus_stays_in_the_modal(client: Client) -> None:
    client.ticket(143)
    client.button("Add note").click()
    expect(client.modal.get_by_label("Note", exact=True)).to_be_focused()
    names = []
    for _ in range(5):
        client.page.keyboard.press("Tab")
        names.append(client.focused())
    assert names == ["Cancel", "Add note", "Close", "Ticket number", "Note"]
