"""A newcomer opens the page and reads tickets."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.conftest import Running
from tests.page.client import Client
from tests.page.conftest import OpenPage

pytestmark = pytest.mark.browser

_PAGE = re.compile(r"messages (\d+)–(\d+) on this page")


def test_the_page_says_what_it_is_and_what_to_try(client: Client) -> None:
    expect(client.page.get_by_text("a stand-in for Slack that runs on this machine only")).to_be_visible()
    expect(client.composer).to_be_focused()
    client.page.get_by_role("button", name="Try /ticket 143").click()
    expect(client.composer).to_have_value("/ticket 143")
    client.composer.press("Enter")
    expect(client.heading).to_have_text("Ticket #143")
    expect(client.page.get_by_role("button", name="Try /ticket 143")).to_be_hidden()


def test_a_slash_lists_the_commands_and_tab_takes_one(client: Client) -> None:
    client.composer.press_sequentially("/t")
    expect(client.page.get_by_role("option", name="/ticket 143 | help")).to_be_visible()
    client.composer.press("Tab")
    expect(client.composer).to_have_value("/ticket ")
    expect(client.page.get_by_role("option")).to_have_count(0)


def test_a_ticket_reads_newest_first_with_kinds_text_and_attachment(client: Client, running: Running) -> None:
    answer = client.ticket(143)
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("3 messages, newest first")
    link = answer.get_by_role("link", name="Open in LeadSquared")
    expect(link).to_have_attribute("href", "https://support.example.com/tickets/143")
    kinds = answer.locator(".rich-text > div > strong")
    expect(kinds).to_have_text(["Customer e-mail", "Reply by e-mail", "Customer e-mail"])
    newest, reply, oldest = answer.locator(".rich-text").all()
    expect(newest).to_contain_text("Please use meera.j@example.com from now on.")
    expect(reply).to_contain_text("Happy to change it. Please send us a photo ID")
    expect(oldest).to_contain_text("Could you tell me whether my new email address is in place?")
    expect(answer.get_by_role("link", name="Student card.png (109 kB)")).to_be_visible()
    assert running.reads() == 1


def test_a_long_answer_is_shown_from_its_beginning(client: Client) -> None:
    answer = client.ticket(143)
    expect(answer.get_by_text("Only visible to you")).to_be_in_viewport(ratio=1)
    expect(client.heading).to_be_in_viewport(ratio=1)
    expect(client.button("Add note")).not_to_be_in_viewport()
    client.page.set_viewport_size({"width": 1280, "height": 760})
    expect(client.heading).to_be_in_viewport(ratio=1)


def test_a_short_answer_is_shown_at_the_end(client: Client) -> None:
    client.command("/ticket help")
    expect(client.answer).to_be_in_viewport(ratio=1)
    client.command("Thank you all")
    expect(client.messages.last).to_contain_text("Thank you all")
    expect(client.messages.last).to_be_in_viewport(ratio=1)


def test_an_attachment_opens_in_a_tab_that_knows_nothing_of_the_page(client: Client) -> None:
    link = client.ticket(143).get_by_role("link", name="Student card.png (109 kB)")
    rel = (link.get_attribute("rel") or "").split()
    assert {"noopener", "noreferrer"} <= set(rel)
    href = link.get_attribute("href")
    context = client.page.context
    with context.expect_page() as opened, context.expect_event("response", lambda r: r.url == href) as response:
        link.click()
    assert (response.value.status, response.value.header_value("content-type")) == (200, "image/png")
    assert "referer" not in response.value.request.all_headers()
    opened.value.wait_for_function("document.images.length > 0 && document.images[0].naturalWidth > 0")
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Auckland"])
def test_times_are_in_the_readers_own_zone(open_page: OpenPage, zone: str) -> None:
    client = open_page(timezone_id=zone)
    times = client.ticket(143).locator(".rich-text time")
    expect(times).to_have_count(3)
    for time in times.all():
        local = datetime.fromisoformat(time.get_attribute("datetime") or "").astimezone(ZoneInfo(zone))
        expect(time).to_have_text(re.compile(rf" at {local.hour % 12 or 12}:{local:%M %p}$"))


def test_older_and_newer_turn_pages_and_refresh_keeps_the_page(client: Client, running: Running) -> None:
    client.ticket(200)
    newest = _range(client)
    assert newest[1] == 200
    expect(client.button("Newer")).to_have_count(0)
    client.button("Older").click()
    expect(client.answer).to_contain_text(f"–{newest[0] - 1} on this page")
    assert len(client.answer.locator(".rich-text").all()) == _range(client)[1] - _range(client)[0] + 1
    client.button("Newer").click()
    expect(client.answer).to_contain_text("–200 on this page")
    assert running.reads() == 1
    client.button("Older").click()
    expect(client.answer).to_contain_text(f"–{newest[0] - 1} on this page")
    client.button("Refresh").click()
    running.slack.wait(lambda: running.answers() == 5)
    assert running.reads() == 2
    expect(client.answer).to_contain_text(f"–{newest[0] - 1} on this page")
    expect(client.answers).to_have_count(1)


def test_help_says_what_can_be_done(client: Client) -> None:
    client.command("/ticket help")
    expect(client.heading).to_have_text("LeadSquared tickets")
    expect(client.answer).to_contain_text("/ticket 143 shows the conversation on ticket 143")
    for shortcut in ("Show ticket", "Add as note"):
        expect(client.answer.locator("strong", has_text=shortcut)).to_be_visible()


def test_what_is_not_understood_is_quoted_with_an_example(client: Client, running: Running) -> None:
    client.command("/ticket the one <b>from</b> yesterday")
    expect(client.heading).to_have_text("That is not a ticket number")
    expect(client.answer).to_contain_text("“the one <b>from</b> yesterday” was not understood.")
    expect(client.answer).to_contain_text("/ticket 143")
    assert running.reads() == 0


def test_a_ticket_nobody_knows_says_so(client: Client) -> None:
    client.ticket(999)
    expect(client.answer).to_contain_text("nothing has been said on this ticket, or there is no such ticket")


def test_only_the_person_who_asked_sees_the_answer(open_page: OpenPage) -> None:
    asha, ben = open_page(), open_page("?user=U0BEN0002")
    asha.ticket(143)
    asha.command("I read it, the ID is valid.")
    expect(ben.messages.last).to_contain_text("I read it, the ID is valid.")
    expect(ben.answers).to_have_count(0)
    expect(ben.page.get_by_text("Ticket #143")).to_have_count(0)


def test_a_dismissed_answer_is_gone(client: Client) -> None:
    client.ticket(143).get_by_role("button", name="Dismiss").click()
    expect(client.answers).to_have_count(0)


def _range(client: Client) -> tuple[int, int]:
    match = _PAGE.search(client.answer.inner_text())
    assert match
    return int(match[1]), int(match[2])
