"""What a sample ticket is made of: the API's own JSON, and the odd ways in which LeadSquared writes it."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

# One entry of ConversationList, without the links of its attachments: those are made anew at each read.
Message = Mapping[str, Any]

KINDS = ("InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound")

# Inbound mail is booked under one id, whoever wrote it: CreatedBy is not the customer.
MAIL_ROBOT = "6f0b1c52-7d4e-4f0a-9a53-2f8a1d9be010"
AGENT_ASHA = "b21d7c0e-3f55-4c8b-8a0d-51c6e0a7d611"
AGENT_TOMAS = "e94a6a3d-0b1f-4d27-a7c9-8c2f4be3d722"

INDIA = timezone(timedelta(hours=5, minutes=30))

_UNSEEN = re.compile(r"<!--.*?-->|<(style|script|head|title)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket: its number, its title (which the conversation call never tells) and its messages as stored."""

    id: int
    title: str
    messages: tuple[Message, ...] = ()

    @property
    def key(self) -> str:
        """The number as LeadSquared prints it, with at least three digits: `#034`."""
        return f"#{self.id:03}"

    def files(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every attachment with the made-up GUID of its file, always the same for the same place."""
        for place, message in enumerate(self.messages):
            for index, item in enumerate(message.get("Attachments") or ()):
                yield file_id(self.id, place, index), item


def file_id(ticket_id: int, place: int, index: int) -> str:
    """Return the GUID of the file at one place: message and attachment counted from 0."""
    return str(uuid5(NAMESPACE_URL, f"https://files.example.com/{ticket_id}/{place}/{index}"))


def message(
    id: int | str,  # noqa: A002 (the field's own name)
    kind: str,
    created: str,
    html: str | None,
    *,
    text: str | None = None,
    by: str = MAIL_ROBOT,
    attachments: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make a message in the API's shape. Text is the flattened Html unless it is given."""
    return {
        "RelatedActivityType": kind,
        "Html": None if html is None else html.replace("\n", "\r\n"),
        "Text": flatten(html or "") if text is None else text,
        "Attachments": attachments,
        "CreatedBy": by,
        "CreatedOn": created,
        "Id": id,
    }


def attachment(name: str, size: int, content_type: str, content_id: str | None = None) -> dict[str, Any]:
    """Make an attachment in the API's shape: size in bytes, Ttl in minutes. ContentPath comes with each read."""
    return {
        "Id": None,
        "FileName": name,
        "FileSize": size,
        "ContentType": content_type,
        "ContentLocation": None,
        "ContentId": content_id,
        "Ttl": 60,
    }


def flatten(html: str) -> str:
    """Return the whole Html as one line of text, quoted history and all, as the API's Text is.

    As in the API page's sample, an address in angle brackets is lost: tags are dropped after the entities are read too.
    """
    shown = entities.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", html)))
    return " ".join(_TAG.sub(" ", shown).split())


def stamp(when: datetime, digits: int = 3) -> str:
    """Return an aware time as the API writes it: UTC with no zone named, and 0 to 7 digits of a second."""
    naive = when.astimezone(UTC).replace(tzinfo=None)
    fraction = f"{naive.microsecond:06}5"[:digits]
    return naive.isoformat(timespec="seconds") + (f".{fraction}" if fraction else "")


def paragraphs(*texts: str) -> str:
    """Return plain texts as HTML paragraphs, a line break where a text has one."""
    return "\n".join(f"<p>{entities.escape(text, quote=False).replace(chr(10), '<br>')}</p>" for text in texts)


def outlook_date(when: datetime) -> str:
    """Return a time as Outlook's Sent line has it, in India where this help desk sits."""
    local = when.astimezone(INDIA)
    return f"{local:%A}, {local:%B} {local.day}, {local.year} {clock_time(local)}"


def gmail_date(when: datetime) -> str:
    """Return a time as the line above Gmail's quote has it, in India where this help desk sits."""
    local = when.astimezone(INDIA)
    return f"{local:%a}, {local:%b} {local.day}, {local.year} at {clock_time(local)}"


def clock_time(local: datetime) -> str:
    """Return the time of day on a twelve-hour clock: 6:09 PM."""
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"
