"""Submitted modals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.elements import one_line, quotation
from bot.blocks.failure import BUSY
from bot.blocks.ids import TICKET_FORM
from bot.blocks.note_modal import INPUT, NUMBER_BLOCK
from bot.blocks.prompts import looking_up, outdated
from bot.blocks.refused import why_refused
from bot.listeners.askers import asker_of
from bot.listeners.places import ViewPlace
from bot.listeners.services import Services
from bot.ticket_numbers import clean, only_number
from bot.work import LaneFull


def register(app: App, bot: Services) -> None:
    """Tie the callback ids of the bot's modals to their listeners."""

    @app.view(TICKET_FORM)
    def show_ticket(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        user_id = str(body["user"]["id"])
        number = value_of(view, NUMBER_BLOCK)
        ticket_id = only_number(number, bot.links)
        if ticket_id is None:
            ack(response_action="errors", errors={NUMBER_BLOCK: no_number(number)})
            return
        place = ViewPlace(bot.client, user_id, view_id=str(view["id"]), external_id=bot.new_id())
        what = f"Show ticket {ticket_id} to {user_id} in a modal"

        def show(permit: Permit) -> None:
            bot.readings.show(permit, ticket_id, place, what, bot.newest_page)

        try:
            refusal = bot.gate.enter(asker_of(body), Deed.READ, place, what, show, ticket_id=ticket_id)
        except LaneFull:
            ack(response_action="errors", errors={NUMBER_BLOCK: BUSY})
            return
        if refusal:
            ack(response_action="errors", errors={NUMBER_BLOCK: why_refused(refusal)})
        else:
            ack(response_action="update", view=looking_up(ticket_id) | {"external_id": place.external_id})

    @app.view(re.compile(""))
    def unknown_view(ack: Ack) -> None:
        # A modal can stay open while the bot is replaced by another version.
        ack(response_action="update", view=outdated().view())


def no_number(said: str) -> str:
    """Say that what stands in the field is no ticket number."""
    if not one_line(said):
        return "Write the ticket's number."
    return f"{quotation(clean(said), 60)} is not a ticket number. Write it like 143 or #143."


def value_of(view: Mapping[str, Any], block_id: str) -> str:
    """Return what was written into a text field."""
    return str(view["state"]["values"].get(block_id, {}).get(INPUT, {}).get("value") or "")
