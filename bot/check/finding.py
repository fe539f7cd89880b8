"""A finding: one line that says what was looked at, how it is, and how to mend it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.mail.clean import clean

# What a server said is cut to this.
_QUOTE_CHARS = 200


class State(StrEnum):
    """How a thing is. The values are the words that people read."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, its state, that state in words, and how to mend it: empty where nothing is to be mended."""

    what: str
    state: State
    words: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A finding before its values are known: `words` and `mend` are templates for `str.format`."""

    what: str
    state: State
    words: str
    mend: str = ""

    def __call__(self, **values: object) -> Finding:
        """Make the finding. Values that a server said go through `quoted` first."""
        return Finding(self.what, self.state, self.words.format(**values), self.mend.format(**values))


def skipped(what: str, why: str) -> Finding:
    """Say that a thing was not looked at, and why: the fault itself stands in another line."""
    return Finding(what, State.SKIPPED, f"Not checked: {why}.")


def quoted(text: str) -> str:
    """Return what a server said on one line, printable and short."""
    printable = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
    line = " ".join(clean(printable).split())
    return line if len(line) <= _QUOTE_CHARS else f"{line[: _QUOTE_CHARS - 1]}…"
