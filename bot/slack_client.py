"""Slack's Web API client over kept connections: a call costs a fraction of one that has to connect first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.request import Request

from slack_sdk import WebClient

from bot.connections import Connections

# As many as threads that call Slack at once.
_CONNECTIONS = 32


class Answer(NamedTuple):
    """An HTTP answer of Slack's."""

    status: int
    headers: Mapping[str, str]
    text: str


class SlackClient(WebClient):
    """slack_sdk's client, which gives up after `seconds`, tries nothing twice, and connects once for many calls.

    slack_sdk itself would make a TLS context and a connection for each call, and send again a post that Slack may have.
    Errors are those of `requests`, beside slack_sdk's own.
    """

    def __init__(self, token: str, *, base_url: str, seconds: int) -> None:
        super().__init__(token, base_url=base_url, timeout=seconds, retry_handlers=[])
        self._kept = Connections(_CONNECTIONS)

    def post(self, url: str, body: Any) -> Answer:
        """Post JSON to an address of Slack's, a response_url. Raises requests.RequestException."""
        headers = {"Content-Type": "application/json"}
        response = self._kept.post(url, json.dumps(body).encode(), headers, self.timeout)
        return Answer(response.status, response.headers, response.data.decode(errors="replace"))

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        # slack_sdk has made bytes of whatever it was given.
        body = req.data if isinstance(req.data, bytes) else None
        response = self._kept.post(url, body, dict(req.header_items()), self.timeout)
        return {"status": response.status, "headers": response.headers, "body": response.data.decode(errors="replace")}
