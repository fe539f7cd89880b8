"""Every door and button, tried by one person, and what they saw of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from bot.access import Deed, Refusal
from bot.blocks.ids import FormSpot, PageSpot, ShareSpot
from bot.blocks.note_modal import NoteDraft, note_form
from bot.blocks.prompts import ask_for_ticket
from bot.blocks.refused import why_refused
from bot.blocks.share_form import share_form
from bot.blocks.shared import Shared
from bot.notes import Draft, State
from bot.notes.store import Result
from bot.sandbox.slack import Interaction, Message, acks, payloads, workspace
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.records import Channel, Json, User
from tests.access.table import CHANNELS, DIRECT, MODAL, OWN
from tests.conftest import Running

TICKET = 143
# Nobody may read it: whoever is refused asks for this one.
SECRET_TICKET = 666

_COMMAND = "/ticket"
_NOTE_FORM, _TICKET_FORM, _SHARE_FORM = "the note form", "the ticket form", "the share form"
_SHORTCUTS = {"ticket_show": Deed.READ, "ticket_note": Deed.NOTE}
_ON_TICKETS = {
    **dict.fromkeys(("ticket_older", "ticket_newer", "ticket_refresh", "ticket_choose_143"), Deed.READ),
    "message_whole": Deed.READ,
    **dict.fromkeys(("files_new", "files_new_here", "shared_file_1", "shared_ticket"), Deed.READ),
    "ticket_add_note": Deed.NOTE,
    "note_there": Deed.SETTLE,
    "note_again": Deed.NOTE,
}
_IN_MODALS = {
    _NOTE_FORM: Deed.NOTE,
    _TICKET_FORM: Deed.READ,
    "message_previous": Deed.READ,
    "message_next": Deed.READ,
    **_ON_TICKETS,
}
# The form knows the channel that it shares in.
_IN_SHARE_FORM = {_SHARE_FORM: Deed.SHARE, "share_parts": Deed.SHARE}
_IN_CHANNELS = {_COMMAND: Deed.READ, **_SHORTCUTS, **_ON_TICKETS, "ticket_share": Deed.SHARE, **_IN_SHARE_FORM}
_SEEN = {
    **dict.fromkeys(("files_new", "files_new_here", "shared_file_1"), "do not pass it on"),
    "ticket_share": '"callback_id": "share_form"',
    "ticket_add_note": '"callback_id": "note_form"',
    "ticket_note": '"callback_id": "note_form"',
    "note_there": "Nothing was sent again",
    "note_again": "Internal note added",
    _NOTE_FORM: "Internal note added",
}
_TICKET_IS_SEEN = "Meera"
_numbers = count(1)


def doors_at(place: str) -> dict[str, Deed]:
    """Return the doors and buttons that there can be at a place."""
    if place == MODAL:
        return _IN_MODALS
    if place == DIRECT:  # sharing works in channels alone, and says so without looking at anything
        return {door: deed for door, deed in _IN_CHANNELS.items() if deed is not Deed.SHARE}
    return _ON_TICKETS if place == OWN else _IN_CHANNELS


@dataclass
class Visitor:
    """One person, who tries one door after the other."""

    running: Running
    user_id: str
    ticket: int = TICKET

    def __post_init__(self) -> None:
        self.slack = self.running.slack
        known = self.slack.state.users.get(self.user_id)
        self.interaction = self._begins(None)
        self.person = known or User(self.user_id, "nobody", "Nobody", "000000", team=workspace.TEAM.id)

    def tries(self, door: str, place: str, expected: Refusal | None) -> Refusal | str:
        """Use a door, and return what was seen: "allowed", the refusal, or that it was nothing of these."""
        self.ticket = SECRET_TICKET if expected else TICKET
        self.interaction = self._begins(CHANNELS.get(place))
        before = len(self.slack.calls)
        if place == MODAL:
            self._in_modal(door)
        elif door in _IN_SHARE_FORM:
            self._in_share_form(door, CHANNELS[place])
        else:
            self._in_channel(door, place)
        words = _SEEN.get(door, _TICKET_IS_SEEN)

        def outcome() -> Refusal | str | None:
            seen = "\n".join(self._sees(before))
            if words in seen:
                return "allowed"
            # Two refusals have the same words: what is expected goes first.
            order = sorted(Refusal, key=lambda refusal: refusal is not expected)
            return next((refusal for refusal in order if _reason(refusal) in seen), None)

        try:
            return self.slack.wait(outcome, 8) or ""
        except AssertionError as nothing:
            return f"nothing: {nothing}"

    def _begins(self, channel_id: str | None) -> Interaction:
        return Interaction(self.slack.state, self.slack.modals, self.user_id, channel_id)

    def _sees(self, before: int) -> Iterator[str]:
        for message in self.interaction.messages:
            yield json.dumps([message.text, message.blocks], ensure_ascii=False)
        if view := self.interaction.view:
            yield json.dumps([view.content, dict(view.errors)], ensure_ascii=False)
        for call in self.slack.calls[before:]:
            if call.method == "chat.postMessage" and call.arguments["channel"] == self.user_id:
                yield str(call.arguments["text"])

    def _in_channel(self, door: str, place: str) -> None:
        own = place == OWN
        channel = self.slack.state.direct_channel(self.user_id) if own else self._channel(CHANNELS[place])
        if door == _COMMAND:
            form = payloads.slash_command(
                self.person,
                channel,
                door,
                str(self.ticket),
                trigger_id=self.trigger(),
                response_url=self.url(channel),
            )
            self._told(self._delivery.command(form).body)
            acks.answer_command(self.slack.state, self.interaction, channel.id, door)
            return
        seen_by = None if own or door in _SHORTCUTS else self.user_id
        message = self._message(channel, seen_by)
        url = self.url(channel, message)
        if door in _SHORTCUTS:
            payload = payloads.message_action(
                self.person, channel, message, door, trigger_id=self.trigger(), response_url=url, action_ts="1.1"
            )
        else:
            payload = payloads.message_click(
                self.person,
                channel,
                message,
                self._click(door),
                trigger_id=self.trigger(),
                response_url=url,
                values={},
            )
        self._told(self._delivery.interaction(payload).body)

    def _in_modal(self, door: str) -> None:
        ticket, text = str(self.ticket), "Call her back"
        forms = {
            _NOTE_FORM: note_form(NoteDraft(ticket, text), max_chars=999, spot=FormSpot()),
            _TICKET_FORM: ask_for_ticket(),
        }
        values = {"ticket": {"value": {"value": ticket}}, "note": {"value": {"value": text}}}
        self._in_form(forms.get(door, forms[_TICKET_FORM]), door, values if door in forms else None)

    def _in_share_form(self, door: str, channel_id: str) -> None:
        """It shows nothing of the ticket: what would be posted is shown then, to those who may post it."""
        form = share_form(Shared("", []), ShareSpot(PageSpot(self.ticket, 3, 1), channel_id))
        self._in_form(form, door, {} if door == _SHARE_FORM else None)

    def _in_form(self, form: Json, door: str, values: Json | None) -> None:
        """Submit a form with these values; without any, click in it."""
        view = self.slack.modals.open(self.user_id, form)
        self.interaction.set_view(view)
        if values is not None:
            payload = payloads.view_submission(self.person, view, trigger_id=self.trigger(), values=values)
            self._told(self._delivery.interaction(payload).body)
            acks.answer_submission(self.slack.modals, self.interaction, view)
            return
        payload = payloads.view_click(self.person, view, self._click(door), trigger_id=self.trigger(), values={})
        self._told(self._delivery.interaction(payload).body)

    @property
    def _delivery(self) -> Delivery:
        return self.slack._delivery()

    def _told(self, body: str) -> None:
        self.interaction.body = body

    def _channel(self, channel_id: str) -> Channel:
        return self.slack.state.channel(channel_id) or Channel(channel_id, "gone", "public", frozenset())

    def _message(self, channel: Channel, only_for: str | None) -> Message:
        message = Message(
            channel.id, self.slack.state.new_ts(), "", f"See #{self.ticket}", only_for=only_for, ours=True
        )
        return self.slack.state.put_message(message)

    def _click(self, door: str) -> Json:
        value = f"{self.ticket}:1:1" if door.startswith("message_") else f"{self.ticket}:"
        if door in {"files_new", "files_new_here", "shared_file_1", "ticket_share"}:
            value = f"{self.ticket}:3:1"  # the third message has a file
        if door in {"note_there", "note_again"}:
            value = self.note_in_doubt()
        return payloads.action("b1", {"type": "button", "action_id": door, "value": value}, "1.1", {})

    def note_in_doubt(self) -> str:
        """Return the reference of a new note of this person's that may or may not be there."""
        outbox, view_id = self.running.bot.outbox, f"V0DOUBT{next(_numbers)}"
        draft = Draft(self.person.team, view_id, 1, self.user_id, self.person.name, self.ticket, "Call her back")
        note, now = outbox.save(draft).note, time.time()
        claimed = outbox._store.claim(note.reference, "a test", now, now + 90)
        assert claimed
        outbox._store.finish(claimed, Result(State.UNKNOWN, "OutcomeUnknown", "", now + 3600), now)
        return note.reference

    def trigger(self) -> str:
        """Return a new trigger_id."""
        return self.slack._triggers.issue(self.interaction)

    def url(self, channel: Channel, source: Message | None = None) -> str:
        """Return a new response_url, of a click on a message where there is one."""
        return f"{self.slack.url}/response/{self.slack._response_urls.issue(self.interaction, channel.id, source)}"


def _reason(refusal: Refusal) -> str:
    return why_refused(refusal).removesuffix(" Nothing was done.")
