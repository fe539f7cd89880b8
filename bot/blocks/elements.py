"""The few Block Kit shapes that the bot uses, as plain dicts.

Plain dicts, because slack_sdk's models drop what they do not know yet and count nothing over a whole message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.blocks.limits import BUTTON_CHARS, HEADING_CHARS, TEXT_CHARS, escape, shorten
from bot.mail.clean import clean

_PLAIN_MARKS = str.maketrans("“”„‟", '""""')

Block = dict[str, Any]
Element = dict[str, Any]


def plain_text(text: str) -> Element:
    """Make a plain_text object: literal, without emoji codes."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(mrkdwn: str) -> Block:
    """Make a section of the bot's own mrkdwn. Whatever comes from outside must be cut and escaped in it."""
    # verbatim: nothing in it becomes a link or a mention that the bot did not write as one.
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}}


def plain_section(text: str) -> Block:
    """Make a section that shows a text as it is, whoever wrote it. Slack: section text ≤ 3000."""
    return {"type": "section", "text": plain_text(shorten(text, TEXT_CHARS))}


def section_with_button(text: str, element: Element) -> Block:
    """Make a section that shows a text as it is, with a button beside it."""
    return plain_section(text) | {"accessory": element}


def context(*mrkdwn: str) -> Block:
    """Make a context line of the bot's own mrkdwn. Slack: ≤ 10 elements."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True} for text in mrkdwn],
    }


def plain_context(text: str) -> Block:
    """Make a context line that shows a text as it is, whoever wrote it."""
    return {"type": "context", "elements": [plain_text(shorten(text, TEXT_CHARS))]}


def header(text: str) -> Block:
    """Make a header. Slack: ≤ 150."""
    return {"type": "header", "text": plain_text(shorten(text, HEADING_CHARS))}


def actions(*elements: Element) -> Block:
    """Make a row of buttons. Slack: 1–25 elements."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, *, value: str | None = None, url: str | None = None, style: str = "") -> Element:
    """Make a button. Slack: text ≤ 75, value ≤ 2000, url ≤ 3000. Values hold ids, never text or rights."""
    element: Element = {"type": "button", "text": plain_text(shorten(text, BUTTON_CHARS)), "action_id": action_id}
    if value is not None:
        element["value"] = value
    if url is not None:
        element["url"] = url
    if style:
        element["style"] = style
    return element


def one_line(text: str) -> str:
    """Return somebody else's words as one line that can be seen."""
    return " ".join(clean(text).split())


def quotation(text: str, limit: int) -> str:
    """Return somebody else's words in quotation marks, out of which they cannot break; cut to `limit` characters."""
    return f"“{shorten(one_line(text), limit).translate(_PLAIN_MARKS)}”"


def date_token(when: datetime, format_: str = "{date_short_pretty} at {time}") -> str:
    """Write an aware time as mrkdwn that each reader sees in their own time zone."""
    return f"<!date^{int(when.timestamp())}^{format_}|{utc_words(when)}>"


def utc_words(when: datetime) -> str:
    """Write an aware UTC time for where Slack does not localise it."""
    return f"{when.isoformat(' ', 'minutes')[:16]} UTC"


def link_token(url: str, label: str) -> str:
    """Write an https link of the bot's own as mrkdwn."""
    return f"<{escape(url)}|{escape(label)}>"
