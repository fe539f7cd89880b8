"""The files of a message: links while they live, names where there is none to give, and fresh links for one person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.blocks.elements import (
    Block,
    Element,
    actions,
    button,
    context,
    date_token,
    one_line,
    plain_context,
    plain_section,
)
from bot.blocks.ids import NEW_LINKS, NEW_LINKS_HERE, SHARED_FILE, FileSpot
from bot.blocks.limits import BUTTON_CHARS, BUTTON_URL_CHARS, BUTTONS_PER_BLOCK, cut, shorten
from bot.blocks.screen import Screen, notice
from bot.leadsquared.model import Attachment, Conversation

# Of the names of files without a link.
_NAMES_CHARS = 600
_SHARED_BUTTONS = 10
# Nothing in it that browsers read in different ways. Only a stand-in on this machine goes without TLS.
_OPENS = re.compile(r"(?:https://[^\s/?#\\@\[\]]+|http://(?:127\.0\.0\.1|localhost):[0-9]+)(?:[/?#][^\s\\]*)?")


def size_words(size: int) -> str:
    """Say a size in bytes the way people read it: 0 bytes, 512 bytes, 107 kB, 25.0 MB."""
    if size < 1000:
        return f"{size} byte{'s' * (size != 1)}"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def file_name(file: Attachment) -> str:
    """Return a file's name in characters that can be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in one_line(file.name)).split()) or "Unnamed file"


def file_words(file: Attachment) -> str:
    """Return a file's name and size, short."""
    name = file_name(file)
    size = f" ({size_words(file.size)})" if file.size is not None else ""
    return shorten(name, BUTTON_CHARS - len(size)) + size


def opens(file: Attachment) -> bool:
    """Tell whether a file has a link that a button can carry."""
    return bool(
        file.url and len(file.url) <= BUTTON_URL_CHARS and file.url.isprintable() and _OPENS.fullmatch(file.url)
    )


def file_rows(attachments: Sequence[Attachment], first: Sequence[Element], spot: FileSpot) -> list[Block]:
    """Build the row of a message's buttons, `first` before those of its files, and name the files without a link.

    `spot` is the message: a last button fetches new links to its files.
    """
    linked = [file for file in attachments if opens(file)][: BUTTONS_PER_BLOCK - len(first) - 1]
    rest = [file for file in attachments if file not in linked]
    links = [*_links(linked), button("New links", NEW_LINKS, value=str(spot))] if linked else []
    blocks = [actions(*first, *links)] if first or links else []
    return [*blocks, *_without_link(rest)]


def shared_file_rows(attachments: Sequence[Attachment], spot: FileSpot) -> list[Block]:
    """Build the buttons of a message's files for everybody: each gives the person who clicks a link of their own."""
    if not attachments:
        return []
    row = actions(
        *(
            button(_button_words(file), f"{SHARED_FILE}_{n}", value=str(replace(spot, file=n)))
            for n, file in enumerate(attachments[:_SHARED_BUTTONS], 1)
        )
    )
    return [row, *named(attachments[_SHARED_BUTTONS:], "Attached too")]


def named(attachments: Sequence[Attachment], label: str) -> list[Block]:
    """Name files, in a line, when there are any."""
    names, left = cut(", ".join(map(file_words, attachments)), _NAMES_CHARS)
    return [plain_context(f"{label}: {names}{'…' if left else ''}")] if attachments else []


def links_line(attachments: Iterable[Attachment]) -> list[Block]:
    """Say until when links work, where that is known."""
    ends = [file.expires for file in attachments if file.expires and opens(file)]
    if not ends:
        return []
    until = date_token(min(ends))
    return [context(f"Attachment links work until {until}. After that, New links makes fresh ones.")]


def files_screen(conversation: Conversation, spot: FileSpot) -> Screen:
    """Build fresh links to the files of a message, or to one of them, for one person."""
    title = f"Ticket #{conversation.ticket_id}"
    count = len(conversation.messages)
    files = conversation.messages[spot.message - 1].attachments if spot.message <= count else ()
    chosen = files if spot.file is None else files[spot.file - 1 : spot.file]
    if not chosen:
        return notice(title, "That file is not there any more. Show the ticket again to see what is.")
    linked = [file for file in chosen if opens(file)][: BUTTONS_PER_BLOCK - 1]
    words = f"Attached to message {spot.message:,} of {count:,}."
    if linked:
        words += " Whoever has a link can open the file: do not pass it on."
    again = button("New links", NEW_LINKS_HERE, value=str(spot))
    blocks = [
        plain_section(words),
        *([actions(*_links(linked), again)] if linked else []),
        *links_line(linked),
        *_without_link([file for file in chosen if file not in linked]),
    ]
    return Screen(title, f"{words} {', '.join(map(file_words, chosen))}", blocks)


def _links(files: Sequence[Attachment]) -> list[Element]:
    return [button(_button_words(file), f"attachment_{n}", url=file.url) for n, file in enumerate(files, 1)]


def _button_words(file: Attachment) -> str:
    # What stands behind the name tells it from a button of the bot's own: a file may be called Show all.
    return file_words(file) if file.size is not None else f"{shorten(file_name(file), BUTTON_CHARS - 7)} (file)"


def _without_link(files: Sequence[Attachment]) -> list[Block]:
    """Name files that no link is given to, and say why where it is not LeadSquared's doing."""
    blocks = named([file for file in files if not file.refused_host], "Attached, without a link here")
    for host in dict.fromkeys(file.refused_host for file in files if file.refused_host):
        refused = [file for file in files if file.refused_host == host]
        blocks += named(refused, f"Attached, without a link here, for this bot may not link to {shorten(host, 80)}")
    return blocks
