"""What the listeners work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.blocks.conversation import conversation_screen
from bot.blocks.failure import reading_failed
from bot.blocks.ids import PartSpot, Spot
from bot.blocks.screen import Screen
from bot.blocks.whole_message import whole_message
from bot.desk import Desk
from bot.leadsquared.errors import LeadSquaredError
from bot.listeners.errands import Errands
from bot.listeners.note_work import NoteWork
from bot.listeners.people import People
from bot.notes import Outbox
from bot.ticket_numbers import TicketLinks
from bot.work import Lane


@dataclass(frozen=True)
class Lanes:
    """The lanes of background work.

    `reads` and `notes` call LeadSquared; `hits` shows what is kept; `lookups` asks Slack for names;
    `slack` opens modals while their triggers live, and shows what is ready.
    """

    reads: Lane
    hits: Lane
    notes: Lane
    lookups: Lane
    slack: Lane


@dataclass(frozen=True)
class Services:
    """The parts of the bot that a listener uses. `ticket_url` is the template with {ticket_id}, or None."""

    desk: Desk
    lanes: Lanes
    errands: Errands
    client: WebClient
    people: People
    links: TicketLinks
    ticket_url: str | None
    new_id: Callable[[], str]
    outbox: Outbox
    note_work: NoteWork

    def read_lane(self, ticket_id: int) -> Lane:
        """Return the lane for showing a ticket: one that is kept never waits behind those that are not."""
        return self.lanes.hits if self.desk.keeps(ticket_id) else self.lanes.reads

    def url(self, ticket_id: int) -> str | None:
        """Return the address of a ticket's page in LeadSquared, when it is known."""
        return ticket_page(self.ticket_url, ticket_id)

    def newest_page(self, ticket_id: int) -> Screen:
        """Return the newest page of a ticket's conversation, or why it cannot be shown."""
        return self._page(Spot(ticket_id), "older")

    def older_page(self, spot: Spot, *, fresh: bool = False) -> Screen:
        """Return the page before a message; the newest where the spot names none."""
        return self._page(spot, "older", fresh=fresh)

    def newer_page(self, spot: Spot) -> Screen:
        """Return the page after a message."""
        return self._page(spot, "newer")

    def whole_message(self, spot: PartSpot) -> Screen:
        """Return a part of one whole message, or why it cannot be shown."""
        try:
            return whole_message(self.desk.conversation(spot.ticket_id), spot)
        except LeadSquaredError as error:
            return reading_failed(spot.ticket_id, error)

    def _page(self, spot: Spot, side: str, *, fresh: bool = False) -> Screen:
        try:
            conversation = self.desk.conversation(spot.ticket_id, fresh=fresh)
        except LeadSquaredError as error:
            return reading_failed(spot.ticket_id, error)
        return conversation_screen(
            conversation,
            older_than=spot.message if side == "older" else None,
            newer_than=spot.message if side == "newer" else None,
            url=self.url(spot.ticket_id),
        )


def ticket_page(template: str | None, ticket_id: int) -> str | None:
    """Return the address of a ticket's page in LeadSquared from its template, when there is one."""
    return template.replace("{ticket_id}", str(ticket_id)) if template else None
