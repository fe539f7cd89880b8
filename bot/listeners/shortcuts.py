"""Message shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.blocks.elements import utc_words
from bot.blocks.ids import NOTE_SHORTCUT, SHOW_TICKET
from bot.blocks.limits import INPUT_CHARS, cut
from bot.blocks.note_modal import NoteDraft, note_form, preparing
from bot.blocks.prompts import ask_for_ticket, which_ticket
from bot.blocks.screen import notice
from bot.listeners.answers import AnswerAsView, MessagePlace, ViewPlace
from bot.listeners.modals import open_modal
from bot.listeners.people import People
from bot.listeners.services import Services
from bot.slack_text import file_names, permalink, text_of, words
from bot.ticket_numbers import find_in_message


def register(app: App, bot: Services) -> None:
    """Tie the shortcuts of manifest.yml to their listeners."""

    @app.shortcut({"type": "message_action", "callback_id": SHOW_TICKET})
    def show_ticket(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        user_id = str(body["user"]["id"])
        place = MessagePlace(respond, bot.client, user_id)
        ticket_ids = find_in_message(body["message"], bot.links)
        what = f"Show the ticket of a message to {user_id}"
        if not ticket_ids:
            bot.errands.call_slack(what, lambda: _open(ask_for_ticket()), place)
        elif len(ticket_ids) > 1:
            bot.errands.show(place, what, which_ticket(ticket_ids))
        else:
            what = f"Show ticket {ticket_ids[0]} to {user_id} by shortcut"
            bot.errands.run_or_say_busy(bot.lanes.reads, place, what, lambda: bot.newest_page(ticket_ids[0]))
        ack()

        def _open(view: dict[str, Any]) -> None:
            open_modal(bot.client, body, view, place)

    @app.shortcut({"type": "message_action", "callback_id": NOTE_SHORTCUT})
    def add_as_note(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        user_id = str(body["user"]["id"])
        place = MessagePlace(respond, bot.client, user_id)

        def open_form() -> None:
            view_id = open_modal(bot.client, body, preparing(), place)
            if view_id:
                draft = _draft(body, bot)
                form = note_form(draft, max_chars=bot.desk.max_note_chars)
                gone = notice("The form was closed", "Nothing was added to the ticket.")
                ViewPlace(bot.client, user_id, view_id).show(AnswerAsView(form, gone))

        bot.errands.call_slack(f"Open the note form for {user_id} from a message", open_form, place)
        ack()


def _draft(body: Mapping[str, Any], bot: Services) -> NoteDraft:
    ticket_ids = find_in_message(body["message"], bot.links)
    # With several tickets in the message the person chooses: a note on the wrong one cannot be taken back.
    ticket = str(ticket_ids[0]) if len(ticket_ids) == 1 else ""
    return NoteDraft(ticket, quoted(body, bot.people, min(bot.desk.max_note_chars, INPUT_CHARS)))


def quoted(body: Mapping[str, Any], people: People, max_chars: int) -> str:
    """Return a message as the text of a note: who wrote it and when, its words as a quotation, and where it is."""
    message = body["message"]
    ts = str(message["ts"])
    author = people.name(str(message["user"])) if message.get("user") else str(message.get("username") or "An app")
    when = utc_words(datetime.fromtimestamp(float(ts), UTC))
    link = permalink(str(body["team"]["domain"]), str(body["channel"]["id"]), ts, message.get("thread_ts"))
    head = f"{author} wrote in Slack, {when}:"
    lines = words(text_of(message), people.name).splitlines() + [f"File: {name}" for name in file_names(message)]
    quotation = "\n".join(f"> {line}" for line in lines)
    left_out = "\n(cut here: {:,} more characters in Slack)"
    shown, left = cut(quotation, max_chars - len(head) - len(link) - len(left_out) - 10)
    return f"{head}\n{shown}{left_out.format(left) if left else ''}\n{link}"
