"""Each block at its limit and just over it, and what a message or a modal may not hold."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bot.sandbox.slack.rules import block_faults

Json = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Json:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def section(**fields: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain(), **fields}


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(str(n)), "value": str(n), **more} for n in range(count)]


def select(**fields: Any) -> Json:
    return {"type": "static_select", "options": options(2), **fields}


def field(element: Json, **fields: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **fields}


def text_input(**fields: Any) -> Json:
    return {"type": "plain_text_input", **fields}


def number_input(**fields: Any) -> Json:
    return {"type": "number_input", "is_decimal_allowed": False, **fields}


def image(**fields: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **fields}


def confirm(**fields: Any) -> Json:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **fields}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*leaves: Json) -> Json:
    return rich({"type": "rich_text_section", "elements": list(leaves)})


def leaf(text: str = "x", **fields: Any) -> Json:
    return {"type": "text", "text": text, **fields}


def bullets(**fields: Any) -> Json:
    item = {"type": "rich_text_section", "elements": [leaf()]}
    return rich({"type": "rich_text_list", "style": "bullet", "elements": [item], **fields})


def table(rows: int, cells: int, text: str = "x", **fields: Any) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * cells] * rows, **fields}


def container(*children: Json, **fields: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": list(children), **fields}


def checkboxes(count: int) -> Json:
    return {"type": "checkboxes", "options": options(count)}


def radio(count: int) -> Json:
    return {"type": "radio_buttons", "options": options(count)}


def overflow(count: int, **more: Any) -> Json:
    return {"type": "overflow", "options": options(count, **more)}


# What Slack takes at the limit, and the same just over it; the pointer names what is refused.
LIMITS = [
    ("section text", section(text=mrkdwn("x" * 3000)), section(text=mrkdwn("x" * 3001)), "/0/text/text"),
    ("empty text", section(text=mrkdwn("x")), section(text=mrkdwn("")), "/0/text/text"),
    ("fields", section(fields=[mrkdwn()] * 10), section(fields=[mrkdwn()] * 11), "/0/fields"),
    ("a field", section(fields=[plain("x" * 2000)]), section(fields=[plain("x" * 2001)]), "/0/fields/0/text"),
    ("header", {"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)}, "/0/text"),
    ("actions", actions(*[button()] * 25), actions(*[button()] * 26), "/0/elements"),
    ("no actions", actions(button()), actions(), "/0/elements"),
    (
        "context",
        {"type": "context", "elements": [mrkdwn()] * 10},
        {"type": "context", "elements": [mrkdwn()] * 11},
        "/0/elements",
    ),
    ("block_id", section(block_id="x" * 255), section(block_id="x" * 256), "/0/block_id"),
    (
        "action_id",
        actions(button(action_id="x" * 255)),
        actions(button(action_id="x" * 256)),
        "/0/elements/0/action_id",
    ),
    ("button text", actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76))), "/0/elements/0/text"),
    ("button value", actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "/0/elements/0/value"),
    (
        "button url",
        actions(button(url="https://example.com/" + "x" * 2980)),
        actions(button(url="https://example.com/" + "x" * 2981)),
        "/0/elements/0/url",
    ),
    ("overflow", section(accessory=overflow(5)), section(accessory=overflow(6)), "/0/accessory/options"),
    ("no overflow", section(accessory=overflow(1)), section(accessory=overflow(0)), "/0/accessory/options"),
    ("select", actions(select(options=options(100))), actions(select(options=options(101))), "/0/elements/0/options"),
    ("radio", actions(radio(10)), actions(radio(11)), "/0/elements/0/options"),
    ("checkboxes", actions(checkboxes(10)), actions(checkboxes(11)), "/0/elements/0/options"),
    (
        "option text",
        actions(select(options=[{"text": plain("x" * 75), "value": "v"}])),
        actions(select(options=[{"text": plain("x" * 76), "value": "v"}])),
        "/0/elements/0/options/0/text",
    ),
    (
        "option value",
        actions(select(options=[{"text": plain(), "value": "x" * 150}])),
        actions(select(options=[{"text": plain(), "value": "x" * 151}])),
        "/0/elements/0/options/0/value",
    ),
    (
        "placeholder",
        actions(select(placeholder=plain("x" * 150))),
        actions(select(placeholder=plain("x" * 151))),
        "/0/elements/0/placeholder",
    ),
    (
        "confirm title",
        actions(button(confirm=confirm(title=plain("x" * 100)))),
        actions(button(confirm=confirm(title=plain("x" * 101)))),
        "/0/elements/0/confirm/title",
    ),
    (
        "confirm text",
        actions(button(confirm=confirm(text=mrkdwn("x" * 300)))),
        actions(button(confirm=confirm(text=mrkdwn("x" * 301)))),
        "/0/elements/0/confirm/text",
    ),
    (
        "confirm deny",
        actions(button(confirm=confirm(deny=plain("x" * 30)))),
        actions(button(confirm=confirm(deny=plain("x" * 31)))),
        "/0/elements/0/confirm/deny",
    ),
    ("label", field(text_input(), label=plain("x" * 2000)), field(text_input(), label=plain("x" * 2001)), "/0/label"),
    ("hint", field(text_input(), hint=plain("x" * 2000)), field(text_input(), hint=plain("x" * 2001)), "/0/hint"),
    ("max_length", field(text_input(max_length=3000)), field(text_input(max_length=3001)), "/0/element/max_length"),
    (
        "initial value",
        field(text_input(max_length=5, initial_value="x" * 5)),
        field(text_input(max_length=5, initial_value="x" * 6)),
        "/0/element/initial_value",
    ),
    (
        "min_length",
        field(text_input(min_length=5, max_length=5)),
        field(text_input(min_length=6, max_length=5)),
        "/0/element/min_length",
    ),
    (
        "initial number",
        field(number_input(max_value="5", initial_value="5")),
        field(number_input(max_value="5", initial_value="6")),
        "/0/element/initial_value",
    ),
    (
        "a day",
        field({"type": "datepicker", "initial_date": "2026-02-28"}),
        field({"type": "datepicker", "initial_date": "2026-02-30"}),
        "/0/element/initial_date",
    ),
    ("alt_text", image(alt_text="x" * 2000), image(alt_text="x" * 2001), "/0/alt_text"),
    ("image title", image(title=plain("x" * 2000)), image(title=plain("x" * 2001)), "/0/title"),
    ("indent", bullets(indent=8), bullets(indent=9), "/0/elements/0/indent"),
    ("border", bullets(border=1), bullets(border=2), "/0/elements/0/border"),
    ("rich text", rich_section(leaf("x")), rich_section(leaf("")), "/0/elements/0/elements/0/text"),
    ("rows", table(100, 1), table(101, 1), "/0/rows"),
    ("cells", table(1, 20), table(1, 21), "/0/rows/0"),
    ("table text", table(10, 10, "x" * 100), table(10, 11, "x" * 91), "/0/rows"),
    ("markdown", {"type": "markdown", "text": "x" * 12000}, {"type": "markdown", "text": "x" * 12001}, "/0/text"),
    ("children", container(*[section()] * 10), container(*[section()] * 11), "/0/child_blocks"),
    ("no children", container(section()), container(), "/0/child_blocks"),
    (
        "container title",
        container(section(), title=plain("x" * 150)),
        container(section(), title=plain("x" * 151)),
        "/0/title",
    ),
]


@pytest.mark.parametrize(("taken", "refused", "pointer"), [case[1:] for case in LIMITS], ids=[c[0] for c in LIMITS])
def test_a_block_is_taken_at_its_limit_and_refused_over_it(taken: Json, refused: Json, pointer: str) -> None:
    assert block_faults([taken], "message") == []
    faults = block_faults([refused], "message")
    assert len(faults) == 1
    assert faults[0].pointer.startswith(f"/blocks{pointer}")


REFUSED = {
    "null instead of a block": None,
    "an unknown block": {"type": "data_table"},
    "a block without a type": {"text": mrkdwn()},
    "a section of nothing": {"type": "section"},
    "an unknown field of a block": section(colour="red"),
    "an unknown element": actions({"type": "toggle"}),
    "a select of many in actions": actions({"type": "multi_static_select", "options": options(1)}),
    "a text input in actions": actions(text_input()),
    "an image in actions": actions(image()),
    "a button in an input": field(button()),
    "a header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "a button in mrkdwn": actions(button(text=mrkdwn())),
    "a label in mrkdwn": field(text_input(), label=mrkdwn()),
    "emoji in mrkdwn": section(text=mrkdwn(emoji=True)),
    "verbatim in plain_text": section(text=plain(verbatim=True)),
    "a text that is a number": section(text={"type": "mrkdwn", "text": 143}),
    "a null field": section(accessory=None),
    "a style nobody knows": actions(button(style="default")),
    "a script behind a button": actions(button(url="javascript:alert(1)")),
    "a button link without a host": actions(button(url="https://")),
    "an image without a source": {"type": "image", "alt_text": "a"},
    "an image of two sources": image(slack_file={"id": "F1"}),
    "an image without alt_text": {"type": "image", "image_url": "https://example.com/a.png"},
    "options and groups": actions(select(option_groups=[{"label": plain(), "options": options(1)}])),
    "neither options nor groups": actions({"type": "static_select"}),
    "an initial option that is none": actions(select(initial_option={"text": plain("9"), "value": "9"})),
    "an address in a select": actions(select(options=options(1, url="https://example.com"))),
    "a decimal where none is allowed": field(number_input(initial_value="1.5")),
    "a number that is one": field(number_input(initial_value=1)),
    "a leaf of no known type": rich_section({"type": "message"}),
    "a null leaf": rich_section(None),  # type: ignore[arg-type]
    "a leaf with an unknown field": rich_section(leaf(color="red")),
    "a style with an unknown field": rich_section(leaf(style={"blink": True})),
    "a link to a script": rich_section({"type": "link", "url": "javascript:alert(1)"}),
    "a link without an address": rich_section({"type": "link", "text": "x"}),
    "an empty link text": rich_section({"type": "link", "url": "https://example.com", "text": ""}),
    "a broadcast to nobody known": rich_section({"type": "broadcast", "range": "all"}),
    "a list in a list": bullets(elements=[{"type": "rich_text_list", "style": "bullet", "elements": []}]),
    "a list of no known style": bullets(style="dashes"),
    "a user in preformatted text": rich(
        {"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}
    ),
    "a leaf right in rich_text": rich(leaf()),
    "rich text in a container": container(rich_section(leaf())),
    "an input in a container": container(field(text_input())),
    "a container in a container": container(container(section())),
    "a container without a title": {"type": "container", "child_blocks": [section()]},
    "collapsed but not collapsible": container(section(), default_collapsed=True),
    "a divider line in a collapsible": container(section(), is_collapsible=True, has_header_divider=True),
    "an alert in a message": {"type": "alert", "text": plain()},
    "a table cell of mrkdwn": {"type": "table", "rows": [[mrkdwn()]]},
    "an empty table cell": table(1, 1, ""),
}


@pytest.mark.parametrize("block", REFUSED.values(), ids=REFUSED.keys())
def test_a_message_is_refused_for(block: Json) -> None:
    assert block_faults([block], "message") != []


TAKEN = {
    "every kind of leaf": rich_section(
        leaf(style={"bold": True, "code": True}),
        {"type": "link", "url": "mailto:dana@example.com", "text": "Dana"},
        {"type": "emoji", "name": "eyes"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1790000000, "format": "{date} at {time}", "fallback": "then"},
        {"type": "color", "value": "#123456"},
    ),
    "quotes and code": rich(
        {"type": "rich_text_quote", "elements": [leaf()], "border": 1},
        {"type": "rich_text_preformatted", "elements": [leaf()], "language": "json"},
    ),
    "groups": actions({"type": "static_select", "option_groups": [{"label": plain(), "options": options(100)}] * 100}),
    "an address in an overflow menu": section(accessory=overflow(2, url="https://example.com")),
    "an image from Slack": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    "a folded container": container(section(), actions(button()), is_collapsible=True, default_collapsed=True),
    "an unfolded section": section(expand=True),
    "an input in a message": field(text_input(), dispatch_action=True),
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN.keys())
def test_a_message_is_taken_with(block: Json) -> None:
    before = copy.deepcopy(block)
    assert block_faults([block], "message") == []
    assert block == before


def test_a_message_has_at_most_50_blocks_and_a_modal_100() -> None:
    assert block_faults([{"type": "divider"}] * 50, "message") == []
    assert block_faults([{"type": "divider"}] * 100, "modal") == []
    told = [str(fault) for fault in block_faults([{"type": "divider"}] * 51, "message")]
    assert told == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    assert len(block_faults([{"type": "divider"}] * 101, "modal")) == 1
    assert len(block_faults([], "modal")) == 1


@pytest.mark.parametrize("block", [table(1, 1), container(section()), {"type": "markdown", "text": "x"}])
def test_what_is_for_messages_alone_is_refused_in_a_modal(block: Json) -> None:
    assert block_faults([block], "message") == []
    assert [fault.pointer for fault in block_faults([block], "modal")] == ["/blocks/0/type"]


def test_an_alert_is_for_modals_alone() -> None:
    assert block_faults([{"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}], "modal") == []
    assert len(block_faults([{"type": "alert", "text": mrkdwn("x" * 201)}], "modal")) == 1


def test_a_block_id_stands_once_in_a_message_also_inside_containers() -> None:
    blocks = [section(block_id="a"), container(section(block_id="b"))]
    assert block_faults(blocks, "message") == []
    faults = block_faults([*blocks, section(block_id="b")], "message")
    assert [fault.pointer for fault in faults] == ["/blocks/2"]


def test_an_action_id_stands_once_in_a_block_and_again_in_another() -> None:
    apart = [actions(button(action_id="a")), actions(button(action_id="a"))]
    assert block_faults(apart, "message") == []
    together = [actions(button(action_id="a"), button(action_id="a"))]
    assert [fault.pointer for fault in block_faults(together, "message")] == ["/blocks/0/elements/1"]


def test_a_message_has_one_table_at_most() -> None:
    assert [fault.message for fault in block_faults([table(1, 1), table(1, 1)], "message")] == [
        "only_one_table_allowed"
    ]
