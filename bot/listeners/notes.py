"""The note form when it is submitted, and the two buttons of a note in doubt."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import Ack, App

from bot.access import Deed
from bot.audit import refused
from bot.blocks import note_news
from bot.blocks.failure import not_recorded, note_not_saved
from bot.blocks.ids import NOTE_AGAIN, NOTE_FORM, NOTE_THERE, FormSpot
from bot.blocks.note_modal import NUMBER_BLOCK, TEXT_BLOCK, NoteDraft
from bot.blocks.refused import note_refused
from bot.listeners.askers import asker_of
from bot.listeners.audited import record
from bot.listeners.places import DirectPlace, Place, ViewPlace, place_of
from bot.listeners.services import Services
from bot.listeners.talks import Talk
from bot.listeners.views import no_number, value_of
from bot.notes import Decision, Draft, Note, Origin, State, StoreUnavailable
from bot.slack_text import plain_words
from bot.ticket_numbers import clean, only_number

log = logging.getLogger(__name__)


def register(app: App, bot: Services) -> None:
    """Tie the note form and the buttons of a note in doubt to their listeners."""

    @app.view(NOTE_FORM)
    def add_note(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        written = NoteDraft(ticket=value_of(view, NUMBER_BLOCK), text=plain_words(value_of(view, TEXT_BLOCK)))
        ticket_id = only_number(written.ticket, bot.links)
        # Whoever is not known yet is looked up before the note is sent: it is saved first, so that nothing is lost.
        what = f"Add a note for {body['user']['id']}"
        asker = asker_of(body)
        if refusal := bot.gate.refusal(asker, Deed.NOTE, what, ticket_id):
            ack(response_action="errors", errors={TEXT_BLOCK: note_refused(refusal)})
            return
        spot = FormSpot.read(str(view.get("private_metadata") or ""))
        errors = note_errors(written, ticket_id, bot.outbox.max_text_chars(spot.link))
        if errors or ticket_id is None:
            ack(response_action="errors", errors=errors)
            return
        user = body["user"]
        draft = Draft(
            team_id=asker.team_id or asker.enterprise_id,
            view_id=str(view["id"]),
            attempt=spot.attempt,
            user_id=asker.user_id,
            user_name=str(user.get("name") or ""),
            ticket_id=ticket_id,
            text=written.text,
            origin=Origin(spot.channel_id, spot.thread_ts, spot.link),
        )
        try:
            note, new = bot.outbox.save(draft)
        except StoreUnavailable as error:
            log.error("A note for %s could not be saved: the database failed (%s)", draft.user_id, error)
            ack(response_action="errors", errors={TEXT_BLOCK: note_not_saved()})
            return
        place = ViewPlace(bot.client, note.user_id, view_id=note.view_id, external_id=bot.new_id())
        if new:
            bot.note_work.send(note, place)
        else:
            bot.note_work.show_again(note, written.text, place)
        shown = note_news.adding(ticket_id, note.reference).view()
        ack(response_action="update", view=shown | {"external_id": place.external_id})

    for action_id, decision in ((NOTE_THERE, Decision.THERE), (NOTE_AGAIN, Decision.AGAIN)):
        _register_choice(app, bot, action_id, decision)


def _register_choice(app: App, bot: Services, action_id: str, decision: Decision) -> None:
    @app.action(action_id)
    def choose(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        place = place_of(bot.client, body, replace=True)
        reference, user_id = str(action.get("value")), str(body["user"]["id"])
        asker, deed = asker_of(body), Deed.NOTE if decision is Decision.AGAIN else Deed.SETTLE
        # What is no answer to the question must not take the place of its buttons.
        beside = DirectPlace(bot.client, user_id) if body.get("view") else place_of(bot.client, body)

        def job() -> Talk[None]:
            try:
                note = bot.outbox.get(reference)
                # Slack's user ids are the same in all workspaces of an organisation.
                if note is None or note.user_id != user_id:
                    yield from beside.show(note_news.not_yours())
                    ticket_id = note.ticket_id if note else None
                    record(bot.audit, asker, deed, ticket_id, refused("not yours"), reference=reference)
                else:
                    yield from _choose(bot, note, decision, place)
            except StoreUnavailable as error:
                log.error("A choice on note %s could not be saved: the database failed (%s)", reference, error)
                yield from beside.show(not_recorded())

        what = f"{user_id} says of note {reference}: {decision}"
        bot.gate.enter_or_say(asker, deed, beside, what, lambda _: bot.errands.call_slack(what, job, beside))
        ack()


def _choose(bot: Services, note: Note, decision: Decision, place: Place) -> Talk[None]:
    decided = bot.outbox.decide(note.reference, decision)
    if decided is None:
        now = bot.outbox.get(note.reference) or note
        yield from place.show(note_news.not_in_doubt(note.ticket_id, note.reference, now.state))
    elif decided.state is State.POSTED:
        yield from place.show(note_news.recorded_there(note.ticket_id, note.reference))
    else:
        yield from place.show(note_news.adding(note.ticket_id, note.reference))
        bot.note_work.send(decided, place)


def note_errors(draft: NoteDraft, ticket_id: int | None, max_chars: int) -> dict[str, str]:
    """Say what is wrong with a draft, by the block where it is wrong. Empty when nothing is."""
    errors = {}
    if ticket_id is None:
        errors[NUMBER_BLOCK] = no_number(draft.ticket)
    length = len(draft.text.strip())
    if not clean(draft.text):
        errors[TEXT_BLOCK] = "The note is empty. Write what your team should read."
    elif length > max_chars:
        over = length - max_chars
        errors[TEXT_BLOCK] = f"The note has {length:,} characters; at most {max_chars:,} fit. Shorten it by {over:,}."
    return errors
