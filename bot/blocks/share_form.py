"""The modal that shares a page of a ticket: what will be posted and where, and what came of it."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import rich_text
from bot.blocks.elements import Block, Element, actions, button, plain_context, plain_section, plain_text
from bot.blocks.ids import SHARE_FORM, SHARE_PARTS, SHARED_LINK, ShareSpot
from bot.blocks.screen import Screen, View, modal, notice
from bot.blocks.shared import Part, Shared

# What each tick lets stand: its name, and what it is otherwise.
_PARTS = {
    Part.HISTORY: ("Quoted history", "Earlier messages that the mails quote"),
    Part.CONTACTS: ("Contact details", "E-mail addresses and phone numbers; else they are masked"),
    Part.FILES: ("Attachments", "Buttons: each person who clicks one gets a link of their own"),
}
CHANGED = "The ticket has changed since this was shown, so nothing was posted. This is what would be posted now."
CLOSED = "The form was closed. Nothing was posted."
REFUSED = "Nothing was posted. Share again from the ticket."
NOT_AS_TICKED = "What was shown had not caught up with your ticks, so nothing was posted. Now it has."


def share_form(shared: Shared, spot: ShareSpot, *, problem: str = "") -> View:
    """Build the form around just what will be posted. Slack: ≤ 100 blocks a modal.

    `spot` says where to; its digest is taken from what is shown. `problem` says why the last try posted nothing.
    """
    blocks: list[Block] = [
        *([plain_section(problem), {"type": "divider"}] if problem else []),
        rich_text.rich_text([rich_text.section(rich_text.text("Post to "), *_where(spot), rich_text.text("?"))]),
        _ticks(spot),
        plain_context("Just this will be posted. Everybody in the channel can read it, now and later."),
        *shared.blocks,
    ]
    title = f"Share ticket #{spot.page.ticket_id}"
    form = modal(title, blocks, callback_id=SHARE_FORM, submit="Share", close="Cancel")
    return form | {"private_metadata": str(replace(spot, digest=shared.digest))}


def preparing(ticket_id: int) -> View:
    """Build the view that opens at once, while what will be posted is put together."""
    words = [plain_section("Preparing what will be posted…")]
    return modal(f"Share ticket #{ticket_id}", words, callback_id="share_wait", close="Cancel")


def posting(spot: ShareSpot) -> Screen:
    """Say that a message is on its way. There is nothing to submit, so that nothing is posted twice."""
    last = "If this does not change within a minute, look there before you share it again."
    return _told(spot, "Posting", "Posting to ", "…", last)


def posted(spot: ShareSpot, link: str) -> Screen:
    """Say that a message was posted, with its address where that is known."""
    shown = _told(spot, "Posted", "Posted in ", ".", "Its buttons answer only the person who clicks.")
    row = [actions(button("Open the message", SHARED_LINK, url=link))] if link else []
    return replace(shown, blocks=[*shown.blocks, *row])


def maybe_posted(spot: ShareSpot) -> Screen:
    """Say that nobody can know whether a message is there."""
    last = "Look there before you share it again. The bot does not post it again by itself."
    return _told(spot, "Was it posted?", "Slack did not confirm the message. It may or may not be in ", ".", last)


def not_posted(ticket_id: int, problem: str) -> Screen:
    """Say outside the form why nothing was posted."""
    return notice(f"Share ticket #{ticket_id}", problem)


def page_gone(ticket_id: int) -> Screen:
    """Say that the messages of a page are not there any more."""
    return not_posted(
        ticket_id, "These messages are not on the ticket any more. Nothing was posted. Show the ticket again."
    )


def restarting(ticket_id: int) -> Screen:
    """Say that the bot stops before it came to post."""
    return not_posted(ticket_id, "The bot is restarting, and nothing was posted. Share again in a minute.")


def no_channel(ticket_id: int) -> Screen:
    """Say where sharing works, to somebody who is not in a channel."""
    return notice(
        f"Share ticket #{ticket_id}",
        "Share works in channels: it posts to the channel that you are in.",
        f"Go to the channel where it should be read, type /ticket {ticket_id} there, and choose Share… under it. "
        "Nothing was posted.",
    )


def busy() -> str:
    """Say that there is no room for more work."""
    return "Nothing was posted: the bot is busy with other requests. Share again in a minute."


def not_saved() -> str:
    """Say that it could not be made sure that nothing is posted twice."""
    return (
        "Nothing was posted: the bot could not reach its database, which sees to it that nothing is posted twice. "
        "Share again in a minute."
    )


def refused(error: str) -> str:
    """Say why Slack did not take a message, by Slack's error code, and what can be done."""
    if error in {"not_in_channel", "channel_not_found"}:
        return (
            "Nothing was posted: the bot is not in this channel. "
            "Invite it there (type /invite, and choose this app), then share again."
        )
    if error == "is_archived":
        return "Nothing was posted: the channel is archived."
    if error.startswith("restricted_action") or error == "no_permission":
        return "Nothing was posted: this channel lets only some people post. An admin of the channel can let the bot."
    if error in {"ratelimited", "rate_limited", "unreachable"}:
        why = "could not be reached" if error == "unreachable" else "takes no more messages for the moment"
        return f"Nothing was posted: Slack {why}. Share again in a minute."
    return (
        f"Nothing was posted: Slack refused the message ({error}). Whoever looks after the bot finds more in its log."
    )


def _told(spot: ShareSpot, heading: str, before: str, behind: str, last: str) -> Screen:
    line = rich_text.section(rich_text.text(before), *_where(spot), rich_text.text(behind))
    text = f"Ticket #{spot.page.ticket_id}. {before}{'a thread of ' * bool(spot.thread_ts)}the channel{behind}\n{last}"
    return Screen(heading, text, [rich_text.rich_text([line]), plain_context(last)])


def _where(spot: ShareSpot) -> list[Element]:
    channel: Element = {"type": "channel", "channel_id": spot.channel_id}
    return [channel, rich_text.text(", in the thread that you are in")] if spot.thread_ts else [channel]


def _ticks(spot: ShareSpot) -> Block:
    options = {
        part: {"text": plain_text(name), "description": plain_text(what), "value": str(part)}
        for part, (name, what) in _PARTS.items()
    }
    ticked = [option for part, option in options.items() if part in spot.parts]
    element: Element = {"type": "checkboxes", "action_id": SHARE_PARTS, "options": list(options.values())}
    if ticked:
        element["initial_options"] = ticked
    # An input, so that a refusal can stand under it; what is ticked is told at once all the same.
    return {
        "type": "input",
        "block_id": SHARE_PARTS,
        "dispatch_action": True,
        "optional": True,
        "label": plain_text("Also post"),
        "element": element,
    }
