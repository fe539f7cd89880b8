"""One message whole: its words, its signature and the earlier messages it quotes, in as many parts as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.blocks import rich_text
from bot.blocks.elements import Block, Element, actions, button, plain_context
from bot.blocks.ids import NEXT_PART, PREVIOUS_PART, PartSpot
from bot.blocks.limits import BLOCK_CHARS_PER_MESSAGE, shorten
from bot.blocks.message import heading, read_message
from bot.blocks.screen import Screen, notice
from bot.leadsquared.model import Conversation
from bot.mail import Mail

_PART_CHARS = BLOCK_CHARS_PER_MESSAGE - 1500
# Slack: 100 blocks a view; each piece takes two.
_PIECES = 40


def whole_message(conversation: Conversation, spot: PartSpot) -> Screen:
    """Build a part of a message, for the modal that Show all opens."""
    title = f"Ticket #{conversation.ticket_id}"
    count = len(conversation.messages)
    if not 1 <= spot.message <= count:
        return notice(title, "That message is not there any more. Refresh the ticket to see what is.")
    message = conversation.messages[spot.message - 1]
    read = read_message(message)
    parts = _parts(_pieces(read))
    part = min(spot.part, len(parts))
    where = f"Message {spot.message:,} of {count:,}, whole"
    if len(parts) > 1:
        where += f"  ·  part {part} of {len(parts)}"
    blocks = [
        rich_text.rich_text([heading(message)]),
        plain_context(where),
        *(block for label, elements in parts[part - 1] for block in _blocks(label, elements)),
    ]
    if read.unread:
        blocks.append(
            plain_context(f"Too long to be read whole: {read.unread:,} characters of its source are left out.")
        )
    if buttons := _buttons(spot, part, len(parts)):
        blocks.append(actions(*buttons))
    text = "\n\n".join(piece.document.text for piece in read.parts)
    return Screen(title, f"{where}. {text}", blocks)


def _pieces(read: Mail) -> Iterable[tuple[str, list[Element]]]:
    """Yield what a message consists of, in its order: a label, "" for its own words, and the elements under it."""
    for part in read.parts:
        if part.kind == "reply":
            yield "", rich_text.elements(part.document)
        elif part.kind == "signature":
            yield "Signature or footer", rich_text.elements(part.document)
        else:
            told = ", ".join(words for words in (part.who, part.when) if words)
            label = f"Earlier message: {shorten(told, 300)}" if told else "Earlier message"
            yield label, rich_text.quoted(part.document)


def _parts(pieces: Iterable[tuple[str, list[Element]]]) -> list[list[tuple[str, list[Element]]]]:
    """Lay pieces out on parts that Slack takes; a piece that does not fit goes on in the next."""
    parts: list[list[tuple[str, list[Element]]]] = [[]]
    room = _PART_CHARS
    for label, elements in pieces:
        rest: Sequence[Element] = elements
        while rest:
            if room < 400 or len(parts[-1]) == _PIECES:
                parts.append([])
                room = _PART_CHARS
            taken, left = rich_text.fit(rest, room)
            if not taken and parts[-1]:
                room = 0  # it begins on the next part
                continue
            taken, rest = (taken, left) if taken else (list(rest), [])
            parts[-1].append((label, taken))
            room -= rich_text.length(taken) + len(label)
    return parts


def _blocks(label: str, elements: Sequence[Element]) -> list[Block]:
    return [*([plain_context(label)] if label else []), rich_text.rich_text(elements)]


def _buttons(spot: PartSpot, part: int, count: int) -> list[Element]:
    buttons = []
    if part > 1:
        buttons.append(
            button("Previous part", PREVIOUS_PART, value=str(PartSpot(spot.ticket_id, spot.message, part - 1)))
        )
    if part < count:
        buttons.append(button("Next part", NEXT_PART, value=str(PartSpot(spot.ticket_id, spot.message, part + 1))))
    return buttons
