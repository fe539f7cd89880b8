"""Socket Mode: a websocket that the bot opens to Slack, over which Slack's requests come and acks go back.

slack_sdk has a client for this, and the bot does not use it. Measured against a stand-in: it noticed a connection that
was cut only after 30 s, and when Slack asked it to renew a connection, which happens every few hours, it read
nothing for up to 3 s, so that people saw their clicks fail. Here a cut is noticed at once, and an old connection is
read until Slack closes it, while the new one already serves.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.clicks import click, new_click_id
from bot.numbers import Numbers
from bot.replays import Replays
from bot.slack_client import NotSlacks, is_slacks
from bot.slack_errors import reason
from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

# A connection that answers no ping for this long is dead, though nothing closed it.
_PING_SECONDS = 5.0
# Slack's payloads are a few kilobytes; a view's state may hold 250.
_MAX_BYTES = 4 * 1024 * 1024
_CLOSE_SECONDS = 1.0
# A connection that lived this long was a good one: what follows it need not wait.
_GOOD_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0


class _Straight(ClientConnection):
    """A connection that follows no redirect: its address lets one in."""

    def handshake(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().handshake(*args, **kwargs)
        except InvalidStatus as error:
            if 300 <= error.response.status_code < 400:
                raise InvalidHandshake("a redirect is not followed") from error
            raise


@dataclass(eq=False)
class _Link:
    """A connection, what closes it, when it was opened, and whether Slack has said hello on it."""

    connection: ClientConnection
    closing: ExitStack
    opened: float
    greeted: bool = False


class SocketMode:
    """Keeps one connection to Slack from the start until `pause`.

    `client` is a Web API client with the app-level token. Raises SlackApiError when Slack refuses the token,
    OSError or WebSocketException when it cannot be reached.
    `wait` waits some seconds and tells whether the bot is stopping; `jitter` gives 0 to 1; `new_id` the ids of clicks.
    """

    def __init__(
        self,
        app: App,
        client: WebClient,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
        jitter: Callable[[], float] = random.random,
        numbers: Numbers | None = None,
        new_id: Callable[[], str] = new_click_id,
    ) -> None:
        self._app = app
        self._client = client
        self._clock = clock
        self._jitter = jitter
        self._numbers = numbers or Numbers()
        self._new_id = new_id
        self._replays: Replays[BoltResponse] = Replays(keeps=lambda response: response.status == 200)
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        # Before the next connection; it outlives each of them, so that Slack is not stormed when all of them are cut.
        self._pause = 0.0
        self._lock = threading.Lock()
        self._current: _Link | None = None
        self._open: set[_Link] = set()
        link = self._connect()
        # Listeners only queue work, so a few threads take what many people do at once.
        self._lane = Lane("socket", workers=8, depth=1000)
        self._start_reading(link)

    def connected(self) -> bool:
        """Tell whether Slack has said hello on a connection that is open."""
        with self._lock:
            return any(link.greeted for link in self._open)

    def pause(self) -> None:
        """Acknowledge what has arrived, then leave: Slack gives the rest to another connection, if there is one."""
        self._stopping.set()
        self._lane.close(_CLOSE_SECONDS)
        with self._lock:
            links = list(self._open)
        for link in links:
            link.connection.close()

    def close(self) -> None:
        """Do nothing more: the connection ended with the pause."""

    def _connect(self) -> _Link:
        url = str(self._client.apps_connections_open(app_token=str(self._client.token))["url"])
        if not is_slacks(url, self._client.base_url):
            raise NotSlacks
        try:
            opening = connect(
                url,
                ping_interval=_PING_SECONDS,
                ping_timeout=_PING_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                max_size=_MAX_BYTES,
                create_connection=_Straight,
            )
        except WebSocketException as error:
            raise ConnectionError("Slack opened no websocket") from error
        with ExitStack() as stack:
            connection = stack.enter_context(opening)
            return _Link(connection, stack.pop_all(), self._clock())

    def _start_reading(self, link: _Link) -> None:
        with self._lock:
            # The pause closes what is open then: what was still opening has nobody else to close it.
            stopping = self._stopping.is_set()
            if not stopping:
                self._current = link
                self._open.add(link)
        if stopping:
            link.closing.close()
        else:
            threading.Thread(target=self._read, args=(link,), name="socket-mode", daemon=True).start()

    def _read(self, link: _Link) -> None:
        try:
            for text in link.connection:
                self._take(link, text)
        except ConnectionClosed:
            pass  # iteration ends by itself only where the closing was clean
        except Exception:
            log.exception("A websocket to Slack is given up")
        finally:
            link.closing.close()
            with self._lock:
                self._open.remove(link)
            self._replace(link)

    def _take(self, link: _Link, text: str | bytes) -> None:
        try:
            envelope = json.loads(text)
        except ValueError:
            envelope = None
        if not isinstance(envelope, dict) or not isinstance(envelope.get("payload", {}), dict):
            log.warning("A message over the websocket was ignored: it is no request of Slack's")
        elif envelope.get("type") == "hello":
            link.greeted = True
        elif envelope.get("type") == "disconnect":
            # Slack closes this connection some seconds later; until then it may still carry requests.
            log.info("Slack asks for a new connection: %s", envelope.get("reason"))
            threading.Thread(target=self._replace, args=(link,), name="socket-mode-renew", daemon=True).start()
        elif "envelope_id" in envelope:
            with click(self._new_id()):
                self._submit(link.connection, envelope)

    def _submit(self, connection: ClientConnection, envelope: dict[str, Any]) -> None:
        try:
            self._lane.submit(lambda: self._answer(connection, envelope))
        except LaneFull:
            log.warning("A request over the websocket was not taken: the lane is full or closing")

    def _replace(self, link: _Link) -> None:
        """Open another connection in the place of this one, unless that was done or the bot is stopping."""
        with self._lock:
            if self._current is not link:
                return
            self._current = None
        if link.greeted and self._clock() - link.opened >= _GOOD_SECONDS:
            self._pause = 0.0
        while not self._wait(self._next_pause()):
            try:
                self._start_reading(self._connect())
            except Exception as error:  # noqa: BLE001 (whatever broke: without a connection the bot is deaf)
                log.warning("No connection to Slack: %s", reason(error))
            else:
                log.info("Connected to Slack again")
                return

    def _next_pause(self) -> float:
        """Return the seconds before the next connection, and have the one after it wait about twice as long.

        Up to half of it is taken off by chance, so that many bots do not come back at the same moment.
        """
        pause = self._pause
        self._pause = min(max(_FIRST_PAUSE_SECONDS, 2 * pause), _LONGEST_PAUSE_SECONDS)
        return pause * (1 - self._jitter() / 2)

    def _answer(self, connection: ClientConnection, envelope: dict[str, Any]) -> None:
        retry = {"x-slack-retry-num": "retry_attempt", "x-slack-retry-reason": "retry_reason"}
        headers = {header: str(envelope[name]) for header, name in retry.items() if envelope.get(name) is not None}
        request = BoltRequest(mode="socket_mode", body=envelope.get("payload") or {}, headers=dict(headers))
        # What Slack saw no ack of, it delivers again.
        response = self._replays.once(str(envelope["envelope_id"]), lambda: self._app.dispatch(request))
        self._numbers.acked(response.status)
        if response.status != 200:
            log.warning("A request over the websocket was not acknowledged: status %d", response.status)
            return
        ack = {"envelope_id": envelope["envelope_id"], **_payload(response)}
        try:
            connection.send(json.dumps(ack))
        except ConnectionClosed:
            log.warning("An ack was lost with its connection")


def _payload(response: BoltResponse) -> dict[str, Any]:
    if not response.body:
        return {}
    if response.first_headers().get("content-type", "").startswith("application/json"):
        return {"payload": json.loads(response.body)}
    return {"payload": {"text": response.body}}
