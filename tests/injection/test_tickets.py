"""Whatever LeadSquared sends in whichever field of a ticket, nothing live comes of it in Slack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks.check_result import check_result
from bot.blocks.conversation import conversation_screen
from bot.blocks.failure import note_failed, reading_failed
from bot.blocks.files import files_screen
from bot.blocks.ids import FileSpot, PageSpot, PartSpot, ShareSpot
from bot.blocks.note_news import doubt, not_added, receipt
from bot.blocks.prompts import not_understood
from bot.blocks.screen import Screen
from bot.blocks.share_form import share_form
from bot.blocks.shared import Part, Shared, shared_page
from bot.blocks.whole_message import whole_message
from bot.check.finding import quoted
from bot.check.slack import TOKEN_OK
from bot.leadsquared import answers
from bot.leadsquared.errors import LeadSquaredError
from bot.leadsquared.model import read_conversation
from bot.listeners.views import no_number
from bot.sandbox.slack.rules import refuse_message, refuse_view
from tests.injection.corpus import HTML, TEXTS, URLS
from tests.injection.walker import faults_of_errors, faults_of_message, faults_of_shared, faults_of_view

QUIET = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# As an admin might have it who lets in too much.
HOSTS = ("*.com", "127.0.0.1", "localhost")
URL = "https://support.example.com/tickets/143"

Change = Callable[[dict[str, Any], Any], None]


def _set(name: str) -> Change:
    def change(entry: dict[str, Any], value: Any) -> None:
        entry[name] = value

    return change


def _of_file(name: str) -> Change:
    def change(entry: dict[str, Any], value: Any) -> None:
        entry["Attachments"][0][name] = value

    return change


def _text_alone(entry: dict[str, Any], value: Any) -> None:
    entry |= {"Html": None, "Text": value}


def _named_image(entry: dict[str, Any], value: Any) -> None:
    entry["Attachments"][0] |= {"ContentId": "<picture>", "FileName": value}
    entry["Html"] = '<p>See <img src="cid:picture"></p>'


def _history(entry: dict[str, Any], value: Any) -> None:
    entry["Html"] = (
        f"<p>New words</p><div class=gmail_quote><div class=gmail_attr>On Friday, {value} wrote:</div>"
        f"<blockquote class=gmail_quote>{value}</blockquote></div>"
    )


def _signature(entry: dict[str, Any], value: Any) -> None:
    entry["Html"] = f"<p>New words</p><div class=gmail_signature>{value}</div>"


FIELDS: Mapping[str, Change] = {
    "text": _text_alone,
    "Text beside Html": _set("Text"),
    "type": _set("RelatedActivityType"),
    "author": _set("CreatedBy"),
    "time": _set("CreatedOn"),
    "id": _set("Id"),
    "file name": _of_file("FileName"),
    "file type": _of_file("ContentType"),
    "file size": _of_file("FileSize"),
    "file url": _of_file("ContentPath"),
    "file life": _of_file("Ttl"),
    "content id": _of_file("ContentId"),
    "image name": _named_image,
}
IN_HTML: Mapping[str, Change] = {"html": _set("Html"), "history": _history, "signature": _signature}


def answer(change: Change, value: Any) -> dict[str, Any]:
    """An answer of two messages, the second with `value` where `change` puts it."""
    entries = [
        {
            "RelatedActivityType": "InboundEmail",
            "Html": f"<p>Message {n}</p>",
            "Text": f"Message {n}",
            "Attachments": [
                {
                    "FileName": "a.png",
                    "FileSize": None if n else 2048,
                    "ContentType": "image/png",
                    "ContentPath": "https://files.example.com/a?X-Amz-Signature=1",
                    "Ttl": 60,
                }
            ],
            "CreatedBy": "b21d7c0e",
            "CreatedOn": f"2026-11-20T10:0{n}:00",
            "Id": n + 1,
        }
        for n in range(2)
    ]
    change(entries[1], value)
    return {"Total": 2, "ConversationList": entries}


def screens(payload: Mapping[str, Any]) -> Iterator[Screen]:
    """Everything that can be shown of a ticket."""
    # As it comes over the wire: lone surrogates and all.
    body = json.dumps(payload).encode()
    yield conversation_screen(read_conversation(answers.read(200, body), 143, NOW, len(body)), url=URL)
    conversation = read_conversation(answers.read(200, body), 143, NOW, len(body), HOSTS)
    yield conversation_screen(conversation, url=URL)
    for number in range(1, len(conversation.messages) + 1):
        for part in range(1, 8):
            yield whole_message(conversation, PartSpot(143, number, part))
        yield files_screen(conversation, FileSpot(143, number))


def shares(payload: Mapping[str, Any]) -> Iterator[Shared]:
    """A ticket as it can be shared, with nothing ticked and with everything."""
    body = json.dumps(payload).encode()
    conversation = read_conversation(answers.read(200, body), 143, NOW, len(body), HOSTS)
    for parts in ((), tuple(Part)):
        for page in (PageSpot(143, 2, 1), PageSpot(143, 2, 2)):
            shared = shared_page(conversation, page, parts, user_id="U0ASHA001", url=URL)
            if shared:
                yield shared


def faults_of(screen: Screen) -> list[str]:
    """What is live in a screen, as a message or as a modal, or what Slack would refuse of it."""
    message, view = screen.message(), screen.view()
    refused = [str(refusal) for refusal in (refuse_message(message, 4000), refuse_view(view)) if refusal]
    return [*faults_of_message(message | QUIET), *faults_of_view(view), *refused]


def cases() -> Iterator[tuple[str, Change, Any]]:
    for field, change in FIELDS.items():
        for name, text in TEXTS.items():
            yield f"{field}: {name}", change, text
    for field, change in IN_HTML.items():
        for name, html in {**TEXTS, **HTML}.items():
            yield f"{field}: {name}", change, html
    for name, url in URLS.items():
        yield f"file url: {name}", _of_file("ContentPath"), url


CASES = list(cases())


def test_there_are_many() -> None:
    assert len(TEXTS) > 75
    assert len(HTML) > 70
    assert len(CASES) > 1400


@pytest.mark.parametrize("field", sorted({name.partition(":")[0] for name, *_ in CASES}))
def test_nothing_in_a_ticket_is_live(field: str) -> None:
    found = {
        name: faults
        for name, change, value in CASES
        if name.startswith(f"{field}:")
        for screen in screens(answer(change, value))
        if (faults := faults_of(screen))
    }
    assert found == {}


@pytest.mark.parametrize("field", sorted({name.partition(":")[0] for name, *_ in CASES}))
def test_nothing_in_a_shared_ticket_is_live(field: str) -> None:
    spot = ShareSpot(PageSpot(143, 2, 1), "C0SUPPORT1")
    found = {}
    for name, change, value in CASES:
        if name.startswith(f"{field}:"):
            for shared in shares(answer(change, value)):
                message, form = shared.message(), share_form(shared, spot)
                refused = [str(refusal) for refusal in (refuse_message(message, 4000), refuse_view(form)) if refusal]
                if faults := [*faults_of_shared(message), *faults_of_view(form), *refused]:
                    found[name] = faults
    assert found == {}


def test_nothing_in_what_a_check_quotes_is_live() -> None:
    found = {}
    for name, text in TEXTS.items():
        screen = check_result([TOKEN_OK(user=quoted(text), team=quoted(text))])
        if faults := faults_of(screen):
            found[name] = faults
    assert found == {}


def test_what_is_shown_of_a_harmless_one_is_all_there() -> None:
    shown = "".join(screen.text for screen in screens(answer(_text_alone, TEXTS["mention"])))
    assert "<@U0BEN0002>" in shown


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 502])
@pytest.mark.parametrize("key", ["ExceptionMessage", "ReasonForFailure", "Message", "message", "error"])
def test_nothing_in_what_leadsquared_says_of_a_failure_is_live(status: int, key: str) -> None:
    for name, text in TEXTS.items():
        body = {"Status": "Error", "ExceptionType": "MXInvalidInputException", key: text}
        with pytest.raises(LeadSquaredError) as caught:
            answers.read(status, json.dumps(body).encode())
        told = note_failed(caught.value)
        failed = [reading_failed(143, caught.value), not_added(143, "TB-7F3K2", "My note", told)]
        assert [fault for screen in failed for fault in faults_of(screen)] == [], name
        assert faults_of_errors({"note": told}) == [], name
        for said in (told, failed[0].text):
            # Its words stay on their line and in their quotation marks.
            assert said.count("“") == said.count("”") <= 1, name
            assert len(said.splitlines()) <= 4, name


def test_nothing_that_a_person_types_is_live() -> None:
    for name, text in TEXTS.items():
        assert faults_of(not_understood(text)) == [], name
        assert faults_of_errors({"ticket": no_number(text)}) == [], name


def test_nothing_in_a_note_is_live_where_it_is_shown_again() -> None:
    for name, text in TEXTS.items():
        # What the form takes is at most this long, and in plain words (see test_bot).
        if faults_of_errors({"": text}) or len(text) > 3000:
            continue
        shown = [
            receipt(143, "TB-7F3K2", text, URL),
            doubt(143, "TB-7F3K2", text, URL, lost=False),
            not_added(143, "TB-7F3K2", text, "Why"),
        ]
        assert [fault for screen in shown for fault in faults_of(screen)] == [], name
