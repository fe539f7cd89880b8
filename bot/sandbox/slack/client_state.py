"""What one person sees, as the page wants it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.sandbox.slack import workspace
from bot.sandbox.slack.records import Channel, Json, Message, View

if TYPE_CHECKING:
    from bot.sandbox.slack.server import Slack


def client_state(slack: Slack, user: str) -> Json:
    """Return the workspace as this person sees it: channels with messages, open views, notices, and what can be run."""
    state = slack.state
    with state.looking():
        me = state.users[user]
        return {
            "version": state.version,
            "team": asdict(workspace.TEAM),
            "me": {"id": me.id, "name": me.name, "real_name": me.real_name},
            "users": {known.id: asdict(known) for known in state.users.values()},
            "channels": [_channel(slack, channel, user) for channel in state.channels_of(user)],
            "commands": [
                {"command": name, "description": c["description"], "usage_hint": c.get("usage_hint", "")}
                for name, c in slack.manifest.commands.items()
            ],
            "shortcuts": [
                {"callback_id": callback_id, "name": s["name"], "description": s["description"]}
                for callback_id, s in slack.manifest.shortcuts.items()
            ],
            "views": [_view(view) for view in slack.modals.stack(user)],
            "notices": [{"id": n.id, "text": n.text, "channel": n.channel} for n in state.notices(user)],
        }


def _channel(slack: Slack, channel: Channel, user: str) -> Json:
    others = channel.members - {user}
    name = channel.name or ", ".join(sorted(slack.state.users[other].real_name for other in others))
    return {
        "id": channel.id,
        "name": name,
        "kind": channel.kind,
        "topic": channel.topic,
        "bot_is_member": workspace.BOT_USER in channel.members,
        "messages": [_message(message) for message in slack.state.messages(channel.id, user)],
    }


def _message(message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "username": message.username,
        "is_bot": message.bot_id is not None,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "ephemeral": message.ephemeral,
        "edited": message.edited,
    }


def _view(view: View) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "title": view.content["title"],
        "blocks": view.blocks,
        "submit": view.content.get("submit"),
        "close": view.content.get("close"),
        "errors": dict(view.errors),
        "busy": view.busy,
    }
