"""The modal that adds an internal note: its form, and the same again with what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.blocks.elements import Block, Element, plain_section, plain_text, section
from bot.blocks.ids import NOTE_FORM, FormSpot
from bot.blocks.limits import INPUT_CHARS
from bot.blocks.screen import View, modal

NUMBER_BLOCK = "ticket"
TEXT_BLOCK = "note"
INPUT = "value"

INTERNAL = "Internal: the customer does not see it."


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What stands in the form: `ticket` and `text` as the person wrote them."""

    ticket: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


def note_form(draft: NoteDraft, *, max_chars: int, spot: FormSpot, problem: str = "") -> View:
    """Build the form. `max_chars` is the longest text LeadSquared is given; `problem` says why the last try failed.

    `spot` is what the form must remember.
    """
    blocks: list[Block] = [section(f":lock: *{INTERNAL}* Your team reads the note on the ticket in LeadSquared.")]
    if problem:
        blocks.insert(0, plain_section(problem))
        blocks.insert(1, {"type": "divider"})
    hint = f"Up to {min(max_chars, INPUT_CHARS):,} characters"
    if spot.link:
        hint += "; the message's address is added under it"
    blocks += [
        _input(NUMBER_BLOCK, "Ticket number", draft.ticket, hint="For example 143 or #143"),
        _input(TEXT_BLOCK, "Note", draft.text, multiline=True, hint=hint),
    ]
    form = modal("Add internal note", blocks, callback_id=NOTE_FORM, submit="Add note", close="Cancel")
    return form | {"private_metadata": str(spot)}


def preparing() -> View:
    """Build the view that opens at once, while names are looked up."""
    return modal("Add internal note", [plain_section("Preparing the note…")], callback_id="note_wait", close="Cancel")


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
