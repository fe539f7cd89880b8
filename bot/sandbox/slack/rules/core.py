"""The pieces that the rules are built from: a rule takes a JSON value and where it stands, and yields its faults.

Most of a block's shape is said by plain data (`shape`, `text`, `items`, `one_of`); what depends on several fields
at once is a rule of its own beside it (`both`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that Slack would refuse, and the JSON pointer to it."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Faults = Iterator[Fault]
Rule = Callable[[Any, str], Faults]


def string(low: int = 0, high: int | None = None) -> Rule:
    """A string of `low` to `high` characters, counted as code points of what is sent."""

    def rule(value: Any, at: str) -> Faults:
        if not isinstance(value, str):
            yield Fault("must provide a string", at)
        elif len(value) < low:
            yield Fault(f"must be more than {low - 1} characters", at)
        elif high is not None and len(value) > high:
            yield Fault(f"must be less than {high + 1} characters", at)

    return rule


def boolean(value: Any, at: str) -> Faults:
    """Hold true and false only."""
    if not isinstance(value, bool):
        yield Fault("must provide a boolean", at)


def integer(low: int | None = None, high: int | None = None) -> Rule:
    """A whole number between `low` and `high`, both included."""

    def rule(value: Any, at: str) -> Faults:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Fault("must provide a number", at)
        elif (low is not None and value < low) or (high is not None and value > high):
            yield Fault(f"must be between {low} and {high}" if high is not None else f"must be at least {low}", at)

    return rule


def one_of(*values: object) -> Rule:
    """One of a few values."""

    def rule(value: Any, at: str) -> Faults:
        if value not in values or isinstance(value, bool):
            yield Fault(f"must be one of {', '.join(map(str, values))}", at)

    return rule


def url(*schemes: str) -> Rule:
    """An address of at most 3000 characters with one of the schemes."""

    def rule(value: Any, at: str) -> Faults:
        faults = list(string(1, 3000)(value, at))
        yield from faults
        if not faults and not _is_address(value, schemes):
            yield Fault("must be a valid URL", at)

    return rule


def _is_address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    if parts.scheme not in schemes or any(character.isspace() for character in value):
        return False
    return bool(parts.netloc if parts.scheme in {"http", "https"} else parts.path or parts.netloc)


def items(rule: Rule, low: int, high: int | None) -> Rule:
    """A list of `low` to `high` items, each held to the rule."""

    def check(value: Any, at: str) -> Faults:
        if not isinstance(value, list):
            yield Fault("must provide an array", at)
            return
        if len(value) < low:
            yield Fault(f"no fewer than {low} items allowed", at)
        if high is not None and len(value) > high:
            yield Fault(f"no more than {high} items allowed", at)
            return
        for index, item in enumerate(value):
            yield from rule(item, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields and no other. A field that is null is a fault, as is one nobody knows."""
    known = {**required, **(optional or {})}

    def rule(value: Any, at: str) -> Faults:
        if not isinstance(value, dict):
            yield Fault("must provide an object", at)
            return
        for name in required:
            if name not in value:
                yield Fault(f"missing required field: {name}", at)
        for name, content in value.items():
            if name in known:
                yield from known[name](content, f"{at}/{name}")
            else:
                yield Fault(f"invalid additional property: {name}", at)

    return rule


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` picks the rule. A type that is not among them is not allowed in this place."""

    def rule(value: Any, at: str) -> Faults:
        if not isinstance(value, dict):
            yield Fault("must provide an object", at)
        elif not isinstance(value.get("type"), str):
            yield Fault("missing required field: type", at)
        elif value["type"] not in kinds:
            yield Fault(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return rule


def both(*rules: Rule) -> Rule:
    """Every rule in turn; a later one is asked only when the earlier ones found nothing."""

    def check(value: Any, at: str) -> Faults:
        for rule in rules:
            faults = list(rule(value, at))
            yield from faults
            if faults:
                return

    return check


def unique(values: Iterable[tuple[str, str]], name: str) -> Faults:
    """Yield a fault for each (value, pointer) whose value was there before."""
    seen: set[str] = set()
    for value, at in values:
        if value in seen:
            yield Fault(f"`{name}` already exists: {value}", at)
        seen.add(value)
