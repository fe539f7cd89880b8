"""Message shortcuts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed, Permit
from bot.blocks.elements import utc_words
from bot.blocks.ids import NOTE_SHORTCUT, SHOW_TICKET, FormSpot
from bot.blocks.limits import INPUT_CHARS, cut
from bot.blocks.note_modal import NoteDraft, note_form, preparing
from bot.blocks.prompts import ask_for_ticket, outdated, which_ticket
from bot.blocks.screen import notice
from bot.listeners.askers import asker_of
from bot.listeners.modals import open_modal
from bot.listeners.people import People
from bot.listeners.places import AnswerAsView, ViewPlace, place_of
from bot.listeners.services import Services
from bot.listeners.talks import Talk
from bot.slack_text import app_name, file_names, people_in, permalink, plain_words, text_of, words
from bot.ticket_numbers import find_in_message


def register(app: App, bot: Services) -> None:
    """Tie the shortcuts of manifest.yml to their listeners."""

    @app.shortcut({"type": "message_action", "callback_id": SHOW_TICKET})
    def show_ticket(ack: Ack, body: dict[str, Any]) -> None:
        place = place_of(bot.client, body)
        user_id = body["user"]["id"]
        what = f"Show the ticket of a message to {user_id}"
        ticket_ids = find_in_message(body["message"], bot.links)

        def show(permit: Permit) -> None:
            if not ticket_ids:
                bot.errands.call_slack(what, lambda: open_modal(bot.client, body, ask_for_ticket(), place), place)
            elif len(ticket_ids) > 1:
                bot.errands.show(place, what, which_ticket(ticket_ids))
            else:
                [ticket_id] = ticket_ids
                found = f"Show ticket {ticket_id} to {user_id} by shortcut"
                bot.readings.show_or_say_busy(permit, ticket_id, place, found, bot.newest_page)

        bot.gate.enter_or_say(asker_of(body), Deed.READ, place, what, show, ticket_id=_only(ticket_ids))
        ack()

    @app.shortcut({"type": "message_action", "callback_id": NOTE_SHORTCUT})
    def add_as_note(ack: Ack, body: dict[str, Any]) -> None:
        place = place_of(bot.client, body)
        user_id = str(body["user"]["id"])
        what = f"Open the note form for {user_id} from a message"

        def open_form() -> Talk[None]:
            # Names take calls to Slack; the trigger does not wait for them.
            if view_id := (yield from open_modal(bot.client, body, preparing(), place)):
                modal = ViewPlace(bot.client, user_id, view_id=view_id)
                bot.errands.run_or_say_busy(bot.lanes.lookups, modal, what, lambda: _form(body, bot))

        def go(_: Permit) -> None:
            bot.errands.call_slack(what, open_form, place)

        ticket_id = _only(find_in_message(body["message"], bot.links))
        bot.gate.enter_or_say(asker_of(body), Deed.NOTE, place, what, go, ticket_id=ticket_id)
        ack()

    @app.shortcut(re.compile(""))
    def unknown_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        # Slack may still show a shortcut that an older manifest had.
        bot.errands.show(place_of(bot.client, body), "Unknown shortcut", outdated())
        ack()


def _form(body: Mapping[str, Any], bot: Services) -> AnswerAsView:
    # With several tickets in the message the person chooses: a note on the wrong one cannot be taken back.
    ticket = str(_only(find_in_message(body["message"], bot.links)) or "")
    message, channel_id = body["message"], str((body.get("channel") or {}).get("id") or "")
    spot = FormSpot(
        channel_id=channel_id, thread_ts=str(message.get("thread_ts") or ""), link=_link(body, channel_id, message)
    )
    max_chars = bot.outbox.max_text_chars(spot.link)
    draft = NoteDraft(ticket, quoted(message, bot.people, min(max_chars, INPUT_CHARS)))
    gone = notice("The form was closed", "Nothing was added to the ticket.")
    return AnswerAsView(note_form(draft, max_chars=max_chars, spot=spot), gone)


def _only(ticket_ids: Sequence[int]) -> int | None:
    return ticket_ids[0] if len(ticket_ids) == 1 else None


def quoted(message: Mapping[str, Any], people: People, max_chars: int) -> str:
    """Return a message as the text of a note: who wrote it and when, and its words as a quotation."""
    ts = str(message.get("ts") or "")
    text = text_of(message)
    author_id = str(message.get("user") or "")
    names = people.names(dict.fromkeys([*([author_id] if author_id else []), *people_in(text)]))
    author = names.get(author_id) or author_id or app_name(message) or "An app"
    when = f", {utc_words(datetime.fromtimestamp(float(ts), UTC))}" if ts else ""
    head = f"{author} wrote in Slack{when}:"
    lines = plain_words(words(text, lambda user_id: names.get(user_id, user_id))).splitlines()
    lines += [f"File: {name}" for name in file_names(message)]
    quotation = "\n".join(f"> {line}" for line in lines)
    left_out = "\n(cut here: {:,} more characters in Slack)"
    shown, left = cut(quotation, max_chars - len(head) - len(left_out) - 10)
    return f"{head}\n{shown}{left_out.format(left) if left else ''}"


def _link(body: Mapping[str, Any], channel_id: str, message: Mapping[str, Any]) -> str:
    """Return the message's address; nothing where the payload does not tell it."""
    domain, ts = (body.get("team") or {}).get("domain"), str(message.get("ts") or "")
    return permalink(str(domain), channel_id, ts, message.get("thread_ts")) if domain and channel_id and ts else ""
