"""The elements that stand in blocks, and where each may stand.

Slack: button text 75, value 2000, url 3000; action_id 255; overflow 1 to 5 options; select 100 options or groups;
radio buttons and checkboxes 10; plain_text_input min_length 0 to 3000, max_length 1 to 3000.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.slack.rules.core import (
    Fault,
    Faults,
    Rule,
    boolean,
    both,
    integer,
    items,
    one_of,
    shape,
    string,
    typed,
    url,
)
from bot.sandbox.slack.rules.objects import (
    CHOICE,
    CONFIRM,
    DISPATCH_CONFIG,
    OPTION_GROUP,
    PLACEHOLDER,
    SELECT_OPTION,
    choosable,
    either_options_or_groups,
    option,
    plain,
)

_TYPE: dict[str, Rule] = {"type": string()}
_ACTION: dict[str, Rule] = {"action_id": string(1, 255)}
_CONFIRMED: dict[str, Rule] = {**_ACTION, "confirm": CONFIRM}
_INPUT: dict[str, Rule] = {**_ACTION, "placeholder": PLACEHOLDER, "focus_on_load": boolean}
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def is_date(value: str) -> bool:
    """Say whether a text is a day as Slack writes it, YYYY-MM-DD."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def as_number(value: str) -> Decimal | None:
    """Return the number that a number_input holds, None for what is not one."""
    try:
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    except InvalidOperation:
        return None


def _day(value: Any, at: str) -> Faults:
    if not isinstance(value, str) or not is_date(value):
        yield Fault("must be a date in the format YYYY-MM-DD", at)


def _number(value: Any, at: str) -> Faults:
    if not isinstance(value, str) or as_number(value) is None:
        yield Fault("must provide a string that is a number", at)


def _text_input_fits(value: Any, at: str) -> Faults:
    low, high, initial = value.get("min_length", 0), value.get("max_length", 3000), value.get("initial_value", "")
    if low > high:
        yield Fault("must be at most max_length", f"{at}/min_length")
    if len(initial) > high:
        yield Fault(f"must be less than {high + 1} characters", f"{at}/initial_value")
    if initial and len(initial) < low:
        yield Fault(f"must be more than {low - 1} characters", f"{at}/initial_value")


def _number_input_fits(value: Any, at: str) -> Faults:
    low, high, initial = (as_number(value.get(name, "")) for name in ("min_value", "max_value", "initial_value"))
    if low is not None and high is not None and low > high:
        yield Fault("must be at most max_value", f"{at}/min_value")
    if initial is not None and ((low is not None and initial < low) or (high is not None and initial > high)):
        yield Fault("must be between min_value and max_value", f"{at}/initial_value")
    if not value["is_decimal_allowed"] and any(
        "." in value.get(name, "") for name in ("min_value", "max_value", "initial_value")
    ):
        yield Fault("decimals are not allowed", at)


def _one_image_source(value: Any, at: str) -> Faults:
    if ("image_url" in value) == ("slack_file" in value):
        yield Fault("must provide one of: image_url, slack_file", at)


def _one_file_source(value: Any, at: str) -> Faults:
    if ("id" in value) == ("url" in value):
        yield Fault("must provide one of: id, url", at)


IMAGE_SOURCE: dict[str, Rule] = {
    "image_url": url("http", "https"),
    "slack_file": both(shape({}, {"id": string(1, 255), "url": url("https")}), _one_file_source),
}
IMAGE = both(shape({**_TYPE, "alt_text": string(1, 2000)}, IMAGE_SOURCE), _one_image_source)
IMAGE_BLOCK = both(
    shape({**_TYPE, "alt_text": string(1, 2000)}, {**IMAGE_SOURCE, "title": plain(2000), "block_id": string(1, 255)}),
    _one_image_source,
)

BUTTON = shape(
    {**_TYPE, "text": plain(75)},
    {
        **_CONFIRMED,
        "url": url("http", "https", "mailto", "tel", "slack"),
        "value": string(1, 2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(1, 75),
        "visible_to_user_ids": items(string(1), 1, 10),
    },
)
OVERFLOW = choosable(shape({**_TYPE, "options": items(option(plain(75), with_url=True), 1, 5)}, _CONFIRMED))
STATIC_SELECT = choosable(
    shape(
        _TYPE,
        {
            **_INPUT,
            "confirm": CONFIRM,
            "options": items(SELECT_OPTION, 1, 100),
            "option_groups": items(OPTION_GROUP, 1, 100),
            "initial_option": SELECT_OPTION,
        },
    ),
    either_options_or_groups,
)
RADIO = choosable(
    shape(
        {**_TYPE, "options": items(CHOICE, 1, 10)},
        {**_CONFIRMED, "focus_on_load": boolean, "initial_option": CHOICE},
    )
)
CHECKBOXES = choosable(
    shape(
        {**_TYPE, "options": items(CHOICE, 1, 10)},
        {**_CONFIRMED, "focus_on_load": boolean, "initial_options": items(CHOICE, 1, 10)},
    )
)
DATEPICKER = shape(_TYPE, {**_INPUT, "confirm": CONFIRM, "initial_date": _day})
TEXT_INPUT = both(
    shape(
        _TYPE,
        {
            **_INPUT,
            "initial_value": string(0, 3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            "dispatch_action_config": DISPATCH_CONFIG,
        },
    ),
    _text_input_fits,
)
NUMBER_INPUT = both(
    shape(
        {**_TYPE, "is_decimal_allowed": boolean},
        {
            **_INPUT,
            "initial_value": _number,
            "min_value": _number,
            "max_value": _number,
            "dispatch_action_config": DISPATCH_CONFIG,
        },
    ),
    _number_input_fits,
)

_CHOOSERS: dict[str, Rule] = {
    "static_select": STATIC_SELECT,
    "radio_buttons": RADIO,
    "checkboxes": CHECKBOXES,
    "datepicker": DATEPICKER,
}
IN_ACTIONS = typed({"button": BUTTON, "overflow": OVERFLOW, **_CHOOSERS})
ACCESSORY = typed({"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, **_CHOOSERS})
IN_INPUT = typed({"plain_text_input": TEXT_INPUT, "number_input": NUMBER_INPUT, **_CHOOSERS})
