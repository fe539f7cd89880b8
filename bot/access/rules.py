"""The rules: pure, and closed. What is not known to be allowed is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from bot.access.asker import Asker


class Deed(StrEnum):
    """What a person wants to do.

    FILE is to get links to attachments: who may read may do that too. SETTLE is to say whether an own note in doubt is
    there: it shows nothing and sends nothing.
    """

    READ = "read"
    FILE = "file"
    NOTE = "note"
    SHARE = "share"
    SETTLE = "settle"


class Refusal(StrEnum):
    """Why somebody may not do something. The values are for records; people read `bot.blocks.refused`."""

    OTHER_TEAM = "other team"
    STRANGER = "stranger"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    GUEST = "guest"
    NOT_IN_GROUP = "not in group"
    NOT_IN_NOTE_GROUP = "not in note group"
    CHANNEL_NOT_ALLOWED = "channel not allowed"
    CHANNEL_SHARED = "channel shared"
    CHANNEL_UNKNOWN = "channel unknown"
    # What has to be known could not be: Slack did not say, the app has no scope for it, there is no such group.
    CANNOT_TELL = "cannot tell"
    CANNOT_SEE_PEOPLE = "cannot tell: scope users:read"
    CANNOT_SEE_GROUPS = "cannot tell: scope usergroups:read"
    NO_SUCH_GROUP = "cannot tell: no such group"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say, and whose bot it is: `team_id`, and `enterprise_id` in an Enterprise organisation.

    `groups` and `note_groups` are user group ids, `channels` channel ids; empty ones allow everybody, everywhere.
    """

    team_id: str
    enterprise_id: str = ""
    allow_guests: bool = False
    groups: tuple[str, ...] = ()
    note_groups: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    private_in_shared_channels: bool = True
    share_in_org_channels: bool = False

    def owns(self, team_id: str) -> bool:
        """Tell whether a team is ours. Slack names the organisation where an app is installed for all of it."""
        return bool(team_id) and team_id in {self.team_id, self.enterprise_id}


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a person. `guest`: restricted to some channels, or to a single one."""

    team_id: str
    enterprise_id: str = ""
    bot: bool = False
    deactivated: bool = False
    guest: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """What Slack says of a channel.

    `shared`: with another organisation, or about to be. `org_shared`: between workspaces of one organisation.
    """

    shared: bool
    org_shared: bool


@dataclass(frozen=True, slots=True)
class Permit:
    """The word that a deed is allowed. Only `decide` gives it; what shows a ticket or sends a note asks for it."""

    asker: Asker
    deed: Deed


class Facts(Protocol):
    """What is known. None for what is not known yet, a Refusal for what cannot be known."""

    def person(self, user_id: str) -> Person | Refusal | None:
        """Return what is known of a person."""

    def members(self, group_id: str) -> Collection[str] | Refusal | None:
        """Return the user ids of a group."""

    def channel(self, channel_id: str) -> Channel | Refusal | None:
        """Return what is known of a channel."""


def decide(policy: Policy, asker: Asker, deed: Deed, facts: Facts) -> Permit | Refusal | None:
    """Decide whether a person may do something where they are. None when a fact is needed that is not known yet.

    By ids alone: names and addresses can be chosen.
    """
    if asker.team_id and not policy.owns(asker.team_id) and not policy.enterprise_id:
        return Refusal.OTHER_TEAM  # Slack need not be asked
    person = facts.person(asker.user_id)
    if not isinstance(person, Person):
        return person
    if refusal := _who(policy, person, deed):
        return refusal
    if deed is not Deed.SETTLE:
        for groups, refusal in _groups(policy, deed):
            found = _in_one_of(groups, asker.user_id, facts)
            if found is not True:
                return refusal if found is False else found
        found = _where(policy, asker, deed, facts)
        if found is not True:
            return found
    return Permit(asker, deed)


def _who(policy: Policy, person: Person, deed: Deed) -> Refusal | None:
    same_organisation = bool(policy.enterprise_id) and person.enterprise_id == policy.enterprise_id
    if person.stranger:
        return Refusal.STRANGER
    if not policy.owns(person.team_id) and not same_organisation:
        return Refusal.OTHER_TEAM
    if person.bot:
        return Refusal.BOT
    if person.deactivated:
        return Refusal.DEACTIVATED
    if person.guest and not policy.allow_guests and deed is not Deed.SETTLE:
        return Refusal.GUEST
    return None


def _groups(policy: Policy, deed: Deed) -> Iterator[tuple[tuple[str, ...], Refusal]]:
    """Yield the lists of groups that a person has to be in, each with what it means not to be."""
    if policy.groups:
        yield policy.groups, Refusal.NOT_IN_GROUP
    if policy.note_groups and deed is Deed.NOTE:
        yield policy.note_groups, Refusal.NOT_IN_NOTE_GROUP


def _in_one_of(groups: tuple[str, ...], user_id: str, facts: Facts) -> bool | Refusal | None:
    """Tell whether a person is in one of the groups; else what is not known of them."""
    unknown: list[Refusal | None] = []
    for group_id in groups:
        members = facts.members(group_id)
        if members is None or isinstance(members, Refusal):
            unknown.append(members)
        elif user_id in members:
            return True
    if not unknown:
        return False
    return None if None in unknown else unknown[0]


def _where(policy: Policy, asker: Asker, deed: Deed, facts: Facts) -> Literal[True] | Refusal | None:
    """Tell whether it may be done in this channel. What one person alone sees in no channel may be done."""
    if deed is not Deed.SHARE and (not asker.channel_id or asker.direct):
        return True
    if policy.channels and asker.channel_id not in policy.channels:
        return Refusal.CHANNEL_NOT_ALLOWED
    if deed is not Deed.SHARE and policy.private_in_shared_channels:
        return True
    channel = facts.channel(asker.channel_id)
    if not isinstance(channel, Channel):
        return channel
    org_shared = channel.org_shared and deed is Deed.SHARE and not policy.share_in_org_channels
    return Refusal.CHANNEL_SHARED if channel.shared or org_shared else True
