"""How a payload reaches the app by HTTP: signed, once, with 3 seconds for the ack."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from bot.sandbox.slack.records import Json

TIMED_OUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Ack:
    """What came back: the HTTP status (200 over a websocket), the body, and Slack's error code when it is no ack."""

    status: int | None = None
    body: str = ""
    error: str | None = None


class Delivery(Protocol):
    """A way to the app."""

    def command(self, form: dict[str, str]) -> Ack:
        """Deliver a slash command and wait for its ack."""

    def interaction(self, payload: Json) -> Ack:
        """Deliver any other payload and wait for its ack."""


def signature_headers(secret: str, body: bytes, now: float) -> dict[str, str]:
    """Return Slack's two signature headers for a body at a time (seconds since the epoch)."""
    timestamp = str(int(now))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


class HttpDelivery:
    """Posts to the app's request URL. `limit` is the seconds for connecting, answering and reading together."""

    def __init__(self, url: str, signing_secret: str, clock: Callable[[], float], limit: float) -> None:
        self._address = urlsplit(url)
        self._secret = signing_secret
        self._clock = clock
        self._limit = limit

    def command(self, form: dict[str, str]) -> Ack:
        """Post the fields of a slash command as a form."""
        return self._signed(urlencode(form).encode())

    def interaction(self, payload: Json) -> Ack:
        """Post a payload as Slack does: JSON, in the one field of a form."""
        return self._signed(urlencode({"payload": json.dumps(payload)}).encode())

    def _signed(self, body: bytes) -> Ack:
        headers = signature_headers(self._secret, body, self._clock())
        return self.raw(body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def raw(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        """Post a body with these headers and nothing added."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(
            self._address.hostname or "127.0.0.1", self._address.port, timeout=self._limit
        )
        try:
            connection.request("POST", self._address.path or "/", body, {"User-Agent": "Slackbot 1.0", **headers})
            left = self._limit - (time.monotonic() - began)
            if left <= 0 or connection.sock is None:
                return Ack(error=TIMED_OUT)
            connection.sock.settimeout(left)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except TimeoutError:
            return Ack(error=TIMED_OUT)
        except (OSError, http.client.HTTPException):
            return Ack(error=FAILED)
        finally:
            connection.close()
        if time.monotonic() - began > self._limit:
            return Ack(error=TIMED_OUT)
        return Ack(response.status, text, None if response.status == http.HTTPStatus.OK else FAILED)


class NoWay:
    """The way to an app that is not there: no request URL, no websocket."""

    def command(self, _form: dict[str, str]) -> Ack:
        """Fail."""
        return Ack(error=FAILED)

    def interaction(self, _payload: Json) -> Ack:
        """Fail."""
        return Ack(error=FAILED)
