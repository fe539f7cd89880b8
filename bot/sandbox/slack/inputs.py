"""What a person filled in: the state of inputs as Slack sends it, and what Slack's client checks before it sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.records import Json
from bot.sandbox.slack.rules import walk_blocks, walk_elements
from bot.sandbox.slack.rules.elements import as_number, is_date
from bot.sandbox.slack.rules.objects import options_of

REQUIRED = "Please complete this required field."
_TYPED = {"plain_text_input": "initial_value", "number_input": "initial_value", "datepicker": "initial_date"}
_CHOSEN = {"static_select", "radio_buttons"}


def find_option(element: Json, value: str) -> Json:
    """Return the option with this value. Raises LookupError when the element offers none such."""
    for option in options_of(element):
        if option["value"] == value:
            return option
    raise LookupError(f"{element['action_id']} offers no option {value!r}")


def state_values(blocks: list[Json], given: Mapping[str, Any]) -> Json:
    """Return `state.values` for blocks with ids: {block_id: {action_id: what the element holds}}.

    `given` names elements by block_id or action_id, or as {block_id: {action_id: value}}; a value is a string
    (text, number, day, or an option's value), a list of option values for checkboxes, or None for nothing.
    What is not given holds its initial value. Raises LookupError for a name or an option that is not there.
    """
    rest = {**_flat(given)}
    values: Json = {}
    for block, element in _stateful(blocks):
        names = ((block["block_id"], element["action_id"]), (block["block_id"], ""), (element["action_id"], ""))
        name = next((name for name in names if name in rest), None)
        held = _holding(element, rest.pop(name)) if name else _initially(element)
        values.setdefault(block["block_id"], {})[element["action_id"]] = held
    if rest:
        raise LookupError(f"no such input: {', '.join(':'.join(filter(None, name)) for name in rest)}")
    return values


def input_faults(blocks: list[Json], values: Json) -> dict[str, str]:
    """Return what Slack's client shows under the inputs instead of sending them: {block_id: text}."""
    faults = {}
    for block in blocks:
        if block["type"] == "input":
            held = values[block["block_id"]][block["element"]["action_id"]]
            text = _fault(block, block["element"], held)
            if text:
                faults[block["block_id"]] = text
    return faults


def _fault(block: Json, element: Json, held: Json) -> str | None:
    value = next((content for name, content in held.items() if name != "type"), None)
    if not value:
        return None if block.get("optional") else REQUIRED
    if element["type"] == "plain_text_input":
        low, high = element.get("min_length", 0), element.get("max_length", 3000)
        if len(value) > high:
            return f"This field cannot be longer than {high} characters."
        if len(value) < low:
            return f"This field needs at least {low} characters."
    if element["type"] == "number_input":
        return _number_fault(element, value)
    if element["type"] == "datepicker" and not is_date(value):
        return "Please enter a valid date."
    return None


def _number_fault(element: Json, value: str) -> str | None:
    number = as_number(value)
    if number is None or ("." in value and not element["is_decimal_allowed"]):
        return "Please enter a valid number."
    low, high = as_number(element.get("min_value", "")), as_number(element.get("max_value", ""))
    if low is not None and number < low:
        return f"Please enter a number that is at least {low}."
    if high is not None and number > high:
        return f"Please enter a number that is at most {high}."
    return None


def _flat(given: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    flat: dict[tuple[str, str], Any] = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            flat |= {(name, action_id): content for action_id, content in value.items()}
        else:
            flat[name, ""] = value
    return flat


def _stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block, _ in walk_blocks(blocks):
        for element, _ in walk_elements(block):
            if element["type"] in {*_TYPED, *_CHOSEN, "checkboxes"}:
                yield block, element


def _initially(element: Json) -> Json:
    kind = element["type"]
    if kind in _TYPED:
        return _held(kind, element.get(_TYPED[kind]))
    return _held(kind, element.get("initial_options", []) if kind == "checkboxes" else element.get("initial_option"))


def _holding(element: Json, value: Any) -> Json:
    kind = element["type"]
    if kind == "checkboxes":
        return _held(kind, [find_option(element, chosen) for chosen in value or []])
    if kind in _CHOSEN:
        return _held(kind, find_option(element, value) if value else None)
    if value is not None and not isinstance(value, str):
        raise LookupError(f"{element['action_id']} takes a string")
    return _held(kind, value or None)


def _held(kind: str, content: Any) -> Json:
    names = {"checkboxes": "selected_options", "datepicker": "selected_date"}
    name = names.get(kind, "selected_option" if kind in _CHOSEN else "value")
    return {"type": kind, name: content}
