"""The table of who may do what, and where. README shows it, and the whole bot is held to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.access import Refusal
from bot.sandbox.slack import Slack, workspace

PUBLIC = "a public channel"
PRIVATE = "a private channel that the bot is not in"
DIRECT = "a direct message"
SHARED = "a channel shared with another organisation"
OFFERED = "a channel offered to another organisation"
ORG_SHARED = "a channel shared within the organisation"
UNKNOWN = "a channel that Slack does not know"
OWN = "the bot's messages to the person"
MODAL = "a modal"

CHANNELS = {
    PUBLIC: workspace.SUPPORT,
    PRIVATE: workspace.BILLING,
    DIRECT: workspace.DIRECT,
    SHARED: workspace.SHARED,
    OFFERED: workspace.PENDING,
    ORG_SHARED: workspace.ORG_SHARED,
    UNKNOWN: "C0NOSUCH99",
}
# Who may look at a ticket may share it in a channel, where others than colleagues do not read it.
SHARED_IN = {
    PUBLIC: None,
    **dict.fromkeys((PRIVATE, UNKNOWN), Refusal.CHANNEL_UNKNOWN),
    **dict.fromkeys((SHARED, OFFERED, ORG_SHARED), Refusal.CHANNEL_SHARED),
}
ANYWHERE = (*CHANNELS, OWN, MODAL)
# Where the channel makes no difference, these stand for all.
SOMEWHERE = (PUBLIC, OWN, MODAL)

NOBODY = "U0NOBODY99"


@dataclass(frozen=True)
class Row:
    """A kind of person, where they are, and what comes of it: None for allowed. `place` says in README where.

    `read` is looking at a ticket, `note` adding a note, `settle` saying that an own note in doubt is there.
    """

    who: str
    user_id: str
    where: tuple[str, ...]
    read: Refusal | None = None
    note: Refusal | None = None
    settle: Refusal | None = None
    place: str = "anywhere"


@dataclass(frozen=True)
class Scenario:
    """Some settings, or some trouble, and what comes of it."""

    words: str
    rows: tuple[Row, ...]
    env: dict[str, Any] = field(default_factory=dict)
    trouble: Callable[[Slack], object] = lambda _: None
    enterprise: str = ""


def never(who: str, user_id: str, where: tuple[str, ...], why: Refusal) -> Row:
    """Somebody who may do nothing at all."""
    return Row(who, user_id, where, why, why, why)


def not_now(who: str, user_id: str, where: tuple[str, ...], why: Refusal, place: str = "anywhere") -> Row:
    """Somebody who may only say whether a note is there."""
    return Row(who, user_id, where, why, why, place=place)


def fails(method: str) -> Callable[[Slack], None]:
    """Let a method of Slack's always fail."""
    return lambda slack: slack.fail(method, status=500, times=2000)


def _in_groups(slack: Slack) -> None:
    slack.set_group(workspace.AGENTS, workspace.AGENT.id, workspace.SECOND_AGENT.id, workspace.GUEST.id)
    slack.set_group(workspace.NOTE_WRITERS, workspace.AGENT.id, workspace.LEAD.id, workspace.GUEST.id)


ASHA, BEN, MIRA = workspace.AGENT.id, workspace.SECOND_AGENT.id, workspace.LEAD.id
GROUPS = {"ALLOWED_USERGROUPS": workspace.AGENTS, "NOTE_USERGROUPS": workspace.NOTE_WRITERS}
NOT_SHARED = {"PRIVATE_IN_SHARED_CHANNELS": "no"}

SCENARIOS = (
    Scenario(
        "none of these",
        (
            Row("a member", ASHA, ANYWHERE),
            not_now("a guest", workspace.GUEST.id, ANYWHERE, Refusal.GUEST),
            not_now("a single-channel guest", workspace.CHANNEL_GUEST.id, ANYWHERE, Refusal.GUEST),
            never("a bot", workspace.OTHER_BOT.id, ANYWHERE, Refusal.BOT),
            never("a deactivated account", workspace.GONE.id, ANYWHERE, Refusal.DEACTIVATED),
            never("somebody of another organisation", workspace.PARTNER.id, ANYWHERE, Refusal.OTHER_TEAM),
            never("a stranger", workspace.STRANGER.id, ANYWHERE, Refusal.OTHER_TEAM),
            never("somebody whom Slack does not show to the bot", NOBODY, ANYWHERE, Refusal.STRANGER),
            never("somebody of another workspace", workspace.COLLEAGUE.id, ANYWHERE, Refusal.OTHER_TEAM),
        ),
    ),
    Scenario(
        "in an Enterprise organisation",
        (
            Row("a member", ASHA, SOMEWHERE),
            Row("a member of another workspace of it", workspace.COLLEAGUE.id, ANYWHERE),
            never("somebody of another organisation", workspace.PARTNER.id, SOMEWHERE, Refusal.OTHER_TEAM),
            never("a stranger", workspace.STRANGER.id, SOMEWHERE, Refusal.STRANGER),
        ),
        enterprise=workspace.ENTERPRISE,
    ),
    Scenario(
        "`ALLOW_GUESTS=yes`",
        (
            Row("a guest", workspace.GUEST.id, ANYWHERE),
            Row("a single-channel guest", workspace.CHANNEL_GUEST.id, SOMEWHERE),
            never("a stranger", workspace.STRANGER.id, SOMEWHERE, Refusal.OTHER_TEAM),
        ),
        {"ALLOW_GUESTS": "yes"},
    ),
    Scenario(
        "`ALLOWED_USERGROUPS` and `NOTE_USERGROUPS`",
        (
            Row("a member in both", ASHA, SOMEWHERE),
            Row("a member in the first only", BEN, ANYWHERE, note=Refusal.NOT_IN_NOTE_GROUP),
            not_now("a member in the second only", MIRA, ANYWHERE, Refusal.NOT_IN_GROUP),
            not_now("a guest in both", workspace.GUEST.id, SOMEWHERE, Refusal.GUEST),
        ),
        GROUPS,
        _in_groups,
    ),
    Scenario(
        "`NOTE_USERGROUPS` alone",
        (Row("a member in it", ASHA, SOMEWHERE), Row("any other", BEN, SOMEWHERE, note=Refusal.NOT_IN_NOTE_GROUP)),
        {"NOTE_USERGROUPS": workspace.NOTE_WRITERS},
        _in_groups,
    ),
    Scenario(
        "`ALLOWED_CHANNELS`",
        (
            Row("a member", ASHA, (PUBLIC,), place="in one of them"),
            Row("a member", ASHA, (OWN, MODAL), place="in the bot's own messages to them, and in forms"),
            not_now(
                "a member",
                ASHA,
                (PRIVATE, DIRECT, SHARED, OFFERED, ORG_SHARED, UNKNOWN),
                Refusal.CHANNEL_NOT_ALLOWED,
                "anywhere else",
            ),
        ),
        {"ALLOWED_CHANNELS": workspace.SUPPORT},
    ),
    Scenario(
        "`PRIVATE_IN_SHARED_CHANNELS=no`",
        (
            Row("a member", ASHA, (PUBLIC, ORG_SHARED), place="in a channel of the workspace or its organisation"),
            Row("a member", ASHA, (OWN, MODAL), place="in the bot's own messages to them, and in forms"),
            not_now(
                "a member",
                ASHA,
                (SHARED, OFFERED),
                Refusal.CHANNEL_SHARED,
                "in a channel shared with another organisation, or offered to one",
            ),
            not_now(
                "a member",
                ASHA,
                (PRIVATE, DIRECT, UNKNOWN),
                Refusal.CHANNEL_UNKNOWN,
                "where the bot cannot look: private channels that it is not in, direct messages",
            ),
        ),
        NOT_SHARED,
    ),
    Scenario(
        "the same, without the scope channels:read",
        (not_now("a member", ASHA, tuple(CHANNELS), Refusal.CHANNEL_UNKNOWN, "in any channel"),),
        NOT_SHARED,
        lambda slack: slack.revoke("channels:read"),
    ),
    Scenario(
        "the same, while Slack does not say",
        (not_now("a member", ASHA, tuple(CHANNELS), Refusal.CANNOT_TELL, "in any channel"),),
        NOT_SHARED,
        fails("conversations.info"),
    ),
    Scenario(
        "while Slack does not say who somebody is",
        (never("anybody", ASHA, ANYWHERE, Refusal.CANNOT_TELL),),
        trouble=fails("users.info"),
    ),
    Scenario(
        "without the scope users:read",
        (never("anybody", ASHA, ANYWHERE, Refusal.CANNOT_SEE_PEOPLE),),
        trouble=lambda slack: slack.revoke("users:read"),
    ),
    Scenario(
        "`ALLOWED_USERGROUPS`, while Slack does not say who is in them",
        (not_now("a member", ASHA, SOMEWHERE, Refusal.CANNOT_TELL),),
        GROUPS,
        fails("usergroups.users.list"),
    ),
    Scenario(
        "the same, without the scope usergroups:read",
        (not_now("a member", ASHA, SOMEWHERE, Refusal.CANNOT_SEE_GROUPS),),
        GROUPS,
        lambda slack: slack.revoke("usergroups:read"),
    ),
    Scenario(
        "`ALLOWED_USERGROUPS` with a group that is not there",
        (not_now("a member", ASHA, SOMEWHERE, Refusal.NO_SUCH_GROUP),),
        {"ALLOWED_USERGROUPS": "S0NOSUCH99"},
    ),
)


def readme_table() -> str:
    """The table as README has it."""
    lines = ["| Settings | Who | Where | Looks at a ticket | Adds a note |", "| --- | --- | --- | --- | --- |"]
    for scenario in SCENARIOS:
        words = scenario.words
        for row in scenario.rows:
            lines.append(f"| {words} | {row.who} | {row.place} | {_words(row.read)} | {_words(row.note)} |")
            words = ""
    return "\n".join(lines)


def _words(refusal: Refusal | None) -> str:
    return f"no: {refusal}" if refusal else "yes"
