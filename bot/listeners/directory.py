"""The facts that access needs, from Slack's Web API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.access import NotTold
from bot.slack_client import SlackClient


class SlackDirectory:
    """Slack's answers as `bot.access.Directory`. `client` should give up after two seconds.

    Scopes: users:read for people, usergroups:read for groups, channels:read and groups:read for channels.
    """

    def __init__(self, client: SlackClient) -> None:
        self._client = client

    def user(self, user_id: str) -> Mapping[str, Any]:
        """Return a person's user object. Raises NotTold."""
        return dict(self._told(lambda: self._client.users_info(user=user_id), "user"))

    def members(self, group_id: str) -> Iterable[str]:
        """Return the user ids of a user group. Raises NotTold."""
        return list(self._told(lambda: self._client.usergroups_users_list(usergroup=group_id), "users"))

    def channel(self, channel_id: str) -> Mapping[str, Any]:
        """Return a channel's conversation object. Raises NotTold."""
        return dict(self._told(lambda: self._client.conversations_info(channel=channel_id), "channel"))

    @staticmethod
    def _told(call: Callable[[], SlackResponse], name: str) -> Any:
        try:
            return call()[name]
        except SlackApiError as error:
            raise NotTold(str(error.response.get("error") or "")) from error
        except Exception as error:
            raise NotTold from error
