"""Slack's requests, changed at random and signed, through the HTTP door: no failure, and no click without an answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.slack import View, payloads, workspace
from bot.sandbox.slack.delivery import Ack, signature_headers
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import ApiCall, Message
from bot.sandbox.slack.refused import Refused
from bot.sandbox.slack.rules import refuse_message, refuse_view
from bot.sandbox.stage import SIGNING_SECRET
from tests.conftest import Running, Starter
from tests.e2e.test_notes import QUICK, form
from tests.e2e.test_sharing import form as share_form
from tests.fuzz.changes import JUNK, changed

CLICKS = {"block_actions", "message_action", "view_submission"}
# Slack opens these by itself and needs no answer.
QUIET = ("attachment_", "ticket_link", "shared_link")
COMMANDS = ("command", "check")


@dataclass
class Scene:
    """A bot that runs, with a message and two open forms to click and submit."""

    running: Running
    message: Message
    note_form: View
    ticket_form: View
    share_form: View

    def payloads(self) -> dict[str, Any]:
        """What Slack sends, a kind each, with a trigger and a response_url that work."""
        slack, person, channel = self.running.slack, workspace.AGENT, workspace.channels()[0]
        interaction = Interaction(slack.state, slack.modals, person.id, channel.id)
        trigger = slack._triggers.issue(interaction)
        url = f"{slack.url}/response/{slack._response_urls.issue(interaction, channel.id)}"
        said = Message(channel.id, "1795222354.941072", person.id, "See [#143] <@U0BEN0002> :tada:")
        found: dict[str, Any] = {
            "command": payloads.slash_command(person, channel, "/ticket", "143", trigger_id=trigger, response_url=url)
        }
        for name in ("ticket_show", "ticket_note", "unknown"):
            found[name] = payloads.message_action(
                person, channel, said, name, trigger_id=trigger, response_url=url, action_ts="1.2"
            )
        none = replace(said, text="No number here")
        found["check"] = found["command"] | {"text": "check"}
        found["ask"] = payloads.message_action(
            person, channel, none, "ticket_show", trigger_id=trigger, response_url=url, action_ts="1.2"
        )
        for action_id, value in (
            ("ticket_add_note", "143:"),
            ("ticket_older", "143:2"),
            ("ticket_newer", "200:3"),
            ("ticket_refresh", "143:"),
            ("ticket_choose_143", "143:"),
            ("message_whole", "143:1:1"),
            ("message_next", "143:1:2"),
            ("note_there", "TB-7F3K2"),
            ("note_again", "TB-7F3K2"),
            ("attachment_1", ""),
            ("ticket_share", "143:2:1"),
            ("files_new", "143:1:"),
            ("files_new_here", "143:1:1"),
            ("shared_ticket", "143:"),
            ("shared_file_1", "143:1:1"),
            ("shared_link", ""),
            ("unknown", "x"),
        ):
            button = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text"}}
            used = payloads.action("b1", button, "1.2", {})
            found[f"{action_id} in a message"] = payloads.message_click(
                person, channel, self.message, used, trigger_id=trigger, response_url=url, values={}
            )
            found[f"{action_id} in a modal"] = payloads.view_click(
                person, self.note_form, used, trigger_id=trigger, values={}
            )
        note = {"ticket": {"value": {"value": "143"}}, "note": {"value": {"value": "A note"}}}
        found["note"] = payloads.view_submission(person, self.note_form, trigger_id=trigger, values=note)
        found["ticket"] = payloads.view_submission(
            person, self.ticket_form, trigger_id=trigger, values={"ticket": {"value": {"value": "143"}}}
        )
        ticked = {"share_parts": {"share_parts": {"type": "checkboxes", "selected_options": [{"value": "files"}]}}}
        tick = {"type": "checkboxes", "action_id": "share_parts", "selected_options": [{"value": "files"}]}
        used = payloads.action("share_parts", tick, "1.2", {})
        found["tick"] = payloads.view_click(person, self.share_form, used, trigger_id=trigger, values=ticked)
        found["share"] = payloads.view_submission(person, self.share_form, trigger_id=trigger, values=ticked)
        found["closed"] = payloads.view_closed(person, self.note_form, is_cleared=False)
        found["event"] = {"type": "event_callback", "event": {"type": "app_home_opened", "user": person.id}}
        found["verification"] = {"type": "url_verification", "challenge": "x"}
        found["options"] = found["note"] | {"type": "block_suggestion", "action_id": "value", "value": "x"}
        return found

    def send(self, name: str, payload: Any) -> Ack:
        """Send a payload as Slack would, signed now."""
        kind = "application/x-www-form-urlencoded"
        if name in COMMANDS and isinstance(payload, dict):
            fields = {key: value if isinstance(value, str) else json.dumps(value) for key, value in payload.items()}
            body = urlencode(fields, errors="replace").encode()
        elif name in {"event", "verification"}:
            kind, body = "application/json", json.dumps(payload).encode()
        else:
            body = urlencode({"payload": json.dumps(payload)}).encode()
        return self.post(body, kind)

    def obey(self, name: str, ack: Ack) -> None:
        """Do with a form what an ack says, as Slack does: what follows it waits for that."""
        if ack.status == 200 and '"update"' in ack.body:
            view = {"note": self.note_form, "share": self.share_form}.get(name, self.ticket_form)
            with suppress(Refused):  # another form has taken its place meanwhile
                self.running.slack.modals.update(view.id, json.loads(ack.body)["view"])

    def post(self, body: bytes, kind: str) -> Ack:
        """Post a body, signed now."""
        headers = {"Content-Type": kind, **signature_headers(SIGNING_SECRET, body, time.time())}
        return self.running.slack.deliver_raw(body, headers)

    def settle(self) -> None:
        """Wait until the bot has nothing to do."""
        lanes = list(vars(self.running.bot.lanes).values())
        deadline = time.monotonic() + 20
        # Work goes from lane to lane: what was idle may have been given something meanwhile.
        for _ in range(3):
            for lane in lanes:
                with lane._changed:
                    while lane._queued or lane._running:
                        assert time.monotonic() < deadline, f"lane {lane.name} does not come to rest"
                        lane._changed.wait(1)


NAMES = [
    "command", "check", "tick", "share", "ticket_show", "ticket_note", "unknown", "ask", "note", "ticket", "closed",
    "event", "verification", "options",
    *(
        f"{name} in a {place}"
        for name in (
            "ticket_add_note", "ticket_older", "ticket_newer", "ticket_refresh", "ticket_choose_143", "message_whole",
            "message_next", "note_there", "note_again", "attachment_1", "ticket_share", "files_new", "files_new_here",
            "shared_ticket", "shared_file_1", "shared_link", "unknown",
        )
        for place in ("message", "modal")
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with ExitStack() as stack:
        running = Starter(stack)(times=QUICK, LEADSQUARED_CALLS_PER_5S="1000")
        running.leadsquared._limit = 10**9
        slack = running.slack
        message = slack.slash("/ticket 143").message()
        note = form(running)
        asked = slack.shortcut("ticket_show", ts=slack.post(workspace.SUPPORT, "No number"), user=workspace.LEAD.id)
        yield Scene(running, message, note, asked.opened(), share_form(running, user=workspace.SECOND_AGENT.id))


def fault_of(call: ApiCall) -> str:
    """What Slack would refuse of what the bot has made for a call."""
    if call.method.startswith("views."):
        return str(refuse_view(call.arguments.get("view")) or "")
    shows = call.method == "response_url" or call.method.startswith("chat.")
    return str(refuse_message(call.arguments) or "") if shows else ""


def reached(calls: list[ApiCall]) -> bool:
    """Tell whether somebody saw something."""
    shown = [call.result for call in calls if call.method.startswith(("response_url", "views.", "chat."))]
    return any(result == "ok" or (isinstance(result, dict) and result.get("ok")) for result in shown)


def has_place(scene: Scene, name: str, payload: Any) -> bool:
    """Tell whether Slack's own words still say who clicked and where: then there is somebody to be answered."""
    if not isinstance(payload, Mapping):
        return False
    if name in COMMANDS:
        return str(payload.get("user_id")) in scene.running.slack.state.users and bool(payload.get("response_url"))
    user, actions = payload.get("user"), payload.get("actions", [])
    if str(payload.get("type")) not in CLICKS or not isinstance(user, Mapping):
        return False
    if str(user.get("id")) not in scene.running.slack.state.users or user["id"] == workspace.BOT_USER:
        return False
    clicked = [action for action in actions if isinstance(action, dict)] if isinstance(actions, list) else []
    return not any(str(action.get("action_id")).startswith(QUIET) for action in clicked)


def faults_of_ack(ack: Ack) -> str:
    """What Slack would refuse of an ack."""
    if not ack.body or ack.body[0] != "{":
        return ""
    said = json.loads(ack.body)
    if said.get("response_action") in {"update", "push"}:
        return str(refuse_view(said.get("view")) or "")
    if said.get("response_action") == "errors":
        return "" if said["errors"] and all(said["errors"].values()) else "errors without words"
    return str(refuse_message(said) or "") if {"text", "blocks"} & set(said) else ""


@settings(suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(NAMES), data=st.data())
def test_any_payload_is_taken_and_any_click_is_answered(scene: Scene, name: str, data: st.DataObject) -> None:
    before = len(scene.running.slack.calls)
    payload = data.draw(changed(scene.payloads()[name]))
    ack = scene.send(name, payload)
    assert ack.status is not None
    assert ack.status < 500, ack
    assert faults_of_ack(ack) == ""
    scene.obey(name, ack)
    scene.settle()
    calls = scene.running.slack.calls[before:]
    assert [fault for call in calls if (fault := fault_of(call))] == []
    # What is not acknowledged, Slack itself tells the person of.
    if ack.status == 200 and not ack.body and has_place(scene, name, payload):
        assert reached(calls), [(call.method, call.result) for call in calls]


@settings(suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=200)
    | JUNK.map(lambda junk: json.dumps(junk).encode())
    | JUNK.map(lambda junk: urlencode({"payload": json.dumps(junk)}).encode())
    | st.integers(1, 100_000).map(lambda deep: b"payload=" + b"[" * deep)
    | st.sampled_from(
        [b"payload=", b"payload=%", b"command=", b"ssl_check=1", b"payload=1&payload=2", b"\xff", b"%00"]
    ),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "application/json", "text/plain", "", "multipart/form-data"]
    ),
)
def test_any_signed_bytes_are_answered(scene: Scene, body: bytes, kind: str) -> None:
    ack = scene.post(body, kind)
    assert ack.status is not None
    assert ack.status < 500, ack
