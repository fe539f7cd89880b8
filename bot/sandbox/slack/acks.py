"""What the app may say in its ack: an answer to a command, or what becomes of a submitted view."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.sandbox.slack.compose import compose
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Json, View
from bot.sandbox.slack.refused import Refused, hold
from bot.sandbox.slack.rules import refuse_message, refuse_view
from bot.sandbox.slack.state import State


def answer_command(state: State, interaction: Interaction, channel: str, typed: str) -> None:
    """Show what the ack of a slash command holds: plain text, or JSON with text, blocks and response_type.

    Raises Refused for what Slack would not show. `typed` is the command, which an in_channel answer makes visible.
    """
    if not interaction.body.strip():
        return
    answer = _json(interaction.body)
    if not isinstance(answer, dict):
        answer = {"text": interaction.body}
    in_channel = answer.get("response_type") == "in_channel"
    if in_channel:
        echo = replace(compose(state, channel, {"text": typed}), user=interaction.user, bot_id=None, ours=False)
        state.put_message(echo)
    if any(answer.get(name) for name in ("text", "blocks", "attachments")):
        hold(refuse_message(answer))
        message = compose(state, channel, answer, only_for=None if in_channel else interaction.user)
        interaction.add_message(state.put_message(message))


def answer_submission(modals: Modals, interaction: Interaction, view: View) -> None:
    """Do with a submitted view what its ack says: nothing said closes it.

    Raises Refused for an unknown action, errors that name no input block, or a view that Slack would not take.
    """
    answer = _json(interaction.body) if interaction.body.strip() else {}
    action = answer.get("response_action") if isinstance(answer, dict) else "?"
    if action is None:
        modals.close(view.id)
    elif action == "clear":
        modals.clear(view.user)
    elif action == "errors":
        _show_errors(modals, interaction, view, answer.get("errors"))
    elif action in {"update", "push"}:
        hold(refuse_view(answer.get("view")))
        content: Json = answer["view"]
        changed = modals.update(view.id, content) if action == "update" else modals.push(view.user, content)
        interaction.set_view(changed)
    else:
        raise Refused("invalid_response_action")


def _show_errors(modals: Modals, interaction: Interaction, view: View, errors: Any) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    named = isinstance(errors, dict) and bool(errors) and set(errors) <= inputs
    if not named or not all(isinstance(text, str) and text for text in errors.values()):
        raise Refused("invalid_errors")
    interaction.errors = dict(errors)
    interaction.set_view(view)
    modals.show_errors(view.id, errors)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
