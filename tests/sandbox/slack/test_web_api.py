"""The Web API: tokens, scopes, and each method with Slack's own errors."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Slack, workspace

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import Api, Clock, Json


def call(slack: Slack, method: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
    request = urllib.request.Request(slack.api_url + method, body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.load(error)


@pytest.mark.parametrize(
    ("method", "body", "headers", "error"),
    [
        ("auth.test", b"", {}, "not_authed"),
        ("auth.test", b"", {"Authorization": "Bearer xoxb-other"}, "invalid_auth"),
        ("auth.test", b"token=xoxb-made-up", {}, None),
        ("auth.test", b"", {"Authorization": "Bearer xapp-made-up"}, "not_allowed_token_type"),
        ("apps.connections.open", b"token=xoxb-made-up", {}, "not_allowed_token_type"),
        ("chat.shout", b"token=xoxb-made-up", {}, "unknown_method"),
        ("chat.postMessage", b"token=xoxb-made-up&channel=C0SUPPORT1&blocks={", {}, "invalid_blocks_format"),
        ("chat.postMessage", b'token=xoxb-made-up&channel=C0SUPPORT1&blocks=[{"type":"divider"}]', {}, None),
        ("chat.postMessage", b"[]", {"Content-Type": "application/json"}, "json_not_object"),
    ],
)
def test_a_call_is_let_in_by_its_token(
    slack: Slack, method: str, body: bytes, headers: dict[str, str], error: str | None
) -> None:
    status, _, answer = call(slack, method, body, headers)
    assert (status, answer.get("error")) == (200, error)


def test_a_missing_scope_is_named(manifest: Json) -> None:
    less = {**manifest, "oauth_config": {"scopes": {"bot": ["commands"]}}}
    with Slack(signing_secret="s", bot_token="xoxb-1", app_token="xapp-1", manifest=less) as slack:
        _, headers, answer = call(slack, "users.info", b"token=xoxb-1&user=U0ASHA001", {})
    assert answer == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "commands"}
    assert headers["X-OAuth-Scopes"] == "commands"


def test_the_bot_learns_who_it_is_and_who_somebody_is(api: Api) -> None:
    assert api("auth.test")["user_id"] == workspace.BOT_USER
    client_answer = api("users.info", user=workspace.LEAD.id)
    assert client_answer["user"]["real_name"] == "Mira Lindqvist"
    assert api("users.info", user="U0NOBODY1")["error"] == "user_not_found"


def test_methods_that_the_client_reads_by_get_are_answered(slack: Slack) -> None:
    client = WebClient("xoxb-made-up", base_url=slack.api_url)
    assert client.users_info(user=workspace.AGENT.id)["user"]["name"] == "asha"
    ts = slack.post(workspace.SUPPORT, "hello")
    link = client.chat_getPermalink(channel=workspace.SUPPORT, message_ts=ts)["permalink"]
    assert link == f"https://acme-support.slack.com/archives/C0SUPPORT1/p{ts.replace('.', '')}"
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_getPermalink(channel=workspace.SUPPORT, message_ts="1.000001")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_getPermalink(channel=workspace.BILLING, message_ts=ts)


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (workspace.SUPPORT, None),
        (workspace.AGENT.id, None),
        (workspace.PRODUCT, "not_in_channel"),
        (workspace.BILLING, "channel_not_found"),
        (workspace.DIRECT, "channel_not_found"),
        ("C0NOWHERE1", "channel_not_found"),
    ],
)
def test_the_bot_posts_only_where_it_is_a_member_and_directly_to_people(
    api: Api, channel: str, error: str | None
) -> None:
    assert api("chat.postMessage", channel=channel, text="hello").get("error") == error


def test_a_direct_message_is_seen_by_its_person_alone(slack: Slack, api: Api) -> None:
    answer = api("chat.postMessage", channel=workspace.AGENT.id, text="only you")
    assert [message.text for message in slack.messages(answer["channel"])] == ["only you"]
    assert answer["channel"] in {channel.id for channel in slack.state.channels_of(workspace.AGENT.id)}
    assert answer["channel"] not in {channel.id for channel in slack.state.channels_of(workspace.LEAD.id)}


def test_without_the_messages_tab_nobody_is_written_to(manifest: Json) -> None:
    features = {**manifest["features"], "app_home": {"messages_tab_enabled": False}}
    closed = {**manifest, "features": features}
    with Slack(signing_secret="s", bot_token="xoxb-1", app_token="xapp-1", manifest=closed) as slack:
        _, _, answer = call(slack, "chat.postMessage", b"token=xoxb-1&channel=U0ASHA001&text=x", {})
    assert answer["error"] == "messages_tab_disabled"


def test_refused_blocks_come_with_their_faults_and_post_nothing(slack: Slack, api: Api) -> None:
    before = slack.messages()
    answer = api("chat.postMessage", channel=workspace.SUPPORT, text="x", blocks=[{"type": "divider"}] * 51)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"] == {"messages": ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]}
    assert slack.messages() == before
    assert slack.calls[-1].arguments["channel"] == workspace.SUPPORT
    assert slack.calls[-1].result["error"] == "invalid_blocks"


def test_a_message_is_changed_by_its_own_app_alone(slack: Slack, api: Api) -> None:
    blocks = [{"type": "divider"}]
    ts = api("chat.postMessage", channel=workspace.SUPPORT, text="one", blocks=blocks)["ts"]
    assert api("chat.update", channel=workspace.SUPPORT, ts=ts, text="two")["ok"]
    changed = slack.messages()[-1]
    assert (changed.text, changed.blocks, changed.edited) == ("two", [], True)
    assert api("chat.update", channel=workspace.SUPPORT, ts=ts, text="é" * 2001)["error"] == "msg_too_long"
    assert api("chat.update", channel=workspace.SUPPORT, ts="1.000001", text="x")["error"] == "message_not_found"
    theirs = slack.post(workspace.SUPPORT, "mine")
    assert api("chat.update", channel=workspace.SUPPORT, ts=theirs, text="x")["error"] == "cant_update_message"
    assert api("chat.delete", channel=workspace.SUPPORT, ts=theirs)["error"] == "cant_delete_message"
    assert api("chat.delete", channel=workspace.SUPPORT, ts=ts)["ok"]
    assert slack.state.message(workspace.SUPPORT, ts) is None


def test_an_ephemeral_message_is_seen_by_one_person_and_cannot_be_changed(slack: Slack, api: Api) -> None:
    seen = {"channel": workspace.SUPPORT, "user": workspace.AGENT.id, "text": "psst"}
    ts = api("chat.postEphemeral", **seen)["message_ts"]
    assert slack.messages()[-1].text == "psst"
    assert slack.messages(user=workspace.LEAD.id)[-1].text != "psst"
    assert api("chat.update", channel=workspace.SUPPORT, ts=ts, text="x")["error"] == "message_not_found"
    assert api("chat.postEphemeral", **(seen | {"user": "U0NOBODY1"}))["error"] == "user_not_in_channel"
    assert api("chat.postEphemeral", **(seen | {"channel": workspace.PRODUCT}))["error"] == "not_in_channel"
    assert api("chat.postEphemeral", **(seen | {"text": "x" * 4001}))["error"] == "msg_too_long"


def test_a_text_over_40000_characters_is_cut(slack: Slack, api: Api) -> None:
    assert api("chat.postMessage", channel=workspace.SUPPORT, text="x" * 40_001)["ok"]
    assert len(slack.messages()[-1].text) == 40_000


def test_opening_a_direct_conversation_needs_its_scope(api: Api) -> None:
    assert api("conversations.open", users=workspace.AGENT.id)["error"] == "missing_scope"


def test_a_method_fails_as_often_as_it_is_told_to(slack: Slack, api: Api) -> None:
    slack.fail("auth.test", error="internal_error", times=2)
    assert [api("auth.test").get("error") for _ in range(3)] == ["internal_error", "internal_error", None]


def test_a_rate_limit_says_how_long_to_wait(slack: Slack) -> None:
    slack.fail("auth.test", error="ratelimited", retry_after=7)
    status, headers, answer = call(slack, "auth.test", b"", {})
    assert (status, headers["Retry-After"], answer["error"]) == (429, "7", "ratelimited")


@pytest.mark.parametrize(("drop", "posted"), [("before", False), ("after", True)])
def test_a_connection_breaks_before_or_after_the_work(slack: Slack, drop: Any, posted: bool) -> None:
    slack.fail("chat.postMessage", drop=drop)
    with pytest.raises(OSError, match="closed connection"):
        call(slack, "chat.postMessage", b"token=xoxb-made-up&channel=C0SUPPORT1&text=lost", {})
    assert (slack.messages()[-1].text == "lost") is posted


def test_what_was_called_is_on_record_without_the_token(slack: Slack, clock: Clock) -> None:
    call(slack, "users.info", b"token=xoxb-made-up&user=U0ASHA001", {})
    made = slack.calls[-1]
    assert (made.method, made.arguments, made.at) == ("users.info", {"user": "U0ASHA001"}, clock.now)
