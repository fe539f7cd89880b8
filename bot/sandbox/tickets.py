"""The sample tickets of the LeadSquared stand-in, by number."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.ticket_hostile import hostile, with_holes
from bot.sandbox.ticket_mails import gmail_thread, word_mail
from bot.sandbox.ticket_model import Ticket
from bot.sandbox.ticket_refund import refund
from bot.sandbox.ticket_stories import address_change, long_mail, many_files, nothing_yet, portal_exchange

__all__ = ["Ticket", "sample_tickets"]


def sample_tickets(now: datetime) -> dict[int, Ticket]:
    """Return the tickets by number, their messages dated back from `now` (aware): the same for the same `now`."""
    tickets = (
        word_mail(now),
        many_files(now),
        portal_exchange(now),
        gmail_thread(now),
        long_mail(now),
        with_holes(now),
        hostile(now),
        address_change(now),
        refund(now),
        nothing_yet(),
    )
    return {ticket.id: ticket for ticket in tickets}
