"""What a call to Slack raises when it fails: how a log says why, and what a failure means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

import requests
from slack_sdk.errors import SlackApiError

from bot.connections import never_left

# Slack: the error codes of a call whose token will not do. Other codes say nothing about the token.
TOKEN_ERRORS = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "missing_scope",
    "no_permission",
}
_NO_CODE = "an answer without a code of Slack's"
# Slack: the codes by which it asks to be called again later.
_PASSING_ERRORS = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"}
# Slack: it failed inside, perhaps after a part of the work.
_HALF_DONE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown_error"}


def reason(error: Exception) -> str:
    """Say why a call to Slack failed, for the log: Slack's error code and what it points at, no content."""
    if isinstance(error, SlackApiError):
        return f"{code_of(error) or _NO_CODE} {pointers(error)}".rstrip()
    return type(error).__name__


def pointers(error: SlackApiError) -> str:
    """Return where Slack found fault with what it was sent, as JSON pointers, and with which limit of length.

    The rest of its words may repeat what it was sent.
    """
    answer = _answer(error)
    details = answer.get("response_metadata")
    faults = answer.get("errors") or (details.get("messages") if isinstance(details, Mapping) else None)
    return ", ".join(dict.fromkeys(filter(None, map(_pointer, faults if isinstance(faults, list) else []))))


def _pointer(fault: Any) -> str:
    """Read a fault: an object as blocks.validate gives it, or a line as all other methods do."""
    if isinstance(fault, Mapping):
        fault = f"{fault.get('message')} [json-pointer:{fault.get('pointer')}]"
    where = re.search(r"\[json-pointer:(/[\w/-]{1,200})\]", str(fault))
    limit = re.search(r"\b(?:less|more|fewer) than [0-9]+ (?:characters|items|blocks)\b", str(fault))
    return f"{where[1]} ({limit[0]})" if where and limit else where[1] if where else ""


def code_of(error: SlackApiError) -> str:
    """Return Slack's error code; empty where the answer holds none, as when something else answers in its place."""
    code = _answer(error).get("error")
    return code if isinstance(code, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,60}", code) else ""


def refuses_token(error: Exception) -> bool:
    """Whether Slack said that the token will not do."""
    return isinstance(error, SlackApiError) and code_of(error) in TOKEN_ERRORS


def may_pass(error: Exception) -> bool:
    """Whether the same call may work some seconds later: too many calls, trouble inside Slack, or the network."""
    if isinstance(error, SlackApiError):
        status = int(error.response.status_code)
        return status == 429 or status >= 500 or code_of(error) in _PASSING_ERRORS
    return isinstance(error, OSError | HTTPException)


def refusal(error: Exception) -> str:
    """Return Slack's code for a call that it surely did not carry out, `unreachable` for one that never left.

    "" where the call may have been carried out all the same.
    """
    if isinstance(error, requests.ConnectionError):
        return "unreachable" if never_left(error) else ""
    if not isinstance(error, SlackApiError):
        return ""
    status, code = int(error.response.status_code), code_of(error)
    if status == 429:
        return "ratelimited"
    # What a proxy says instead of Slack has no code.
    return code if status < 500 and code not in _HALF_DONE else ""


def _answer(error: SlackApiError) -> Mapping[str, Any]:
    data = error.response.data
    return data if isinstance(data, dict) else {}
