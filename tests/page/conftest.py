"""One Chromium for all tests of the page, and a context of its own for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import Running
from tests.page.client import Client, find_chromium, launch

MISSING = "Chromium is not installed: the demo page is not tested"

OpenPage = Callable[..., Client]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, running: Running) -> Iterator[OpenPage]:
    """Open the page of the running stand-in in a fresh context; at the end, nothing may have gone wrong in any."""
    clients: list[Client] = []

    def open_one(query: str = "", **options: Any) -> Client:
        given = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", "timezone_id": "Asia/Kolkata"} | options
        client = Client(chromium.new_context(**given).new_page())
        client.page.set_default_timeout(5_000)
        clients.append(client)
        client.open(f"{running.slack.url}/{query}")
        return client

    yield open_one
    problems = [line for client in clients for line in client.watch.take()]
    for client in clients:
        client.page.context.close()
    assert problems == []


@pytest.fixture
def client(open_page: OpenPage) -> Client:
    return open_page()
