"""The ⋯ menu of a message: Show ticket and Add as note."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import Running
from tests.page.client import Client

pytestmark = pytest.mark.browser


def test_a_message_with_one_ticket_shows_it_where_the_bot_is_no_member_too(client: Client) -> None:
    client.go_to("billing")
    expect(client.page.get_by_text("The app is not in here")).to_be_visible()
    client.shortcut("needs a second pair of eyes", "Show ticket")
    expect(client.heading).to_have_text("Ticket #143")
    expect(client.answer).to_contain_text("Only visible to you")


def test_a_ticket_in_another_apps_attachment_is_found(client: Client) -> None:
    client.shortcut("The link you sent opens the sign-in page again", "Show ticket")
    expect(client.heading).to_have_text("Ticket #143")


def test_a_message_with_two_tickets_asks_which_and_shows_the_chosen_one(client: Client, running: Running) -> None:
    client.shortcut("Same login loop as in #143, and I think #034", "Show ticket")
    expect(client.heading).to_have_text("Which ticket?")
    expect(client.answer.locator(".block-actions button")).to_have_text(["#143", "#34"])
    assert running.reads() == 0
    client.button("#34").click()
    expect(client.heading).to_have_text("Ticket #34")
    expect(client.answer).to_contain_text("Customer on the portal")
    expect(client.answers).to_have_count(1)


def test_a_message_without_a_ticket_asks_in_a_modal_and_shows_it_there(client: Client) -> None:
    client.shortcut("I am out from 3 to 4 pm", "Show ticket")
    expect(client.modal.get_by_role("heading")).to_have_text("Show ticket")
    number = client.modal.get_by_label("Ticket number")
    expect(number).to_be_focused()
    number.fill("soon")
    number.press("Enter")
    expect(number).to_have_accessible_description(re.compile("^Error: “soon” is not a ticket number."))
    number.fill("#200")
    number.press("Enter")
    expect(client.modal.get_by_role("heading")).to_have_text("Ticket #200")
    expect(client.modal).to_contain_text("–200 on this page")
    client.modal.get_by_role("button", name="Older").click()
    expect(client.modal).not_to_contain_text("–200 on this page")
    expect(client.answers).to_have_count(0)


def test_a_note_opened_over_a_ticket_leads_back_to_it(client: Client, running: Running) -> None:
    client.shortcut("I am out from 3 to 4 pm", "Show ticket")
    client.modal.get_by_label("Ticket number").fill("34")
    client.submit("Show ticket")
    expect(client.modal.get_by_role("heading")).to_have_text("Ticket #34")
    client.modal.get_by_role("button", name="Add note").click()
    client.modal.get_by_label("Note", exact=True).fill("Seen in the modal")
    client.submit("Add note")
    expect(client.modal.get_by_role("heading")).to_have_text("Internal note added")
    client.modal.get_by_role("button", name="Back").click()
    expect(client.modal.get_by_role("heading")).to_have_text("Ticket #34")
    assert len(running.leadsquared.notes) == 1


def test_add_as_note_brings_the_message_as_a_quotation(client: Client, running: Running) -> None:
    client.shortcut("Has anyone an answer for #143?", "Add as note")
    note = client.modal.get_by_label("Note", exact=True)
    expect(note).to_have_value(
        re.compile(
            r"^Ben Okafor wrote in Slack, \d{4}-\d\d-\d\d \d\d:\d\d UTC:\n"
            r"> Has anyone an answer for #143\? The customer wrote twice since yesterday\.$"
        )
    )
    expect(client.modal.get_by_label("Ticket number")).to_have_value("143")
    client.submit("Add note")
    expect(client.modal.get_by_role("heading")).to_have_text("Internal note added")
    [added] = running.leadsquared.notes
    assert added.ticket_id == 143
    assert re.search(r"\nhttps://acme-support\.slack\.com/archives/C0SUPPORT1/p\d+\nTB-\w{5}$", added.text)


def test_the_menu_works_by_keyboard(client: Client) -> None:
    row = client.messages.filter(has_text="Has anyone an answer for #143?")
    more = row.get_by_role("button", name="More actions for the message by Ben Okafor")
    more.focus()
    keys = client.page.keyboard
    keys.press("Enter")
    expect(client.page.get_by_role("menuitem", name="Show ticket")).to_be_focused()
    keys.press("Escape")
    expect(client.page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()
    keys.press("Enter")
    keys.press("ArrowDown")
    expect(client.page.get_by_role("menuitem", name="Add as note")).to_be_focused()
    keys.press("Enter")
    expect(client.modal.get_by_role("heading")).to_have_text("Add internal note")
