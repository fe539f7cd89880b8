"""Who may do what, and where: decided from settings and from what Slack says of people, groups and channels."""

from bot.access.asker import Asker, Door
from bot.access.directory import Directory, NotTold
from bot.access.lookups import Access
from bot.access.rules import Channel, Deed, Permit, Person, Policy, Refusal

__all__ = [
    "Access",
    "Asker",
    "Channel",
    "Deed",
    "Directory",
    "Door",
    "NotTold",
    "Permit",
    "Person",
    "Policy",
    "Refusal",
]
