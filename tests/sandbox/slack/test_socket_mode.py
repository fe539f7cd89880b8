"""Socket Mode with the real client: acks, answers, and a new connection after the old one is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import App as BoltApp
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.sandbox.slack import Slack

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import Json

NOTE = {
    "type": "input",
    "block_id": "note",
    "label": {"type": "plain_text", "text": "Note"},
    "element": {"type": "plain_text_input", "action_id": "text"},
}
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Add"},
    "blocks": [NOTE],
}


@pytest.fixture
def slack(manifest: Json, ack_seconds: float) -> Iterator[Slack]:
    # A command that the app of these tests does not know.
    commands = [*manifest["features"]["slash_commands"], {"command": "/other", "description": "Nothing"}]
    more = {**manifest, "features": {**manifest["features"], "slash_commands": commands}}
    with Slack(
        signing_secret="s", bot_token="xoxb-1", app_token="xapp-1", manifest=more, ack_seconds=ack_seconds
    ) as slack:
        yield slack


@pytest.fixture
def bolt(slack: Slack) -> Iterator[SocketModeClient]:
    logger = logging.getLogger("tests.socket_mode")
    # The client says at ERROR that a connection broke, which is what these tests are about.
    logger.setLevel(logging.CRITICAL)
    client = WebClient("xoxb-1", base_url=slack.api_url)
    app = BoltApp(client=client, signing_secret="s", process_before_response=True, logger=logger)

    @app.command("/ticket")
    def ticket(ack: Any, respond: Any, client: Any, body: Json) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        respond(text=f"ticket {body['text']}")

    @app.view("note")
    def note(ack: Any) -> None:
        ack(response_action="errors", errors={"note": "Not today."})

    handler = SocketModeHandler(
        app, "xapp-1", logger=logger, web_client=WebClient("xapp-1", base_url=slack.api_url), ping_interval=0.05
    )
    sockets: SocketModeClient = handler.client
    sockets.connect()
    slack.wait(lambda: slack.sockets)
    yield sockets
    # Its own close would first wait three seconds for something to read.
    sockets.auto_reconnect_enabled = False
    slack.drop_sockets()
    sockets.close()


@pytest.mark.usefixtures("bolt")
def test_a_command_and_a_submission_go_over_the_websocket(slack: Slack) -> None:
    command = slack.slash("/ticket 143")
    assert (command.status, command.body, command.error) == (200, "", None)
    assert command.message().text == "ticket 143"
    submitted = slack.submit(command.opened().id, {"note": "hello"})
    assert submitted.errors == {"note": "Not today."}


@pytest.mark.usefixtures("bolt")
@pytest.mark.parametrize("ack_seconds", [0.2])
def test_a_command_nobody_answers_times_out(slack: Slack) -> None:
    assert slack.slash("/other").error == "operation_timeout"


@pytest.mark.usefixtures("bolt")
def test_the_app_is_back_after_its_connection_broke(slack: Slack) -> None:
    slack.drop_sockets()
    slack.wait(lambda: slack.sockets, 10)
    assert slack.slash("/ticket 143").message().text == "ticket 143"


@pytest.mark.usefixtures("bolt")
def test_the_app_makes_a_new_connection_when_asked_to(slack: Slack) -> None:
    def opened() -> int:
        return sum(call.method == "apps.connections.open" for call in slack.calls)

    slack.send_disconnect()
    slack.wait(lambda: opened() == 2 and slack.sockets == 1)
    assert slack.slash("/ticket 143").message().text == "ticket 143"


def test_without_a_websocket_a_dispatch_fails(slack: Slack, bolt: SocketModeClient) -> None:
    bolt.auto_reconnect_enabled = False
    slack.drop_sockets()
    assert slack.slash("/ticket 143").error == "dispatch_failed"


def test_an_address_is_good_for_one_connection(slack: Slack) -> None:
    url = WebClient("xapp-1", base_url=slack.api_url).apps_connections_open(app_token="xapp-1")["url"]
    with connect(url, proxy=None) as connection:
        assert '"hello"' in str(connection.recv(timeout=5))
        with pytest.raises(InvalidStatus, match="401"), connect(url, proxy=None):
            pass
