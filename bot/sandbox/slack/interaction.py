"""What a person did, and what came of it; and the trigger that each such thing gives the app."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.records import Message, View
from bot.sandbox.slack.refused import Refused
from bot.sandbox.slack.state import State

TRIGGER_SECONDS = 3.0  # Slack: a trigger_id lives 3 seconds, and is good for one view


class Interaction:
    """One thing that a person did. It stands for ever: later messages and views of it show up in it.

    `status`, `seconds` and `body` are those of the ack (None and "" without one). `error` is the code that the person
    is shown (operation_timeout, dispatch_failed, invalid_command_response, …) or None; `errors` are texts under inputs.
    """

    def __init__(self, state: State, modals: Modals, user: str, channel: str | None) -> None:
        self.user = user
        self.channel = channel
        self.status: int | None = None
        self.seconds = 0.0
        self.body = ""
        self.error: str | None = None
        self.errors: dict[str, str] = {}
        self._state = state
        self._modals = modals
        self._keys: list[tuple[str, str]] = []
        self._view_id: str | None = None

    @property
    def messages(self) -> list[Message]:
        """The messages of its ack and its response_url as they stand now, without deleted ones."""
        found = [self._state.message(*key) for key in list(self._keys)]
        return [message for message in found if message is not None]

    @property
    def view(self) -> View | None:
        """The view that was opened with its trigger or changed by its ack, as it stands now."""
        return self._modals.get(self._view_id) if self._view_id else None

    def message(self, timeout: float = 5.0) -> Message:
        """Return the first message, waiting for it. Raises AssertionError when none comes in `timeout` seconds."""
        return self._state.wait(lambda: self.messages, timeout)[0]

    def opened(self, timeout: float = 5.0) -> View:
        """Return the view, waiting for it. Raises AssertionError when none comes in `timeout` seconds."""
        view = self._state.wait(lambda: self.view, timeout)
        assert view is not None  # noqa: S101 (wait returns what is truthy)
        return view

    def add_message(self, message: Message) -> None:
        """Take note of a message that it led to."""
        with self._state.changing():
            if message.key not in self._keys:
                self._keys.append(message.key)

    def set_view(self, view: View) -> None:
        """Take note of the view that it led to."""
        with self._state.changing():
            self._view_id = view.id


@dataclass(frozen=True, slots=True)
class _Trigger:
    interaction: Interaction
    at: float


class Triggers:
    """The trigger_ids that were given out."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._live: dict[str, _Trigger] = {}
        self._used: set[str] = set()

    def issue(self, interaction: Interaction) -> str:
        """Return a new trigger_id."""
        with self._state.looking():
            number = self._state.number()
            trigger_id = f"{number}.{int(self._state.clock())}.{number * 2654435761 % 2**32:08x}"
            self._live[trigger_id] = _Trigger(interaction, self._state.clock())
            return trigger_id

    def spend(self, trigger_id: str) -> Interaction:
        """Return what the trigger_id came from. Refused when it is used, too old, or not one of ours."""
        with self._state.looking():
            if trigger_id in self._used:
                raise Refused("exchanged_trigger_id")
            trigger = self._live.get(trigger_id)
            if trigger is None:
                raise Refused("invalid_trigger_id")
            if self._state.clock() - trigger.at > TRIGGER_SECONDS:
                raise Refused("expired_trigger_id")
            self._used.add(trigger_id)
            return trigger.interaction
