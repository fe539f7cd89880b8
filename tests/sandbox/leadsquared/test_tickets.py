"""The sample tickets: in the API's shape, the same for the same time, and each with what it is there for."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.sandbox.ticket_model import KINDS, Ticket, flatten, stamp
from bot.sandbox.tickets import sample_tickets

NOW = datetime(2026, 3, 9, 10, 30, 12, 345_678, tzinfo=UTC)
TICKETS = sample_tickets(NOW)
MADE_TO_HURT = {77, 88}
ORDERLY = [ticket for number, ticket in TICKETS.items() if number not in MADE_TO_HURT]


def html_of(number: int) -> str:
    return "".join(message.get("Html") or "" for message in TICKETS[number].messages)


def times_of(ticket: Ticket) -> list[datetime]:
    return [datetime.fromisoformat(message["CreatedOn"]) for message in ticket.messages]


def test_the_tickets_are_those_that_the_demo_tells_of() -> None:
    assert set(TICKETS) == {7, 12, 34, 52, 61, 77, 88, 143, 200, 300}
    assert all(number == ticket.id for number, ticket in TICKETS.items())


def test_the_same_time_gives_the_same_tickets() -> None:
    assert sample_tickets(NOW) == TICKETS
    assert sample_tickets(NOW + timedelta(days=1)) != TICKETS


@pytest.mark.parametrize("ticket", ORDERLY, ids=lambda ticket: ticket.id)
def test_an_orderly_ticket_has_documented_kinds_and_naive_past_times(ticket: Ticket) -> None:
    assert {message["RelatedActivityType"] for message in ticket.messages} <= set(KINDS)
    assert all(time.tzinfo is None and time < NOW.replace(tzinfo=None) for time in times_of(ticket))
    ids = [int(message["Id"]) for message in ticket.messages]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("ticket", ORDERLY, ids=lambda ticket: ticket.id)
def test_text_is_the_html_on_one_line(ticket: Ticket) -> None:
    for message in ticket.messages:
        assert message["Text"] == flatten(message["Html"])
        assert not re.search(r"[\r\n]|  |</?[a-z]", message["Text"])


def test_every_address_is_made_up() -> None:
    told = json.dumps([ticket.messages for ticket in TICKETS.values()], ensure_ascii=False)
    addresses = re.findall(r"[\w.+-]+@([\w-]+\.[\w.]*\w)", told)
    assert len(addresses) > 10
    # A picture inside a mail is named with an at sign too.
    assert {name.lower() for name in addresses} <= {"example.com", "01db0a1f.5c2e7a90"}
    assert all(host.endswith(("example.com", "w3.org")) for host in re.findall(r"https?://([\w.]+)", told))


def test_stored_order_is_oldest_first_but_for_one_ticket() -> None:
    out_of_order = [ticket.id for ticket in ORDERLY if any(a > b for a, b in pairwise(times_of(ticket)))]
    assert out_of_order == [52]


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        (0, "2026-03-09T10:30:12"),
        (1, "2026-03-09T10:30:12.3"),
        (3, "2026-03-09T10:30:12.345"),
        (7, "2026-03-09T10:30:12.3456785"),
    ],
)
def test_a_time_has_as_many_digits_as_asked_for(digits: int, text: str) -> None:
    assert stamp(NOW, digits) == text
    india = NOW.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)
    assert stamp(india, digits) == text


def test_times_come_with_every_number_of_digits() -> None:
    fractions = {len(message["CreatedOn"].partition(".")[2]) for message in TICKETS[200].messages}
    assert fractions == set(range(8))


def test_flattening_loses_an_address_in_angle_brackets_as_the_api_does() -> None:
    assert flatten("<p>From: Meera &lt;m@example.com&gt;<br>\r\nSent: today</p>") == "From: Meera Sent: today"


def test_143_quotes_the_whole_thread_in_its_second_mail() -> None:
    first, reply, second = TICKETS[143].messages
    assert second["Text"].startswith("Please use meera.j@example.com from now on. My student card is attached. From: ")
    assert second["Text"].endswith(first["Text"])
    assert reply["Text"] in second["Text"]
    assert "border-top:solid #E1E1E1" in second["Html"]


def test_200_has_two_hundred_messages_of_every_kind_and_many_lengths() -> None:
    messages = TICKETS[200].messages
    assert len(messages) == 200
    assert {message["RelatedActivityType"] for message in messages} == set(KINDS)
    lengths = [len(message["Text"]) for message in messages]
    assert min(lengths) < 10
    assert max(lengths) > 1_000
    assert len({message["Text"] for message in messages}) > 120


def test_7_is_word_html_with_a_table_and_a_picture_in_the_text() -> None:
    html = html_of(7)
    assert all(mark in html for mark in ('class="MsoNormal"', "<o:p>", "MsoTableGrid", "[if gte mso 9]"))
    (picture,) = TICKETS[7].messages[0]["Attachments"]
    assert f'src="cid:{picture["ContentId"]}"' in html


def test_52_quotes_five_deep() -> None:
    last = max(TICKETS[52].messages, key=lambda message: str(message["CreatedOn"]))
    assert last["Html"].count('<blockquote class="gmail_quote"') == 5
    assert last["Html"].endswith("</blockquote></div>" * 5)


def test_61_is_one_mail_of_thirty_thousand_characters() -> None:
    (mail,) = TICKETS[61].messages
    assert len(mail["Text"]) == 30_000


def test_12_has_ten_files_from_nothing_to_twenty_five_megabytes() -> None:
    files = [item for _, item in TICKETS[12].files()]
    assert len(files) == 10
    assert len({item["ContentType"] for item in files}) >= 8
    assert (min(item["FileSize"] for item in files), max(item["FileSize"] for item in files)) == (0, 25 * 2**20)


def test_88_holds_what_nothing_may_trip_over() -> None:
    told = json.dumps(TICKETS[88].messages, ensure_ascii=False)
    assert all(
        mark in told
        for mark in (
            "<!channel>",
            "<@U012>",
            "&lt;!channel&gt;",
            "javascript:",
            "\u202e",
            "\u200b",
            "नमस्ते",
            "مرحبا",
            "👩🏽‍🏫",
        )
    )
    assert json.loads(json.dumps(TICKETS[88].messages)) == json.loads(told)


def test_77_has_missing_keys_and_a_kind_of_its_own() -> None:
    messages = TICKETS[77].messages
    assert [message.get("RelatedActivityType") for message in messages].count("WhatsAppInbound") == 1
    assert [
        name for name in ("CreatedOn", "Html", "Attachments", "CreatedBy") if any(name not in m for m in messages)
    ] == [
        "CreatedOn",
        "Html",
        "Attachments",
        "CreatedBy",
    ]
    assert {type(message["Id"]) for message in messages} == {int, str}


def test_300_is_there_and_empty() -> None:
    assert TICKETS[300].messages == ()
