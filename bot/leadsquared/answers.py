"""What an answer of the API means, whatever its status: a payload, or one of `bot.leadsquared.errors`.

No failure body of Service Cloud is documented, and its elder sister puts errors inside HTTP 200 and rate limits
inside 200, 403 and 500. So the words of an answer weigh more than its status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.leadsquared import entries
from bot.leadsquared.errors import LeadSquaredError, NotFound, RateLimited, Refused, Unauthorized, Unavailable

# As in: API calls exceeded the limit of 25 in 5 second(s). Texts and times can exceed limits too, and are no rate.
_RATE_LIMIT = re.compile(r"calls exceeded the limit of \d{1,9} in (\d{1,4}) second", re.IGNORECASE)
_DETAIL_CHARS = 300
# Exceptions about the question itself. A duplicate or a mail that failed, say, may come after the work was done.
_ABOUT_THE_QUESTION = re.compile(
    r"MX(?:InvalidInput|MandatoryAttributeMissing|UnknownAttribute|InvalidActivity|UnknownProspectActivity)Exception"
)


def read(status: int, body: bytes) -> Mapping[str, Any]:
    """Return the payload of a good answer, or raise what the answer means."""
    try:
        payload = entries.loads(body)
    except (ValueError, RecursionError):
        payload = None
    error = _error(status, payload, body[:10_000])
    if error:
        raise error
    if not isinstance(payload, dict):
        raise Unavailable("the answer is not a JSON object")
    return payload


def _error(status: int, payload: object, start: bytes) -> LeadSquaredError | None:
    fields = payload if isinstance(payload, dict) else {}
    exception = str(fields.get("ExceptionType") or "")
    detail = _detail(fields)
    limit = _RATE_LIMIT.search(detail if isinstance(payload, dict) else start.decode("utf-8", "replace"))
    if status == 429 or limit or "RateLimitExceeded" in exception:
        return RateLimited(detail, float(limit[1]) if limit else 5.0)
    if status in {401, 403} or "UnAuthorized" in exception or "Unauthorized" in exception:
        return Unauthorized(detail)
    if status == 404:
        return NotFound(detail)
    # An MX exception is LeadSquared's own refusal of what was asked, a server error too: asking again gives the same.
    told = 200 <= status < 300 and not exception and str(fields.get("Status")).lower() in {"error", "failure"}
    if status == 400 or exception.startswith("MX") or told:
        certain = status == 400 or told or bool(_ABOUT_THE_QUESTION.fullmatch(exception))
        return Refused(detail, before_writing=certain)
    if not 200 <= status < 300:
        return Unavailable(detail or f"LeadSquared answered HTTP {status}")
    return None


def _detail(fields: Mapping[str, Any]) -> str:
    for name in ("ExceptionMessage", "ReasonForFailure", "Message", "message", "error"):
        if isinstance(value := fields.get(name), str) and value.strip():
            return value.strip()[:_DETAIL_CHARS]
    return ""
