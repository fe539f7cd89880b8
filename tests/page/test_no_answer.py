"""What a person sees when the bot does not acknowledge."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.conftest import Running
from tests.page.client import Client

pytestmark = pytest.mark.browser


@pytest.fixture
def lose_the_bot(running: Running) -> Iterator[Callable[[], None]]:
    """Point the stand-in at a port that refuses connections: bound, so that nobody else gets it, and not listening."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield lambda: running.slack.connect(f"http://127.0.0.1:{nobody.getsockname()[1]}/slack/events")


def test_a_command_that_is_not_acknowledged_says_so(client: Client, lose_the_bot: Callable[[], None]) -> None:
    lose_the_bot()
    client.command("/ticket 143")
    expect(client.answer).to_contain_text("Slackbot")
    expect(client.answer).to_contain_text('/ticket failed with the error "dispatch_failed"')
    expect(client.answer).to_be_in_viewport(ratio=1)


def test_a_shortcut_and_a_button_that_are_not_acknowledged_say_so(
    client: Client, lose_the_bot: Callable[[], None]
) -> None:
    client.shortcut("Has anyone an answer for #143?", "Show ticket")
    expect(client.heading).to_have_text("Ticket #143")
    answer = client.answers.first
    lose_the_bot()
    client.shortcut("Has anyone an answer for #143?", "Show ticket")
    expect(client.answer).to_contain_text('"Show ticket" failed with the error "dispatch_failed"')
    answer.get_by_role("button", name="Refresh").click()
    expect(client.answer).to_contain_text('That did not work: the app failed with the error "dispatch_failed"')


def test_a_note_that_is_not_acknowledged_stays_in_the_modal(
    client: Client, running: Running, lose_the_bot: Callable[[], None]
) -> None:
    client.ticket(143)
    client.button("Add note").click()
    note = client.modal.get_by_label("Note", exact=True)
    note.fill("Please keep me")
    lose_the_bot()
    client.submit("Add note")
    expect(client.modal.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(note).to_have_value("Please keep me")
    expect(note).to_be_editable()
    assert running.leadsquared.notes == []
