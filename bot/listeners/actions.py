"""Buttons, on messages and in modals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.blocks.ids import ADD_NOTE, CHOOSE_TICKET, NEWER, OLDER, OPEN_LINK, REFRESH, Spot
from bot.blocks.note_modal import NoteDraft, note_form
from bot.blocks.screen import Screen, notice
from bot.listeners.answers import MessagePlace, Place, ViewPlace
from bot.listeners.modals import open_modal
from bot.listeners.services import Services

_OUTDATED = notice("This button is out of date", "Nothing was done. Type /ticket and the ticket's number instead.")


def register(app: App, bot: Services) -> None:
    """Tie the action ids of `bot.blocks.ids` to their listeners."""
    pages: tuple[tuple[str | re.Pattern[str], Callable[[Spot], Screen]], ...] = (
        (OLDER, bot.older_page),
        (NEWER, bot.newer_page),
        (REFRESH, lambda spot: bot.newest_page(spot.ticket_id, fresh=True)),
        (CHOOSE_TICKET, lambda spot: bot.newest_page(spot.ticket_id)),
    )
    for action_id, page in pages:
        app.action(action_id)(_page_listener(bot, page))

    @app.action(ADD_NOTE)
    def add_note(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        user_id = str(body["user"]["id"])
        # Beside the conversation, not in its place.
        place = MessagePlace(respond, bot.client, user_id) if body.get("response_url") else _place(bot, body, respond)
        spot = Spot.read(str(action.get("value")))
        if spot:
            form = note_form(NoteDraft(ticket=str(spot.ticket_id)), max_chars=bot.desk.max_note_chars)
            what = f"Open the note form on ticket {spot.ticket_id} for {user_id}"
            bot.errands.call_slack(what, lambda: _open(form), place)
        else:
            bot.errands.show(place, f"Unreadable button, {user_id}", _OUTDATED)
        ack()

        def _open(view: dict[str, Any]) -> None:
            open_modal(bot.client, body, view, place)

    @app.action(OPEN_LINK)
    def open_link(ack: Ack) -> None:
        # Slack opens the link by itself, reports the click, and wants it acknowledged.
        ack()

    @app.action(re.compile(""))
    def unknown(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        # A message outlives the version of the bot that sent it.
        user_id = str(body["user"]["id"])
        place = MessagePlace(respond, bot.client, user_id) if body.get("response_url") else _place(bot, body, respond)
        bot.errands.show(place, f"Unknown button, {user_id}", _OUTDATED)
        ack()


def _page_listener(bot: Services, page: Callable[[Spot], Screen]) -> Callable[..., None]:
    def listener(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        user_id = str(body["user"]["id"])
        place = _place(bot, body, respond)
        spot = Spot.read(str(action.get("value")))
        if spot:
            what = f"{action['action_id']} on ticket {spot.ticket_id} for {user_id}"
            bot.errands.run_or_say_busy(bot.lanes.reads, place, what, lambda: page(spot))
        else:
            bot.errands.show(place, f"Unreadable button, {user_id}", _OUTDATED)
        ack()

    return listener


def _place(bot: Services, body: Mapping[str, Any], respond: Respond) -> Place:
    user_id = str(body["user"]["id"])
    if view := body.get("view"):
        return ViewPlace(bot.client, user_id, str(view["id"]))
    return MessagePlace(respond, bot.client, user_id, replace=True)
