"""How well a reader reads the corpus: exact readings and word overlap, kind by kind."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol, cast

from bot import mail
from tests.mail.corpus import Past, Sample, samples, twin

KINDS = ("html", "text", "flat(html)", "flat(text)", "signature", "history")


class Document(Protocol):
    """The words of a part."""

    @property
    def text(self) -> str: ...


class Part(Protocol):
    """What the scorer asks of an earlier message."""

    @property
    def who(self) -> str: ...
    @property
    def when(self) -> str: ...


class Reading(Protocol):
    """What the scorer asks of a mail that was read."""

    @property
    def reply(self) -> Document: ...
    @property
    def signature(self) -> Document: ...
    @property
    def history(self) -> tuple[Part, ...]: ...


Reader = Callable[[str, str], Reading]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One mail judged in one kind: what was expected, what came, and how near it is (0 to 1; 1 when exact)."""

    kind: str
    name: str
    expected: str
    got: str
    exact: bool
    f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """A kind's result over `n` mails, in per cent. For history, `f1` is the share of its facts that are right."""

    n: int
    exact: float
    f1: float


def scores(read: Reader | None = None) -> dict[str, Score]:
    """Score a reader (the bot's own unless told) over the whole corpus. The keys are `KINDS`."""
    return tally(verdicts(read))


def tally(judged: Iterable[Verdict]) -> dict[str, Score]:
    """Sum verdicts up by kind; a kind without any is left out."""
    by_kind: dict[str, list[Verdict]] = {}
    for verdict in judged:
        by_kind.setdefault(verdict.kind, []).append(verdict)
    return {
        kind: Score(
            n=len(by_kind[kind]),
            exact=100 * fmean(verdict.exact for verdict in by_kind[kind]),
            f1=100 * fmean(verdict.f1 for verdict in by_kind[kind]),
        )
        for kind in KINDS
        if kind in by_kind
    }


def verdicts(read: Reader | None = None) -> Iterator[Verdict]:
    """Judge a reader (the bot's own unless told) on every mail and on every mail's flattened twin."""
    read = read or cast("Reader", mail.read)
    for sample in samples():
        kind = "html" if sample.html else "text"
        got = read(sample.html, sample.text)
        yield _words(kind, sample.name, sample.replies, got.reply.text)
        if sample.signatures:
            yield _words("signature", sample.name, sample.signatures, got.signature.text)
        if sample.history:
            yield _history(sample, got.history)
        flat = twin(sample)
        yield _words(f"flat({kind})", sample.name, flat.replies, read("", flat.text).reply.text)


def tokens(text: str) -> Counter[str]:
    """The words of a text, case folded, as a multiset. Chinese and Japanese characters count one by one."""
    return Counter(_TOKEN.findall(_plain(text).casefold()))


def normal(text: str) -> str:
    """A text as the comparison sees it: no white space, list bullets, quote marks, rules, images or invisible marks."""
    return "".join(_plain(text).split())


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _IMAGE.sub(" ", text).replace(">", " ")
    # A rule or a table's frame is drawn differently by every reader; a flattened list has its bullets mid-line.
    text = _RULE.sub(" ", text).replace("|", " ")
    return _BULLET.sub(" ", text)


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")
_IMAGE = re.compile(r"\[(?:image|inline image|cid|bild|img)\b[^\]\n]{0,200}\]", re.IGNORECASE)
_RULE = re.compile(r"[-_=*─—~]{3,}")
_BULLET = re.compile(r"(?<!\S)(?:[-*•·–—○▪◦■]|o(?=\s{2})|\d{1,2}[.)])(?!\S)")
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")


def _words(kind: str, name: str, accepted: tuple[str, ...], got: str) -> Verdict:
    best = max(accepted, key=lambda reading: (normal(reading) == normal(got), _f1(tokens(reading), tokens(got))))
    return Verdict(kind, name, best, got, normal(best) == normal(got), _f1(tokens(best), tokens(got)))


def _f1(expected: Counter[str], got: Counter[str]) -> float:
    if not expected and not got:
        return 1.0
    return 2 * (expected & got).total() / (expected.total() + got.total())


def _history(sample: Sample, got: tuple[Part, ...]) -> Verdict:
    right = [len(got) == len(sample.history)]
    for index, past in enumerate(sample.history):
        part = got[index] if index < len(got) else None
        if past.who:
            right.append(part is not None and _same_person(past.who, part.who))
        if past.when:
            right.append(part is not None and _same_time(past.when, part.when))
    lines = [f"{part.who} | {part.when}" for part in got]
    return Verdict("history", sample.name, _told(sample.history), "\n".join(lines), all(right), fmean(right))


def _told(history: tuple[Past, ...]) -> str:
    return "\n".join(f"{past.who} | {past.when}" for past in history)


def _same_person(expected: str, got: str) -> bool:
    # The address may stand beside the name, so the name has only to be there; a whole paragraph is no name.
    return normal(expected).casefold() in normal(got).casefold() and len(got) <= len(expected) + 80


def _same_time(expected: str, got: str) -> bool:
    # Weekday, "at" and commas are the mail's dressing; the numbers are the time.
    return _NUMBER.findall(expected) == _NUMBER.findall(got) and len(got) <= len(expected) + 20


_NUMBER = re.compile(r"\d+")
