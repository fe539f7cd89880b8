"""Answers of LeadSquared, changed at random, over HTTP: a conversation that Slack takes, or an error with a name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks.conversation import conversation_screen
from bot.blocks.failure import reading_failed
from bot.blocks.files import files_screen
from bot.blocks.ids import FileSpot, PageSpot, PartSpot
from bot.blocks.screen import Screen
from bot.blocks.shared import Part, Shared, shared_page
from bot.blocks.whole_message import whole_message
from bot.leadsquared.budget import CallBudget
from bot.leadsquared.client import LeadSquaredClient
from bot.leadsquared.errors import LeadSquaredError
from bot.leadsquared.model import Conversation
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.slack.rules import refuse_message
from bot.sandbox.tickets import sample_tickets
from tests.fuzz.changes import JUNK, changed
from tests.injection.test_tickets import HOSTS, URL, faults_of
from tests.injection.walker import faults_of_shared

_TICKETS = sample_tickets(datetime(2026, 11, 20, tzinfo=UTC))
REAL = [
    {"Total": len(ticket.messages), "ConversationList": [dict(message) for message in ticket.messages[:4]]}
    for ticket in (_TICKETS[number] for number in (143, 77, 88, 61))
]
REFUSALS: list[dict[str, Any]] = [
    {"Status": "Error", "ExceptionType": "MXInvalidInputException", "ExceptionMessage": "No", "IsMXException": True},
    {"Status": "Error", "ReasonForFailure": "API calls exceeded the limit of 25 in 5 second(s)", "Message": None},
    {"Message": "Activity Created", "RelatedTicketId": "143", "RelatedOrgId": "1"},
]
ANSWERS = st.sampled_from([*REAL, *REFUSALS]).flatmap(changed) | JUNK


class _Free:
    """Places that are always free: a rate limit would make the next example wait."""

    def take(self) -> float:
        return 0.0

    def give_back(self) -> None:
        """Nothing is counted."""

    def close(self, seconds: float) -> None:
        """Nothing is closed."""


@dataclass
class Oracle:
    """A LeadSquared that answers with whatever it is given, and the bot's client of it."""

    client: LeadSquaredClient
    answer: Response = field(default_factory=Response)


@contextmanager
def oracle() -> Iterator[Oracle]:
    def handle(_: Request) -> Response:
        return made.answer

    with LoopbackServer(handle) as server:
        client = LeadSquaredClient(
            api_url=server.url,
            org_id=1,
            access_key="made-up",
            secret_key="made-up",
            budget=CallBudget(_Free(), 100_000),
            attachment_hosts=HOSTS,
            pause=lambda _: None,
        )
        made = Oracle(client)
        yield made
        client.close()


@pytest.fixture(scope="module")
def leadsquared() -> Iterator[Oracle]:
    with oracle() as made:
        yield made


def screens_of(conversation: Conversation) -> Iterator[Screen]:
    """Pages at every place, and every message whole."""
    count = len(conversation.messages)
    for place in (None, 1, count, count + 1, 10**9):
        yield conversation_screen(conversation, older_than=place, url=URL)
        yield conversation_screen(conversation, newer_than=place, url=URL)
    for number in range(count + 2):
        yield whole_message(conversation, PartSpot(143, number, 1))
        yield whole_message(conversation, PartSpot(143, number, 10**6))
        yield files_screen(conversation, FileSpot(143, number + 1))


def shares_of(conversation: Conversation) -> Iterator[Shared]:
    """The whole ticket as it can be shared, with nothing ticked and with everything."""
    for parts in ((), tuple(Part)):
        page = PageSpot(143, len(conversation.messages) + 1, 1)
        if shared := shared_page(conversation, page, parts, user_id="U0ASHA001", url=URL):
            yield shared


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answer=ANSWERS, status=st.sampled_from([200, 200, 200, 200, 400, 401, 429, 500, 302]))
def test_any_answer_is_a_conversation_that_slack_takes_or_an_error_with_a_name(
    leadsquared: Oracle, answer: Any, status: int
) -> None:
    leadsquared.answer = Response(status, json.dumps(answer).encode())
    screens: Iterable[Screen]
    shares: Iterable[Shared] = ()
    try:
        conversation = leadsquared.client.conversations(143)
        screens, shares = screens_of(conversation), shares_of(conversation)
    except LeadSquaredError as error:
        screens = [reading_failed(143, error)]
    assert [fault for screen in screens for fault in faults_of(screen)] == []
    for message in [shared.message() for shared in shares]:
        assert refuse_message(message, 4000) is None
        assert faults_of_shared(message) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.binary(max_size=200)
    | st.sampled_from([json.dumps(answer).encode() for answer in (*REAL, *REFUSALS)]).flatmap(
        lambda whole: st.integers(0, len(whole)).map(lambda end: whole[:end])
    )
    | st.integers(1, 100_000).map(lambda deep: b'{"ConversationList":' + b"[" * deep),
    status=st.integers(200, 599).filter(lambda status: status not in {204, 304}),
)
def test_any_bytes_are_an_error_with_a_name(leadsquared: Oracle, body: bytes, status: int) -> None:
    leadsquared.answer = Response(status, body)
    for call in (
        lambda: leadsquared.client.conversations(143),
        lambda: leadsquared.client.post_internal_note(143, "A note"),
    ):
        with suppress(LeadSquaredError):
            call()
