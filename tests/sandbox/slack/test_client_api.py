"""The interface of the page: what it shows, what it does, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bot.sandbox.slack import Slack, workspace

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import Api, App, Json

ASHA = workspace.AGENT.id
HERE = {"user": ASHA, "channel": workspace.SUPPORT}


def ask(
    slack: Slack, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(urlsplit(slack.url).netloc, timeout=5)
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    given = {"Content-Type": "application/json"} if body is not None else {}
    try:
        connection.request(method, path, data, {**given, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read()
    finally:
        connection.close()


def act(slack: Slack, action: str, **fields: Any) -> tuple[int, Json]:
    status, _, body = ask(slack, "POST", f"/client/{action}", fields)
    return status, json.loads(body)


def state(slack: Slack, query: str = "") -> Json:
    status, _, body = ask(slack, "GET", f"/client/state?user={ASHA}{query}")
    assert status == 200
    loaded: Json = json.loads(body)
    return loaded


def test_the_state_is_what_one_person_sees(slack: Slack) -> None:
    seen = state(slack)
    assert seen["team"] == {"id": "T0ACME001", "name": "Acme Support", "domain": "acme-support"}
    assert seen["me"] == {"id": ASHA, "name": "asha", "real_name": "Asha Verma"}
    channels = {channel["name"]: channel for channel in seen["channels"]}
    assert {name: (c["kind"], c["bot_is_member"]) for name, c in channels.items()} == {
        "support": ("public", True),
        "product": ("public", False),
        "billing": ("private", False),
        "Ben Okafor": ("dm", False),
    }
    assert [command["command"] for command in seen["commands"]] == ["/ticket"]
    assert {shortcut["callback_id"] for shortcut in seen["shortcuts"]} == {"ticket_show", "ticket_note"}
    assert set(channels["support"]["messages"][0]) == {
        "ts",
        "user",
        "username",
        "is_bot",
        "text",
        "blocks",
        "attachments",
        "thread_ts",
        "ephemeral",
        "edited",
    }


def test_the_sample_messages_are_in_order_and_just_behind(slack: Slack, clock: Any) -> None:
    times = [float(message.ts) for message in slack.messages()]
    assert times == sorted(times)
    assert clock.now - 3600 < times[0] < times[-1] < clock.now


def test_news_is_waited_for(slack: Slack) -> None:
    version = state(slack)["version"]
    assert state(slack, f"&since={version}")["version"] == version  # nothing new until the poll was up
    answers: list[Json] = []
    waiting = threading.Thread(target=lambda: answers.append(state(slack, f"&since={version}")))
    waiting.start()
    slack.changed()
    waiting.join()
    assert answers[0]["version"] > version


def test_a_person_writes_and_runs_a_command(slack: Slack, app: App) -> None:
    assert act(slack, "message", **HERE, text="hello") == (200, {"ok": True})
    assert slack.messages()[-1].text == "hello"
    assert act(slack, "slash", **HERE, text="/ticket 143") == (200, {"ok": True})
    assert app.form()["text"] == "143"
    assert act(slack, "slash", **HERE, text="/nothing") == (200, {"ok": False, "error": "invalid_command"})


def test_a_notice_is_shown_until_it_is_dismissed(slack: Slack) -> None:
    act(slack, "slash", **HERE, text="/nothing")
    (notice,) = state(slack)["notices"]
    assert (notice["text"], notice["channel"]) == ("/nothing is not a valid command.", workspace.SUPPORT)
    assert act(slack, "dismiss", user=workspace.LEAD.id, notice=notice["id"])[0] == 400
    assert act(slack, "dismiss", user=ASHA, notice=notice["id"]) == (200, {"ok": True})
    assert state(slack)["notices"] == []


def test_an_ephemeral_message_is_dismissed_by_its_person(slack: Slack, api: Api) -> None:
    ts = api("chat.postEphemeral", channel=workspace.SUPPORT, user=ASHA, text="psst")["message_ts"]
    assert act(slack, "dismiss_message", user=workspace.LEAD.id, channel=workspace.SUPPORT, ts=ts)[0] == 400
    assert act(slack, "dismiss_message", **HERE, ts=ts) == (200, {"ok": True})
    assert slack.state.message(workspace.SUPPORT, ts) is None


def test_a_modal_is_shown_filled_in_and_closed(slack: Slack, app: App, api: Api) -> None:
    ts = slack.post(workspace.SUPPORT, "about #143")
    assert act(slack, "shortcut", **HERE, ts=ts, callback_id="ticket_note") == (200, {"ok": True})
    element = {"type": "plain_text_input", "action_id": "text"}
    note = {"type": "input", "block_id": "note", "label": {"type": "plain_text", "text": "Note"}, "element": element}
    button = {"type": "button", "action_id": "look", "text": {"type": "plain_text", "text": "Look"}}
    blocks = [note, {"type": "actions", "block_id": "more", "elements": [button]}]
    words = {"title": {"type": "plain_text", "text": "Note"}, "submit": {"type": "plain_text", "text": "Add"}}
    api("views.open", trigger_id=app.payload()["trigger_id"], view={"type": "modal", "blocks": blocks, **words})
    (view,) = state(slack)["views"]
    assert (view["title"], view["submit"], view["close"]) == (words["title"], words["submit"], None)
    assert (view["blocks"], view["errors"], view["busy"]) == (blocks, {}, False)
    on = {"user": ASHA, "view_id": view["id"]}
    clicked = act(slack, "action", **on, block_id="more", action_id="look", state={"note": {"text": "half"}})
    assert clicked == (200, {"ok": True})
    assert app.payload()["view"]["state"]["values"]["note"]["text"]["value"] == "half"
    assert act(slack, "submit", **on, values={"note": {"text": None}}) == (200, {"ok": True})
    assert set(state(slack)["views"][0]["errors"]) == {"note"}
    assert act(slack, "submit", **on, values={"note": {"text": "whole"}}) == (200, {"ok": True})
    assert state(slack)["views"] == []
    assert act(slack, "close", **on)[0] == 400


def test_a_button_in_a_message_is_clicked(slack: Slack, app: App) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = slack.post(workspace.SUPPORT, "", blocks=blocks, bot="Mailroom")
    assert act(slack, "action", **HERE, ts=ts, block_id="b", action_id="go") == (200, {"ok": True})
    assert app.payload()["message"]["ts"] == ts


def test_the_notes_are_those_of_the_owner(manifest: Json) -> None:
    notes = [{"ticket": 143, "text": "called back", "at": 1790000000}]
    with Slack(
        signing_secret="s", bot_token="xoxb-1", app_token="xapp-1", manifest=manifest, notes=lambda: notes
    ) as slack:
        assert json.loads(ask(slack, "GET", "/client/notes")[2]) == {"notes": notes}


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1", "127.0.0.1:1", "localhost.example.com"])
def test_a_page_under_another_name_is_refused(slack: Slack, host: str) -> None:
    for path in ("/", "/client/state", "/client/notes"):
        assert ask(slack, "GET", path, headers={"Host": host})[0] == 403
    assert ask(slack, "POST", "/client/message", {**HERE, "text": "x"}, {"Host": host})[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://127.0.0.1:1"])
def test_another_page_cannot_act(slack: Slack, origin: str) -> None:
    before = slack.messages()
    assert ask(slack, "POST", "/client/message", {**HERE, "text": "x"}, {"Origin": origin})[0] == 403
    assert slack.messages() == before


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_page_itself_can_act(slack: Slack, name: str) -> None:
    host = f"{name}:{urlsplit(slack.url).port}"
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert ask(slack, "POST", "/client/message", {**HERE, "text": "x"}, headers)[0] == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_of_another_page_cannot_act(slack: Slack, kind: str) -> None:
    assert ask(slack, "POST", "/client/message", {**HERE, "text": "x"}, {"Content-Type": kind})[0] == 415


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("message", {**HERE}, "text is missing."),
        ("message", {**HERE, "text": " "}, "A message needs a text."),
        ("message", {**HERE, "text": 1}, "text must be a string."),
        ("slash", {**HERE, "text": "143"}, "A command starts with a slash."),
        ("slash", {**HERE, "user": "U0NOBODY1", "text": "/ticket"}, "no such person: U0NOBODY1"),
        ("submit", {"user": ASHA, "view_id": "V1", "values": {}}, "no such view is open: V1"),
        ("submit", {"user": ASHA, "view_id": "V1", "values": []}, "no such view is open: V1"),
        ("submit", {"user": ASHA, "view_id": "V1", "values": "x"}, "values must be an object."),
        ("action", {**HERE, "ts": "1.0", "block_id": "b", "action_id": "a"}, "There is no such message."),
    ],
)
def test_bad_input_is_answered_with_a_sentence(slack: Slack, action: str, fields: Json, sentence: str) -> None:
    assert act(slack, action, **fields) == (400, {"ok": False, "error": sentence})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_bad_input(slack: Slack, body: bytes) -> None:
    assert ask(slack, "POST", "/client/message", body)[0] == 400


@pytest.mark.parametrize("name", ["../http.py", "..%2fhttp.py", "/etc/passwd", ".hidden.js", "none.js", "", "a/b.js"])
def test_only_the_files_of_the_page_are_served(slack: Slack, name: str) -> None:
    assert ask(slack, "GET", f"/assets/{name}")[0] == 404


@pytest.mark.parametrize(("method", "path"), [("GET", "/client/none"), ("POST", "/none"), ("DELETE", "/client/state")])
def test_nothing_else_is_served(slack: Slack, method: str, path: str) -> None:
    assert ask(slack, method, path)[0] == 404


@pytest.mark.parametrize("query", ["&since=x", "&since=-1"])
def test_a_version_that_is_no_number_is_bad_input(slack: Slack, query: str) -> None:
    assert ask(slack, "GET", f"/client/state?user={ASHA}{query}")[0] == 400
