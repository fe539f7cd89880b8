"""Slash commands. Their listeners must never wait: the server calls them in the loop that serves everybody."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.failure import busy
from bot.blocks.prompts import help_screen, not_understood
from bot.blocks.refused import refused
from bot.blocks.screen import Screen
from bot.listeners.askers import asker_of
from bot.listeners.places import place_of
from bot.listeners.services import Services
from bot.ticket_numbers import clean, only_number
from bot.work import LaneFull


def register(app: App, bot: Services) -> None:
    """Tie the commands of manifest.yml to their listeners."""

    @app.command("/ticket")
    def ticket(ack: Ack, command: dict[str, Any]) -> None:
        text = str(command.get("text") or "")
        said = clean(text)
        if said.lower() in {"", "help", "?"}:
            _say(ack, help_screen())
            return
        ticket_id = only_number(text, bot.links)
        if ticket_id is None:
            _say(ack, not_understood(said))
            return
        place = place_of(bot.client, command)
        what = f"Show ticket {ticket_id} to {command.get('user_id')} by command"

        def show(permit: Permit) -> None:
            bot.readings.show(permit, ticket_id, place, what, bot.newest_page)

        try:
            refusal = bot.gate.enter(asker_of(command), Deed.READ, place, what, show, ticket_id=ticket_id)
        except LaneFull:
            _say(ack, busy(f"Ticket #{ticket_id}"))
            return
        if refusal:
            _say(ack, refused(refusal))
        else:
            # Without words: what an ack says stays above the answer for ever.
            ack()


def _say(ack: Ack, screen: Screen) -> None:
    ack(**screen.message(), response_type="ephemeral")
