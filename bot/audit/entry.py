"""What one line of the audit says: ids, words of a closed set and a number, and nothing that anybody wrote."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum

log = logging.getLogger("bot.audit")


class Deed(StrEnum):
    """What somebody did, or wanted to do, on a ticket."""

    READ = "read"
    NOTE = "note"
    SHARE = "share"
    FILE = "file"


class Result(StrEnum):
    """What came of it; `refused` makes those that the bot's own rules refused."""

    SHOWN = "shown"
    QUEUED = "queued"
    ADDED = "added"
    DOUBT = "doubt"
    FOUND = "found"
    SHARED = "shared"
    BUSY = "failed:busy"
    RESTARTING = "failed:restarting"
    UNDELIVERED = "failed:undelivered"
    BROKEN = "failed:broken"
    UNAVAILABLE = "failed:unavailable"
    RATE_LIMITED = "failed:rate_limited"
    UNAUTHORIZED = "failed:unauthorized"
    NOT_FOUND = "failed:not_found"
    REJECTED = "failed:rejected"
    CHANGED = "failed:changed"


WORDS = {
    Result.SHOWN: "the ticket, or the file, was shown to that person alone",
    Result.QUEUED: "the note was saved, to be sent",
    Result.ADDED: "the note is in LeadSquared",
    Result.DOUBT: "nobody can know whether the note is in LeadSquared, or the message in the channel; they were told",
    Result.FOUND: "the author says that the note in doubt is in LeadSquared",
    Result.SHARED: "the ticket was posted in the channel",
    Result.BUSY: "the bot had too much to do",
    Result.RESTARTING: "the bot was about to stop",
    Result.UNDELIVERED: "Slack did not take the answer, so it may not have been seen",
    Result.BROKEN: "an error of the bot's own, which stands in the log",
    Result.UNAVAILABLE: "LeadSquared, or the database that counts its calls, could not be reached",
    Result.RATE_LIMITED: "LeadSquared had too many calls",
    Result.UNAUTHORIZED: "LeadSquared did not accept the bot's keys",
    Result.NOT_FOUND: "LeadSquared does not know the address that the bot called",
    Result.REJECTED: "LeadSquared refused the request",
    Result.CHANGED: "the ticket was not as it had been shown, so it was shown again, and nothing was posted",
}
"""What each result means, for those who read the audit."""

_FAILURES = {
    "NotFound": Result.NOT_FOUND,
    "OutcomeUnknown": Result.DOUBT,
    "RateLimited": Result.RATE_LIMITED,
    "Refused": Result.REJECTED,
    "Unauthorized": Result.UNAUTHORIZED,
    "Unavailable": Result.UNAVAILABLE,
    "Uncounted": Result.UNAVAILABLE,
}


def refused(why: str) -> str:
    """Return the result of what the bot's own rules refused, with the name of the rule: `refused:other_team`."""
    return f"refused:{re.sub('[^a-z]+', '_', why.lower())[:_WHY_CHARS]}"


def failed(error: str) -> Result:
    """Return the result of what failed, from the name of the error's class; BROKEN for one that nobody expected."""
    return _FAILURES.get(error, Result.BROKEN)


# Slack's ids, and the bot's own words. What is anything else was never meant to be kept.
_ID = re.compile(r"[A-Z0-9]{0,32}")
_WORD = re.compile(r"[a-z_]{1,16}")
_WHY_CHARS = 40
_SHAPES = {
    "user_id": _ID,
    "team_id": _ID,
    "channel_id": _ID,
    "door": _WORD,
    "deed": _WORD,
    "result": re.compile(rf"[a-z]{{1,7}}(:[a-z_]{{1,{_WHY_CHARS}}})?"),
    "reference": re.compile(r"(TB-[0-9A-Z]{1,9})?"),
}
_MOST = 2**63 - 1
UNREADABLE = "?"


def _new_id() -> str:
    return secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what on which ticket, from where, and what came of it.

    `at` is in seconds since the epoch. `channel_id` and `reference` (of a note) are empty where there is none, and
    `ticket_id` is None. `id` tells an entry from any other, so that it can be written again and be there once.
    What is not in the shape of an id, or of a word of the bot's, is kept as `?`.
    """

    at: float
    user_id: str
    team_id: str
    channel_id: str
    door: str
    deed: str
    ticket_id: int | None
    result: str
    reference: str = ""
    id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        for name, shape in _SHAPES.items():
            value = str(getattr(self, name))
            object.__setattr__(self, name, value if shape.fullmatch(value) else UNREADABLE)
        if self.ticket_id is not None and not 0 < self.ticket_id <= _MOST:
            object.__setattr__(self, "ticket_id", None)

    @property
    def when(self) -> datetime:
        """When it was, aware, in UTC."""
        return datetime.fromtimestamp(self.at, UTC)


# What tells about a person's deed, in the log and in what is printed; `at` and `id` are the machine's.
TOLD = tuple(each.name for each in fields(Entry) if each.name not in {"at", "id"})


def tell(entry: Entry) -> None:
    """Write an entry to the log, as one line of the logger `bot.audit` whose keys are the entry's."""
    log.info("audit", extra={name: getattr(entry, name) for name in TOLD})
