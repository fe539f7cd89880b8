"""What a button shows beside itself, to the person who clicks alone: fresh links to files, or a shared ticket."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.files import files_screen
from bot.blocks.ids import NEW_LINKS, NEW_LINKS_HERE, SHARED_FILES, SHARED_TICKET, FileSpot, Spot
from bot.blocks.prompts import looking_up, outdated
from bot.listeners.askers import asker_of
from bot.listeners.modals import open_modal
from bot.listeners.places import ViewPlace, place_of
from bot.listeners.services import PageMaker, Services
from bot.listeners.talks import Talk


def register(app: App, bot: Services) -> None:
    """Tie the buttons of files, and those of shared messages, to their listeners."""

    @app.action(NEW_LINKS)
    def new_links(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        _files(bot, body, action, fresh=True)
        ack()

    @app.action(NEW_LINKS_HERE)
    def new_links_here(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        _files(bot, body, action, fresh=True, replace=True)
        ack()

    @app.action(SHARED_FILES)
    def shared_file(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        # Many may click it at once, and the links that are kept live for minutes at least.
        _files(bot, body, action, fresh=False)
        ack()

    @app.action(SHARED_TICKET)
    def shared_ticket(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        if spot := Spot.read(str(action.get("value"))):
            what = f"Show shared ticket {spot.ticket_id} to {body['user']['id']}"
            _show(bot, body, Deed.READ, spot.ticket_id, bot.newest_page, what=what)
        else:
            _say_outdated(bot, body)
        ack()


def _files(
    bot: Services, body: Mapping[str, Any], action: Mapping[str, Any], *, fresh: bool, replace: bool = False
) -> None:
    if spot := FileSpot.read(str(action.get("value"))):
        what = f"{action['action_id']} at {spot} for {body['user']['id']}"
        page = partial(files_screen, spot=spot)
        _show(bot, body, Deed.FILE, spot.ticket_id, page, what=what, fresh=fresh, replace=replace)
    else:
        _say_outdated(bot, body)


def _show(
    bot: Services,
    body: Mapping[str, Any],
    deed: Deed,
    ticket_id: int,
    page: PageMaker,
    *,
    what: str,
    fresh: bool = False,
    replace: bool = False,
) -> None:
    """Show a page of a ticket beside what was clicked: over a modal, below a message. `replace`: in its place."""
    place = place_of(bot.client, body, replace=replace)

    def go(permit: Permit) -> None:
        if body.get("view") and not replace:
            bot.errands.call_slack(what, lambda: open_over(permit), place)
        else:
            bot.readings.show_or_say_busy(permit, ticket_id, place, what, page, fresh=fresh)

    def open_over(permit: Permit) -> Talk[None]:
        if view_id := (yield from open_modal(bot.client, body, looking_up(ticket_id), place)):
            modal = ViewPlace(bot.client, place.user_id, view_id=view_id)
            bot.readings.show_or_say_busy(permit, ticket_id, modal, what, page, fresh=fresh)

    bot.gate.enter_or_say(asker_of(body), deed, place_of(bot.client, body), what, go, ticket_id=ticket_id)


def _say_outdated(bot: Services, body: Mapping[str, Any]) -> None:
    bot.errands.show(place_of(bot.client, body), f"Unreadable button, {body['user']['id']}", outdated())
