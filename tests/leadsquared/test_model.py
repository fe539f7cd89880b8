"""What the API sends, read into the model whatever its shape."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.leadsquared import entries, model
from bot.leadsquared.model import Attachment, Conversation, Kind, read_conversation, read_time
from bot.leadsquared.storage import DOCUMENTED_HOST, refused_host
from bot.sandbox.ticket_model import Ticket
from bot.sandbox.tickets import sample_tickets

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LINK = f"https://{DOCUMENTED_HOST}/t/22824/ticket/%23143/email/1"


def read(*entries: Any, **more: Any) -> Conversation:
    return read_payload({"Total": len(entries), "Conversations": None, "ConversationList": list(entries)} | more)


def read_payload(payload: dict[str, Any]) -> Conversation:
    return read_conversation(payload, 143, NOW, len(json.dumps(payload)))


@pytest.mark.parametrize(
    ("written", "microsecond"),
    [
        ("2024-08-28T12:38:36", 0),
        ("2024-08-28T12:38:36.1", 100_000),
        ("2024-08-28T12:38:36.68", 680_000),
        ("2024-08-28T12:38:36.198", 198_000),
        ("2024-08-28T12:38:36.1987", 198_700),
        ("2024-08-28T12:38:36.19876", 198_760),
        ("2024-08-28T12:38:36.198765", 198_765),
        ("2024-08-28T12:38:36.1987654", 198_765),
        ("2024-08-28 12:38:36.000", 0),
        (" 2024-08-28T12:38:36 ", 0),
        ("2024-08-28T12:38:36Z", 0),
        ("2024-08-28T18:08:36+05:30", 0),
        ("2024-08-28T18:08:36.1987654+05:30", 198_765),
    ],
)
def test_a_time_is_utc_with_any_fraction(written: str, microsecond: int) -> None:
    when = read_time(written)
    assert when == datetime(2024, 8, 28, 12, 38, 36, microsecond, tzinfo=UTC)
    assert when.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "null",
        "yesterday",
        0,
        1724848716,
        True,
        [],
        {},
        "2024-13-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "\ud800",
    ],
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert read_time(written) is None


def test_a_message_in_the_documented_shape_is_read_whole() -> None:
    link = f"https://{DOCUMENTED_HOST}/t/22824/ticket/%23143?X-Amz-Expires=3600"
    entry = {
        "RelatedActivityType": "InboundEmail",
        "Html": "<p>Hi</p>",
        "Text": "Hi",
        "Attachments": [
            {
                "Id": None,
                "FileName": "form.png",
                "FileSize": 109210,
                "ContentType": "image/png",
                "ContentPath": link,
                "ContentLocation": None,
                "ContentId": None,
                "Ttl": 60,
            }
        ],
        "CreatedBy": "a443f7b7-0000-11ec-993a-06f221480cd8",
        "CreatedOn": "2024-08-28T12:38:36.198",
        "Id": 131,
    }
    (message,) = read(entry).messages
    assert (message.id, message.kind, message.html, message.text) == (131, Kind.INBOUND_EMAIL, "<p>Hi</p>", "Hi")
    assert message.author_id == "a443f7b7-0000-11ec-993a-06f221480cd8"
    assert message.created == datetime(2024, 8, 28, 12, 38, 36, 198_000, tzinfo=UTC)
    assert message.attachments == (Attachment("form.png", 109210, "image/png", link, NOW + timedelta(hours=1)),)


def test_a_link_to_a_file_shows_in_no_repr() -> None:
    link = f"https://{DOCUMENTED_HOST}/hush"
    conversation = read({"Attachments": [{"FileName": "a.png", "ContentPath": link}]})
    assert conversation.messages[0].attachments[0].url == link
    assert "hush" not in repr(conversation)


def test_a_link_that_leads_elsewhere_is_dropped_and_its_host_is_known() -> None:
    conversation = read({"Attachments": [{"FileName": "a.png", "ContentPath": "https://files.example.com/hush"}]})
    (file,) = conversation.messages[0].attachments
    assert (file.url, file.refused_host) == (None, "files.example.com")
    assert "hush" not in repr(conversation)


def test_links_are_checked_however_a_message_is_looked_at() -> None:
    hosts = ("files.example.com",)
    urls = [LINK, "https://files.example.com/a", "http://files.example.com/b"]
    payload = {"ConversationList": [{"Id": n, "Attachments": [{"ContentPath": url}]} for n, url in enumerate(urls)]}
    messages = read_conversation(payload, 143, NOW, 0, hosts).messages
    for looked_at in (messages, messages[:], [*reversed(messages)][::-1]):
        assert [message.attachments[0].url for message in looked_at] == [None, urls[1], None]


@pytest.mark.parametrize(
    ("files", "minutes"),
    [
        ([], math.inf),
        ([{"ContentPath": LINK, "Ttl": 60}, {"ContentPath": LINK, "Ttl": "7"}, {"ContentPath": LINK}], 7),
        ([{"ContentPath": "https://files.example.com/a", "Ttl": 1}, {"ContentPath": LINK, "Ttl": 60}], 60),
        ([{"ContentPath": LINK, "Ttl": 60}, {"ContentPath": f"http{LINK[5:]}", "Ttl": 1}, {"Ttl": 1}], 60),
        ([{"ContentPath": "javascript:alert(1)", "Ttl": 1}], math.inf),
    ],
)
def test_a_conversation_lives_as_long_as_the_links_that_are_handed_on(files: list[Any], minutes: float) -> None:
    for entries_ in ([{"Attachments": files}], [{"Attachments": [file]} for file in files]):
        assert read(*entries_).links_live_seconds == minutes * 60


def test_of_links_that_live_equally_long_one_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def check(url: str, hosts: Collection[str]) -> str | None:
        checked.append(url)
        return refused_host(url, hosts)

    monkeypatch.setattr(model, "refused_host", check)
    conversation = read(*[{"Attachments": [{"ContentPath": LINK, "Ttl": 60}]}] * 100)
    assert checked == [LINK]
    assert conversation.messages[99].attachments[0].url == LINK


ODD_IDS: list[object] = [None, "", "null", True, -1, 1.5, "a443f7b7", "9" * 19, "١٣", []]


@pytest.mark.parametrize(
    ("given_id", "number"),
    [(131, 131), ("131", 131), (" 131 ", 131), (0, 0), *((odd, None) for odd in ODD_IDS)],
)
def test_an_id_is_a_number_however_it_is_written(given_id: object, number: int | None) -> None:
    assert read({"Id": given_id}).messages[0].id == number


def test_an_empty_entry_is_still_a_message() -> None:
    (message,) = read({}).messages
    assert (message.id, message.kind, message.activity_type, message.created) == (None, None, "", None)
    assert (message.html, message.text, message.author_id, message.attachments) == ("", "", "", ())


def test_nulls_and_the_word_null_are_nothing() -> None:
    nothing = ("Html", "Text", "CreatedBy", "RelatedActivityType", "CreatedOn", "Id")
    for value in (None, "null"):
        (message,) = read(dict.fromkeys(nothing, value)).messages
        assert (message.html, message.text, message.author_id, message.activity_type) == ("", "", "", "")


def test_an_unknown_kind_keeps_its_word_and_harms_nobody() -> None:
    conversation = read(
        {"Id": 1, "RelatedActivityType": "WhatsAppInbound"}, {"Id": 2, "RelatedActivityType": "PortalInbound"}
    )
    assert [(m.kind, m.activity_type) for m in conversation.messages] == [
        (None, "WhatsAppInbound"),
        (Kind.PORTAL_INBOUND, "PortalInbound"),
    ]


def test_what_is_no_message_is_counted_and_hides_no_other() -> None:
    conversation = read(None, {"Id": 1}, "text", [], 7, {"Id": 2})
    assert [message.id for message in conversation.messages] == [1, 2]
    assert (conversation.total, conversation.unreadable, conversation.missing) == (6, 4, 4)


def test_messages_stand_in_order_of_time_then_of_id() -> None:
    late, early = "2024-08-28T13:55:43.68", "2024-08-28T13:55:43.198"
    conversation = read(
        {"Id": 9, "CreatedOn": late},
        {"Id": "10", "CreatedOn": early},
        {"Id": 5, "CreatedOn": None},
        {"Id": 9, "CreatedOn": early},
        {"Id": 2, "CreatedOn": late},
    )
    assert [message.id for message in conversation.messages] == [5, 9, 10, 2, 9]


@pytest.mark.parametrize("attachments", [None, {}, "null", 7, [None, "x", 3]])
def test_attachments_that_are_none_are_none(attachments: object) -> None:
    assert read({"Attachments": attachments}).messages[0].attachments == ()


def test_an_attachment_may_lack_everything() -> None:
    nothing = Attachment("Unnamed file", None, "", None, None)
    names = ("FileName", "FileSize", "ContentType", "ContentPath", "Ttl")
    assert read({"Attachments": [{}, dict.fromkeys(names)]}).messages[0].attachments == (nothing, nothing)


@pytest.mark.parametrize(("ttl", "minutes"), [(60, 60), ("60", 60), (0, 0), (10**12, None), (-1, None), ("soon", None)])
def test_a_link_expires_after_its_minutes(ttl: object, minutes: int | None) -> None:
    (attachment,) = read({"Attachments": [{"Ttl": ttl}]}).messages[0].attachments
    assert attachment.expires == (None if minutes is None else NOW + timedelta(minutes=minutes))


def test_half_a_character_becomes_a_whole_one() -> None:
    (message,) = read({"Text": "a\ud83d b", "Attachments": [{"FileName": "\udc00.png"}]}).messages
    assert message.text == "a\ufffd b"
    assert message.attachments[0].name == "\ufffd.png"


@pytest.mark.parametrize("total", [0, "0"])
def test_a_total_without_a_list_is_a_conversation_without_messages(total: object) -> None:
    for payload in ({"Total": total}, {"Total": total, "ConversationList": None, "Conversations": None}):
        assert not read_payload(payload).messages


def test_a_list_without_a_total_is_counted() -> None:
    assert read({}, {}, Total=None).total == 2


def test_what_the_api_counts_and_does_not_send_is_missing() -> None:
    assert read({}, Total=5).missing == 4
    assert read({}, {}, Total=1).missing == 0
    assert read_payload({"Total": 3, "ConversationList": None}).missing == 3


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"Conversations": None},
        {"Total": None, "ConversationList": None},
        {"Total": "many"},
        {"Total": 1, "ConversationList": {}},
    ],
)
def test_what_is_no_conversation_is_a_value_error(payload: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ConversationList"):
        read_payload(payload)


def test_sizes_grow_with_what_is_kept() -> None:
    assert read_conversation({"Total": 0}, 143, NOW, 10_000).size >= 10_000
    assert read_conversation({"ConversationList": [{}] * 100}, 143, NOW, 0).size > 100 * sys.getsizeof(entries.Entry())
    files: dict[str, Any] = {"Attachments": [{}] * 100}
    assert read_conversation({"ConversationList": [files]}, 143, NOW, 0).size > 100 * sys.getsizeof(entries.FileEntry())


@pytest.mark.parametrize("character", ["x", "é", "’", "😊"])
@pytest.mark.parametrize("key", ["Html", "Text"])
def test_no_text_takes_more_memory_than_is_counted(character: str, key: str) -> None:
    body = json.dumps({"ConversationList": [{key: "word " * 2000 + character}]}, ensure_ascii=False).encode()
    payload: Any = entries.loads(body)
    kept = getattr(payload["ConversationList"][0], key.lower())
    size = read_conversation(payload, 143, NOW, len(body)).size
    assert sys.getsizeof(kept) <= size <= sys.getsizeof(kept) + 1500


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.sampled_from(["null", "2024-08-28T12:38:36.68"]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
ATTACHMENTS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("FileName", "FileSize", "ContentType", "ContentPath", "Ttl"), JSON)
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("Id", "Html", "Text", "CreatedBy", "CreatedOn", "RelatedActivityType"), JSON)
    | {"Attachments": JSON | st.lists(ATTACHMENTS | JSON, max_size=3)},
)
PAYLOADS = st.fixed_dictionaries(
    {}, optional={"Total": JSON, "ConversationList": JSON | st.lists(ENTRIES | JSON, max_size=5), "Conversations": JSON}
)


def of_json(body: bytes, loads: Callable[[bytes], Any]) -> Conversation | str:
    try:
        return read_conversation(loads(body), 143, NOW, len(body))
    except ValueError as error:
        return str(error)


def assert_read_as_ever(body: bytes) -> None:
    """What is wanted of an answer is the same whether it alone is taken from the JSON, or all is."""
    quick, whole = of_json(body, entries.loads), of_json(body, json.loads)
    if isinstance(quick, Conversation) and isinstance(whole, Conversation):
        assert list(quick.messages) == list(whole.messages)
        assert quick.size == whole.size
        assert quick.links_live_seconds == whole.links_live_seconds
        assert (quick.total, quick.unreadable) == (whole.total, whole.unreadable)
    else:
        assert isinstance(quick, str) == isinstance(whole, str)


@given(PAYLOADS, st.booleans())
def test_taking_what_is_wanted_takes_what_is_there(payload: dict[str, Any], ascii_only: bool) -> None:
    assert_read_as_ever(json.dumps(payload, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


def answer_of(ticket: Ticket) -> bytes:
    answer = {"Total": len(ticket.messages), "Conversations": None, "ConversationList": list(ticket.messages)}
    return json.dumps(answer).encode()


@pytest.mark.parametrize("ticket", sample_tickets(NOW).values(), ids=lambda ticket: str(ticket.id))
def test_every_sample_is_taken_as_it_is(ticket: Ticket) -> None:
    assert_read_as_ever(answer_of(ticket))


def test_a_usual_answer_is_not_read_whole() -> None:
    answer = entries.loads(answer_of(sample_tickets(NOW)[143]))
    assert isinstance(answer, dict)
    assert {type(entry) for entry in answer["ConversationList"]} == {entries.Entry}
    assert "Conversations" not in answer


@pytest.mark.parametrize("name", ["Html", "Attachments", "Unasked"])
@pytest.mark.parametrize(
    "value",
    [
        rb'"a\u0000b"',
        b'"a\x01b"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        rb'"\ud83d"',
        rb'"\ud83d\ude00"',
        rb'"\q"',
        b"18446744073709551616",
        b"9" * 30,
        b"1e999",
        b"NaN",
        b"01",
        b"1.",
        b'{"a":1,"a":2}',
        b"{1:2}",
        b'[{"Ttl":"7"},null,[{"FileName":"a"}]]',
        b'[{"Ttl":[7],"FileName":"a"}]',
    ],
)
def test_odd_json_is_read_as_ever_or_refused_as_ever(name: str, value: bytes) -> None:
    assert_read_as_ever(b'{"ConversationList":[{"Id":1,"%b":%b},{"Id":2,"Id":"3"}]}' % (name.encode(), value))


@given(PAYLOADS)
def test_any_json_is_a_conversation_or_a_value_error(payload: dict[str, Any]) -> None:
    try:
        conversation = read_payload(payload)
    except ValueError:
        return
    listed = payload.get("ConversationList") or []
    assert len(conversation.messages) + conversation.unreadable == len(listed)
    assert conversation.size > 0
    for message in conversation.messages:
        assert message.created is None or message.created.tzinfo is UTC
        message.text.encode()
