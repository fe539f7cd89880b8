"""What the listeners work with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.audit import Audit
from bot.blocks.conversation import conversation_screen
from bot.blocks.ids import PartSpot, Spot
from bot.blocks.screen import Screen
from bot.blocks.whole_message import whole_message
from bot.check.finding import Finding
from bot.leadsquared.model import Conversation
from bot.listeners.errands import Errands
from bot.listeners.gate import Gate
from bot.listeners.note_work import NoteWork
from bot.listeners.people import People
from bot.listeners.reading import Readings
from bot.listeners.share_work import ShareWork
from bot.notes import Outbox
from bot.slack_client import SlackClient
from bot.ticket_numbers import TicketLinks
from bot.work import Lane

PageMaker = Callable[[Conversation], Screen]


@dataclass(frozen=True)
class Lanes:
    """The lanes of background work.

    `reads` and `notes` call LeadSquared; `fetched` shows what came of it, `hits` what is kept; `lookups` asks Slack
    for rights and names;
    `slack` opens modals while their triggers live, and shows what is ready.
    """

    reads: Lane
    fetched: Lane
    hits: Lane
    notes: Lane
    lookups: Lane
    slack: Lane

    def waiting(self) -> dict[str, Callable[[], int]]:
        """Return what tells how many jobs wait in each lane, by its name."""
        return {lane.name: partial(getattr, lane, "queued") for lane in vars(self).values()}


@dataclass(frozen=True)
class Services:
    """The parts of the bot that a listener uses. `ticket_url` is the template with {ticket_id}, or None."""

    lanes: Lanes
    errands: Errands
    gate: Gate
    audit: Audit
    client: SlackClient
    people: People
    links: TicketLinks
    ticket_url: str | None
    new_id: Callable[[], str]
    outbox: Outbox
    note_work: NoteWork
    readings: Readings
    share_work: ShareWork
    # Says what is wrong with the bot, None while it says so to somebody else; and who may ask, by the command.
    check: Callable[[], Sequence[Finding] | None]
    may_check: Callable[[Mapping[str, Any]], bool]
    # Pages as they were built, by conversation and place in it.
    pages: MutableMapping[Any, Screen]
    pages_lock: threading.Lock = field(default_factory=threading.Lock)
    # Held while a page is built: several at once would not be there sooner, and acks would wait for the processor.
    building: threading.Lock = field(default_factory=threading.Lock)

    def url(self, ticket_id: int) -> str | None:
        """Return the address of a ticket's page in LeadSquared, when it is known."""
        return ticket_page(self.ticket_url, ticket_id)

    def older_page(self, spot: Spot) -> PageMaker:
        """Return what makes the page before a message; the newest where the spot names none."""
        return lambda conversation: self._page(conversation, spot.message, None)

    def newer_page(self, spot: Spot) -> PageMaker:
        """Return what makes the page after a message."""
        return lambda conversation: self._page(conversation, None, spot.message)

    def newest_page(self, conversation: Conversation) -> Screen:
        """Return the newest page of a conversation."""
        return self._page(conversation, None, None)

    def whole_message(self, spot: PartSpot) -> PageMaker:
        """Return what makes a part of one whole message."""
        return lambda conversation: whole_message(conversation, spot)

    def _page(self, conversation: Conversation, older_than: int | None, newer_than: int | None) -> Screen:
        which = (conversation.ticket_id, conversation.fetched, older_than, newer_than)
        if kept := self._kept_page(which):
            return kept
        with self.building:
            # Of a crowd that waits for a ticket, only the first builds its page.
            if kept := self._kept_page(which):
                return kept
            url = self.url(conversation.ticket_id)
            page = conversation_screen(conversation, older_than=older_than, newer_than=newer_than, url=url)
            with self.pages_lock:
                self.pages[which] = page
            return page

    def _kept_page(self, which: Any) -> Screen | None:
        with self.pages_lock:
            return self.pages.get(which)


def ticket_page(template: str | None, ticket_id: int) -> str | None:
    """Return the address of a ticket's page in LeadSquared from its template, when there is one."""
    return template.replace("{ticket_id}", str(ticket_id)) if template else None
