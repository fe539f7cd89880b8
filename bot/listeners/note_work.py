"""Notes on their way: saved ones are sent in a lane of their own, and their people are told what came of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from bot.access import Access, Asker, Deed, Door, Permit, Refusal
from bot.blocks import failure, note_news
from bot.blocks.ids import FormSpot
from bot.blocks.note_modal import NoteDraft, note_form
from bot.blocks.refused import note_refused
from bot.blocks.screen import Screen
from bot.leadsquared.errors import Unavailable, named
from bot.listeners.errands import Errands, OneAnswer
from bot.listeners.people import People
from bot.listeners.places import AnswerAsView, DirectPlace, Place, ViewPlace, send_directly, show_in_channel
from bot.listeners.talks import Talk
from bot.notes import BROKEN, FORBIDDEN, LOST, Note, Outbox, State, StoreUnavailable
from bot.slack_client import SlackClient
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

# What Slack does not take for longer is told again by the outbox, which leaves 60 s to who tells of a note.
_TELLING_SECONDS = 45.0


@dataclass(frozen=True)
class NoteWork:
    """Sends notes and tells of them. `url` makes the address of a ticket's page, or None."""

    outbox: Outbox
    lane: Lane
    errands: Errands
    client: SlackClient
    people: People
    access: Access
    url: Callable[[int], str | None]
    # Called with a ticket that has a new note: what is kept of it is out of date.
    changed: Callable[[int], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _under_way: set[tuple[str, int]] = field(default_factory=set)
    _being_told: set[tuple[str, State, int]] = field(default_factory=set)

    def send(self, note: Note, place: Place) -> None:
        """Queue the sending of a saved note, and tell at `place` what comes of it. Never waits, never raises.

        A note that finds no room in the lane is sent when the outbox is next looked after.
        """

        def work() -> None:
            after = self._deliver(note)
            if after and one.take():
                self._tell(after, place)
            elif self.outbox.has_stopped():
                dropped()

        def dropped() -> None:
            if one.take():
                what = f"Note {note.reference} at a restart"
                self.errands.show(place, what, note_news.restarting(note.ticket_id, note.reference))

        one = OneAnswer()
        self._queue(note, work, dropped)

    def show_again(self, note: Note, text: str, place: ViewPlace) -> None:
        """Show in a modal what is known of a note that was submitted a second time, with its `text`."""

        def work() -> Talk[None]:
            # Once this has landed, so has the ack; then what is read is not older than what is shown.
            yield from place.show_there(note_news.adding(note.ticket_id, note.reference))
            now = self.outbox.get(note.reference)
            if now and now.state not in {State.QUEUED, State.SENDING}:
                yield from place.show_there(self._news(replace(now, text=text)))

        self.errands.call_slack(f"Show note {note.reference} again", work, place)

    def tend(self) -> None:
        """Send and tell what was left undone: in a note's modal if it is open, else directly.

        Raises StoreUnavailable.
        """
        left = self.outbox.tend()
        for note in left.due:
            self._queue(note, partial(self._send_late, note))
        for note in left.untold:
            if claimed := self.outbox.claim_telling(note):
                self._tell(claimed, self._modal(claimed))

    def _queue(self, note: Note, work: Callable[[], None], dropped: Callable[[], None] = lambda: None) -> None:
        errand = (note.reference, note.said)
        with self._lock:
            if errand in self._under_way:
                return
            self._under_way.add(errand)

        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._under_way.discard(errand)

        try:
            self.lane.submit(run, dropped)
        except LaneFull:
            with self._lock:
                self._under_way.discard(errand)
            log.warning("Note %s waits in the outbox: lane %s is full or closing", note.reference, self.lane.name)

    def _send_late(self, note: Note) -> None:
        if after := self._deliver(note):
            self._tell(after, self._modal(note))

    def _deliver(self, note: Note) -> Note | None:
        try:
            try:
                # The person may have lost the right since it was submitted, also while the bot was away.
                verdict = self.access.ask(Asker(note.user_id, note.team_id, "", "", Door.MODAL), Deed.NOTE)
                if isinstance(verdict, Refusal):
                    return self.outbox.refuse(note, FORBIDDEN, verdict)
                return self._post(verdict, note)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 (whatever broke, the person gets the text back)
                return self.outbox.refuse(note, BROKEN, self.errands.log_error(f"Note {note.reference}", error))
        except StoreUnavailable as error:
            log.error("Note %s waits: the database failed (%s)", note.reference, error)
            return None

    def _post(self, _permit: Permit, note: Note) -> Note | None:
        return self.outbox.deliver(note, self.people.author(note.user_id, otherwise=note.user_name))

    def _tell(self, note: Note, place: Place) -> None:
        """Queue the telling of a note's state: what calls Slack never waits behind what calls LeadSquared."""
        if note.state is State.POSTED:
            self.changed(note.ticket_id)
        if note.state is State.QUEUED and note.told:
            return  # that it waits was said; what matters next is how it ends
        errand = (note.reference, note.state, note.said)
        with self._lock:
            if errand in self._being_told:
                return  # Slack is slow: what waits for it need not wait twice
            self._being_told.add(errand)

        def say() -> Talk[None]:
            try:
                yield from self._say(note, place)
            finally:
                end()

        def end() -> None:
            with self._lock:
                self._being_told.discard(errand)

        what = f"Tell {note.user_id} of note {note.reference}, {note.state}"
        if not self.errands.call_slack(what, say, place, patience=_TELLING_SECONDS):
            end()

    def _say(self, note: Note, place: Place) -> Talk[None]:
        news = self._news(note)
        if note.state is State.UNKNOWN:
            # The choice must still be there when the modal is closed.
            yield from place.show_there(news)
            heard = yield from send_directly(self.client, note.user_id, news)
        else:
            heard = yield from place.show(news)
        if note.state is State.POSTED and note.origin.channel_id:
            # Slack does not promise that it is seen there, so it does not count.
            line = note_news.receipt_line(note.ticket_id, note.reference)
            yield from show_in_channel(self.client, note.user_id, note.origin.channel_id, note.origin.thread_ts, line)
        if heard:
            self.errands.answered()
            self._heard(note)

    def _heard(self, note: Note) -> None:
        try:
            self.outbox.told(note)
        except StoreUnavailable as error:
            log.error("Note %s: that it was told could not be saved (%s)", note.reference, error)

    def _news(self, note: Note) -> Screen | AnswerAsView:
        url = self.url(note.ticket_id)
        match note.state:
            case State.POSTED:
                return note_news.receipt(note.ticket_id, note.reference, note.text, url)
            case State.UNKNOWN:
                lost = note.outcome == LOST
                return note_news.doubt(note.ticket_id, note.reference, note.text, url, lost=lost)
            case State.REFUSED:
                return self._not_added(note)
            case _ if note.outcome:
                return note_news.waiting(note.ticket_id, note.reference)
            case _:
                return note_news.adding(note.ticket_id, note.reference)

    def _not_added(self, note: Note) -> AnswerAsView:
        """The form again with the text still in it; where it is closed, a message that holds the text."""
        if note.outcome == BROKEN:
            problem = failure.note_broken(note.detail)
        elif note.outcome == FORBIDDEN:
            problem = note_refused(Refusal(note.detail))
        else:
            problem = failure.note_failed(named(note.outcome, note.detail) or Unavailable())
        origin = note.origin
        form = note_form(
            NoteDraft(str(note.ticket_id), note.text or ""),
            max_chars=self.outbox.max_text_chars(origin.link),
            spot=FormSpot(note.attempt + 1, origin.channel_id, origin.thread_ts, origin.link),
            problem=problem,
        )
        return AnswerAsView(form, note_news.not_added(note.ticket_id, note.reference, note.text, problem))

    def _modal(self, note: Note) -> Place:
        try:
            if self.outbox.is_newest(note):
                return ViewPlace(self.client, note.user_id, view_id=note.view_id)
        except StoreUnavailable as error:
            log.error("Note %s is told directly: the database failed (%s)", note.reference, error)
        return DirectPlace(self.client, note.user_id)
