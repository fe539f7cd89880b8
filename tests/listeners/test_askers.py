"""Who asks is found wherever Slack puts it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.access import Asker, Door
from bot.listeners.askers import asker_of

USER = {"id": "U1", "team_id": "T1", "name": "asha"}
TEAM = {"id": "T1", "domain": "acme"}
CHANNEL = {"id": "C1", "name": "support"}
PAYLOADS: dict[str, tuple[dict[str, Any], Asker]] = {
    "command": (
        {"command": "/ticket", "user_id": "U1", "team_id": "T1", "channel_id": "C1", "user_name": "asha"},
        Asker("U1", "T1", "", "C1", Door.COMMAND),
    ),
    "command in an organisation": (
        {"command": "/ticket", "user_id": "U1", "team_id": "T1", "enterprise_id": "E1", "channel_id": "D1"},
        Asker("U1", "T1", "E1", "D1", Door.COMMAND),
    ),
    "command that says nothing": ({"command": "/ticket"}, Asker("", "", "", "", Door.COMMAND)),
    "shortcut": (
        {"type": "message_action", "user": USER, "team": TEAM, "enterprise": None, "channel": CHANNEL},
        Asker("U1", "T1", "", "C1", Door.SHORTCUT),
    ),
    "button on a private message": (
        {
            "type": "block_actions",
            "user": USER,
            "team": TEAM,
            "channel": CHANNEL,
            "container": {"type": "message", "channel_id": "C1", "is_ephemeral": True},
        },
        Asker("U1", "T1", "", "C1", Door.BUTTON),
    ),
    "button on a private message between two people": (
        {
            "type": "block_actions",
            "user": USER,
            "team": TEAM,
            "container": {"type": "message", "channel_id": "D2", "is_ephemeral": True},
        },
        Asker("U1", "T1", "", "D2", Door.BUTTON),
    ),
    "button on a direct message of the bot's": (
        {
            "type": "block_actions",
            "user": USER,
            "team": TEAM,
            "container": {"type": "message", "channel_id": "D1", "is_ephemeral": False},
        },
        Asker("U1", "T1", "", "D1", Door.BUTTON, direct=True),
    ),
    "button on a public message": (
        {
            "type": "block_actions",
            "user": USER,
            "team": TEAM,
            "container": {"type": "message", "channel_id": "C1", "is_ephemeral": False},
        },
        Asker("U1", "T1", "", "C1", Door.BUTTON),
    ),
    "button of somebody else's team": (
        {"type": "block_actions", "user": {"id": "U9", "team_id": "T9"}, "team": TEAM, "channel": CHANNEL},
        Asker("U9", "T9", "", "C1", Door.BUTTON),
    ),
    "button in a modal": (
        {"type": "block_actions", "user": USER, "team": TEAM, "container": {"type": "view", "view_id": "V1"}},
        Asker("U1", "T1", "", "", Door.BUTTON),
    ),
    "form": (
        {"type": "view_submission", "user": USER, "team": TEAM, "enterprise": {"id": "E1"}, "view": {"id": "V1"}},
        Asker("U1", "T1", "E1", "", Door.MODAL),
    ),
    "form where the app is installed for all of an organisation": (
        {"type": "view_submission", "user": {"id": "U1"}, "team": None, "enterprise": {"id": "E1"}},
        Asker("U1", "", "E1", "", Door.MODAL),
    ),
}


@pytest.mark.parametrize(("payload", "asker"), PAYLOADS.values(), ids=PAYLOADS)
def test_who_asks_is_read_from_a_payload(payload: dict[str, Any], asker: Asker) -> None:
    assert asker_of(payload) == asker
