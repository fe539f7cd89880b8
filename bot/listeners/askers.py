"""Who asks, read from a payload: the one place that knows where Slack puts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.access import Asker, Door

_DOORS = {
    "message_action": Door.SHORTCUT,
    "block_actions": Door.BUTTON,
    "view_submission": Door.MODAL,
}


def asker_of(body: Mapping[str, Any]) -> Asker:
    """Return who sent a payload. Slack's commands have flat keys; for an enterprise install `team` is null.

    Raises KeyError for a payload of another kind.
    """
    if body.get("command"):
        return Asker(
            user_id=str(body.get("user_id") or ""),
            team_id=str(body.get("team_id") or ""),
            enterprise_id=str(body.get("enterprise_id") or ""),
            channel_id=str(body.get("channel_id") or ""),
            door=Door.COMMAND,
        )
    user, container = body["user"], body.get("container") or {}
    return Asker(
        user_id=str(user["id"]),
        # In a shared channel `team` need not be the person's own.
        team_id=str(user.get("team_id") or _id(body, "team")),
        enterprise_id=_id(body, "enterprise"),
        channel_id=_id(body, "channel") or str(container.get("channel_id") or ""),
        door=_DOORS[str(body["type"])],
        direct=in_direct_messages(body),
    )


def in_direct_messages(body: Mapping[str, Any]) -> bool:
    """Tell whether a button was clicked in the bot's own direct messages with a person.

    In the direct messages of other people the bot has none but ephemeral messages.
    """
    container = body.get("container") or {}
    return str(container.get("channel_id") or "").startswith("D") and not container.get("is_ephemeral", True)


def _id(body: Mapping[str, Any], name: str) -> str:
    return str((body.get(name) or {}).get("id") or "")
