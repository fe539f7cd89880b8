"""Planted secrets show in no object of the bot's when it is printed, and in no error of its own."""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import select

from bot import mail
from bot.audit.entry import Entry
from bot.blocks.conversation import conversation_screen
from bot.blocks.ids import FormSpot, PageSpot
from bot.blocks.message import Reader
from bot.blocks.note_modal import NoteDraft, note_form
from bot.blocks.note_news import not_added
from bot.blocks.shared import Part, shared_page
from bot.database.tables import audit, shares
from bot.desk import _Kept as Kept
from bot.leadsquared import answers
from bot.leadsquared.errors import LeadSquaredError, Refused
from bot.leadsquared.model import Messages, read_conversation
from bot.listeners.places import AnswerAsView, MessagePlace
from bot.listeners.talks import Turn
from bot.mail.html import read_lines
from bot.notes import Draft, Note, State
from bot.notes.store import Result
from bot.notes.trail import entry_of
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET
from bot.settings import Secret
from bot.slack_client import Answer, SlackClient
from tests.conftest import Running
from tests.e2e.test_log import NOTES, SPOKEN, json_lines, live_through_a_day, reap  # noqa: F401 (a fixture)
from tests.e2e.test_notes import QUICK

WORDS = "Planted words of a customer"
LINK = "https://files.example.com/a.pdf?X-Amz-Signature=planted"
LIBRARIES = ("slack_sdk", "slack_bolt", "requests", "urllib3", "sqlalchemy", "cachetools", "websockets")
PAYLOAD: dict[str, Any] = {
    "Total": 1,
    "ConversationList": [
        {
            "Id": 1,
            "RelatedActivityType": "InboundEmail",
            "Html": f"<p>{WORDS}</p><pre>{WORDS}</pre><ul><li>{WORDS}</ul><blockquote>{WORDS}</blockquote>",
            "Text": WORDS,
            "Attachments": [{"FileName": "a.pdf", "ContentPath": LINK, "Ttl": 60}],
        }
    ],
}


def as_sent(messages: Any) -> Iterator[Any]:
    """What messages are made from: the collector knows nothing of it."""
    for entry in messages._entries:
        yield from (entry, *(entry.attachments or ()))


def objects() -> Iterator[Any]:
    """One of each thing that holds what it should not tell."""
    body = json.dumps(PAYLOAD).encode()
    conversation = read_conversation(answers.read(200, body), 143, datetime.now(UTC), len(body))
    screen = conversation_screen(conversation)
    html = PAYLOAD["ConversationList"][0]["Html"]
    read = mail.read(html, WORDS)
    told, page = Reader(conversation).tell(1), PageSpot(143, 1, 1)
    shared = shared_page(conversation, page, set(Part), user_id="U1", url=None)
    assert shared
    yield from (told, told.mail, shared)
    form = note_form(NoteDraft("143", WORDS), max_chars=3000, spot=FormSpot())
    draft = Draft("T1", "V1", 1, "U1", "asha", 143, WORDS)
    said = (draft.origin, WORDS, State.REFUSED, "Refused", WORDS)
    note = Note("TB-1", "T1", "V1", 1, "U1", "asha", 143, *said, 1, 1, False, 0.0, 0.0)
    client = SlackClient(BOT_TOKEN, base_url="https://slack.com/api/", seconds=1)
    yield from (conversation, conversation.messages, *conversation.messages, *as_sent(conversation.messages), screen)
    yield from (*conversation.messages[0].attachments, Kept.of(conversation), Turn(LINK, 1.0))
    yield from (read, *read.parts, read.reply, *read.reply.blocks, *read_lines(html, {})[0])
    yield from (NoteDraft("143", WORDS), AnswerAsView(form, not_added(143, "TB-1", WORDS, WORDS)), note)
    yield from (draft, Result(State.REFUSED, "Refused", WORDS), entry_of(note, 0.0, WORDS))
    yield Entry(0.0, WORDS, WORDS, WORDS, WORDS, WORDS, 143, WORDS, WORDS)
    yield from (Answer(200, {}, WORDS), client, MessagePlace(LINK, client, "U1"), Secret(WORDS), Refused(WORDS))
    client.close()


@pytest.mark.parametrize("number", range(len(list(objects()))))
def test_what_holds_a_secret_does_not_show_it(number: int) -> None:
    held = list(objects())[number]
    for shown in (repr(held), str(held), f"{held}", repr([held]), repr({"it": held})):
        assert "Planted" not in shown, type(held)
        assert "planted" not in shown, type(held)
        assert BOT_TOKEN not in shown, type(held)


def test_nothing_that_lives_in_a_bot_after_a_day_shows_a_secret(
    start: Callable[..., Running],
    json_lines: io.StringIO,  # noqa: F811 (the fixture)
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = start(times=QUICK)
    harvest = reap(running)
    live_through_a_day(running, json_lines, monkeypatch)
    secrets = harvest.found | {ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, SPOKEN, *NOTES, "X-Amz"}
    secrets |= {
        str(message["Text"])[:60] for message in running.leadsquared._tickets[200].messages if message.get("Text")
    }

    found = []
    kinds = set()
    tracked = gc.get_objects()
    for held in chain(tracked, *(as_sent(messages) for messages in tracked if type(messages) is Messages)):
        module = str(type(held).__module__)
        # A library's dictionaries show what is in them, as all do; nothing prints those.
        ours = module.startswith("bot.") and not module.startswith("bot.sandbox")
        if ours or (module.startswith(LIBRARIES) and not isinstance(held, Mapping)):
            shown = _shown(held)
            kinds.add(type(held).__qualname__)
            found += [(type(held), secret) for secret in secrets if secret in shown]
    assert kinds >= {"Conversation", "Screen", "SlackClient", "LeadSquaredClient", "Outbox", "App", "Bot"}
    assert kinds >= {"Messages", "Entry", "FileEntry", "Asker", "Access", "Gate", "Talks", "Replays", "Audit"}
    assert sorted({f"{kind.__module__}.{kind.__qualname__}: {secret}" for kind, secret in found}) == []

    with running.bot.database.connect() as connection:
        rows = [str(row) for table in (audit, shares) for row in connection.execute(select(table))]
    assert len(rows) > 15
    assert [secret for row in rows for secret in (*secrets, WORDS) if secret in row] == []

    errors = [error for record in caplog.records if record.exc_info for error in _chain(record.exc_info[1])]
    named = [error for error in errors if isinstance(error, LeadSquaredError)]
    assert [secret for error in named for secret in secrets if secret in f"{error!s}{error!r}"] == []


def _shown(held: Any) -> str:
    try:
        return repr(held)
    except Exception:  # noqa: BLE001 (a library's own half-made or closed object)
        return ""


def _chain(error: BaseException | None) -> list[BaseException]:
    chain = []
    while error is not None:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
