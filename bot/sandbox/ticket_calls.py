"""What the two calls ask of a request's body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from bot.sandbox.http import Request
from bot.sandbox.ticket_model import KINDS

Call = Literal["conversations", "internal_note"]


def why_not(kind: Call, request: Request, org_id: int) -> str | None:
    """Return why a body is refused, or None for one that is just as documented: names, types and fixed words.

    What the documentation leaves open (no activity types, names that it does not list) is refused too, so that
    nobody comes to lean on it.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return "Content-Type must be application/json"
    body = body_of(request)
    if not isinstance(body, dict):
        return "The body must be a JSON object"
    checks = _conversation_checks(body, org_id) if kind == "conversations" else _note_checks(body)
    return next((why for why, passed in checks if not passed), None)


def body_of(request: Request) -> Any:
    """Return the body as JSON, or None for what is not."""
    try:
        return request.json()
    except ValueError:
        return None


def _conversation_checks(body: Mapping[str, Any], org_id: int) -> Iterable[tuple[str, bool]]:
    """Yield what the conversation call asks of its body, and whether it is so. Later checks stand on earlier ones."""
    yield "TicketId, OrgId and ActivityType, and no more", body.keys() == {"TicketId", "OrgId", "ActivityType"}
    yield "TicketId must be an integer", type(body["TicketId"]) is int
    yield "OrgId must be an integer", type(body["OrgId"]) is int
    yield "OrgId must be that of the path", body["OrgId"] == org_id
    kinds = body["ActivityType"]
    yield "ActivityType must be a list of activity types", isinstance(kinds, list) and bool(kinds)
    yield f"ActivityType is one of {', '.join(KINDS)}", all(kind in KINDS for kind in kinds)


def _note_checks(body: Mapping[str, Any]) -> Iterable[tuple[str, bool]]:
    """Yield what the note call asks of its body, and whether it is so. Later checks stand on earlier ones."""
    wanted = {"TextPart", "ActivityType", "StorageType", "RelatedTicketId"}
    yield "TextPart, ActivityType, StorageType and RelatedTicketId, and no more", body.keys() == wanted
    yield "RelatedTicketId must be an integer", type(body["RelatedTicketId"]) is int
    yield "ActivityType must be CreateInternalNote", body["ActivityType"] == "CreateInternalNote"
    yield "StorageType must be Permament", body["StorageType"] == "Permament"  # spelt so by LeadSquared
    yield "TextPart must be text", isinstance(body["TextPart"], str) and bool(body["TextPart"].strip())
