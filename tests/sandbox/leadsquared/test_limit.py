"""The limit of 25 calls in any 5 seconds, by a clock driven by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests

from bot.sandbox.leadsquared import Fault, LeadSquared, RateLimitStyle

Ask = Callable[..., requests.Response]


@dataclass
class Hands:
    """The hands of a clock: call it for the time."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def server(hands: Hands) -> Iterator[LeadSquared]:
    with LeadSquared(
        org_id=22824, access_key="u$rmade-up", secret_key="also$made-up", tickets={}, clock=hands
    ) as server:
        yield server


def statuses(read: Ask, calls: int) -> list[int]:
    return [read().status_code for _ in range(calls)]


def test_the_twenty_sixth_call_in_five_seconds_is_refused(hands: Hands, read: Ask) -> None:
    assert statuses(read, 25) == [200] * 25
    hands.at += 4.75
    assert statuses(read, 2) == [429, 429]
    hands.at += 0.25
    assert read().status_code == 200


def test_the_window_moves_with_each_call(hands: Hands, read: Ask) -> None:
    assert statuses(read, 20) == [200] * 20
    hands.at += 4
    assert statuses(read, 5) == [200] * 5
    hands.at += 1  # the twenty are out of the window now, the five are not
    assert statuses(read, 21) == [200] * 20 + [429]
    hands.at += 4
    assert statuses(read, 6) == [200] * 5 + [429]


def test_reads_and_notes_share_the_limit(read: Ask, write: Ask) -> None:
    assert statuses(read, 24) == [200] * 24
    assert write().status_code == 500  # no such ticket here, and yet a call
    assert write().status_code == 429


def test_a_refused_body_counts_and_wrong_keys_and_paths_do_not(server: LeadSquared, read: Ask, post: Ask) -> None:
    for _ in range(30):
        assert post("conversation/filter", {}, headers={}).status_code == 401
        assert post("nowhere", {}).status_code == 404
    assert [read(OrgId=1).status_code for _ in range(26)] == [400] * 25 + [429]
    assert server.worst_window() == 26


def test_calls_at_once_are_counted_one_by_one(server: LeadSquared, hands: Hands) -> None:
    body = {"TicketId": 1, "OrgId": 22824, "ActivityType": ["InboundEmail"]}
    keys = {"X-LSQ-ACCESS-KEY": "u$rmade-up", "X-LSQ-SECRET-KEY": "also$made-up"}
    url = f"{server.url}/api/tenants/22824/conversation/filter"
    with ThreadPoolExecutor(40) as pool:
        calls = [pool.submit(requests.post, url, json=body, headers=keys, timeout=5) for _ in range(40)]
        assert sorted(call.result().status_code for call in calls) == [200] * 25 + [429] * 15
    assert [seen.at for seen in server.requests] == [hands.at] * 40
    assert server.worst_window() == 40


def test_the_worst_window_is_looked_for_anywhere(server: LeadSquared, hands: Hands, read: Ask) -> None:
    assert server.worst_window() == 0
    for step in (0, 3, 1.5, 0.25, 0.25, 10, 4.75, 0.25):  # at 0, 3, 4.5, 4.75, 5, 15, 19.75, 20
        hands.at += step
        read()
    assert server.worst_window() == 4


@pytest.mark.parametrize(("style", "status"), [("429", 429), ("403", 403), ("200", 200)])
def test_a_refusal_comes_in_the_disguise_asked_for(
    server: LeadSquared, read: Ask, style: RateLimitStyle, status: int
) -> None:
    server.rate_limit_style = style
    statuses(read, 25)
    answer = read()
    assert answer.status_code == server.requests[-1].status == status
    assert "API calls exceeded the limit of 25 in 5 second(s)" in answer.text
    assert "ConversationList" not in answer.text


def test_a_fault_waits_for_a_call_that_the_limit_lets_through(server: LeadSquared, hands: Hands, read: Ask) -> None:
    statuses(read, 25)
    server.fail(Fault.UNAVAILABLE_503)
    assert read().status_code == 429
    hands.at += 5
    assert statuses(read, 2) == [503, 200]


def test_the_limit_is_a_setting() -> None:
    with LeadSquared(
        org_id=1, access_key="a", secret_key="b", tickets={}, calls_per_window=1, window=60.0, rate_limit_style="200"
    ) as server:
        body = {"TicketId": 1, "OrgId": 1, "ActivityType": ["InboundEmail"]}
        keys = {"X-LSQ-ACCESS-KEY": "a", "X-LSQ-SECRET-KEY": "b"}
        url = f"{server.url}/api/tenants/1/conversation/filter"
        said = [requests.post(url, json=body, headers=keys, timeout=5).json() for _ in range(2)]
    assert said[0]["Total"] == 0
    assert said[1] == {
        "Status": "Error",
        "ExceptionType": "MXAPIRateLimitExceededException",
        "ExceptionMessage": "API calls exceeded the limit of 1 in 60 second(s)",
    }
