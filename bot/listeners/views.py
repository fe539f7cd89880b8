"""Submitted modals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.blocks.failure import BUSY, note_dropped, note_failed, note_in_doubt
from bot.blocks.ids import NOTE_FORM, TICKET_FORM
from bot.blocks.limits import shorten
from bot.blocks.note_modal import (
    INPUT,
    NUMBER_BLOCK,
    TEXT_BLOCK,
    NoteDraft,
    about_note,
    adding,
    note_form,
    receipt,
    receipt_words,
)
from bot.blocks.prompts import looking_up, outdated
from bot.leadsquared.errors import LeadSquaredError
from bot.listeners.places import AnswerAsView, ViewPlace
from bot.listeners.services import Services
from bot.notes import Author
from bot.ticket_numbers import clean, only_number
from bot.work import LaneFull


def register(app: App, bot: Services) -> None:
    """Tie the callback ids of the bot's modals to their listeners."""

    @app.view(TICKET_FORM)
    def show_ticket(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        user_id = str(body["user"]["id"])
        number = _value(view, NUMBER_BLOCK)
        ticket_id = only_number(number, bot.links)
        if ticket_id is None:
            ack(response_action="errors", errors={NUMBER_BLOCK: _no_number(number)})
            return
        place = ViewPlace(bot.client, user_id, external_id=bot.new_id())
        what = f"Show ticket {ticket_id} to {user_id} in a modal"
        try:
            bot.errands.run(bot.read_lane(ticket_id), place, what, lambda: bot.newest_page(ticket_id))
        except LaneFull:
            ack(response_action="errors", errors={NUMBER_BLOCK: BUSY})
        else:
            ack(response_action="update", view=looking_up(ticket_id) | {"external_id": place.external_id})

    @app.view(NOTE_FORM)
    def add_note(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        draft = NoteDraft(ticket=_value(view, NUMBER_BLOCK), text=_value(view, TEXT_BLOCK))
        ticket_id = only_number(draft.ticket, bot.links)
        errors = note_errors(draft, ticket_id, bot.desk.max_note_chars)
        if errors or ticket_id is None:
            ack(response_action="errors", errors=errors)
            return
        user = body["user"]
        place = ViewPlace(bot.client, str(user["id"]), external_id=bot.new_id())
        try:
            bot.errands.run(
                bot.lanes.notes,
                place,
                f"Add a note to ticket {ticket_id} for {user['id']}",
                lambda: _add(bot, ticket_id, draft, user),
                broken=lambda error_id: _not_added(bot, ticket_id, draft, note_in_doubt(error_id)),
                dropped=lambda started: _not_added(bot, ticket_id, draft, note_dropped(started=started)),
            )
        except LaneFull:
            ack(response_action="errors", errors={TEXT_BLOCK: BUSY})
        else:
            ack(response_action="update", view=adding(ticket_id) | {"external_id": place.external_id})

    @app.view(re.compile(""))
    def unknown_view(ack: Ack) -> None:
        # A modal can stay open while the bot is replaced by another version.
        ack(response_action="update", view=outdated().view())


def note_errors(draft: NoteDraft, ticket_id: int | None, max_chars: int) -> dict[str, str]:
    """Say what is wrong with a draft, by the block where it is wrong. Empty when nothing is."""
    errors = {}
    if ticket_id is None:
        errors[NUMBER_BLOCK] = _no_number(draft.ticket)
    length = len(draft.text.strip())
    if not clean(draft.text):
        errors[TEXT_BLOCK] = "The note is empty. Write what your team should read."
    elif length > max_chars:
        over = length - max_chars
        errors[TEXT_BLOCK] = f"The note has {length:,} characters; at most {max_chars:,} fit. Shorten it by {over:,}."
    return errors


def _add(bot: Services, ticket_id: int, draft: NoteDraft, user: Mapping[str, Any]) -> AnswerAsView:
    name = bot.people.name(str(user["id"]), otherwise=str(user.get("name") or ""))
    try:
        bot.desk.add_note(ticket_id, draft.text, Author(name, str(user["id"])))
    except LeadSquaredError as error:
        return _not_added(bot, ticket_id, draft, note_failed(error))
    form = receipt(ticket_id, draft.text, bot.url(ticket_id))
    return AnswerAsView(form, about_note(ticket_id, receipt_words(ticket_id), draft.text))


def _not_added(bot: Services, ticket_id: int, draft: NoteDraft, problem: str) -> AnswerAsView:
    """The form again with the text still in it; where it is closed, a message that holds the text."""
    form = note_form(draft, max_chars=bot.desk.max_note_chars, problem=problem)
    return AnswerAsView(form, about_note(ticket_id, problem, draft.text))


def _no_number(said: str) -> str:
    words = shorten(clean(said), 60)
    return f"“{words}” is not a ticket number. Write it like 143 or #143." if words else "Write the ticket's number."


def _value(view: Mapping[str, Any], block_id: str) -> str:
    return str(view["state"]["values"].get(block_id, {}).get(INPUT, {}).get("value") or "")
