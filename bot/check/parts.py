"""What the checks look at, passed in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.leadsquared.errors import LeadSquaredError
from bot.settings import Secret
from bot.slack_client import SlackClient


@dataclass(frozen=True)
class Parts:
    """The bot's surroundings.

    `values` are the settings that could be read, by name; None is one that is not set. `faults` says what is wrong with
    the others, `misspelt` names variables that are nearly settings, with the setting that each is near to.
    `slack` makes a client for a token. `look` makes one call of LeadSquared, and returns its HTTP status (0 without an
    answer) and what it means, None for a good one; `look` itself is None where a setting for it is missing.
    `manifest` is manifest.yml, None where it cannot be read; `reasons` say what each of its scopes is for.
    `listened` are the commands and the callback ids of shortcuts that the bot listens to.
    `now` is the time in seconds since the epoch; `free` the bytes that are free where a file is.
    `quotes`: servers' own words may be told, and addresses that are in no setting.
    """

    values: Mapping[str, Any]
    slack: Callable[[Secret], SlackClient]
    look: Callable[[], tuple[int, LeadSquaredError | None]] | None
    manifest: Mapping[str, Any] | None
    reasons: Mapping[str, str]
    listened: Collection[str]
    now: Callable[[], float]
    free: Callable[[Path], int]
    quotes: bool
    faults: Sequence[str] = ()
    misspelt: Mapping[str, str] = field(default_factory=dict)
