"""What a person can do: write, run a command or a shortcut, click, submit and close.

Each verb delivers in the calling thread and returns when the ack came or its time was up.
Raises LookupError for what no person could do: a message, view, element or option that is not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import acks, payloads, workspace
from bot.sandbox.slack.delivery import Ack, Delivery
from bot.sandbox.slack.inputs import find_option, input_faults, state_values
from bot.sandbox.slack.interaction import Interaction, Triggers
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Channel, Json, Message, User, View
from bot.sandbox.slack.refused import Refused
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.rules import walk_blocks, walk_elements
from bot.sandbox.slack.state import State

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Persons:
    """The verbs, over the parts of the stand-in. `delivery` gives the way to the app as it is now."""

    state: State
    modals: Modals
    triggers: Triggers
    response_urls: ResponseUrls
    manifest: Manifest
    delivery: Callable[[], Delivery]
    url: Callable[[], str]

    def slash(self, typed: str, user: str, channel_id: str) -> Interaction:
        """Send what a person typed after a `/`, the slash included."""
        person, channel = self._person(user), self._channel(channel_id)
        interaction = Interaction(self.state, self.modals, user, channel_id)
        command, text = (*typed.strip().split(maxsplit=1), "")[:2]
        if command not in self.manifest.commands:
            return self._told(interaction, "invalid_command", f"{command} is not a valid command.")
        form = payloads.slash_command(
            person,
            channel,
            command,
            text,
            trigger_id=self.triggers.issue(interaction),
            response_url=self._response_url(interaction, channel),
        )
        self._deliver(interaction, lambda: self.delivery().command(form))
        if interaction.error is None:
            try:
                acks.answer_command(self.state, interaction, channel_id, typed.strip())
            except Refused:
                interaction.error = "invalid_command_response"
        if interaction.error:
            self._tell(interaction, f'{command} failed with the error "{interaction.error}"')
        return interaction

    def shortcut(self, callback_id: str, user: str, channel_id: str, ts: str) -> Interaction:
        """Run a message shortcut on a message."""
        person, channel = self._person(user), self._channel(channel_id)
        message = self._message(channel_id, ts, user)
        if message.ephemeral:
            raise LookupError("Slack offers no shortcuts on messages that one person alone sees")
        interaction = Interaction(self.state, self.modals, user, channel_id)
        if callback_id not in self.manifest.shortcuts:
            return self._told(interaction, "invalid_shortcut", f"The app has no shortcut {callback_id}.")
        payload = payloads.message_action(
            person,
            channel,
            message,
            callback_id,
            trigger_id=self.triggers.issue(interaction),
            response_url=self._response_url(interaction, channel),
            action_ts=self.state.new_ts(),
        )
        self._send(interaction, payload)
        if interaction.error:
            name = self.manifest.shortcuts[callback_id]["name"]
            self._tell(interaction, f'"{name}" failed with the error "{interaction.error}"')
        return interaction

    def click(
        self,
        target: Message | View,
        *,
        user: str,
        action_id: str,
        block_id: str | None,
        option: str | None,
        given: Mapping[str, Any],
    ) -> Interaction:
        """Use an element of a message or a view, as it stands now. `option` is what is chosen in it."""
        person = self._person(user)
        if isinstance(target, View):
            view = self._open_view(target.id, user)
            blocks, channel_id = view.blocks, None
        else:
            message = self._message(*target.key, user)
            blocks, channel_id = self._all_blocks(message), message.channel
        block, element = _element(blocks, action_id, block_id)
        values = state_values(blocks, given)
        used = payloads.action(block["block_id"], element, self.state.new_ts(), _chosen(block, element, option, values))
        interaction = Interaction(self.state, self.modals, user, channel_id)
        trigger_id = self.triggers.issue(interaction)
        if isinstance(target, View):
            payload = payloads.view_click(person, view, used, trigger_id=trigger_id, values=values)
        else:
            channel = self._channel(message.channel)
            payload = payloads.message_click(
                person,
                channel,
                message,
                used,
                trigger_id=trigger_id,
                response_url=self._response_url(interaction, channel, message),
                values=values,
            )
        self._send(interaction, payload)
        if interaction.error:
            self._tell(interaction, f'That did not work: the app failed with the error "{interaction.error}"')
        return interaction

    def submit(self, view_id: str, user: str | None, given: Mapping[str, Any], deliveries: int = 1) -> Interaction:
        """Submit a view. What Slack's client itself refuses is shown under the inputs, and nothing is sent.

        `deliveries`: the same submission reaches the app that often, at once, and each ack is obeyed.
        """
        view = self._open_view(view_id, user)
        person = self._person(view.user)
        if "submit" not in view.content:
            raise LookupError(f'the view "{view.title}" has no submit button')
        values = state_values(view.blocks, given)
        interaction = Interaction(self.state, self.modals, view.user, None)
        interaction.errors = input_faults(view.blocks, values)
        if interaction.errors:
            self.modals.show_errors(view_id, interaction.errors)
            return interaction
        if not self.modals.set_busy(view_id, busy=True):
            raise LookupError(f'the view "{view.title}" is being submitted')
        payload = payloads.view_submission(person, view, trigger_id=self.triggers.issue(interaction), values=values)
        further = [Interaction(self.state, self.modals, view.user, None) for _ in range(deliveries - 1)]
        with ThreadPoolExecutor(max(1, len(further))) as at_once:
            for each in further:
                at_once.submit(self._submit, each, view, payload)
            self._submit(interaction, view, payload)
        return interaction

    def _submit(self, interaction: Interaction, view: View, payload: Json) -> None:
        self._send(interaction, payload)
        self.modals.set_busy(view.id, busy=False)
        if interaction.error is None:
            try:
                acks.answer_submission(self.modals, interaction, view)
            except Refused:
                interaction.error = "invalid_response"
        if interaction.error:
            self._tell(interaction, TROUBLE)

    def close_view(self, view_id: str, user: str | None) -> Interaction:
        """Close a view. The app is told only of views that ask for it."""
        view = self._open_view(view_id, user)
        interaction = Interaction(self.state, self.modals, view.user, None)
        whole_stack = bool(view.content.get("clear_on_close"))
        closed = self.modals.clear(view.user) if whole_stack else self.modals.close(view_id)
        for gone in closed:
            if gone.content.get("notify_on_close"):
                self._send(interaction, payloads.view_closed(self._person(gone.user), gone, is_cleared=whole_stack))
        return interaction

    def _send(self, interaction: Interaction, payload: Json) -> None:
        self._deliver(interaction, lambda: self.delivery().interaction(payload))

    def _deliver(self, interaction: Interaction, send: Callable[[], Ack]) -> None:
        began = time.monotonic()
        ack = send()
        interaction.seconds = time.monotonic() - began
        interaction.status, interaction.body, interaction.error = ack.status, ack.body, ack.error

    def _tell(self, interaction: Interaction, text: str) -> None:
        self.state.notify(interaction.user, text, interaction.channel)

    def _told(self, interaction: Interaction, error: str, text: str) -> Interaction:
        interaction.error = error
        self._tell(interaction, text)
        return interaction

    def _response_url(self, interaction: Interaction, channel: Channel, source: Message | None = None) -> str:
        return f"{self.url()}/response/{self.response_urls.issue(interaction, channel.id, source)}"

    def _person(self, user: str) -> User:
        person = self.state.users.get(user)
        if person is None or user == workspace.BOT_USER:
            raise LookupError(f"no such person: {user}")
        return person

    def _channel(self, channel_id: str) -> Channel:
        channel = self.state.channel(channel_id)
        if channel is None:
            raise LookupError(f"no such channel: {channel_id}")
        return channel

    def _message(self, channel: str, ts: str, user: str) -> Message:
        message = self.state.message(channel, ts)
        if message is None or message.only_for not in {None, user}:
            raise LookupError(f"{user} sees no message {ts} in {channel}")
        return message

    def _open_view(self, view_id: str, user: str | None) -> View:
        view = self.modals.get(view_id)
        if view is None or not view.open or user not in {None, view.user}:
            raise LookupError(f"no such view is open: {view_id}")
        return view

    @staticmethod
    def _all_blocks(message: Message) -> list[Json]:
        return [*message.blocks, *(b for attachment in message.attachments for b in attachment.get("blocks", []))]


def _element(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    for block, _ in walk_blocks(blocks):
        for element, _ in walk_elements(block):
            if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
                if block["type"] == "input" and not block.get("dispatch_action"):
                    raise LookupError(f"the input {action_id} sends no actions")
                return block, element
    raise LookupError(f"nothing to click is called {action_id}")


def _chosen(block: Json, element: Json, option: str | None, values: Json) -> Json:
    """Put the choice into the state too, and return what the action says of it."""
    if element["type"] == "button":
        return {}
    if element["type"] == "overflow":
        return {"selected_option": find_option(element, option or "")}
    held = values[block["block_id"]][element["action_id"]]
    if option is not None:
        # What is chosen counts before what the form held.
        only = state_values([block], {element["action_id"]: [option] if element["type"] == "checkboxes" else option})
        held = values[block["block_id"]][element["action_id"]] = only[block["block_id"]][element["action_id"]]
    return {name: content for name, content in held.items() if name != "type"}
