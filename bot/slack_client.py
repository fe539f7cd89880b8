"""Slack's Web API client over kept connections: a call costs a fraction of one that has to connect first.

It calls the host of SLACK_API_URL, and of the addresses that Slack names only those that are Slack's.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import Request

from slack_sdk import WebClient

from bot.connections import Connections, body_of

# As many as threads that call Slack at once.
_CONNECTIONS = 32
# The longest are views, which come back with their call: 250 kB.
_MAX_ANSWER_BYTES = 4 * 1024 * 1024
# Nothing in it that one reader of addresses takes for a part of the host and another does not.
_ADDRESS = re.compile(r"(https?|wss?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:/[!-~]*)?")


class NotSlacks(Exception):
    """An address is not Slack's, so it is not called. It may let one in, so it is not told."""

    def __init__(self) -> None:
        super().__init__("an address that Slack named is not Slack's")


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether an address that came with a request or an answer is Slack's.

    Slack's are those below slack.com and on or below the host of SLACK_API_URL, `api_url`, with TLS; without it only
    the very host of an `api_url` that has none, which is on this machine.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return False
    scheme, host, port = match.groups()
    api = urlsplit(api_url)
    if api.scheme == "http" and host == api.hostname:
        return True
    below = host == api.hostname or host.endswith((".slack.com", f".{api.hostname}"))
    return scheme in {"https", "wss"} and port in {None, "443", str(api.port)} and below


class Answer(NamedTuple):
    """An HTTP answer of Slack's."""

    status: int
    headers: Mapping[str, str]
    text: str

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class SlackClient(WebClient):
    """slack_sdk's client, which gives up after `seconds`, tries nothing twice, and connects once for many calls.

    slack_sdk itself would make a TLS context and a connection for each call, and send again a post that Slack may have.
    Errors are those of `requests`, beside slack_sdk's own.
    """

    def __init__(self, token: str, *, base_url: str, seconds: int) -> None:
        super().__init__(token, base_url=base_url, timeout=seconds, retry_handlers=[])
        self._kept = Connections(_CONNECTIONS)

    def post(self, url: str, body: Any) -> Answer:
        """Post JSON to an address of Slack's, a response_url.

        Raises NotSlacks without having called, or requests.RequestException.
        """
        if not is_slacks(url, self.base_url):
            raise NotSlacks
        return self._ask(url, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        # slack_sdk has made bytes of whatever it was given.
        body = req.data if isinstance(req.data, bytes) else None
        answer = self._ask(url, body, dict(req.header_items()))
        return {"status": answer.status, "headers": answer.headers, "body": answer.text}

    def _ask(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        with closing(self._kept.post(url, body, headers, self.timeout, stream=True)) as response:
            told = body_of(response, _MAX_ANSWER_BYTES, self.timeout, time.monotonic)
            return Answer(response.status, response.headers, told.decode(errors="replace"))
