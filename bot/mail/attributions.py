"""Recognises the lines that introduce a quoted message in words: "On Monday, Ann wrote:", in many languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.mail.lines import ATTRIBUTION, Line
from bot.mail.words import EDGES, STARTS, VERBS

ATTRIBUTION_LINES = 5
_ATTRIBUTION_CHARS = 400
# The last word of each verb: looking words up is many times faster than a pattern of all of them.
_VERB_WORDS = frozenset(verb.rsplit(maxsplit=1)[-1] for verb in VERBS)
_VERB_ENDS = frozenset(end for verb in _VERB_WORDS for end in (verb[-1], verb[-1].upper()))
# Words that belong to the verb behind them.
_AUXILIARIES = frozenset("a ha has hat hast heeft har je va est ezt şunu het volgende".split())
# These follow a name without a space.
_JOINED_VERB = re.compile(
    r"ने लिखा|さんは書きました|は書きました|が書きました|のメール|さんのメッセージ"
    r"|님이 작성|작성|썼습니다|写道|寫道|撰写"
)
_ADDRESS = re.compile(r"(?<![^\s<>\"'()\[\]:;,])[^\s<>\"'()\[\]:;,]{1,80}@[^\s<>\"'()\[\]:;,]{1,80}")
_BRACKETED = re.compile(r"\s?[<\[(](?:mailto:)?[^<>\s()\[\]]{1,80}@[^<>\s]{1,120}?[>\])]+")
_TIME_END = re.compile(
    r"\d(?:\s?(?:[AaPp]\.?\s?[Mm]\.?(?!\w)|Uhr|[ap]\.\s?m\.|UTC|GMT|[A-Z]{3,4}(?!\w)|[+-]\d{4}|[年月日时時分点點]))*"
)
# A time of day, a year, or a day and a month: a bare number is no date.
_DATE = re.compile(r"\d{1,2}[:.h時시点]\s?\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}")
_CLOCK = re.compile(r"\d{1,2}[:.h時시点]\s?\d{2}")
_DATE_LEAD = re.compile(r"[\s\"'«“(]{0,3}(?:\d{1,4}[./\-年 ]|\d{4}-)")
_BEFORE_NAMES = frozenset("от від od von by da de par przez bởi بواسطة מאת af av van".split())
_BEFORE_DATES = frozenset("on am le el em il op den på kl w dnia dne v в у la pe în vào 於 于".split())


class Intro(NamedTuple):
    """Lines `start` to `end` (not included) introduce a message. `forward`: it is forwarded, not answered.

    `kind` is "header", "attribution", "separator" or "marker". `told` is who wrote and when, as far as is known, or the
    words that say so.
    """

    start: int
    end: int
    kind: str
    told: tuple[str, str] | str = ("", "")
    forward: bool = False

    def __repr__(self) -> str:
        return f"Intro(start={self.start}, end={self.end}, kind={self.kind!r}, forward={self.forward})"

    def tell(self) -> tuple[str, str]:
        """Return who wrote the message and when."""
        return _who_and_when(self.told) if isinstance(self.told, str) else self.told


def attribution_ends(lines: Sequence[Line]) -> list[int]:
    """Return which lines can be the last of an attribution: cheap, for every line is looked at."""
    return [
        n
        for n, line in enumerate(lines)
        if (last := line.text[-1]) in ":：-"
        or (last in _VERB_ENDS and len(line.text) < 200 and line.text.rsplit(maxsplit=1)[-1].casefold() in _VERB_WORDS)
        or line.marks & ATTRIBUTION
    ]


def attribution(lines: Sequence[Line], at: int) -> Intro | None:
    """Read "On Monday, Ann wrote:", which may be wrapped over some lines."""
    first = lines[at]
    marked = first.marks & ATTRIBUTION
    joined = first.text.strip()
    if len(joined) > _ATTRIBUTION_CHARS or not (marked or _may_begin(joined)):
        return None
    for n in range(at, min(at + ATTRIBUTION_LINES, len(lines))):
        if n > at:
            line = lines[n]
            if line.gap or line.depth != first.depth:
                return None
            joined = f"{joined} {line.text}".strip()
        if len(joined) > _ATTRIBUTION_CHARS:
            return None
        if _ends_attribution(joined) and (marked or _is_attribution(joined)):
            return Intro(at, n + 1, "attribution", joined)
        if joined[-1] in ":：":
            return None
    return None


def introduces(text: str) -> bool:
    """Tell whether a line right above quoted lines introduces them: it names who wrote, an address or a date."""
    if len(text) > 160 or text[-1] not in ":：" or len(text.split()) > 14:
        return False
    return _verb(text) is not None or _ADDRESS.search(text) is not None or _DATE.search(text) is not None


def _may_begin(text: str) -> bool:
    """Tell whether a line can be the first of an attribution: cheap, for most lines are not."""
    if "@" in text:
        return True
    bare = text.lstrip(EDGES)
    first = bare.split(maxsplit=1)[0].casefold().strip(EDGES) if bare else ""
    return (
        first in STARTS or first[:1].isdigit() or (len(text) > 8 and text[:2] == text[-2:] == "--") or _names_verb(text)
    )


def _names_verb(text: str) -> bool:
    return text[-1] in ":：" and _verb(text) is not None


def _ends_attribution(text: str) -> bool:
    if text[-1] in ":：":
        return True
    tail = text[-40:].rstrip(" -—")
    verb = _verb(tail)
    return verb is not None and verb[1] >= len(tail) - 1


def _verb(text: str) -> tuple[int, int] | None:
    """Return where the last verb of an attribution stands in a text."""
    lower = text.lower()
    words = lower.split()
    end = len(lower)
    for n in range(len(words) - 1, -1, -1):
        at = lower.rfind(words[n], 0, end)
        word = words[n].strip(EDGES)
        if word in _VERB_WORDS:
            start = lower.find(word, at)
            stop = start + len(word)
            for before in reversed(words[:n]):
                if before not in _AUXILIARIES:
                    break
                start = lower.rfind(before, 0, start)
            return start, stop
        end = at
    if text.isascii() or not (match := _JOINED_VERB.search(text)):
        return None
    return match.span()


def _is_attribution(text: str) -> bool:
    if _verb(text) is None:
        # "19. Feb. 2026, 16:44 von ann@example.com:" has no verb, but a day, a time and an address.
        plain = _BRACKETED.sub("", text)
        return (
            text.endswith((":", "："))
            and _ADDRESS.search(text) is not None
            and _CLOCK.search(plain) is not None
            and sum(c.isdigit() for c in plain) >= 5
        )
    if _ADDRESS.search(text) is not None:
        return len(text) < 160 or _DATE.search(_BRACKETED.sub("", text)) is not None
    if text.startswith("--") and text.endswith("--"):
        return len(text) < 160  # "---- Ann Example wrote ----"
    if _DATE.search(text) is None:
        return False
    first = text.split(maxsplit=1)[0].casefold().strip(EDGES)
    return first in STARTS or _DATE_LEAD.match(text) is not None or _JOINED_VERB.search(text) is not None


def _who_and_when(text: str) -> tuple[str, str]:
    """Take an attribution apart. What cannot be told is ""."""
    plain = text.rstrip(":： -\n").lstrip("-– ")
    verb = _verb(plain)
    sides = [plain[: verb[0]], plain[verb[1] :]] if verb else [plain]
    for side, other in zip(sides, reversed(sides), strict=True):
        address = _BRACKETED.search(side) or _ADDRESS.search(side)
        if address:
            before, after = side[: address.start()], side[address.end() :]
            return _apart(before, after, "" if other is side else other, address[0])
    if len(sides) == 2 and _DATE.search(sides[1]):
        return name_of(sides[0]), _date(sides[1])
    if len(sides) == 2 and sides[1].strip():
        return name_of(sides[1]), _date(sides[0])
    return _apart(sides[0], "", "", "")


def _apart(before: str, after: str, other: str, address: str) -> tuple[str, str]:
    """Tell name and date apart around an address: the date is behind it, before the name, or behind the verb."""
    if _DATE.search(after):
        return name_of(before) or name_of(address), _date(after)
    ends = [match.end() for match in _TIME_END.finditer(before)]
    if ends and _DATE.search(before):
        return name_of(before[ends[-1] :]) or name_of(address), _date(before[: ends[-1]])
    return name_of(before) or name_of(address), _date(other) if _DATE.search(other) else ""


def name_of(text: str) -> str:
    """Return a name without the address beside it, the words before it and the marks around it."""
    name = _BRACKETED.sub("", text).strip(EDGES.replace("»", "").replace("«", "")) or text.strip(EDGES)
    first, _, rest = name.partition(" ")
    return rest.strip(EDGES) if first.casefold() in _BEFORE_NAMES else name


def _date(text: str) -> str:
    """Return a date without the word that leads to it."""
    words = text.strip(" ,:;-–—")
    first, _, rest = words.partition(" ")
    return rest.strip(" ,") if rest and first.casefold() in _BEFORE_DATES else words
