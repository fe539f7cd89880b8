"""The message shortcuts, in channels the bot is in and in those it is not."""

from __future__ import annotations

import pytest

from bot.sandbox.slack import workspace
from tests.conftest import Running
from tests.e2e.test_command import buttons_of, words_of
from tests.e2e.test_notes import first


@pytest.mark.parametrize("channel", [workspace.SUPPORT, workspace.BILLING, workspace.DIRECT])
def test_show_ticket_answers_privately_where_the_person_is(running: Running, channel: str) -> None:
    ts = running.slack.post(channel, "What about #143?", user=workspace.SECOND_AGENT.id)
    message = running.slack.shortcut("ticket_show", channel=channel, ts=ts).message()
    assert (message.channel, message.only_for) == (channel, workspace.AGENT.id)
    assert "Ticket #143" in words_of(message)
    assert running.reads() == 1


def test_a_number_is_found_in_another_apps_blocks_and_attachments(running: Running) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*RE: [#034] Receipt*"}}]
    attachments = [{"fallback": "x", "title": "A ticket", "title_link": "https://in21.leadsquared.com/ticket/34"}]
    for message in ({"blocks": blocks}, {"attachments": attachments}):
        ts = running.slack.post(workspace.SUPPORT, "", bot="Mailbox", **message)
        answer = running.slack.shortcut("ticket_show", ts=ts).message()
        assert "Ticket #34" in words_of(answer)


def test_several_tickets_are_asked_for_and_the_choice_replaces_the_question(running: Running) -> None:
    ts = running.slack.post(workspace.SUPPORT, "#143 is like ticket 34, not like #143 before")
    question = running.slack.shortcut("ticket_show", ts=ts).message()
    assert buttons_of(question) == ["#143", "#34"]
    assert running.reads() == 0
    running.slack.click(question, "ticket_choose_34")
    shown = running.slack.wait(
        lambda: next((m for m in running.slack.messages() if m.ephemeral and "Ticket #34" in words_of(m)), None)
    )
    assert shown
    assert shown.ts == question.ts


def test_no_ticket_is_asked_for_in_a_modal_and_shown_there(running: Running) -> None:
    ts = running.slack.post(workspace.BILLING, "Good morning")
    view = running.slack.shortcut("ticket_show", channel=workspace.BILLING, ts=ts).opened()
    assert view.title == "Show ticket"

    wrong = running.slack.submit(view.id, {"ticket": "abc"})
    assert wrong.errors == {"ticket": "“abc” is not a ticket number. Write it like 143 or #143."}
    assert running.reads() == 0

    running.slack.submit(view.id, {"ticket": "#200"})
    view = first(running, lambda v: "newest first" in str(v.blocks))
    assert view.title == "Ticket #200"
    assert "messages 179–200" in str(view.blocks)
    running.slack.click(view, "ticket_older")
    running.slack.wait(lambda: "–178 on this page" in str(running.slack.views[-1].blocks))
    assert running.reads() == 1

    note = running.slack.click(running.slack.views[-1], "ticket_add_note").opened()
    assert note.title == "Add internal note"
    assert note.previous_id == view.id


def test_a_question_that_comes_too_late_for_its_trigger_is_told(running: Running) -> None:
    running.slack.fail("views.open", error="expired_trigger_id")
    ts = running.slack.post(workspace.SUPPORT, "Good morning")
    message = running.slack.shortcut("ticket_show", ts=ts).message()
    assert "did not open" in message.text


def test_a_shortcut_whose_upstream_is_slow_is_acknowledged_at_once(running: Running) -> None:
    running.leadsquared.delay = 0.3
    ts = running.slack.post(workspace.SUPPORT, "#143")
    interaction = running.slack.shortcut("ticket_show", ts=ts)
    assert interaction.status == 200
    assert interaction.seconds < 0.3
    assert "Ticket #143" in words_of(interaction.message())
