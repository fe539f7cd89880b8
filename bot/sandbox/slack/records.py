"""What the stand-in holds: people, channels, messages, views. All frozen; a change makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class User:
    """A person or an app's bot user. `color` is six hex digits, as in Slack's user object.

    `team` and `enterprise` are ids, empty for the workspace's own and for none. A single-channel guest is `restricted`
    and `ultra_restricted`, any other guest is `restricted` only.
    """

    id: str
    name: str
    real_name: str
    color: str
    is_bot: bool = False
    team: str = ""
    enterprise: str = ""
    deleted: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel or a direct conversation, with the ids of those who are in it.

    `shared` with another organisation ("ext"), offered to one ("pending"), or with another workspace of ours ("org").
    """

    id: str
    name: str
    kind: Literal["public", "private", "dm"]
    members: frozenset[str]
    topic: str = ""
    shared: Literal["", "ext", "pending", "org"] = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now. `only_for` is the person whom an ephemeral one is shown to.

    `user` is empty for another app's bot, which has a `username` instead. `ours` marks those of the app under test.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    username: str | None = None
    bot_id: str | None = None
    only_for: str | None = None
    edited: bool = False
    ours: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What names it: Slack's ts is unique in its channel only."""
        return self.channel, self.ts

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.only_for is not None

    def payload(self) -> Json:
        """Return it as a `message` in Slack's interaction payloads and Web API answers."""
        told: Json = {"type": "message", "ts": self.ts, "text": self.text, "blocks": self.blocks}
        if self.attachments:
            told["attachments"] = self.attachments
        if self.bot_id:
            told |= {"subtype": "bot_message", "bot_id": self.bot_id}
        named = {"user": self.user, "username": self.username, "thread_ts": self.thread_ts}
        return told | {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class View:
    """A modal as it stands now. `content` is what the app sent, with ids for every block and element.

    `errors` are the texts under its inputs, `busy` is true from Submit to the ack, `open` turns false for ever.
    """

    id: str
    hash: str
    user: str
    content: Json
    root_id: str
    previous_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    busy: bool = False
    open: bool = True

    @property
    def title(self) -> str:
        """The words of the title."""
        return str(self.content["title"]["text"])

    @property
    def blocks(self) -> list[Json]:
        """The blocks, with every id filled in."""
        return list(self.content["blocks"])

    def payload(self, team: str, app: str, bot: str, values: Json | None = None) -> Json:
        """Return it as Slack tells of a view, `values` being what its inputs hold."""
        return {
            "id": self.id,
            "team_id": team,
            "type": "modal",
            "blocks": self.blocks,
            "private_metadata": self.content.get("private_metadata", ""),
            "callback_id": self.content.get("callback_id", ""),
            "external_id": self.content.get("external_id", ""),
            "state": {"values": values or {}},
            "hash": self.hash,
            "title": self.content["title"],
            "close": self.content.get("close"),
            "submit": self.content.get("submit"),
            "clear_on_close": self.content.get("clear_on_close", False),
            "notify_on_close": self.content.get("notify_on_close", False),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": app,
            "app_installed_team_id": team,
            "bot_id": bot,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that Slack itself shows to one person, in a channel or (None) above everything."""

    id: str
    user: str
    text: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call that the app made: a Web API method, or "response_url". `at` is in seconds since the epoch.

    `arguments` are as sent, without the token; `result` is the JSON answer, or the text of a response_url's.
    """

    method: str
    arguments: Json
    result: Any
    at: float
    status: int = 200
