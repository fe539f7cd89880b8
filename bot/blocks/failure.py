"""What a failure says: what happened, whether anything was written, and what can be done."""

from __future__ import annotations

import math

from bot.blocks.elements import actions, button, one_line, plain_section, quotation
from bot.blocks.ids import REFRESH, Spot
from bot.blocks.screen import Screen, notice
from bot.leadsquared.errors import (
    LeadSquaredError,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
    Uncounted,
)

BUSY = "The bot is busy with other requests. Nothing was done; try again in a minute."

_WHY: tuple[tuple[type[LeadSquaredError], str, str], ...] = (
    (
        Unauthorized,
        "LeadSquared did not accept the bot's keys.",
        "An admin can check the access and secret key, that the API is enabled, and the list of allowed addresses.",
    ),
    (
        NotFound,
        "LeadSquared does not know the address that the bot called.",
        "An admin can check LEADSQUARED_API_URL and LEADSQUARED_ORG_ID.",
    ),
    (Refused, "LeadSquared refused the request.", "Check the ticket number."),
    (RateLimited, "LeadSquared has had too many calls for the moment.", "Try again in a minute."),
    (
        Uncounted,
        "The bot's own database cannot be reached, and without it the bot may not call LeadSquared.",
        "Try again in a minute. An admin can check DATABASE_URL.",
    ),
    (Unavailable, "LeadSquared could not be reached, or did not answer as it should.", "Try again in a minute."),
)


def reading_failed(ticket_id: int, error: LeadSquaredError) -> Screen:
    """Say why a conversation cannot be shown, with a button to try again."""
    what, advice = _words(error)
    heading = f"Ticket #{ticket_id}"
    text = "\n".join([f"The conversation cannot be shown. {what}", *_said(error), advice])
    again = button("Try again", REFRESH, value=str(Spot(ticket_id)))
    return Screen(heading, text, [plain_section(text), actions(again)])


def note_failed(error: LeadSquaredError) -> str:
    """Say why a note was not added, and will not be."""
    what, advice = _words(error)
    if isinstance(error, RateLimited | Unavailable):
        return f"The note was not added, and the bot has stopped trying. {what}\n{advice}"
    return "\n".join([f"The note was not added. {what}", *_said(error), advice])


def note_broken(error_id: str) -> str:
    """Say that the bot failed on a note before it was sent."""
    return (
        f"The note was not added: the bot ran into an error of its own. "
        f"If it happens again, tell whoever looks after the bot, and quote {error_id}."
    )


def note_not_saved() -> str:
    """Say that a note could not be saved, so that it cannot be promised; the same submission is never sent twice."""
    return (
        "The bot could not save the note just now. "
        "Submit it again as it is: even if it was saved after all, it will not be there twice."
    )


def not_recorded() -> Screen:
    """Say that a choice could not be saved."""
    return notice(
        "Not recorded", "The bot could not save your choice just now, and nothing was sent. Please choose again there."
    )


def unexpected(error_id: str) -> Screen:
    """Say that something broke, with the id that stands in the log."""
    return notice(
        "Something went wrong",
        "The bot ran into an error of its own and stopped here.",
        f"Try again. If it happens again, tell whoever looks after the bot, and quote {error_id}.",
    )


def restarting() -> Screen:
    """Say that the bot stops before it came to a request."""
    return notice("The bot is restarting", "Nothing was done. Try again in a minute.")


def waiting(ticket_id: int, seconds: float) -> Screen:
    """Say that an answer takes longer. `seconds` is how long it may still wait for its turn; 0 when it has had it."""
    if seconds < 1:
        words = "LeadSquared takes long to answer."
    else:
        words = f"LeadSquared is busy: about {math.ceil(seconds)} s."
    return notice(f"Ticket #{ticket_id}", f"{words} The conversation will be shown here.")


def busy(what: str) -> Screen:
    """Say that a lane is full; `what` is the heading, for example a ticket's."""
    return notice(what, BUSY)


def _words(error: LeadSquaredError) -> tuple[str, str]:
    return next(((what, advice) for kind, what, advice in _WHY if isinstance(error, kind)), (_WHY[-1][1], _WHY[-1][2]))


def _said(error: LeadSquaredError) -> list[str]:
    """LeadSquared's own words where it refused: they are for people; of other failures they are for the log."""
    if not isinstance(error, Refused | Unauthorized) or not one_line(error.detail):
        return []
    return [f"It said: {quotation(error.detail, 200)}"]
