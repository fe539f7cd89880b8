"""Where facts about people, groups and channels come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class NotTold(Exception):
    """A fact was not to be had. `code` is Slack's error code, empty where Slack could not be asked."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Directory(Protocol):
    """Slack's Web API, as far as access needs it. Every method raises NotTold, and gives up after seconds."""

    def user(self, user_id: str) -> Mapping[str, Any]:
        """Return a person's user object (users.info)."""

    def members(self, group_id: str) -> Iterable[str]:
        """Return the user ids of a user group (usergroups.users.list)."""

    def channel(self, channel_id: str) -> Mapping[str, Any]:
        """Return a channel's conversation object (conversations.info)."""
