"""This machine's clock against Slack's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from bot.check.finding import Finding, Kind, State, skipped

CLOCK = "Clock"
# Slack: a request whose time is five minutes from the clock's is to be refused as replayed.
_CLOCK_FAULT, _CLOCK_WARNING = 300, 60
CLOCK_OK = Kind(CLOCK, State.OK, "Within {seconds:.0f} s of Slack's.")
_SET_CLOCK = "Set this machine's clock, and let NTP keep it."
CLOCK_OFF = Kind(CLOCK, State.WARNING, "Off Slack's by {seconds:.0f} s ({way}).", _SET_CLOCK)
CLOCK_FAR_OFF = Kind(
    CLOCK,
    State.FAULT,
    "Off Slack's by {seconds:.0f} s ({way}): over HTTP, all of Slack's requests are refused as too old or too new.",
    _SET_CLOCK,
)


def clock_against(headers: Mapping[str, str], now: float) -> Finding:
    """Compare `now`, seconds since the epoch, with the Date of an answer of Slack's."""
    told = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return skipped(CLOCK, "Slack's answer has no date")
    # HTTP: a Date is in UTC, whether or not it says so.
    ahead = now - date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    way = "ahead" if ahead > 0 else "behind"
    if abs(ahead) > _CLOCK_FAULT:
        return CLOCK_FAR_OFF(seconds=abs(ahead), way=way)
    if abs(ahead) > _CLOCK_WARNING:
        return CLOCK_OFF(seconds=abs(ahead), way=way)
    return CLOCK_OK(seconds=abs(ahead))
