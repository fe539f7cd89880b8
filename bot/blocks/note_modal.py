"""The modal that adds an internal note: its form, the wait, the receipt, and the way back when it failed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import rich_text
from bot.blocks.elements import Block, Element, actions, button, context, plain_section, plain_text, section
from bot.blocks.ids import NOTE_FORM, TICKET_LINK
from bot.blocks.limits import INPUT_CHARS
from bot.blocks.screen import Screen, View, modal

NUMBER_BLOCK = "ticket"
TEXT_BLOCK = "note"
INPUT = "value"

INTERNAL = "Internal: the customer does not see it."


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What stands in the form: `ticket` and `text` as the person wrote them."""

    ticket: str = ""
    text: str = ""


def note_form(draft: NoteDraft, *, max_chars: int, problem: str = "") -> View:
    """Build the form. `max_chars` is the longest text LeadSquared is given; `problem` says why the last try failed."""
    blocks: list[Block] = [section(f":lock: *{INTERNAL}* Your team reads the note on the ticket in LeadSquared.")]
    if problem:
        blocks.insert(0, plain_section(problem))
        blocks.insert(1, {"type": "divider"})
    blocks += [
        _input(NUMBER_BLOCK, "Ticket number", draft.ticket, hint="For example 143 or #143"),
        _input(
            TEXT_BLOCK, "Note", draft.text, multiline=True, hint=f"Up to {min(max_chars, INPUT_CHARS):,} characters"
        ),
    ]
    return modal("Add internal note", blocks, callback_id=NOTE_FORM, submit="Add note", close="Cancel")


def preparing() -> View:
    """Build the view that opens at once, while names are looked up."""
    return modal("Add internal note", [plain_section("Preparing the note…")], callback_id="note_wait", close="Cancel")


def adding(ticket_id: int) -> View:
    """Build the view between submit and receipt. It has no submit button, so that nothing is sent twice."""
    blocks = [plain_section(f"Adding the note to ticket #{ticket_id}…"), context(INTERNAL)]
    return modal("Add internal note", blocks, callback_id="note_wait")


def receipt(ticket_id: int, text: str, url: str | None) -> View:
    """Build the receipt: what was added, and where. `url` is the ticket's page."""
    blocks = [plain_section(receipt_words(ticket_id)), rich_text.quote(text)]
    if url:
        blocks.append(actions(button("Open in LeadSquared", TICKET_LINK, url=url)))
    return modal("Internal note added", blocks, callback_id="note_receipt")


def receipt_words(ticket_id: int) -> str:
    """Say that a note was added."""
    return f"Internal note added to ticket #{ticket_id}. The customer does not see it."


def about_note(ticket_id: int, words: str, text: str) -> Screen:
    """Build what is said about a note once its modal is closed: `words`, and the note's text so that it is not lost."""
    heading = f"Note on ticket #{ticket_id}"
    return Screen(heading, f"{words}\n{text}", [plain_section(words), rich_text.quote(text)])


def _input(block_id: str, label: str, value: str, *, hint: str, multiline: bool = False) -> Block:
    element: Element = {"type": "plain_text_input", "action_id": INPUT, "multiline": multiline}
    if value:
        element["initial_value"] = value[:INPUT_CHARS]
    # The cursor goes where there is something left to write.
    element["focus_on_load"] = multiline
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "hint": plain_text(hint),
        "element": element,
    }
