"""The payloads that Slack sends to an app, in its shapes.

Ephemeral messages are told of by their container only: `message` is left out, as Slack does.
"""

from __future__ import annotations

from bot.sandbox.slack import workspace
from bot.sandbox.slack.records import Channel, Json, Message, User, View

# Slack still sends the verification token that signatures replaced. It proves nothing.
_OLD_TOKEN = "verification-token-not-used"  # noqa: S105 (worth nothing by design)


def _team() -> Json:
    return {"id": workspace.TEAM.id, "domain": workspace.TEAM.domain}


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def channel_name(channel: Channel) -> str:
    """Return the name that payloads give a channel: only public ones go by their own."""
    return {"public": channel.name, "private": "privategroup", "dm": "directmessage"}[channel.kind]


def _common(kind: str, user: User, trigger_id: str | None) -> Json:
    common: Json = {
        "type": kind,
        "user": _user(user),
        "team": _team(),
        "enterprise": {"id": user.enterprise, "name": "Acme"} if user.enterprise else None,
        "is_enterprise_install": False,
        "api_app_id": workspace.APP_ID,
        "token": _OLD_TOKEN,
    }
    return common | ({"trigger_id": trigger_id} if trigger_id else {})


def slash_command(
    user: User, channel: Channel, command: str, text: str, *, trigger_id: str, response_url: str
) -> dict[str, str]:
    """Return the form of a slash command. There is no thread in it: commands do not work in threads."""
    organisation = {"enterprise_id": user.enterprise, "enterprise_name": "Acme"} if user.enterprise else {}
    return {
        "token": _OLD_TOKEN,
        "team_id": user.team,
        **organisation,
        "team_domain": workspace.TEAM.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def message_action(
    user: User,
    channel: Channel,
    message: Message,
    callback_id: str,
    *,
    trigger_id: str,
    response_url: str,
    action_ts: str,
) -> Json:
    """Return the payload of a message shortcut."""
    return _common("message_action", user, trigger_id) | {
        "callback_id": callback_id,
        "action_ts": action_ts,
        "response_url": response_url,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message.payload(),
    }


def message_click(
    user: User,
    channel: Channel,
    message: Message,
    action: Json,
    *,
    trigger_id: str,
    response_url: str,
    values: Json,
) -> Json:
    """Return the block_actions of an element in a message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _common("block_actions", user, trigger_id) | {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": response_url,
        "state": {"values": values},
        "actions": [action],
    }
    return payload if message.ephemeral else payload | {"message": message.payload()}


def view_click(user: User, view: View, action: Json, *, trigger_id: str, values: Json) -> Json:
    """Return the block_actions of an element in a modal. It has no response_url."""
    return _common("block_actions", user, trigger_id) | {
        "container": {"type": "view", "view_id": view.id},
        "view": _view(view, values),
        "actions": [action],
    }


def view_submission(user: User, view: View, *, trigger_id: str, values: Json) -> Json:
    """Return the payload of Submit."""
    return _common("view_submission", user, trigger_id) | {"view": _view(view, values), "response_urls": []}


def view_closed(user: User, view: View, *, is_cleared: bool) -> Json:
    """Return the payload of a closed modal. It has no trigger."""
    return _common("view_closed", user, None) | {"view": _view(view, {}), "is_cleared": is_cleared}


def action(block_id: str, element: Json, action_ts: str, chosen: Json) -> Json:
    """Return one entry of `actions`. `chosen` is what the element now holds, without its type."""
    kept: Json = {}
    if element["type"] == "button":
        kept = {name: element[name] for name in ("text", "value", "style") if name in element}
    return {
        "type": element["type"],
        "block_id": block_id,
        "action_id": element["action_id"],
        **kept,
        **chosen,
        "action_ts": action_ts,
    }


def _view(view: View, values: Json) -> Json:
    return view.payload(workspace.TEAM.id, workspace.APP_ID, workspace.BOT_ID, values)
