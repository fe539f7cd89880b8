"""Everything that stands in the workspace, behind one lock, with a version that every change raises.

The lock is for looking and changing, never for waiting on a network. Who waits for something waits on the version.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from bot.sandbox.slack import workspace
from bot.sandbox.slack.records import ApiCall, Channel, Message, Notice, User

T = TypeVar("T")


class State:
    """The workspace now. `clock` tells the time in seconds since the epoch.

    `enterprise` is the id of the organisation that the workspace belongs to, empty without an Enterprise plan.
    """

    def __init__(self, clock: Callable[[], float], bot_name: str, enterprise: str = "") -> None:
        self.clock = clock
        self.enterprise = enterprise
        self.users: dict[str, User] = {
            user.id: user if user.team else replace(user, team=workspace.TEAM.id, enterprise=enterprise)
            for user in workspace.people(bot_name)
        }
        self.groups = workspace.groups()
        self.closed = False
        self._channels = {channel.id: channel for channel in workspace.channels()}
        self._messages = {message.key: message for message in workspace.sample_messages(clock())}
        self._notices: dict[str, Notice] = {}
        self._calls: list[ApiCall] = []
        self._version = 0
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._condition = threading.Condition()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock for a change, and tell everybody who waits."""
        with self._condition:
            yield
            self._version += 1
            self._condition.notify_all()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Hold the lock for a look at several things at once."""
        with self._condition:
            yield

    @property
    def version(self) -> int:
        """The number of changes so far."""
        return self._version

    def wait_for_change(self, since: int, timeout: float) -> int:
        """Return the version once it is over `since`, or as it is when `timeout` seconds are up or all is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._version > since or self.closed, timeout)
            return self._version

    def wait(self, condition: Callable[[], T], timeout: float) -> T:
        """Return the first truthy value of `condition`, asked at every change and 20 times a second.

        Raises AssertionError with the recent calls when `timeout` seconds are up.
        """
        end = time.monotonic() + timeout
        while True:
            seen = self._version
            value = condition()
            if value:
                return value
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not so within {timeout} s; {self._account()}")
            # The condition may look at things outside, whose changes nobody tells us of.
            self.wait_for_change(seen, min(left, 0.05))

    def close(self) -> None:
        """Let everybody who waits for a change go."""
        with self.changing():
            self.closed = True

    def number(self) -> int:
        """Return a number that was not given out before, for ids."""
        return next(self._numbers)

    def new_ts(self) -> str:
        """Return the time as a message's ts: seconds with six digits, each later than the one before."""
        with self._condition:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: str) -> Channel | None:
        """Return a channel by its id, None for one that does not exist."""
        with self._condition:
            return self._channels.get(channel_id)

    def channels_of(self, user: str) -> list[Channel]:
        """Return the channels that a person is in."""
        with self._condition:
            return [channel for channel in self._channels.values() if user in channel.members]

    def direct_channel(self, user: str) -> Channel:
        """Return the direct conversation of a person and the bot, made when there is none."""
        with self.changing():
            new = Channel(f"D0BOT{user[1:]}", "", "dm", frozenset({user, workspace.BOT_USER}))
            return self._channels.setdefault(new.id, new)

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message, None for one that does not exist or was deleted."""
        with self._condition:
            return self._messages.get((channel, ts))

    def messages(self, channel: str, user: str) -> list[Message]:
        """Return the messages of a channel that a person sees, oldest first."""
        with self._condition:
            seen = [m for m in self._messages.values() if m.channel == channel and m.only_for in {None, user}]
        return sorted(seen, key=lambda message: float(message.ts))

    def put_message(self, message: Message) -> Message:
        """Add a message, or let it take the place of the one with its ts."""
        with self.changing():
            self._messages[message.key] = message
            return message

    def remove_message(self, channel: str, ts: str) -> None:
        """Delete a message. One that is not there is no trouble."""
        with self.changing():
            self._messages.pop((channel, ts), None)

    def edit_message(self, message: Message, content: Message) -> Message:
        """Give a message the text, blocks and attachments of another one."""
        return self.put_message(
            replace(message, text=content.text, blocks=content.blocks, attachments=content.attachments, edited=True)
        )

    def notices(self, user: str) -> list[Notice]:
        """Return what Slack itself showed to a person and what was not dismissed, oldest first."""
        with self._condition:
            return [notice for notice in self._notices.values() if notice.user == user]

    def notify(self, user: str, text: str, channel: str | None) -> None:
        """Show a person a line of Slack's own."""
        with self.changing():
            notice = Notice(f"N{self.number():04d}", user, text, channel)
            self._notices[notice.id] = notice

    def dismiss(self, user: str, notice: str) -> bool:
        """Take a notice away. False when this person has none of that id."""
        with self.changing():
            if notice not in {known.id for known in self.notices(user)}:
                return False
            del self._notices[notice]
            return True

    def record(self, call: ApiCall) -> None:
        """Put a call of the app on record."""
        with self.changing():
            self._calls.append(call)

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the app so far, in the order of their answers."""
        with self._condition:
            return list(self._calls)

    def _account(self) -> str:
        lines = [f"  {call.method} {call.status} {str(call.result)[:300]}" for call in self.calls[-8:]]
        lines += [f"  notice to {notice.user}: {notice.text}" for notice in list(self._notices.values())[-3:]]
        return "\n".join(["the last calls were:", *lines]) if lines else "the app made no call"
