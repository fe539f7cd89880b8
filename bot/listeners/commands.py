"""Slash commands. Their listeners must never wait: the server calls them in the loop that serves everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.check_result import check_not_allowed, check_result, check_running
from bot.blocks.failure import busy
from bot.blocks.prompts import help_screen, not_understood
from bot.blocks.refused import refused
from bot.blocks.screen import Screen
from bot.listeners.askers import asker_of
from bot.listeners.places import Place, place_of
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
        if said.lower() == "check":
            _check(ack, command, bot)
            return
        ticket_id = only_number(text, bot.links)
        if ticket_id is None:
            _say(ack, not_understood(said))
            return
        place = place_of(bot.client, command)
        what = f"Show ticket {ticket_id} to {command.get('user_id')} by command"

        def show(permit: Permit) -> None:
            bot.readings.show(permit, ticket_id, place, what, bot.newest_page)

        _enter(ack, command, bot, place, what=what, go=show, heading=f"Ticket #{ticket_id}", ticket_id=ticket_id)


def _enter(
    ack: Ack,
    command: dict[str, Any],
    bot: Services,
    place: Place,
    *,
    what: str,
    go: Callable[[Permit], object],
    heading: str,
    ticket_id: int | None = None,
) -> None:
    """Do what reads, for who may. `heading` is that of the answer when a lane is full."""
    try:
        refusal = bot.gate.enter(asker_of(command), Deed.READ, place, what, go, ticket_id=ticket_id)
    except LaneFull:
        _say(ack, busy(heading))
        return
    if refusal:
        _say(ack, refused(refusal))
    else:
        # Without words: what an ack says stays above the answer for ever.
        ack()


def _check(ack: Ack, command: dict[str, Any], bot: Services) -> None:
    if not bot.may_check(command):
        _say(ack, check_not_allowed())
        return

    def findings() -> Screen:
        found = bot.check()
        return check_running() if found is None else check_result(found)

    place = place_of(bot.client, command)
    what = f"Check the bot for {command.get('user_id')}"

    def check(_: Permit) -> None:
        bot.errands.run(bot.lanes.lookups, place, what, findings)

    _enter(ack, command, bot, place, what=what, go=check, heading="Check")


def _say(ack: Ack, screen: Screen) -> None:
    ack(**screen.message(), response_type="ephemeral", unfurl_links=False, unfurl_media=False)
