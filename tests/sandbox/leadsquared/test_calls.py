"""The two documented calls: what they answer, and what they refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from bot.sandbox.leadsquared import LeadSquared, Note

Ask = Callable[..., requests.Response]
KEYS = {"X-LSQ-ACCESS-KEY": "u$rmade-up", "X-LSQ-SECRET-KEY": "also$made-up"}
READ = {"TicketId": 143, "OrgId": 22824, "ActivityType": ["InboundEmail"]}
NOTE = {
    "TextPart": "Resolve this today.",
    "ActivityType": "CreateInternalNote",
    "StorageType": "Permament",
    "RelatedTicketId": 143,
}


def test_a_conversation_has_the_documented_shape(read: Ask) -> None:
    said = read().json()
    assert list(said) == ["Total", "Conversations", "ConversationList"]
    assert (said["Total"], said["Conversations"]) == (3, None)
    assert [(one["Id"], one["RelatedActivityType"]) for one in said["ConversationList"]] == [
        (131, "InboundEmail"),
        (133, "OutboundEmail"),
        (135, "InboundEmail"),
    ]
    fields = {"RelatedActivityType", "Html", "Text", "Attachments", "CreatedBy", "CreatedOn", "Id"}
    assert all(one.keys() == fields for one in said["ConversationList"])
    (card,) = said["ConversationList"][2]["Attachments"]
    assert {name: value for name, value in card.items() if name != "ContentPath"} == {
        "Id": None,
        "FileName": "Student card.png",
        "FileSize": 109_210,
        "ContentType": "image/png",
        "ContentLocation": None,
        "ContentId": None,
        "Ttl": 60,
    }


@pytest.mark.parametrize(
    ("kinds", "ids"),
    [(["InboundEmail"], [131, 135]), (["OutboundEmail"], [133]), (["PortalInbound", "PortalOutbound"], [])],
)
def test_only_the_activity_types_asked_for_come(read: Ask, kinds: list[str], ids: list[int]) -> None:
    said = read(ActivityType=kinds).json()
    assert [one["Id"] for one in said["ConversationList"]] == ids
    assert said["Total"] == len(ids)


def test_a_kind_that_the_page_does_not_list_comes_all_the_same(read: Ask) -> None:
    kinds = [
        one.get("RelatedActivityType") for one in read(77, ActivityType=["PortalInbound"]).json()["ConversationList"]
    ]
    assert kinds == ["WhatsAppInbound", "PortalInbound", None]


@pytest.mark.parametrize("ticket_id", [999, 300, 0, -1])
def test_an_unknown_or_empty_ticket_is_a_success_with_nothing_in_it(read: Ask, ticket_id: int) -> None:
    answer = read(ticket_id)
    assert (answer.status_code, answer.json()) == (200, {"Total": 0, "Conversations": None, "ConversationList": []})


def test_a_note_is_kept_and_answered_with_ids_as_text(server: LeadSquared, write: Ask) -> None:
    told: list[Note] = []
    server.on_note = told.append
    assert write("First line\nsecond, नमस्ते").json() == {
        "Message": "Activity Created",
        "RelatedTicketId": "143",
        "RelatedOrgId": "22824",
        "RelatedChannelMonitoringRequestId": 0,
    }
    assert [(note.ticket_id, note.text) for note in server.notes] == [(143, "First line\nsecond, नमस्ते")]
    assert server.notes[0].at.tzinfo is not None
    assert told == server.notes


def test_a_note_on_an_unknown_ticket_is_refused_as_invalid_input(server: LeadSquared, write: Ask) -> None:
    answer = write(RelatedTicketId=999)
    assert (answer.status_code, answer.json()["ExceptionType"]) == (500, "MXInvalidInputException")
    assert server.notes == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-LSQ-ACCESS-KEY": "u$rmade-up"},
        {"X-LSQ-ACCESS-KEY": "u$rmade-up", "X-LSQ-SECRET-KEY": "also"},
        {"X-LSQ-ACCESS-KEY": "made-up", "X-LSQ-SECRET-KEY": "also$made-up"},  # what shells and .env files leave of it
        {"x-LSQ-AccessKey": "u$rmade-up", "x-LSQ-SecretKey": "also$made-up"},  # the older API's names
    ],
)
def test_wrong_keys_are_refused(server: LeadSquared, post: Ask, headers: dict[str, str]) -> None:
    for path, body in (("conversation/filter", READ), ("internalnote/upload", NOTE)):
        assert post(path, body, headers=headers).status_code == 401
    assert [seen.status for seen in server.requests] == [401, 401]
    assert server.notes == []
    assert server.worst_window() == 0


def test_header_names_may_be_in_any_case(post: Ask) -> None:
    assert post("conversation/filter", READ, headers={name.lower(): key for name, key in KEYS.items()}).ok


def test_keys_open_their_own_account_only(server: LeadSquared) -> None:
    url = f"{server.url}/api/tenants/22825/conversation/filter"
    assert requests.post(url, json=READ | {"OrgId": 22825}, headers=KEYS, timeout=5).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"TicketId": "143"},
        {"TicketId": 143.0},
        {"TicketId": True},
        {"TicketId": None},
        {"OrgId": "22824"},
        {"OrgId": 22825},
        {"ActivityType": []},
        {"ActivityType": None},
        {"ActivityType": "InboundEmail"},
        {"ActivityType": ["inboundemail"]},
        {"ActivityType": ["InboundEmail", "InternalNote"]},
        {"ActivityType": [["InboundEmail"]]},
        {"Limit": 10},
    ],
)
def test_a_read_that_is_not_as_documented_is_refused(read: Ask, change: dict[str, Any]) -> None:
    answer = read(**change)
    assert answer.status_code == 400
    assert answer.json()["ReasonForFailure"]


@pytest.mark.parametrize(
    "change",
    [
        {"RelatedTicketId": "143"},
        {"StorageType": "Permanent"},
        {"ActivityType": "InternalNote"},
        {"TextPart": ""},
        {"TextPart": " \n"},
        {"TextPart": None},
        {"TextPart": 5},
        {"OrgId": 22824},
    ],
)
def test_a_note_that_is_not_as_documented_is_refused(server: LeadSquared, write: Ask, change: dict[str, Any]) -> None:
    assert write(**change).status_code == 400
    assert server.notes == []


@pytest.mark.parametrize(("path", "body"), [("conversation/filter", READ), ("internalnote/upload", NOTE)])
def test_a_missing_field_is_refused(post: Ask, path: str, body: dict[str, Any]) -> None:
    for name in body:
        rest = {key: value for key, value in body.items() if key != name}
        assert post(path, rest).status_code == 400, name


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"TicketId=143"])
def test_a_body_that_is_no_json_object_is_refused(server: LeadSquared, post: Ask, data: bytes) -> None:
    json_type = {"Content-Type": "application/json"}
    assert post("conversation/filter", None, data=data, headers=KEYS | json_type).status_code == 400
    assert server.requests[0].kind == "conversations"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/json", 200), ("application/json; charset=utf-8", 200), ("text/plain", 400), ("", 400)],
)
def test_the_content_type_must_be_json(post: Ask, content_type: str, status: int) -> None:
    headers = KEYS | {"Content-Type": content_type}
    assert post("conversation/filter", None, data=json.dumps(READ), headers=headers).status_code == status


@pytest.mark.parametrize("path", ["conversation/filter/", "conversation", "internalNote/upload", "tickets", "../x"])
def test_another_path_is_not_found(server: LeadSquared, post: Ask, path: str) -> None:
    assert post(path, READ).status_code == 404
    assert server.requests[0].kind is None


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_another_method_is_not_allowed(server: LeadSquared, method: str) -> None:
    url = f"{server.url}/api/tenants/22824/internalnote/upload"
    answer = requests.request(method, url, json=NOTE, headers=KEYS, timeout=5)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert server.notes == []


def test_what_was_sent_is_kept_without_showing_the_keys(server: LeadSquared, read: Ask) -> None:
    read(34)
    (seen,) = server.requests
    assert (seen.path, seen.kind, seen.status) == ("/api/tenants/22824/conversation/filter", "conversations", 200)
    assert seen.json["TicketId"] == 34
    assert seen.headers["x-lsq-access-key"] == "u$rmade-up"
    assert "made-up" not in repr(seen)


def test_a_caller_that_gives_up_while_the_answer_is_late_has_written_its_note(server: LeadSquared, post: Ask) -> None:
    late = threading.Event()
    server._pause = lambda _: late.wait(5)
    server.delay = 1.0
    with pytest.raises(requests.ReadTimeout):
        post("internalnote/upload", NOTE, timeout=0.2)
    late.set()
    assert [note.text for note in server.notes] == ["Resolve this today."]


def test_the_delay_is_before_each_answer_and_the_jitter_before_the_count(server: LeadSquared, read: Ask) -> None:
    waited: list[tuple[float, int]] = []
    server._pause = lambda seconds: waited.append((seconds, len(server.requests)))
    server.delay, server.jitter = 1.0, lambda: 0.25
    read()
    assert waited == [(0.25, 0), (1.0, 1)]
