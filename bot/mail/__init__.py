"""A message body made readable: told apart into new words, signature and history, with no Slack and no network."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.mail import html as html_body
from bot.mail import text as text_body
from bot.mail.assemble import document
from bot.mail.contacts import mask_mail, mask_text
from bot.mail.document import Document, Mail, Paragraph, Part, Run
from bot.mail.lines import Line
from bot.mail.quotes import Stretch, split
from bot.mail.signed_links import text_without_signed_links, without_signed_links

__all__ = [
    "Document",
    "Mail",
    "Part",
    "faults",
    "mask_mail",
    "mask_text",
    "read",
    "text_without_signed_links",
    "without_signed_links",
]

log = logging.getLogger(__name__)
# How often reading a body has failed since the start.
faults = 0


def read(html: str, text: str, names: Mapping[str, str] | None = None) -> Mail:
    """Read one message body: `html` where it is whole, else `text`, which LeadSquared flattens to one line.

    `names` gives the file names of attachments by content id. Never raises: a body that cannot be read is shown as
    the plain text that there is, and logged.
    """
    try:
        return _read(html, text, names or {})
    except Exception:
        global faults  # noqa: PLW0603
        faults += 1
        log.exception("A message body of %d and %d characters could not be read", len(html), len(text))
        return Mail((Part("reply", Document((Paragraph((Run(text),)),))),))


def _read(html: str, text: str, names: Mapping[str, str]) -> Mail:
    lines, unread = _lines(html, text, names)
    return Mail(tuple(_part(stretch, lines) for stretch in split(lines)), unread)


def _part(stretch: Stretch, lines: list[Line]) -> Part:
    if stretch.kind != "history":
        return Part(stretch.kind, document(lines[stretch.start : stretch.end]))
    intro = document(lines[stretch.start : stretch.intro_end]).blocks
    body = document(lines[stretch.intro_end : stretch.end]).blocks
    return Part("history", Document(intro + body), stretch.tell, len(intro))


def _lines(html: str, text: str, names: Mapping[str, str]) -> tuple[list[Line], int]:
    lines, unread, whole = html_body.read_lines(html, names) if html else ([], 0, True)
    # A body of which the parser saw only a part: the flat text says more.
    if lines and (not text or (whole and (unread or sum([len(line.text) for line in lines]) * 2 + 20 > len(text)))):
        return lines, unread
    from_text, beyond = text_body.read_lines(text)
    return (from_text, beyond) if from_text else (lines, max(unread, beyond))
