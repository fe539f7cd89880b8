"""A message of the app, made from what the app sent once the rules have let it pass."""

from __future__ import annotations

from bot.sandbox.slack import workspace
from bot.sandbox.slack.modals import with_ids
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.state import State

STORED_TEXT = 40_000  # Slack: chat.postMessage cuts a longer text


def compose(
    state: State, channel: str, arguments: Json, *, only_for: str | None = None, thread_ts: str | None = None
) -> Message:
    """Return a new message of the bot. `arguments` has `text`, `blocks` and `attachments` as Slack takes them.

    It is not in its channel yet: put it there with `State.put_message`.
    """
    return Message(
        channel,
        state.new_ts(),
        workspace.BOT_USER,
        (arguments.get("text") or "")[:STORED_TEXT],
        blocks=with_ids(arguments.get("blocks") or [], state),
        attachments=[
            {**attachment, "blocks": with_ids(attachment.get("blocks", []), state)}
            for attachment in arguments.get("attachments") or []
        ],
        thread_ts=thread_ts,
        bot_id=workspace.BOT_ID,
        only_for=only_for,
        ours=True,
    )
