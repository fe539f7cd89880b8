"""Ticket numbers: every way in which people write them, and what only looks like one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ticket_numbers import TicketLinks, clean, find_in_message, find_in_text, only_number

LINKS = TicketLinks("https://desk.example.com/tickets/{ticket_id}")
NO_TEMPLATE = TicketLinks(None)


@pytest.mark.parametrize(
    "text",
    [
        "143",
        "#143",
        " #143 ",
        "[#143]",
        "[143]",
        "(#143)",
        "#0143",
        "0000000143",
        "143.",
        "#143,",
        "#143?",
        "143!",
        "“143”",
        "‘#143’",
        '"143"',
        "`143`",
        "*143*",
        "ticket 143",
        "Ticket #143",
        "TICKET:143",
        "no. 143",
        "No 143",
        "№ 143",
        "number 143",
        "Number: #143",
        "ticket no. 143",
        "ticket number #143",
        "ticket #143 .",
        "\u200b143\u200b",
        "1\u200b4\u200d3",
        "\ufeff#143",
        "\u2066#143\u2069",
        "\u00a0143\u00a0",
        "#\u00a0143",
        "１４３",
        "＃１４３",
        "［＃１４３］",
        "१४३",
        "١٤٣",
        "&lt;#143&gt;",
        "RE: [#143] Update the address of 2 accounts",
        "https://desk.example.com/tickets/143",
        "https://desk.example.com/tickets/000143",
        "https://desk.example.com/tickets/143/conversations?page=2",
        "https://desk.example.com/tickets/143.",
        "<https://desk.example.com/tickets/143>",
        "<https://desk.example.com/tickets/143|Update the address>",
        "<https://desk.example.com/tickets/143|ticket 143>",
        "see https://desk.example.com/tickets/143 please",
        "(https://desk.example.com/tickets/143)",
        "https://in21.leadsquared.com/tickets/143",
        "https://IN21.LeadSquared.COM/tickets/143",
        "https://in21.leadsquared.com:8443/tickets/143",
        "https://leadsquared.com/ticketdetails?ticketId=143&amp;tab=2",
        "https://in21.leadsquared.com/desk?ticket_id=143&tab=2",
        "https://in21.leadsquared.com/t/ticket/%23143/email",
        "https://in21.leadsquared.com/desk/143/",
        "https://in21.leadsquared.com/desk#/143",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    assert only_number(text, LINKS) == 143


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "0",
        "#0",
        "#000",
        "12345678901",
        "#12345678901",
        "1.5",
        "1,5",
        "-",
        "143 144",
        "#143 #144",
        "#143 #1.5",
        "#143 5",
        "no",
        "no no 143",
        "no 143 144",
        "[#143] and [#144]",
        "help",
        "twelve",
        "143a",
        "a143",
        "#143abc",
        "0x143",
        "14e3",
        "143²",
        "½",
        "ticket",
        "tickets143",
        "ticket 143 tomorrow",
        "version 143",
        "<#C143|143>",
        "<#C143>",
        "<@U143>",
        "<!subteam^S143>",
        "&#143;",
        "&amp;#143;",
        "<mailto:143@example.com|143@example.com>",
        "https://desk.example.com/tickets/",
        "https://desk.example.com/tickets/0",
        "https://desk.example.com/tickets/12345678901",
        "https://desk.example.com/tickets/143e4567",
        "https://desk.example.com/tickets/14345678-e89b-12d3-a456-426614174000",
        "https://desk.example.com/people/143",
        "https://desk.example.com.evil.example/tickets/143",
        "https://leadsquared.com.evil.example/tickets/143",
        "https://notleadsquared.com/tickets/143",
        "https://leadsquared.com@evil.example/tickets/143",
        "https://evil.example/leadsquared.com/tickets/143",
        "https://evil.example/?x=https://in21.leadsquared.com/tickets/143",
        "https://in21.leadsquared.com/",
        "https://in21.leadsquared.com:143/",
        "https://in21.leadsquared.com/desk/143/144",
        "https://in21.leadsquared.com/v1.5/desk",
        "https://in21.leadsquared.com/desk/2024-08-28",
        "https://in21.leadsquared.com/desk?id=14345678-1234-1234-1234-426614174000",
        "https://in21.leadsquared.com/tickets?ticketId=14345678-e89b-12d3-a456-426614174000",
        "https://desk.example.com/tickets/143 https://desk.example.com/tickets/144",
        "https://[in21.leadsquared.com/tickets/143",
    ],
)
def test_what_is_not_one_ticket_number_is_not_taken(text: str) -> None:
    assert only_number(text, LINKS) is None


def test_the_same_ticket_twice_is_one_ticket() -> None:
    link = "https://desk.example.com/tickets/143"
    assert only_number(f"{link} {link}", LINKS) == 143
    assert only_number("RE: [#143] FW: [#143]", LINKS) == 143
    assert only_number("#143 #143", LINKS) == 143
    assert only_number("#143, [#0143]; #143.", LINKS) == 143


def test_ten_digits_are_a_ticket_number_and_zeros_before_them_do_not_count() -> None:
    assert only_number("4294967295", LINKS) == 4294967295
    assert only_number("#034", LINKS) == 34


def test_without_a_template_only_leadsquared_links_lead_to_a_ticket() -> None:
    assert NO_TEMPLATE.ticket_id("https://in21.leadsquared.com/tickets/143") == 143
    assert NO_TEMPLATE.ticket_id("https://desk.example.com/tickets/143") is None


def test_a_template_may_go_on_after_the_number() -> None:
    links = TicketLinks("https://desk.example.com/#/t?id={ticket_id}&view=all")
    assert links.ticket_id("https://desk.example.com/#/t?id=0143&view=all") == 143
    assert only_number("<https://desk.example.com/#/t?id=143&amp;view=all>", links) == 143
    assert links.ticket_id("https://desk.example.com/#/t?id=143&view=none") is None
    assert links.ticket_id("https://desk-example.com/#/t?id=143&view=all") is None


def test_clean_leaves_one_line_of_plain_characters() -> None:
    assert clean(" ＃１\u200b２\n\t&amp;  ｘ\u3000y ") == "#12 & x y"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Please look at #143", [143]),
        ("#143 and #144, then #143 again", [143, 144]),
        ("RE: [#034] Update", [34]),
        ("ticket 143", [143]),
        ("Ticket no. 143 and ticket number: 144, ticket id 145", [143, 144, 145]),
        ("ticket-143; ticket: #144", [143, 144]),
        ("ticket\u00a0143, ＃１４４, #1\u200b45", [143, 144, 145]),
        ("_#143_, *#144*, `#145`, ticket *146*", [143, 144, 145, 146]),
        ("#143's customer wrote again. See #144.", [143, 144]),
        ("(#143) “#144” #145!", [143, 144, 145]),
        ("<https://desk.example.com/tickets/145|the ticket> before #143", [145, 143]),
        ("<https://example.com/|ticket 146>", [146]),
        ("first https://desk.example.com/tickets/2 then #1", [2, 1]),
        ("<https://in21.leadsquared.com/desk?a=1&amp;ticketId=143>", [143]),
        ("142 mails, 1.5 hours, 2024-08-28", []),
        ("#0 #12345678901 #1.5 ticket 2.5 #143abc #1437ff #14a", []),
        ("<#C143|143> <#C144> <@U145> <@U146|#147> <!subteam^S148|#149>", []),
        ("&#143; &amp;#144; page/#145 item#146 ##147", []),
        ("<https://example.com/page#143> https://example.com/#144 https://example.com/ticket/145", []),
        ("<https://leadsquared.com.evil.example/tickets/143> https://notleadsquared.com/tickets/144", []),
        ("<mailto:ticket@example.com|mail>", []),
        ("tickets", []),
    ],
)
def test_the_numbers_that_a_text_mentions(text: str, numbers: list[int]) -> None:
    assert find_in_text(text, LINKS) == numbers


def test_a_message_is_read_whole_and_in_order() -> None:
    message: dict[str, Any] = {
        "text": "About #9 and #1",
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "ticket 2, #9"}, "fields": [{"text": "#3"}]},
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "[#4]"}]},
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "link", "url": "https://desk.example.com/tickets/5"}],
                    },
                ],
            },
        ],
        "attachments": [
            {"pretext": "#6", "title": "#1", "title_link": "https://in21.leadsquared.com/tickets/7"},
            {"fields": [{"title": "Ticket", "value": "#8"}], "blocks": [{"elements": [{"text": "#10"}]}]},
        ],
    }
    assert find_in_message(message, LINKS) == [9, 1, 2, 3, 4, 5, 6, 7, 8, 10]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": None, "blocks": None, "attachments": None},
        {"text": 143, "blocks": "#143", "attachments": {"id": "#143"}},
        {"user": "#143", "ts": "143.0", "blocks": [{"block_id": "#143", "type": "#143", "action_id": "ticket 143"}]},
        {"blocks": [{"elements": [{"type": "user", "user_id": "#143"}, {"type": "channel", "channel_id": "#143"}]}]},
    ],
)
def test_what_nobody_reads_in_a_message_mentions_no_ticket(message: dict[str, Any]) -> None:
    assert find_in_message(message, LINKS) == []


def test_a_message_nested_without_end_is_read_as_far_as_slack_nests() -> None:
    deep: Any = {"text": "#143"}
    for _ in range(100_000):
        deep = {"elements": [deep]}
    assert find_in_message({"text": "#7", "blocks": [deep]}, LINKS) == [7]


PIECES = st.sampled_from(
    [
        "#",
        "143",
        "[",
        "]",
        "<",
        ">",
        "|",
        "&",
        ";",
        "ticket",
        "https://",
        "/",
        ".",
        "leadsquared.com",
        "@",
        "１",
        "\u200b",
        "\n",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(TEXTS)
def test_no_text_is_too_odd(text: str) -> None:
    number = only_number(text, LINKS)
    assert number is None or 0 < number < 10**10
    assert all(0 < number < 10**10 for number in find_in_text(text, LINKS))


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), TEXTS), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
    )
)
def test_no_message_is_too_odd(part: Any) -> None:
    found = find_in_message({"text": part, "blocks": part, "attachments": part}, LINKS)
    assert len(found) == len(set(found))


HOSTILE = [
    *("-", "#", "1", "# ", "#1 ", "[#1", "<", "<a|", "<a>", "<https://", "https://", "https://a "),
    *("ticket", "ticket ", "ticket #", "&", "&amp;", "&#", "\u200b", "１", "ﷺ", "\n"),
    *("https://in21.leadsquared.com/ticket/", "https://in21.leadsquared.com/1-"),
]


def seconds(work: Callable[[str, TicketLinks], object], text: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.thread_time()
        work(text, LINKS)
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize("work", [only_number, find_in_text])
@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(piece: str, work: Callable[[str, TicketLinks], object]) -> None:
    half, whole = (piece * (size // len(piece)) + "x" for size in (50_000, 100_000))
    # Quadratic work takes four times as long. Only this thread's own time counts; a few milliseconds are noise.
    assert seconds(work, whole) < 3.2 * max(seconds(work, half), 0.02)
