"""Composition objects: text, option, option group, confirm, and the way an input sends its actions.

Slack: text 1 to 3000 characters; option text 75, value 150, description 75; confirm title 100, text 300,
confirm and deny 30 each; placeholder 150.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.rules.core import Fault, Faults, Rule, boolean, both, items, one_of, shape, string, typed

EMPTY: dict[str, Rule] = {}


def plain(high: int = 3000, low: int = 1) -> Rule:
    """A plain_text object of at most `high` characters. Only this kind may have `emoji`."""
    return typed({"plain_text": shape({"type": string(), "text": string(low, high)}, {"emoji": boolean})})


def either(high: int = 3000) -> Rule:
    """A plain_text or mrkdwn object of at most `high` characters. Only mrkdwn may have `verbatim`."""
    kinds = {
        "plain_text": shape({"type": string(), "text": string(1, high)}, {"emoji": boolean}),
        "mrkdwn": shape({"type": string(), "text": string(1, high)}, {"verbatim": boolean}),
    }
    return typed(kinds)


def option(text: Rule, *, with_url: bool = False) -> Rule:
    """One choice; `with_url` for those of an overflow menu, the only ones that may have an address."""
    address: dict[str, Rule] = {"url": string(1, 3000)} if with_url else {}
    return shape({"text": text, "value": string(1, 150)}, {"description": plain(75), **address})


SELECT_OPTION = option(plain(75))
CHOICE = option(either(75))
OPTION_GROUP = shape({"label": plain(75), "options": items(SELECT_OPTION, 1, 100)})
PLACEHOLDER = plain(150)
CONFIRM = shape(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
DISPATCH_CONFIG = shape(EMPTY, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every option of a well-shaped element, those of its groups too, in order."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def initial_fits(value: Any, at: str) -> Faults:
    """The initial option or options must be among the options, word for word."""
    options = options_of(value)
    if "initial_option" in value and value["initial_option"] not in options:
        yield Fault("must be one of the provided options", f"{at}/initial_option")
    for index, initial in enumerate(value.get("initial_options", [])):
        if initial not in options:
            yield Fault("must be one of the provided options", f"{at}/initial_options/{index}")


def either_options_or_groups(value: Any, at: str) -> Faults:
    """A select has options or option_groups, one of the two."""
    if ("options" in value) == ("option_groups" in value):
        yield Fault("must provide one of: options, option_groups", at)


def choosable(rule: Rule, *more: Rule) -> Rule:
    """An element with options: its shape first, then what its fields say of each other."""
    return both(rule, *more, initial_fits)
