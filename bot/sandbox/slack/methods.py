"""The Web API methods that the bot may use: each takes the arguments and returns the answer without `ok`.

Each raises Refused with Slack's own error. Limits: chat.update and chat.postEphemeral take 4000 bytes of text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import workspace
from bot.sandbox.slack.compose import compose
from bot.sandbox.slack.interaction import Triggers
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Channel, Json, Message, User, View
from bot.sandbox.slack.refused import Refused, hold
from bot.sandbox.slack.rules import refuse_message, refuse_view
from bot.sandbox.slack.state import State

SHORT_TEXT = 4000


class Methods:
    """The methods over one workspace. `open_socket` gives the address of a new websocket."""

    def __init__(
        self,
        state: State,
        modals: Modals,
        triggers: Triggers,
        open_socket: Callable[[], str],
        *,
        messages_tab: bool,
        scopes: list[str],
    ) -> None:
        self._state = state
        self._modals = modals
        self._triggers = triggers
        self._open_socket = open_socket
        self._messages_tab = messages_tab
        self._scopes = scopes

    def auth_test(self, _arguments: Json) -> Json:
        """Say whose token it is."""
        bot = self._state.users[workspace.BOT_USER]
        team = workspace.TEAM
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "user": bot.name,
            "team_id": team.id,
            "user_id": bot.id,
            "bot_id": workspace.BOT_ID,
            "is_enterprise_install": False,
            **({"enterprise_id": self._state.enterprise} if self._state.enterprise else {}),
        }

    def user_info(self, arguments: Json) -> Json:
        """Describe a person."""
        user = self._state.users.get(_text(arguments, "user"))
        if user is None:
            raise Refused("user_not_found")
        found = user_object(user)
        if "users:read.email" in self._scopes and not user.is_bot:
            # Slack leaves the address out where the scope users:read.email is not granted.
            found["profile"]["email"] = f"{user.name}@example.com"
        return {"user": found}

    def group_members(self, arguments: Json) -> Json:
        """Name the people of a user group."""
        members = self._state.groups.get(_text(arguments, "usergroup"))
        if members is None:
            raise Refused("no_such_subteam")
        return {"users": sorted(members)}

    def channel_info(self, arguments: Json) -> Json:
        """Describe a channel that the bot can see: a public one, or one that it is in."""
        channel = self._state.channel(_text(arguments, "channel"))
        if channel is None or (channel.kind != "public" and workspace.BOT_USER not in channel.members):
            raise Refused("channel_not_found")
        needed = {"public": "channels:read", "private": "groups:read", "dm": "im:read"}[channel.kind]
        if needed not in self._scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(self._scopes))
        return {"channel": channel_object(channel)}

    def open_direct(self, arguments: Json) -> Json:
        """Open the direct conversation with one person."""
        user = self._state.users.get(_text(arguments, "users"))
        if user is None or user.is_bot:
            raise Refused("user_not_found")
        return {"channel": {"id": self._state.direct_channel(user.id).id}}

    def validate_blocks(self, arguments: Json) -> Json:
        """Say of blocks that are to be a message's where something is wrong with them."""
        refusal = refuse_message({"text": "alone", "blocks": arguments.get("blocks")})
        if refusal:
            faults = [
                {
                    "pointer": fault.pointer.removeprefix("/blocks"),
                    "code": "failed_constraint",
                    "message": fault.message,
                }
                for fault in refusal.faults
            ]
            raise Refused("invalid_blocks", errors=faults)
        return {}

    def post_message(self, arguments: Json) -> Json:
        """Post a message where the bot is a member, or directly to a person."""
        channel = self._writable(_text(arguments, "channel"))
        hold(refuse_message(arguments))
        message = self._state.put_message(
            compose(self._state, channel.id, arguments, thread_ts=arguments.get("thread_ts"))
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.payload()}

    def post_ephemeral(self, arguments: Json) -> Json:
        """Post a message for one person alone, in a channel that both the person and the bot are in."""
        user = _text(arguments, "user")
        channel = self._writable(_text(arguments, "channel"))
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        hold(refuse_message(arguments, SHORT_TEXT))
        message = self._state.put_message(
            compose(self._state, channel.id, arguments, only_for=user, thread_ts=arguments.get("thread_ts"))
        )
        return {"message_ts": message.ts}

    def update(self, arguments: Json) -> Json:
        """Change a message of the bot. Text without blocks takes the blocks away."""
        message = self._own(arguments, "cant_update_message")
        hold(refuse_message(arguments, SHORT_TEXT))
        changed = self._state.edit_message(message, compose(self._state, message.channel, arguments))
        return {"channel": message.channel, "ts": message.ts, "text": changed.text, "message": changed.payload()}

    def delete(self, arguments: Json) -> Json:
        """Delete a message of the bot."""
        message = self._own(arguments, "cant_delete_message")
        self._state.remove_message(*message.key)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, arguments: Json) -> Json:
        """Return the lasting address of a message in a channel that the bot can see."""
        channel = self._state.channel(_text(arguments, "channel"))
        if channel is None or (channel.kind != "public" and workspace.BOT_USER not in channel.members):
            raise Refused("channel_not_found")
        message = self._state.message(channel.id, _text(arguments, "message_ts"))
        if message is None or message.ephemeral:
            raise Refused("message_not_found")
        place = f"{channel.id}/p{message.ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": f"https://{workspace.TEAM.domain}.slack.com/archives/{place}"}

    def view_open(self, arguments: Json) -> Json:
        """Open a modal with a trigger_id."""
        interaction = self._triggered(arguments)
        view = self._modals.open(interaction.user, arguments["view"])
        interaction.set_view(view)
        return {"view": view_object(view)}

    def view_push(self, arguments: Json) -> Json:
        """Put a modal on top of the one that the trigger_id came from."""
        interaction = self._triggered(arguments)
        view = self._modals.push(interaction.user, arguments["view"])
        interaction.set_view(view)
        return {"view": view_object(view)}

    def view_update(self, arguments: Json) -> Json:
        """Replace an open modal, named by view_id or external_id."""
        hold(refuse_view(arguments.get("view")))
        view_id = arguments.get("view_id")
        if not view_id:
            named = self._modals.by_external_id(_text(arguments, "external_id"))
            view_id = named.id if named else ""
        return {"view": view_object(self._modals.update(view_id, arguments["view"], arguments.get("hash")))}

    def bot_info(self, arguments: Json) -> Json:
        """Describe the bot, with the app that it belongs to."""
        if _text(arguments, "bot") != workspace.BOT_ID:
            raise Refused("bot_not_found")
        name = self._state.users[workspace.BOT_USER].name
        return {"bot": {"id": workspace.BOT_ID, "deleted": False, "name": name, "app_id": workspace.APP_ID}}

    def connections_open(self, _arguments: Json) -> Json:
        """Give the address of a websocket, good for one connection."""
        return {"url": self._open_socket()}

    def _triggered(self, arguments: Json) -> Any:
        trigger_id = _text(arguments, "trigger_id")
        hold(refuse_view(arguments.get("view")))
        return self._triggers.spend(trigger_id)

    def _writable(self, name: str) -> Channel:
        user = self._state.users.get(name)
        if user is not None and not user.is_bot:
            # The bot may always write to a person; Slack refuses when the app's Messages tab is off.
            if not self._messages_tab:
                raise Refused("messages_tab_disabled")
            return self._state.direct_channel(user.id)
        channel = self._state.channel(name)
        if channel is None:
            raise Refused("channel_not_found")
        if workspace.BOT_USER not in channel.members:
            # What the bot cannot see does not exist for it.
            raise Refused("not_in_channel" if channel.kind == "public" else "channel_not_found")
        return channel

    def _own(self, arguments: Json, not_ours: str) -> Message:
        channel = self._writable(_text(arguments, "channel"))
        message = self._state.message(channel.id, _text(arguments, "ts"))
        if message is None or message.ephemeral:
            raise Refused("message_not_found")
        if not message.ours:
            raise Refused(not_ours)
        return message


def user_object(user: User) -> Json:
    """Return a person as users.info does."""
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {"real_name": user.real_name, "display_name": user.real_name, "team": user.team},
        "is_bot": user.is_bot,
        "is_restricted": user.restricted,
        "is_ultra_restricted": user.ultra_restricted,
        "is_app_user": False,
        **({"is_stranger": True} if user.stranger else {}),
        **({"enterprise_user": _enterprise_user(user)} if user.enterprise else {}),
    }


def _enterprise_user(user: User) -> Json:
    return {"id": user.id, "enterprise_id": user.enterprise, "enterprise_name": "Acme", "teams": [user.team]}


def channel_object(channel: Channel) -> Json:
    """Return a channel as conversations.info does. Direct messages do not say whether they are shared."""
    if channel.kind == "dm":
        return {"id": channel.id, "is_im": True, "is_org_shared": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_shared": channel.shared in {"ext", "org"},
        "is_ext_shared": channel.shared == "ext",
        "is_org_shared": channel.shared == "org",
        "is_pending_ext_shared": channel.shared == "pending",
        "pending_shared": [workspace.OTHER_TEAM] if channel.shared == "pending" else [],
        "is_member": workspace.BOT_USER in channel.members,
    }


def view_object(view: View) -> Json:
    """Return a view as the Web API and the payloads tell of it."""
    return view.payload(workspace.TEAM.id, workspace.APP_ID, workspace.BOT_ID)


def _text(arguments: Json, name: str) -> str:
    value = arguments.get(name)
    if not value or not isinstance(value, str):
        raise Refused("invalid_arguments", [f"[ERROR] missing required field: {name}"])
    return value
