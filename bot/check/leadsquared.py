"""LeadSquared: whether it lets the bot in, asked with one call that reads next to nothing, and the limit of calls.

Its documentation shows no failure's body. So its words are used where they name a cause; where they do not, the causes
that the documentation knows are told, the likeliest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.check.finding import Finding, Kind, State, quoted, skipped
from bot.check.network import unreachable
from bot.check.parts import Parts
from bot.check.settings import ACCESS_KEY, SECRET_KEY
from bot.leadsquared.errors import LeadSquaredError, NotFound, RateLimited, Refused, Unauthorized, Uncounted

_WHAT = "LeadSquared"
LEADSQUARED_OK = Kind(_WHAT, State.OK, "It takes the keys for account {org}.")
API_PAGE = "My Profile, Settings, Service Cloud, API Configurations"
KEYS_REFUSED = Kind(
    _WHAT,
    State.FAULT,
    "It refuses the keys (HTTP {status}).{said}",
    "Look at these, in this order: both keys, copied again in single quotes; under {page}, that Enable API is on, and "
    "that the bot's address is in the list if Enable IP Whitelisting is on; LEADSQUARED_ORG_ID; that the user of the "
    "keys is active; that LEADSQUARED_API_URL is the host of the account's region, which LeadSquared tells.",
)
KEY_EATEN = Kind(
    _WHAT,
    State.FAULT,
    "It refuses the keys (HTTP {status}), and LEADSQUARED_ACCESS_KEY has no $, as it should.{said}",
    "Copy the access key again: in single quotes in .env and in a shell, with each $ written $$ in a compose file.",
)
API_OFF = Kind(
    _WHAT, State.FAULT, "It says that the API is off (HTTP {status}).{said}", "Turn on Enable API under {page}."
)
IP_NOT_LISTED = Kind(
    _WHAT,
    State.FAULT,
    "It does not take calls from this machine's address (HTTP {status}).{said}",
    "Under {page}, add the address that the bot calls from, or turn Enable IP Whitelisting off.",
)
WRONG_REGION = Kind(
    _WHAT,
    State.FAULT,
    "It names another host for this account than LEADSQUARED_API_URL (HTTP {status}).{said}",
    "Set LEADSQUARED_API_URL to the host of the account's region{host}.",
)
WRONG_API = Kind(
    _WHAT,
    State.FAULT,
    "It refuses the call (HTTP {status}): LEADSQUARED_API_URL is the host of another of LeadSquared's APIs.",
    "Set LEADSQUARED_API_URL to Service Cloud's host, which begins with apigw.service-; LeadSquared tells which.",
)
PATH_IN_ADDRESS = Kind(
    _WHAT,
    State.FAULT,
    "It does not know the call (HTTP {status}): LEADSQUARED_API_URL has a path, to which the bot adds its own.",
    "Cut LEADSQUARED_API_URL after the host.",
)
NO_SUCH_CALL = Kind(
    _WHAT,
    State.FAULT,
    "It does not know the call (HTTP {status}).{said}",
    "Look at these, in this order: LEADSQUARED_API_URL, which should be the host that LeadSquared tells for the "
    "account; LEADSQUARED_ORG_ID; that Service Cloud is part of the account.",
)
BAD_REQUEST = Kind(
    _WHAT,
    State.FAULT,
    "It takes the keys, but not the call (HTTP {status}).{said}",
    "Look at LEADSQUARED_ORG_ID, which is in the call. If it is right, the API has changed: look for a newer version "
    "of the bot.",
)
QUESTION_REFUSED = Kind(
    _WHAT,
    State.WARNING,
    "It takes the keys, and refuses to look for ticket 1 (HTTP {status}).{said}",
    "If /ticket shows a ticket that you know, nothing is wrong. If not, look at LEADSQUARED_ORG_ID.",
)
BUSY = Kind(
    _WHAT,
    State.WARNING,
    "There are too many calls just now (HTTP {status}); it counts those of everything that uses the account.{said}",
    "Try again in a minute. If it stays so, lower LEADSQUARED_CALLS_PER_5S, or slow down what else uses the account.",
)
NO_CALL_FREE = Kind(
    _WHAT,
    State.WARNING,
    "It was not asked: the bot makes as many calls as it may, and none came free in time.",
    "Try again in a minute. If it stays so, LEADSQUARED_CALLS_PER_5S is too low for so many people.",
)
LEADSQUARED_TROUBLE = Kind(
    _WHAT,
    State.FAULT,
    "It has trouble of its own (HTTP {status}).{said}",
    "Try again in some minutes. If it stays so, ask LeadSquared.",
)
NOT_LEADSQUARED = Kind(
    _WHAT,
    State.FAULT,
    "What answers at LEADSQUARED_API_URL does not answer as LeadSquared does (HTTP {status}).",
    "Look at LEADSQUARED_API_URL. If it is right, a proxy or firewall on the way answers in LeadSquared's place.",
)
LEADSQUARED_UNREACHABLE = unreachable(_WHAT, "LeadSquared", "LEADSQUARED_API_URL")

_BUDGET = "Calls to LeadSquared"
# LeadSquared's documentation has it so for Service Cloud, under 429.
_DOCUMENTED = 25
BUDGET_OK = Kind(_BUDGET, State.OK, "{calls} in 5 seconds at most; LeadSquared documents 25.")
BUDGET_HIGH = Kind(
    _BUDGET,
    State.WARNING,
    "LEADSQUARED_CALLS_PER_5S is {calls}; LeadSquared documents 25, and refuses what is beyond.",
    "Set LEADSQUARED_CALLS_PER_5S=25, unless LeadSquared has given you more.",
)
BUDGET_OVER_PLAN = Kind(
    _BUDGET,
    State.WARNING,
    "LEADSQUARED_CALLS_PER_5S is {calls}, and LeadSquared says that the account may make {limit} in {seconds} seconds.",
    "Set LEADSQUARED_CALLS_PER_5S so that it fits.",
)

# Not apidocs.leadsquared.com, which an answer may name as well.
_HOST = re.compile(r"\bapi(?:gw)?(?:-[a-z0-9]+)?(?:\.[a-z0-9-]+){0,3}\.leadsquared\.com\b", re.IGNORECASE)
# The core API's hosts, and the one that Service Cloud has for metadata alone.
_OTHER_APIS = re.compile(r"api(?:-[a-z]{2}\d{2})?\.leadsquared\.com|api\.service-[a-z0-9-]+\.leadsquared\.com")
_ABOUT_ADDRESSES = re.compile(r"white-?\s?list|allow-?\s?list|\bIP\b", re.IGNORECASE)
_ABOUT_API_OFF = re.compile(r"\bAPI\b.*\b(?:not enabled|not activated|disabled|turned off)\b", re.IGNORECASE)
_LIMIT = re.compile(r"limit of (\d{1,6}) in (\d{1,4}) second")


def check_leadsquared(parts: Parts) -> Iterator[Finding]:
    """Make one call, and tell what comes of it; then look at the limit of calls, which a refusal may name."""
    error: LeadSquaredError | None = None
    if parts.look is None:
        yield skipped(_WHAT, "a setting for it is missing or wrong, see Settings")
    else:
        status, error = parts.look()
        yield _told(parts, status, error)
    if "LEADSQUARED_CALLS_PER_5S" not in parts.values:
        yield skipped(_BUDGET, "the setting is wrong, see Settings")
        return
    calls = parts.values["LEADSQUARED_CALLS_PER_5S"]
    limit = _LIMIT.search(error.detail) if isinstance(error, RateLimited) else None
    # So many in so many seconds, whatever the window is, against the bot's window of five.
    if limit and calls * int(limit[2]) > int(limit[1]) * 5:
        yield BUDGET_OVER_PLAN(calls=calls, limit=limit[1], seconds=limit[2])
    elif calls > _DOCUMENTED:
        yield BUDGET_HIGH(calls=calls)
    else:
        yield BUDGET_OK(calls=calls)


def _told(parts: Parts, status: int, error: LeadSquaredError | None) -> Finding:
    if error is None:
        return LEADSQUARED_OK(org=parts.values["LEADSQUARED_ORG_ID"])
    if not status:
        return _no_answer(error)
    host = _other_host(parts, error.detail)
    return _kind(parts, status, error)(
        status=status,
        said=_said(parts, error.detail),
        page=API_PAGE,
        host=f": https://{host}" if parts.quotes else "",
    )


def _no_answer(error: LeadSquaredError) -> Finding:
    if isinstance(error, Uncounted):
        return skipped(_WHAT, "the database that counts the calls cannot be used, see Database")
    return NO_CALL_FREE() if isinstance(error, RateLimited) else LEADSQUARED_UNREACHABLE.of(error)()


def _kind(parts: Parts, status: int, error: LeadSquaredError) -> Kind:
    if isinstance(error, Unauthorized | NotFound):
        return _wrong_way(parts, error)
    if isinstance(error, RateLimited):
        return BUSY
    if isinstance(error, Refused):
        # Unlike a bad body, an exception about the ticket comes after the keys were taken.
        return BAD_REQUEST if status == 400 else QUESTION_REFUSED
    return LEADSQUARED_TROUBLE if status >= 500 else NOT_LEADSQUARED


def _wrong_way(parts: Parts, error: LeadSquaredError) -> Kind:
    """Tell why a call is refused as unauthorised, or not known: by the words first, then by the settings' shapes."""
    address = urlsplit(parts.values["LEADSQUARED_API_URL"])
    if _other_host(parts, error.detail):
        return WRONG_REGION
    if _OTHER_APIS.fullmatch(address.hostname or ""):
        return WRONG_API
    if isinstance(error, NotFound):
        return PATH_IN_ADDRESS if address.path else NO_SUCH_CALL
    return _why_refused(parts, error.detail)


def _why_refused(parts: Parts, words: str) -> Kind:
    if _ABOUT_ADDRESSES.search(words):
        return IP_NOT_LISTED
    if _ABOUT_API_OFF.search(words):
        return API_OFF
    return KEYS_REFUSED if "$" in parts.values[ACCESS_KEY].reveal() else KEY_EATEN


def _other_host(parts: Parts, words: str) -> str:
    """Return the host of LeadSquared's that its words name, unless it is the one that was called."""
    named = _HOST.search(words)
    host = named[0].lower() if named else ""
    return "" if host == urlsplit(parts.values["LEADSQUARED_API_URL"]).hostname else host


def _said(parts: Parts, detail: str) -> str:
    """Return LeadSquared's words as a sentence of their own, without the keys that they might repeat."""
    for name in (ACCESS_KEY, SECRET_KEY):
        detail = detail.replace(parts.values[name].reveal(), "<secret>")
    return f" It says: “{quoted(detail)}”" if detail and parts.quotes else ""
