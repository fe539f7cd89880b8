"""What reaches the app by HTTP: signatures, shapes, the time for an ack, and what a person is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.http import Request, Response
from bot.sandbox.slack import Slack, workspace

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import App, Clock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def held(app: App) -> Any:
    """Keep every ack back until the test is over."""
    release = threading.Event()

    def wait(_request: Request) -> Response:
        release.wait(10)
        return Response()

    app.answer = wait
    yield release
    release.set()


def test_requests_are_signed_as_slack_signs_them(slack: Slack, app: App, clock: Clock) -> None:
    slack.slash("/ticket 143")
    slack.shortcut("ticket_show", ts=slack.post(workspace.SUPPORT, "about #143 & more"))
    verifier = SignatureVerifier(SECRET)
    for request in app.requests:
        headers = dict(request.headers)
        timestamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
        assert int(timestamp) == int(clock.now)
        assert verifier.generate_signature(timestamp=timestamp, body=request.body) == signature
        assert headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_raw_delivery_has_the_headers_it_is_given(slack: Slack, app: App) -> None:
    app.answer = lambda _request: Response(401, b"no")
    ack = slack.deliver_raw(b"text=143", {"X-Slack-Signature": "v0=bad"})
    assert (ack.status, ack.body, ack.error) == (401, "no", "dispatch_failed")
    assert app.requests[0].headers["x-slack-signature"] == "v0=bad"


def test_a_command_comes_as_a_form(slack: Slack, app: App) -> None:
    slack.slash("/ticket  143 “x” ", channel=workspace.BILLING)
    form = app.form()
    assert (form["command"], form["text"]) == ("/ticket", "143 “x”")
    assert (form["user_id"], form["team_id"]) == (workspace.AGENT.id, workspace.TEAM.id)
    assert (form["channel_id"], form["channel_name"]) == (workspace.BILLING, "privategroup")
    assert form["response_url"].startswith(f"{slack.url}/response/")
    assert "thread_ts" not in form


def test_a_message_shortcut_comes_with_its_message(slack: Slack, app: App) -> None:
    parent = slack.post(workspace.SUPPORT, "hello", user=workspace.LEAD.id)
    ts = slack.post(workspace.SUPPORT, "about #143", user=workspace.LEAD.id, thread_ts=parent)
    slack.shortcut("ticket_note", ts=ts)
    payload = app.payload()
    assert (payload["type"], payload["callback_id"]) == ("message_action", "ticket_note")
    assert payload["user"] == {"id": "U0ASHA001", "username": "asha", "name": "asha", "team_id": "T0ACME001"}
    assert payload["channel"] == {"id": workspace.SUPPORT, "name": "support"}
    told = {name: payload["message"][name] for name in ("user", "ts", "text", "thread_ts")}
    assert told == {"user": workspace.LEAD.id, "ts": ts, "text": "about #143", "thread_ts": parent}
    assert payload["message_ts"] == ts
    assert {"trigger_id", "response_url", "action_ts", "team", "api_app_id", "token"} <= set(payload)


def test_another_bots_message_comes_with_its_attachments(slack: Slack, app: App) -> None:
    mail = next(message for message in slack.messages() if message.username == "Mailroom")
    slack.shortcut("ticket_show", ts=mail.ts)
    message = app.payload()["message"]
    assert (message["subtype"], message["bot_id"], message["text"]) == ("bot_message", "B0MAILROOM", "")
    assert "[#143] Re:" in message["attachments"][0]["blocks"][0]["text"]["text"]


def test_a_click_carries_its_element_and_choice(slack: Slack, app: App) -> None:
    options = [{"text": {"type": "plain_text", "text": "A"}, "value": "a"}]
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "143"}
    chooser = {"type": "static_select", "action_id": "pick", "options": options}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button, chooser]}]
    ts = slack.post(workspace.SUPPORT, "", blocks=blocks, bot="Mailroom")
    slack.click(ts, "go")
    action = app.payload()["actions"][0]
    assert {name: action[name] for name in ("type", "block_id", "action_id", "value")} == {
        "type": "button",
        "block_id": "b",
        "action_id": "go",
        "value": "143",
    }
    slack.click(ts, "pick", option="a")
    payload = app.payload()
    assert payload["actions"][0]["selected_option"] == options[0]
    assert payload["state"]["values"]["b"]["pick"]["selected_option"] == options[0]
    assert payload["container"]["is_ephemeral"] is False
    with pytest.raises(LookupError, match="no option 'z'"):
        slack.click(ts, "pick", option="z")


@pytest.mark.parametrize("ack_seconds", [0.2])
def test_a_late_ack_is_none(slack: Slack, held: threading.Event) -> None:
    interaction = slack.slash("/ticket 143")
    assert not held.is_set()
    assert (interaction.status, interaction.error) == (None, "operation_timeout")
    assert interaction.seconds >= 0.2
    assert slack.notices() == ['/ticket failed with the error "operation_timeout"']


@pytest.mark.parametrize("ack_seconds", [0.2])
def test_a_person_is_told_of_a_shortcut_that_was_not_acknowledged(slack: Slack, held: threading.Event) -> None:
    slack.shortcut("ticket_show", ts=slack.messages()[0].ts)
    assert not held.is_set()
    assert slack.notices() == ['"Show ticket" failed with the error "operation_timeout"']


@pytest.mark.parametrize("answer", [Response(404, b"{}"), Response(500), None])
def test_anything_but_a_200_is_a_failed_dispatch(slack: Slack, app: App, answer: Response | None) -> None:
    app.answer = lambda _request: answer
    assert slack.slash("/ticket 143").error == "dispatch_failed"
    assert len(app.requests) == 1


def test_without_an_app_every_dispatch_fails(manifest: Any) -> None:
    with Slack(signing_secret="s", bot_token="xoxb-1", app_token="xapp-1", manifest=manifest) as slack:
        assert slack.slash("/ticket 143").error == "dispatch_failed"


def test_an_ack_may_hold_the_answer_of_a_command(slack: Slack, app: App) -> None:
    app.answer = lambda _request: Response.of_text("Looking it up")
    plain = slack.slash("/ticket 143").message()
    assert (plain.text, plain.ephemeral) == ("Looking it up", True)
    app.says({"response_type": "in_channel", "text": "For all"})
    shared = slack.slash("/ticket 143").message()
    assert (shared.text, shared.ephemeral) == ("For all", False)
    echoed, answer = slack.messages(user=workspace.LEAD.id)[-2:]
    assert (echoed.text, echoed.user, answer) == ("/ticket 143", workspace.AGENT.id, shared)


def test_an_ack_that_slack_would_not_show_is_told_to_the_person(slack: Slack, app: App) -> None:
    app.says({"blocks": [{"type": "section"}]})
    interaction = slack.slash("/ticket 143")
    assert (interaction.error, interaction.messages) == ("invalid_command_response", [])


def test_what_the_manifest_does_not_have_is_not_delivered(slack: Slack, app: App) -> None:
    assert slack.slash("/tickets 143").error == "invalid_command"
    assert slack.notices() == ["/tickets is not a valid command."]
    assert slack.shortcut("ticket_hide", ts=slack.messages()[0].ts).error == "invalid_shortcut"
    assert app.requests == []


def test_two_hundred_commands_at_once_all_arrive_and_all_are_acknowledged(slack: Slack, app: App) -> None:
    gate = threading.Barrier(200)

    def one(number: int) -> str | None:
        gate.wait(30)
        return slack.slash(f"/ticket {number}").error

    slack.connect(f"{app.server.url}/slack/events")
    with ThreadPoolExecutor(200) as pool:
        assert set(pool.map(one, range(200))) == {None}
    assert {request.form()["text"] for request in app.requests} == {str(number) for number in range(200)}


def test_no_shortcut_is_offered_on_what_one_person_sees(slack: Slack, app: App) -> None:
    app.answer = lambda _request: Response.of_text("only you")
    message = slack.slash("/ticket 143").message()
    with pytest.raises(LookupError, match="one person alone"):
        slack.shortcut("ticket_show", ts=message.ts)
