"""What a failed call to Slack means: surely not done, or perhaps done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from slack_sdk.errors import SlackApiError

from bot.slack_client import SlackClient
from bot.slack_errors import refusal
from tests.conftest import Running


def failure(call: Callable[[], object]) -> Exception:
    with pytest.raises((SlackApiError, requests.RequestException)) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("not_in_channel", None, "not_in_channel"),
        ("ratelimited", None, "ratelimited"),
        ("internal_error", None, ""),
        ("fatal_error", None, ""),
        (None, 500, ""),
        (None, 503, ""),
        (None, 404, ""),  # a proxy's, not Slack's
    ],
)
def test_only_what_slack_itself_refused_is_surely_not_done(
    running: Running, error: str | None, status: int | None, code: str
) -> None:
    running.slack.fail("auth.test", error=error, status=status)
    client = SlackClient("xoxb-demo", base_url=running.slack.api_url, seconds=5)
    assert refusal(failure(client.auth_test)) == code


def test_a_connection_that_breaks_leaves_it_open_and_one_that_never_was_does_not(running: Running) -> None:
    running.slack.fail("auth.test", drop="after")
    client = SlackClient("xoxb-demo", base_url=running.slack.api_url, seconds=5)
    assert refusal(failure(client.auth_test)) == ""
    nowhere = SlackClient("xoxb-demo", base_url="http://127.0.0.1:1/api/", seconds=5)
    assert refusal(failure(nowhere.auth_test)) == "unreachable"


def test_an_error_that_is_not_slacks_leaves_it_open() -> None:
    assert refusal(ValueError("x")) == ""
    assert refusal(requests.ReadTimeout()) == ""
