"""What a person reads who may not do something: why, and what can be done. Never whether a ticket exists."""

from __future__ import annotations

from bot.access.rules import Refusal
from bot.blocks.screen import Screen, notice

_ADMIN = "whoever looks after the bot"
_ELSEWHERE = "This bot belongs to another workspace, and only that workspace's own people can use it."

_WORDS = {
    Refusal.OTHER_TEAM: _ELSEWHERE,
    Refusal.STRANGER: _ELSEWHERE,
    Refusal.BOT: "Only people can use this bot.",
    Refusal.DEACTIVATED: "This Slack account is deactivated.",
    Refusal.GUEST: f"Guests of the workspace cannot use this bot. If you need it for your work, ask {_ADMIN}.",
    Refusal.NOT_IN_GROUP: (
        "Tickets are only for certain user groups, and you are in none of them. "
        f"Ask {_ADMIN} to add you; it then takes a few minutes until the bot knows."
    ),
    Refusal.NOT_IN_NOTE_GROUP: (
        "Notes are only for certain user groups, and you are in none of them. "
        f"Ask {_ADMIN} to add you; it then takes a few minutes until the bot knows."
    ),
    Refusal.CHANNEL_NOT_ALLOWED: f"The bot may not be used in this channel. Ask {_ADMIN} where it may.",
    Refusal.CHANNEL_SHARED: (
        "This channel is shared with people outside the workspace, so nothing of a ticket is shown here. "
        "Use a channel that is not."
    ),
    Refusal.CHANNEL_UNKNOWN: (
        "The bot cannot tell who is in this channel, so nothing of a ticket is shown here. "
        "Use a public channel, or invite the bot to this one. "
        f"If that does not help, tell {_ADMIN}: the app needs the scopes channels:read and groups:read."
    ),
    Refusal.CANNOT_TELL: "The bot could not ask Slack whether you may do this. Try again in a minute.",
    Refusal.CANNOT_SEE_PEOPLE: (
        "The bot cannot tell whether you may do this: in Slack it lacks the scope users:read. "
        f"Tell {_ADMIN}: the app has to be installed again with it."
    ),
    Refusal.CANNOT_SEE_GROUPS: (
        "The bot cannot tell whether you may do this: in Slack it lacks the scope usergroups:read. "
        f"Tell {_ADMIN}: the app has to be installed again with it."
    ),
    Refusal.NO_SUCH_GROUP: (
        "The bot cannot tell whether you may do this: Slack does not know a user group that its settings name. "
        f"Tell {_ADMIN}: it is in ALLOWED_USERGROUPS or NOTE_USERGROUPS."
    ),
}


def why_refused(refusal: Refusal) -> str:
    """Say why, and what can be done."""
    return f"{_WORDS[refusal]} Nothing was done."


def refused(refusal: Refusal) -> Screen:
    """Say so as a screen of its own."""
    return notice("Not allowed here" if "channel" in refusal else "Not allowed", why_refused(refusal))


def note_refused(refusal: Refusal) -> str:
    """Say why a note that was submitted is not sent."""
    return f"The note was not added. {_WORDS[refusal]}"
