"""A screen: what a person is shown in answer, ready to be a message or a modal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.blocks.elements import Block, header, plain_section, plain_text
from bot.blocks.limits import FALLBACK_BYTES, VIEW_TITLE_CHARS, escape, shorten

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Screen:
    """A heading, blocks, and the same in words alone.

    `text` is plain and complete: screen readers and notifications use nothing but it and the heading.
    """

    heading: str
    text: str = field(repr=False)
    blocks: list[Block] = field(repr=False)

    def message(self) -> dict[str, Any]:
        """Return the arguments of a message: `text` and `blocks`."""
        stop = "" if self.heading.endswith("?") else "."
        return {
            "text": fallback_text(f"{self.heading}{stop} {self.text}"),
            "blocks": [header(self.heading), *self.blocks],
        }

    def view(self) -> View:
        """Return a modal that shows the screen and has nothing to submit."""
        return modal(self.heading, self.blocks, callback_id="screen")


def modal(
    title: str,
    blocks: list[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Close",
) -> View:
    """Make a modal. Slack: title, submit and close ≤ 24; a view with inputs needs `submit`."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(shorten(title, VIEW_TITLE_CHARS)),
        "close": plain_text(close),
        "blocks": blocks,
    }
    if submit:
        view["submit"] = plain_text(submit)
    return view


def notice(heading: str, *lines: str) -> Screen:
    """Make a screen of a few plain sentences."""
    text = "\n".join(line for line in lines if line)
    return Screen(heading, text, [plain_section(text)])


def fallback_text(text: str) -> str:
    """Return a message's top-level text: literal, and cut to what every method takes (4,000 bytes)."""
    # An escaped character is at most five bytes; only when a text comes near the limit is it worth counting.
    if len(escape(text).encode()) <= FALLBACK_BYTES:
        return escape(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(escape(text[:middle]).encode()) < FALLBACK_BYTES - 3 else (low, middle - 1)
    return escape(text[:low]) + "…"
