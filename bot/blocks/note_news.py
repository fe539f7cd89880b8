"""What a person is told about their note, in the modal or as a message: the wait, the receipt, the doubt."""

from __future__ import annotations

from bot.blocks import rich_text
from bot.blocks.elements import Block, Element, actions, button, plain_context, plain_section
from bot.blocks.ids import NOTE_AGAIN, NOTE_THERE, TICKET_LINK
from bot.blocks.note_modal import INTERNAL
from bot.blocks.screen import Screen, notice


def adding(ticket_id: int, reference: str) -> Screen:
    """Say that a note is on its way. There is nothing to submit, so that nothing is sent twice."""
    words = f"Adding the note to ticket #{ticket_id}…"
    last = f"It is saved as {reference}. {INTERNAL}"
    return Screen("Add internal note", f"{words}\n{last}", [plain_section(words), plain_context(last)])


def waiting(ticket_id: int, reference: str) -> Screen:
    """Say that LeadSquared is busy or cannot be reached, and that the bot will keep trying."""
    words = (
        f"The note to #{ticket_id} is waiting for LeadSquared, which is busy or cannot be reached. "
        "The bot will keep trying for 15 minutes, and will tell you."
    )
    last = f"It is saved as {reference}; you can close this. {INTERNAL}"
    return Screen("Note is waiting", f"{words}\n{last}", [plain_section(words), plain_context(last)])


def restarting(ticket_id: int, reference: str) -> Screen:
    """Say that the bot stops before a note is through."""
    words = (
        f"The bot is restarting. The note to #{ticket_id} is saved as {reference}; it will go on with it and tell you."
    )
    return notice("Note is saved", words, INTERNAL)


def receipt(ticket_id: int, reference: str, text: str | None, url: str | None) -> Screen:
    """Say that a note was added. `text` is None once the bot has it no more; `url` is the ticket's page."""
    words = f"Internal note added to #{ticket_id} — the customer does not see it."
    last = f"Reference {reference}: it stands under the note on the ticket."
    blocks = [plain_section(words), *_quote(text), plain_context(last), *_row(*_link(url))]
    return Screen("Internal note added", _lines(words, text, last), blocks)


def receipt_line(ticket_id: int, reference: str) -> str:
    """Say in a channel, privately, what the modal says in full."""
    return f"Internal note added to #{ticket_id} — the customer does not see it. {reference}"


def doubt(ticket_id: int, reference: str, text: str | None, url: str | None, *, lost: bool) -> Screen:
    """Say that nobody can know whether a note is there, and let the person look and choose.

    `lost`: the bot itself ended while it was sending; otherwise LeadSquared gave no answer that says it.
    """
    what = (
        f"The bot was stopped while it was adding the note to #{ticket_id}."
        if lost
        else f"LeadSquared did not confirm the note to #{ticket_id}."
    )
    words = f"{what} It may or may not be there. The bot does not send it again by itself."
    steps = (
        f"Search the ticket for {reference}. "
        "If the note is there, choose It's there; if it is not, choose Post it again. "
        "The customer sees it in neither case."
    )
    row = _row(
        *_link(url),
        button("It's there", NOTE_THERE, value=reference),
        button("Post it again", NOTE_AGAIN, value=reference),
    )
    blocks = [plain_section(words), *_quote(text), plain_section(steps), *row]
    return Screen("Is the note there?", _lines(words, text, steps), blocks)


def not_added(ticket_id: int, reference: str, text: str | None, problem: str) -> Screen:
    """Say outside the form that a note was not added, with its text so that it is not lost."""
    blocks = [plain_section(problem), *_quote(text), plain_context(f"Ticket #{ticket_id}, {reference}")]
    return Screen(f"Note on #{ticket_id}", _lines(problem, text, f"Ticket #{ticket_id}, {reference}"), blocks)


def recorded_there(ticket_id: int, reference: str) -> Screen:
    """Say that the person found the note."""
    return notice("Recorded", f"The note {reference} is on #{ticket_id}. Nothing was sent again.")


def not_in_doubt(ticket_id: int, reference: str, state: str) -> Screen:
    """Say what is known of a note whose button is out of date. `state` is its state."""
    words = {
        "posted": f"The note {reference} is on #{ticket_id}. This click sent nothing.",
        "refused": f"The note {reference} was not added to #{ticket_id}. This click sent nothing.",
    }
    return notice("Already answered", words.get(state, f"The note {reference} is on its way to #{ticket_id}."))


def not_yours() -> Screen:
    """Say that only a note's author can answer for it."""
    return notice(
        "Not your note", "Only the person who wrote the note can choose, and only while the bot remembers it."
    )


def _quote(text: str | None) -> list[Block]:
    return [rich_text.quote(text)] if text else []


def _link(url: str | None) -> list[Element]:
    return [button("Open in LeadSquared", TICKET_LINK, url=url)] if url else []


def _row(*elements: Element) -> list[Block]:
    return [actions(*elements)] if elements else []


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)
