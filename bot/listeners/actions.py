"""Buttons, on messages and in modals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.ids import (
    ADD_NOTE,
    CHOOSE_TICKET,
    MESSAGE_PART,
    NEWER,
    OLDER,
    OPEN_LINK,
    REFRESH,
    WHOLE_MESSAGE,
    FormSpot,
    PartSpot,
    Spot,
)
from bot.blocks.note_modal import NoteDraft, note_form
from bot.blocks.prompts import looking_up, outdated
from bot.listeners.askers import asker_of
from bot.listeners.modals import open_modal
from bot.listeners.places import Place, ViewPlace, place_of
from bot.listeners.services import PageMaker, Services
from bot.listeners.talks import Talk

S = TypeVar("S", Spot, PartSpot)


def register(app: App, bot: Services) -> None:
    """Tie the action ids of `bot.blocks.ids` to their listeners."""
    pages: tuple[tuple[str | re.Pattern[str], Callable[[Spot], PageMaker]], ...] = (
        (OLDER, bot.older_page),
        (NEWER, bot.newer_page),
        (REFRESH, bot.older_page),
        (CHOOSE_TICKET, bot.older_page),
    )
    for action_id, page in pages:
        app.action(action_id)(_page_listener(bot, Spot.read, page, fresh=action_id == REFRESH))
    _register_whole_message(app, bot)

    @app.action(ADD_NOTE)
    def add_note(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        # Beside the conversation, not in its place.
        place = place_of(bot.client, body)
        user_id = body["user"]["id"]
        if spot := Spot.read(str(action.get("value"))):
            form = note_form(
                NoteDraft(ticket=str(spot.ticket_id)),
                max_chars=bot.outbox.max_text_chars(),
                spot=_clicked_in(body),
            )
            what = f"Open the note form on ticket {spot.ticket_id} for {user_id}"

            def go(_: Permit) -> None:
                bot.errands.call_slack(what, lambda: open_modal(bot.client, body, form, place), place)

            bot.gate.enter_or_say(asker_of(body), Deed.NOTE, place, what, go, ticket_id=spot.ticket_id)
        else:
            bot.errands.show(place, f"Unreadable button, {user_id}", outdated())
        ack()

    @app.action(OPEN_LINK)
    def open_link(ack: Ack) -> None:
        # Slack opens the link by itself, reports the click, and wants it acknowledged.
        ack()

    @app.action(re.compile(""))
    def unknown_action(ack: Ack, body: dict[str, Any]) -> None:
        # A message outlives the version of the bot that sent it.
        bot.errands.show(place_of(bot.client, body), "Unknown button", outdated())
        ack()


def _register_whole_message(app: App, bot: Services) -> None:
    @app.action(WHOLE_MESSAGE)
    def show_whole_message(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        place = place_of(bot.client, body)
        user_id = str(body["user"]["id"])
        if spot := PartSpot.read(str(action.get("value"))):
            what = f"Show message {spot.message} of ticket {spot.ticket_id} to {user_id}"
            go = partial(_open_whole_message, bot, body, spot, place)
            bot.gate.enter_or_say(asker_of(body), Deed.READ, place, what, go, ticket_id=spot.ticket_id)
        else:
            bot.errands.show(place, f"Unreadable button, {user_id}", outdated())
        ack()

    app.action(MESSAGE_PART)(_page_listener(bot, PartSpot.read, bot.whole_message))


def _open_whole_message(bot: Services, body: Mapping[str, Any], spot: PartSpot, place: Place, permit: Permit) -> None:
    what = f"Show message {spot.message} of ticket {spot.ticket_id} to {place.user_id}"

    def open_and_show() -> Talk[None]:
        if view_id := (yield from open_modal(bot.client, body, looking_up(spot.ticket_id), place)):
            modal = ViewPlace(bot.client, place.user_id, view_id=view_id)
            bot.readings.show_or_say_busy(permit, spot.ticket_id, modal, what, bot.whole_message(spot))

    bot.errands.call_slack(what, open_and_show, place)


def _clicked_in(body: Mapping[str, Any]) -> FormSpot:
    """Return where the message stands that was clicked."""
    container = body.get("container") or {}
    return FormSpot(channel_id=str(container.get("channel_id") or ""), thread_ts=str(container.get("thread_ts") or ""))


def _page_listener(
    bot: Services, read: Callable[[str], S | None], page: Callable[[S], PageMaker], *, fresh: bool = False
) -> Callable[..., None]:
    """Make the listener of a button whose value says what to show, in the place of what it stands on."""

    def listener(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        user_id = body["user"]["id"]
        place = place_of(bot.client, body, replace=True)
        if spot := read(str(action.get("value"))):
            what = f"{action['action_id']} at {spot} for {user_id}"
            ticket_id, make = spot.ticket_id, page(spot)

            def show(permit: Permit) -> None:
                bot.readings.show_or_say_busy(permit, ticket_id, place, what, make, fresh=fresh)

            # A refusal stands beside the message: it may not be this person's to change.
            beside = place_of(bot.client, body)
            bot.gate.enter_or_say(asker_of(body), Deed.READ, beside, what, show, ticket_id=ticket_id)
        else:
            bot.errands.show(place, f"Unreadable button, {user_id}", outdated())
        ack()

    return listener
