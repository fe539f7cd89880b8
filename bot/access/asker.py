"""Who asks, and where: all that a request of Slack's says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """How a request came in."""

    COMMAND = "command"
    SHORTCUT = "shortcut"
    BUTTON = "button"
    MODAL = "modal"


@dataclass(frozen=True, slots=True)
class Asker:
    """A person at a door. Ids are Slack's, empty where the request names none: a modal is in no channel.

    `team_id` is the person's own team, not the channel's. `direct`: the request comes from the bot's own direct
    messages with this person, which are nobody else's.
    """

    user_id: str
    team_id: str
    enterprise_id: str
    channel_id: str
    door: Door
    direct: bool = False
