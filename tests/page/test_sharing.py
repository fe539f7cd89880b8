"""Sharing to a channel in the page: the preview follows the ticks, and what is posted is what it showed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.page.client import Client

pytestmark = pytest.mark.browser


def test_what_the_form_shows_is_posted_and_its_file_opens_for_the_person_who_clicks(client: Client) -> None:
    client.ticket(143)
    client.button("Share…").click()
    expect(client.modal.get_by_role("heading").first).to_have_text("Share ticket #143")
    expect(client.modal).to_contain_text("Post to #support?")
    expect(client.modal).to_contain_text("Please use [e-mail address] from now on.")
    expect(client.modal).to_contain_text("Left out: quoted history, contact details, attachments.")

    for part in ("Contact details", "Attachments"):
        client.modal.get_by_label(part).check()
    expect(client.modal).to_contain_text("Left out: quoted history.")
    expect(client.modal).to_contain_text("Please use meera.j@example.com from now on.")
    expect(client.modal.get_by_label("Contact details")).to_be_checked()
    expect(client.modal.get_by_label("Quoted history")).not_to_be_checked()

    client.modal.get_by_label("Contact details").uncheck()
    expect(client.modal).to_contain_text("Please use [e-mail address] from now on.")
    client.submit("Share")
    expect(client.modal.get_by_role("heading").first).to_have_text("Posted")
    client.modal.get_by_role("button", name="Close").last.click()

    posted = client.messages.filter(has_text="shared this ticket")
    expect(posted).to_contain_text("@Asha Verma shared this ticket from LeadSquared")
    expect(posted).to_contain_text("Please use [e-mail address] from now on.")
    posted.get_by_role("button", name="Student card.png (109 kB)").click()
    expect(client.answer).to_contain_text("Whoever has a link can open the file: do not pass it on.")
    expect(client.answer.get_by_role("link", name="Student card.png (109 kB)")).to_have_count(1)


def test_cancel_posts_nothing(client: Client) -> None:
    client.ticket(143)
    client.button("Share…").click()
    expect(client.modal).to_contain_text("Post to #support?")
    client.modal.get_by_role("button", name="Cancel").click()
    expect(client.modal).to_have_count(0)
    expect(client.messages.filter(has_text="shared this ticket")).to_have_count(0)
