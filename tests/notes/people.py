"""People who write notes whether or not the bot is up, as they do: again when Slack had trouble, and patient or not."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.sandbox.slack import workspace
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import Message, User, View
from bot.sandbox.stage import Stage

T = TypeVar("T")
TICKET = 143
SECONDS = 30.0
# How long they look at something before they try again, or do something else.
PATIENCE = 4.0
AGAIN = 0.05
ENDS = {"Internal note added", "Is the note there?"}


class Door:
    """The way to the bots that are up, now to the one and now to the other. `turn` grows with every change."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.turn = 0
        self._stage = stage
        self._urls: list[str] = []
        self._rng = rng
        self._changed = threading.Condition()

    def open(self, url: str) -> None:
        """Lead to one more bot."""
        with self._changed:
            self._urls.append(url)
            self._change()

    def shut(self, url: str) -> None:
        """Lead to it no more. That it is gone is known when people have begun to notice."""
        with self._changed:
            if url in self._urls:
                self._urls.remove(url)
            self._change()

    def choose(self) -> int:
        """Turn Slack to one of the bots, waiting for one, and return the turn."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._urls, SECONDS), "no bot came up"
            self._stage.slack.connect(self._rng.choice(self._urls))
            return self.turn

    def wait(self, turn: int) -> None:
        """Return at the next change, or soon."""
        with self._changed:
            self._changed.wait_for(lambda: self.turn != turn, AGAIN)

    def _change(self) -> None:
        self.turn += 1
        self._changed.notify_all()
        self._stage.slack.changed()


@dataclass
class Written:
    """One note as its person knows it. `accepted`: they were shown that it is saved."""

    text: str
    user: str
    view_id: str
    accepted: bool = False


class Crew:
    """Several people, each with one form at a time, until `stop`, or until they wrote `most` notes in all.

    `hasty` is the share of notes whose people close the modal at once, or open the next.
    `on_accepted` is called, on the person's thread, with the number of notes that were accepted so far.
    """

    def __init__(
        self,
        stage: Stage,
        door: Door,
        rng: random.Random,
        *,
        size: int,
        most: int | None = None,
        hasty: float = 0.2,
    ) -> None:
        self.written: list[Written] = []
        self.on_accepted: Callable[[int], object] = lambda _: None
        self._stage = stage
        self._door = door
        self._most = most
        self._hasty = hasty
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._accepted = itertools.count(1)
        self._broken: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._live, args=(user, random.Random(rng.random())), daemon=True)  # noqa: S311 (as seeded)
            for user in colleagues(stage, size)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish the note at hand. A bot must be up."""
        self._stopped.set()
        self.join()

    def join(self) -> None:
        """Wait until everybody is done."""
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive(), "somebody waits in vain"
        if self._broken:
            raise self._broken[0]

    def _live(self, user: User, rng: random.Random) -> None:
        try:
            ticket: Message | None = None
            while not self._stopped.is_set():
                ticket = ticket or self._read_ticket(user)
                if (form := self._open_form(user, ticket)) is None:
                    continue
                number = next(self._numbers)
                if self._most is not None and number > self._most:
                    return
                written = Written(f"Note {number:05} for the night shift.", user.id, form.id)
                with self._lock:
                    self.written.append(written)
                self._submit(written)
                self._look_on(written, rng)
        except BaseException as error:  # noqa: BLE001 (whoever joins them hears of it)
            self._broken.append(error)

    def _read_ticket(self, user: User) -> Message | None:
        """The ticket's message, whose button people use again and again."""
        turn = self._door.choose()
        interaction = self._stage.slack.slash(f"/ticket {TICKET}", user=user.id)
        if interaction.error:
            self._door.wait(turn)
            return None
        found = self._seen(turn, lambda: interaction.messages)
        return found[0] if found and "ticket_add_note" in str(found[0].blocks) else None

    def _open_form(self, user: User, ticket: Message | None) -> View | None:
        if ticket is None:
            return None
        turn = self._door.choose()
        interaction: Interaction = self._stage.slack.click(ticket, "ticket_add_note", user=user.id)
        if interaction.error:
            self._door.wait(turn)
            return None
        return self._seen(turn, lambda: interaction.view)

    def _submit(self, written: Written) -> None:
        """Submit until Slack has no trouble with it, or the modal itself says that the note is saved."""
        while True:
            turn = self._door.choose()
            view = self._view(written)
            if "submit" not in view.content:
                break
            if not view.open:
                return
            try:
                interaction = self._stage.slack.submit(view.id, {"note": written.text})
            except LookupError:
                continue  # it changed under their fingers
            if not interaction.error and not interaction.errors:
                break
            self._door.wait(turn)
        written.accepted = True
        self.on_accepted(next(self._accepted))

    def _look_on(self, written: Written, rng: random.Random) -> None:
        """Most wait for what comes of it, half of them also while the bot restarts."""
        mood, stays_on = rng.random(), rng.random() < 0.5
        if mood < self._hasty / 2:
            self._stage.slack.close_view(written.view_id)
        elif mood >= self._hasty and not self._seen(self._door.turn, lambda: self._ended(written)) and stays_on:
            self._seen(None, lambda: self._ended(written))

    def _ended(self, written: Written) -> bool:
        return self._view(written).title in ENDS

    def _view(self, written: Written) -> View:
        view = self._stage.slack.modals.get(written.view_id)
        assert view
        return view

    def _seen(self, turn: int | None, look: Callable[[], T]) -> T | None:
        """What comes to be seen, unless the bots change meanwhile, or it takes too long."""

        def found() -> tuple[T] | None:
            seen = look()
            return (seen,) if seen or (turn is not None and self._door.turn != turn) else None

        try:
            seen = self._stage.slack.wait(found, PATIENCE)
        except AssertionError:
            return None
        return seen[0] if seen else None


def colleagues(stage: Stage, count: int) -> list[User]:
    """Let so many more people work in the workspace."""
    state = stage.slack.state
    users = [
        User(f"U0CREW{number:03}", f"crew{number}", f"Crew {number}", "3f6fb0", team=workspace.TEAM.id)
        for number in range(count)
    ]
    state.users.update({user.id: user for user in users})
    channel = state._channels[workspace.SUPPORT]
    state._channels[channel.id] = replace(channel, members=channel.members | {user.id for user in users})
    return users
