"""Questions and help: what the bot says when it needs a ticket number or was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.elements import actions, button, plain_context, plain_section, plain_text, quotation, section
from bot.blocks.ids import TICKET_FORM, Spot
from bot.blocks.note_modal import INPUT, INTERNAL, NUMBER_BLOCK
from bot.blocks.screen import Screen, View, modal, notice

_MOST_CHOICES = 20
EXAMPLE = "/ticket 143"


def help_screen() -> Screen:
    """Say what can be done, for `/ticket` and `/ticket help`."""
    lines = [
        "/ticket 143 shows the conversation on ticket 143, newest message first. Only you see it.",
        "#143, [#143] and a pasted link to the ticket work as well.",
        "/ticket check says what is wrong with the bot, and how to mend it.",
        "In a message's menu (⋯, More message shortcuts), Show ticket opens the ticket that the message mentions.",
        f"There too, Add as note puts the message on a ticket as a note. {INTERNAL}",
    ]
    blocks = [
        section(
            "`/ticket 143` shows the conversation on ticket 143, newest message first. Only you see it.\n"
            "`#143`, `[#143]` and a pasted link to the ticket work as well.\n"
            "`/ticket check` says what is wrong with the bot, and how to mend it."
        ),
        section(
            "*In a message's menu* (⋯, More message shortcuts)\n"
            "•  *Show ticket* opens the ticket that the message mentions.\n"
            f"•  *Add as note* puts the message on a ticket as a note. {INTERNAL}"
        ),
    ]
    return Screen("LeadSquared tickets", "\n".join(lines), blocks)


def not_understood(said: str) -> Screen:
    """Say which words were not understood, and show what would be."""
    return notice(
        "That is not a ticket number",
        f"{quotation(said, 150)} was not understood. Write one ticket number, for example {EXAMPLE}",
        "/ticket help says what else can be done.",
    )


def outdated() -> Screen:
    """Say that a button, shortcut or form is one that this version of the bot does not know."""
    return notice("This is out of date", "Nothing was done. Type /ticket and the ticket's number instead.")


def which_ticket(ticket_ids: Sequence[int]) -> Screen:
    """Ask which of several tickets is meant, with a button for each."""
    shown = ticket_ids[:_MOST_CHOICES]
    question = f"This message mentions {len(ticket_ids)} tickets. Which one?"
    buttons = [button(f"#{number}", f"ticket_choose_{number}", value=str(Spot(number))) for number in shown]
    blocks = [plain_section(question), actions(*buttons)]
    if len(ticket_ids) > len(shown):
        blocks.append(plain_context(f"The first {len(shown)} are shown; {EXAMPLE} shows any other."))
    listed = ", ".join(f"#{number}" for number in shown)
    return Screen("Which ticket?", f"{question} {listed}", blocks)


def ask_for_ticket() -> View:
    """Ask for a ticket number, in a modal."""
    blocks = [
        plain_section("This message mentions no ticket number. Which ticket shall be shown?"),
        {
            "type": "input",
            "block_id": NUMBER_BLOCK,
            "label": plain_text("Ticket number"),
            "hint": plain_text("For example 143 or #143"),
            "element": {"type": "plain_text_input", "action_id": INPUT, "focus_on_load": True},
        },
    ]
    return modal("Show ticket", blocks, callback_id=TICKET_FORM, submit="Show ticket", close="Cancel")


def looking_up(ticket_id: int) -> View:
    """Build the view that stands while a conversation is fetched into a modal."""
    return notice(f"Ticket #{ticket_id}", "Looking up the conversation…").view()
