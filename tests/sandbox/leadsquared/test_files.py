"""Links to attachments: signed, new at each read, and dead after an hour."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import requests

from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.ticket_files import tiny_pdf, tiny_png
from bot.sandbox.tickets import sample_tickets

Ask = Callable[..., requests.Response]


@dataclass
class Calendar:
    """A wall clock that stands until it is moved: call it for the time."""

    at: datetime = datetime(2026, 3, 9, 10, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def today() -> Calendar:
    return Calendar()


@pytest.fixture
def server(today: Calendar) -> Iterator[LeadSquared]:
    tickets = sample_tickets(today.at)
    with LeadSquared(
        org_id=22824, access_key="u$rmade-up", secret_key="also$made-up", tickets=tickets, now=today
    ) as server:
        yield server


def files(read: Ask, ticket_id: int) -> list[dict[str, Any]]:
    return [file for one in read(ticket_id).json()["ConversationList"] for file in one.get("Attachments") or ()]


def get(url: str, method: str = "GET") -> requests.Response:
    return requests.request(method, url, timeout=5)


def test_a_link_looks_like_the_real_ones(server: LeadSquared, read: Ask) -> None:
    (card,) = files(read, 143)
    address = urlsplit(card["ContentPath"])
    assert card["ContentPath"].startswith(f"{server.url}/files/t/22824/ticket/%23143/email/")
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert query["response-content-disposition"] == 'inline; filename="Student card.png"'
    assert (query["X-Amz-Date"], query["X-Amz-Expires"]) == ("20260309T103000Z", "3600")
    assert len(query["X-Amz-Signature"]) == 64
    assert 1_500 < len(card["ContentPath"]) < 2_000


def test_a_ticket_below_a_hundred_is_padded_in_its_links(read: Ask) -> None:
    assert all("/ticket/%23034/email/" in file["ContentPath"] for file in files(read, 34))


def test_a_file_is_served_with_its_type_and_name(read: Ask) -> None:
    (card,) = files(read, 143)
    answer = get(card["ContentPath"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Content-Disposition"] == 'inline; filename="Student card.png"'
    assert answer.content == tiny_png()
    pdf = next(file for file in files(read, 34) if file["ContentType"] == "application/pdf")
    assert get(pdf["ContentPath"]).content == tiny_pdf()


def test_every_file_of_every_ticket_can_be_fetched(server: LeadSquared, today: Calendar, read: Ask) -> None:
    fetched = 0
    for ticket_id in sample_tickets(today.at):
        for file in files(read, ticket_id):
            path = file["ContentPath"] or ""
            if path.startswith(server.url):
                answer = get(path)
                assert answer.status_code == 200
                assert answer.headers["Content-Type"] == (file.get("ContentType") or "application/octet-stream")
                assert "X-Bad" not in answer.headers
                assert (answer.content == b"") == (file.get("FileSize") == 0)
                fetched += 1
    assert fetched > 20


def test_a_link_dies_after_an_hour_and_a_new_read_gives_a_new_one(today: Calendar, read: Ask) -> None:
    old = files(read, 143)[0]["ContentPath"]
    today.at += timedelta(minutes=59, seconds=59)
    assert get(old).status_code == 200
    today.at += timedelta(seconds=1)
    answer = get(old)
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/xml")
    error = ET.fromstring(answer.content)  # noqa: S314 (an answer of our own)
    assert (error.tag, error.findtext("Code"), error.findtext("Message")) == (
        "Error",
        "AccessDenied",
        "Request has expired",
    )
    new = files(read, 143)[0]["ContentPath"]
    assert new != old
    assert get(new).status_code == 200


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ("X-Amz-Expires=3600", "X-Amz-Expires=9999", "SignatureDoesNotMatch"),
        ("X-Amz-Date=2026", "X-Amz-Date=2027", "SignatureDoesNotMatch"),
        ("%23143", "%23144", "SignatureDoesNotMatch"),
        ("inline", "attachment", "SignatureDoesNotMatch"),
        ("X-Amz-Signature=", "X-Amz-Signature=é", "SignatureDoesNotMatch"),
        ("X-Amz-Signature=", "Signature=", "AccessDenied"),
    ],
)
def test_a_link_that_was_tampered_with_is_refused(read: Ask, was: str, becomes: str, code: str) -> None:
    link = files(read, 143)[0]["ContentPath"]
    assert was in link
    answer = get(link.replace(was, becomes))
    assert answer.status_code == 403
    assert f"<Code>{code}</Code>" in answer.text


def test_a_link_cannot_be_written_to(read: Ask) -> None:
    link = files(read, 143)[0]["ContentPath"]
    assert get(link, "HEAD").status_code == 200
    assert get(link, "POST").status_code == 405


def test_a_link_that_comes_with_the_ticket_stays_as_it_is(read: Ask) -> None:
    assert "javascript:alert(1)" in [file["ContentPath"] for file in files(read, 88)]


def test_files_do_not_count_against_the_limit(server: LeadSquared, read: Ask) -> None:
    link = files(read, 143)[0]["ContentPath"]
    assert {get(link).status_code for _ in range(30)} == {200}
    assert server.worst_window() == 1
    assert server.requests[-1].kind is None


def test_the_png_is_whole() -> None:
    data = tiny_png(3, 2)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    start = data.index(b"IDAT")
    length = int.from_bytes(data[start - 4 : start])
    body, check = data[start + 4 : start + 4 + length], data[start + 4 + length : start + 8 + length]
    assert zlib.decompress(body) == (b"\0" + b"\x1d\x6f\xa5" * 3) * 2
    assert zlib.crc32(b"IDAT" + body) == int.from_bytes(check)


def test_the_pdf_finds_its_own_parts() -> None:
    data = tiny_pdf("Hello")
    table = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    assert data[table:].startswith(b"xref\n")
    rows = data[table:].split(b"\n")[3:9]
    for number, row in enumerate(rows, start=1):
        assert data[int(row[:10]) :].startswith(b"%d 0 obj" % number)
