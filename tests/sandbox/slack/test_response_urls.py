"""response_urls: five uses in half an hour, who sees the answer, and what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.webhook import WebhookClient

from bot.sandbox.slack import Interaction, Slack, workspace

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import Api, App, Clock

BUTTON = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}, "value": "143"}
BLOCKS = [{"type": "actions", "block_id": "pages", "elements": [BUTTON]}]


def command(slack: Slack, app: App) -> tuple[Interaction, WebhookClient]:
    interaction = slack.slash("/ticket 143")
    return interaction, WebhookClient(app.form()["response_url"])


def send(client: WebhookClient, **body: Any) -> tuple[int, str]:
    answer = client.send_dict(body)
    return answer.status_code, answer.body


def test_it_takes_five_posts(slack: Slack, app: App) -> None:
    _, url = command(slack, app)
    assert [send(url, text=str(n)) for n in range(6)] == [(200, "ok")] * 5 + [(404, "used_url")]


@pytest.mark.parametrize(("after", "answer"), [(1800, (200, "ok")), (1801, (404, "expired_url"))])
def test_it_lives_for_half_an_hour(slack: Slack, app: App, clock: Clock, after: int, answer: tuple[int, str]) -> None:
    _, url = command(slack, app)
    clock.now += after
    assert send(url, text="x") == answer


def test_what_slack_does_not_show_is_refused_and_counts_for_nothing(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    assert send(url, blocks=[None]) == (400, "invalid_blocks")
    assert send(url, text="") == (400, "no_text")
    assert interaction.messages == []
    assert [send(url, text="x")[0] for _ in range(5)] == [200] * 5


def test_an_address_that_was_not_given_out_is_refused(slack: Slack) -> None:
    assert send(WebhookClient(f"{slack.url}/response/guess"), text="x") == (404, "invalid_url")


def test_an_answer_is_ephemeral_unless_it_says_otherwise(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    send(url, text="mine")
    send(url, text="ours", response_type="in_channel")
    assert [(message.text, message.ephemeral) for message in interaction.messages] == [("mine", True), ("ours", False)]
    theirs = [message.text for message in slack.messages(user=workspace.LEAD.id)]
    assert "ours" in theirs
    assert "mine" not in theirs


def test_it_answers_where_the_bot_is_not_a_member(slack: Slack, app: App) -> None:
    interaction = slack.slash("/ticket 143", channel=workspace.DIRECT, user=workspace.SECOND_AGENT.id)
    assert send(WebhookClient(app.form()["response_url"]), text="here") == (200, "ok")
    assert interaction.message().channel == workspace.DIRECT


def test_a_command_cannot_have_its_answer_replaced(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    send(url, text="one")
    send(url, text="two", replace_original=True)
    assert [message.text for message in interaction.messages] == ["one", "two"]


@pytest.mark.parametrize("kind", ["ephemeral", "in_channel"])
def test_a_click_replaces_the_message_of_its_button(slack: Slack, app: App, kind: str) -> None:
    interaction, url = command(slack, app)
    send(url, text="page 1", blocks=BLOCKS, response_type=kind)
    first = interaction.message()
    click = slack.click(first, "more")
    send(WebhookClient(app.payload()["response_url"]), text="page 2", replace_original=True)
    assert click.message().key == first.key
    assert (click.message().text, click.message().blocks) == ("page 2", [])
    assert click.message().ephemeral is first.ephemeral


def test_a_click_answers_with_a_new_message_unless_told_to_replace(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    send(url, text="page 1", blocks=BLOCKS)
    click = slack.click(interaction.message(), "more")
    send(WebhookClient(app.payload()["response_url"]), text="also")
    assert click.message().key != interaction.message().key
    assert interaction.message().text == "page 1"


def test_a_click_deletes_its_message_and_may_say_something_else(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    send(url, text="page 1", blocks=BLOCKS)
    click = slack.click(interaction.message(), "more")
    send(WebhookClient(app.payload()["response_url"]), delete_original=True, text="gone")
    assert interaction.messages == []
    assert click.message().text == "gone"


def test_an_answer_in_a_thread_stands_in_that_thread(slack: Slack, app: App) -> None:
    ts = slack.post(workspace.SUPPORT, "about #143")
    slack.shortcut("ticket_show", ts=ts)
    send(WebhookClient(app.payload()["response_url"]), text="x", response_type="in_channel", thread_ts=ts)
    assert slack.messages()[-1].thread_ts == ts


def test_it_fails_when_told_to(slack: Slack, app: App) -> None:
    interaction, url = command(slack, app)
    slack.fail("response_url", error="server_error", status=500)
    assert send(url, text="x") == (500, "server_error")
    assert interaction.messages == []
    assert [(call.method, call.status) for call in slack.calls] == [("response_url", 500)]


def test_a_person_waits_for_an_answer_in_vain_with_an_account_of_the_calls(slack: Slack, app: App, api: Api) -> None:
    interaction, _ = command(slack, app)
    api("auth.test")
    with pytest.raises(AssertionError, match=r"auth\.test 200"):
        interaction.message(timeout=0.05)
