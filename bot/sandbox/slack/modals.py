"""The modals that people have open: for each person a stack of at most three."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

from bot.sandbox.slack.records import Json, View
from bot.sandbox.slack.refused import Refused
from bot.sandbox.slack.rules import walk_blocks, walk_elements
from bot.sandbox.slack.state import State

STACK = 3  # Slack: at most three views on top of each other


def with_ids(blocks: list[Json], state: State) -> list[Json]:
    """Return a copy of well-shaped blocks in which every block and element has its id, as Slack fills them in."""
    blocks = copy.deepcopy(blocks)
    for block, _ in walk_blocks(blocks):
        block.setdefault("block_id", f"b{state.number():04x}")
        for element, _ in walk_elements(block):
            element.setdefault("action_id", f"a{state.number():04x}")
    return blocks


class Modals:
    """Every view there was, and the stack of open ones of each person."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._views: dict[str, View] = {}
        self._stacks: dict[str, list[str]] = {}

    @property
    def all(self) -> list[View]:
        """Every view there was, as it stood last, in the order of opening."""
        with self._state.looking():
            return list(self._views.values())

    def get(self, view_id: str) -> View | None:
        """Return a view as it stands, or stood when it was closed."""
        with self._state.looking():
            return self._views.get(view_id)

    def by_external_id(self, external_id: str) -> View | None:
        """Return the open view with this external_id."""
        return next(
            (v for v in self.all if v.open and external_id and v.content.get("external_id") == external_id), None
        )

    def stack(self, user: str) -> list[View]:
        """Return a person's open views, the bottom one first."""
        with self._state.looking():
            return [self._views[view_id] for view_id in self._stacks.get(user, [])]

    def open(self, user: str, content: Json) -> View:
        """Open a first view. It takes the place of whatever stack the person had open."""
        with self._state.changing():
            self._refuse_external_id(content, None)
            self.clear(user)
            return self._put_on_top(user, content)

    def push(self, user: str, content: Json) -> View:
        """Put a view on top of the open ones. Refused as `not_found` without any, `push_limit_reached` on three."""
        with self._state.changing():
            depth = len(self._stacks.get(user, []))
            if depth == 0:
                raise Refused("not_found")
            if depth >= STACK:
                raise Refused("push_limit_reached")
            self._refuse_external_id(content, None)
            return self._put_on_top(user, content)

    def update(self, view_id: str, content: Json, expected_hash: str | None = None) -> View:
        """Replace the content of an open view: `not_found` when it is closed, `hash_conflict` when it moved on."""
        with self._state.changing():
            view = self._views.get(view_id)
            if view is None or not view.open:
                raise Refused("not_found")
            if expected_hash and expected_hash != view.hash:
                raise Refused("hash_conflict")
            self._refuse_external_id(content, view_id)
            return self._put(replace(view, content=self._filled(content), hash=self._new_hash(), errors={}))

    def show_errors(self, view_id: str, errors: Mapping[str, str]) -> None:
        """Show texts under the inputs of a view, in place of those that stood there."""
        with self._state.changing():
            self._put(replace(self._views[view_id], errors=dict(errors)))

    def set_busy(self, view_id: str, *, busy: bool) -> bool:
        """Mark a view as waiting for its ack. False when it was marked so already, or is closed."""
        with self._state.changing():
            view = self._views[view_id]
            if busy and (view.busy or not view.open):
                return False
            self._put(replace(view, busy=busy))
            return True

    def close(self, view_id: str) -> list[View]:
        """Close a view and those on top of it. Returns what was closed, the bottom one first."""
        with self._state.changing():
            view = self._views[view_id]
            stack = self._stacks.get(view.user, [])
            if view_id not in stack:
                return []
            position = stack.index(view_id)
            closed = [self._put(replace(self._views[above], open=False, busy=False)) for above in stack[position:]]
            del stack[position:]
            return closed

    def clear(self, user: str) -> list[View]:
        """Close every view of a person. Returns what was closed, the bottom one first."""
        stack = self.stack(user)
        return self.close(stack[0].id) if stack else []

    def _put_on_top(self, user: str, content: Json) -> View:
        stack = self._stacks.setdefault(user, [])
        view_id = f"V0{self._state.number():07d}"
        root, below = (self._views[stack[0]].root_id, stack[-1]) if stack else (view_id, None)
        stack.append(view_id)
        return self._put(View(view_id, self._new_hash(), user, self._filled(content), root, below))

    def _put(self, view: View) -> View:
        self._views[view.id] = view
        return view

    def _filled(self, content: Json) -> Json:
        return {**copy.deepcopy(content), "blocks": with_ids(content["blocks"], self._state)}

    def _new_hash(self) -> str:
        return f"{int(self._state.clock())}.{self._state.number():08x}"

    def _refuse_external_id(self, content: Json, but: str | None) -> None:
        taken = self.by_external_id(content.get("external_id", ""))
        if taken is not None and taken.id != but:
            raise Refused("duplicate_external_id")
