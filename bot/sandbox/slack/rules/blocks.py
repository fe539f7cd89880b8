"""The blocks, one rule each, and what may stand in a message, in a modal and in a container.

Slack: section text 3000, 10 fields of 2000; header 150; 25 elements in actions, 10 in context; label and hint 2000;
markdown 12,000; table 100 rows of 20 cells, 10,000 characters in all; container 1 to 10 blocks, title 150.
In a container only what Slack's live validator takes is allowed (no rich_text, no input), which is less than its
documentation says.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    unique,
)
from bot.sandbox.slack.rules.elements import ACCESSORY, IMAGE, IMAGE_BLOCK, IN_ACTIONS, IN_INPUT
from bot.sandbox.slack.rules.objects import either, plain
from bot.sandbox.slack.rules.rich_text import RICH_TEXT

_TYPE: dict[str, Rule] = {"type": string()}
_ID: dict[str, Rule] = {"block_id": string(1, 255)}


def _text_or_fields(value: Any, at: str) -> Faults:
    if "text" not in value and "fields" not in value:
        yield Fault("must provide one of: text, fields", at)


def _no_dispatch_without_config(value: Any, at: str) -> Faults:
    if "dispatch_action_config" in value["element"] and not value.get("dispatch_action"):
        yield Fault("dispatch_action_config needs dispatch_action", f"{at}/element")


def _table_fits(value: Any, at: str) -> Faults:
    size = sum(len(text) for row in value["rows"] for cell in row for text in texts_of(cell))
    if size > 10_000:
        yield Fault("must be less than 10001 characters in all cells", f"{at}/rows")


def _container_fits(value: Any, at: str) -> Faults:
    if "title" not in value and "rich_text_title" not in value:
        yield Fault("must provide one of: title, rich_text_title", at)
    if value.get("is_collapsible") and value.get("has_header_divider"):
        yield Fault("has_header_divider is not allowed with is_collapsible", at)
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield Fault("default_collapsed needs is_collapsible", at)


def _any_number(value: Any, at: str) -> Faults:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield Fault("must provide a number", at)


_CELL = typed(
    {
        "raw_text": shape({**_TYPE, "text": string(1)}),
        "raw_number": shape({**_TYPE, "value": _any_number}, {"text": string(1)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

_FLAT: dict[str, Rule] = {
    "section": both(
        shape(
            _TYPE,
            {
                **_ID,
                "text": either(3000),
                "fields": items(either(2000), 1, 10),
                "accessory": ACCESSORY,
                "expand": boolean,
            },
        ),
        _text_or_fields,
    ),
    "header": shape({**_TYPE, "text": plain(150)}, {**_ID, "level": integer(1, 4)}),
    "divider": shape(_TYPE, _ID),
    "context": shape(
        {
            **_TYPE,
            "elements": items(typed({"image": IMAGE, "plain_text": either(), "mrkdwn": either()}), 1, 10),
        },
        _ID,
    ),
    "actions": shape({**_TYPE, "elements": items(IN_ACTIONS, 1, 25)}, _ID),
    "image": IMAGE_BLOCK,
}
_RICH: dict[str, Rule] = {
    "rich_text": RICH_TEXT,
    "input": both(
        shape(
            {**_TYPE, "label": plain(2000), "element": IN_INPUT},
            {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        ),
        _no_dispatch_without_config,
    ),
}
_TABLE: dict[str, Rule] = {
    "table": both(
        shape({**_TYPE, "rows": items(items(_CELL, 1, 20), 1, 100)}, {**_ID, "column_settings": items(_COLUMN, 1, 20)}),
        _table_fits,
    )
}
_CONTAINER: dict[str, Rule] = {
    "container": both(
        shape(
            {**_TYPE, "child_blocks": items(typed({**_FLAT, **_TABLE}), 1, 10)},
            {
                **_ID,
                "title": plain(150),
                "rich_text_title": RICH_TEXT,
                "subtitle": either(150),
                "width": one_of("narrow", "standard", "wide", "full"),
                "icon": IMAGE,
                "is_collapsible": boolean,
                "default_collapsed": boolean,
                "has_header_divider": boolean,
            },
        ),
        _container_fits,
    )
}
_MARKDOWN: dict[str, Rule] = {"markdown": shape({**_TYPE, "text": string(1, 12_000)}, _ID)}
_ALERT: dict[str, Rule] = {
    "alert": shape(
        {**_TYPE, "text": either(200)}, {**_ID, "level": one_of("default", "info", "warning", "error", "success")}
    )
}

_IN_MESSAGE = typed({**_FLAT, **_RICH, **_TABLE, **_CONTAINER, **_MARKDOWN})
_IN_MODAL = typed({**_FLAT, **_RICH, **_ALERT})


def block_faults(blocks: Any, surface: str, at: str = "/blocks") -> list[Fault]:
    """Return what is wrong with the blocks of a "message" (at most 50) or a "modal" (1 to 100)."""
    rule = _IN_MODAL if surface == "modal" else _IN_MESSAGE
    low, high = (1, 100) if surface == "modal" else (0, 50)
    return list(both(items(rule, low, high), _ids_are_unique, _one_table)(blocks, at))


def walk_blocks(blocks: list[dict[str, Any]], at: str = "/blocks") -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each block and its pointer, those inside containers too."""
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        yield block, here
        yield from walk_blocks(block.get("child_blocks", []), f"{here}/child_blocks")


def walk_elements(block: dict[str, Any], at: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each element of one block that a person can use, and its pointer. Images are not among them."""
    if block["type"] == "actions":
        yield from ((element, f"{at}/elements/{index}") for index, element in enumerate(block["elements"]))
    elif block["type"] == "input":
        yield block["element"], f"{at}/element"
    elif block.get("accessory", {}).get("type", "image") != "image":
        yield block["accessory"], f"{at}/accessory"


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text that a reader sees in text objects, rich_text leaves and link labels, as it is sent."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for content in value.values():
            yield from texts_of(content)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def _ids_are_unique(blocks: Any, at: str) -> Faults:
    placed = list(walk_blocks(blocks, at))
    yield from unique(((block["block_id"], here) for block, here in placed if "block_id" in block), "block_id")
    for block, here in placed:
        elements = ((e["action_id"], there) for e, there in walk_elements(block, here) if "action_id" in e)
        yield from unique(elements, "action_id")


def _one_table(blocks: Any, at: str) -> Faults:
    if sum(block["type"] == "table" for block, _ in walk_blocks(blocks, at)) > 1:
        yield Fault("only_one_table_allowed", at)
