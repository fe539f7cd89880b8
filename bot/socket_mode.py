"""Socket Mode: a websocket that the bot opens to Slack, over which Slack's requests come and acks go back.

slack_sdk has a client for this, and the bot does not use it. Measured against a stand-in: it noticed a connection that
was cut only after 30 s, and when Slack asked it to renew a connection, which happens every few hours, it read
nothing for up to 3 s, so that people saw their clicks fail. Here a cut is noticed at once, and an old connection is
read until Slack closes it, while the new one already serves.
"""

from __future__ import annotations

import json
import logging
import threading
from contextlib import ExitStack
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.work import Lane, LaneFull

log = logging.getLogger(__name__)

# A connection that answers no ping for this long is dead, though nothing closed it.
_PING_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 30.0
# Slack's payloads are a few kilobytes; a view's state may hold 250.
_MAX_BYTES = 4 * 1024 * 1024
_CLOSE_SECONDS = 1.0


class SocketMode:
    """Keeps one connection to Slack from the start until `close`.

    `client` is a Web API client with the app-level token. Raises SlackApiError when Slack refuses the token,
    OSError or WebSocketException when it cannot be reached.
    """

    def __init__(self, app: App, client: WebClient) -> None:
        self._app = app
        self._client = client
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._current: ClientConnection | None = None
        self._open: dict[ClientConnection, ExitStack] = {}
        # Listeners only queue work, so a few threads take what many people do at once.
        self._lane = Lane("socket", workers=8, depth=1000)
        self._start_reading(self._connect())

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        with self._lock:
            return self._current is not None

    def pause(self) -> None:
        """Acknowledge what has arrived, then leave: Slack gives the rest to another connection, if there is one."""
        self._stopping.set()
        self._lane.close(_CLOSE_SECONDS)
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            connection.close()

    def close(self) -> None:
        """Do nothing more: the connection ended with the pause."""

    def _connect(self) -> ClientConnection:
        url = str(self._client.apps_connections_open(app_token=str(self._client.token))["url"])
        opening = connect(
            url,
            ssl=self._client.ssl if url.startswith("wss:") else None,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            max_size=_MAX_BYTES,
        )
        with ExitStack() as stack:
            connection = stack.enter_context(opening)
            with self._lock:
                self._current = connection
                self._open[connection] = stack.pop_all()
        return connection

    def _start_reading(self, connection: ClientConnection) -> None:
        threading.Thread(target=self._read, args=(connection,), name="socket-mode", daemon=True).start()

    def _read(self, connection: ClientConnection) -> None:
        try:
            for text in connection:
                self._take(connection, json.loads(text))
        except ConnectionClosed:
            pass  # iteration ends by itself only where the closing was clean
        except Exception:
            log.exception("A websocket to Slack is given up")
        finally:
            with self._lock:
                stack = self._open.pop(connection)
            stack.close()
            self._replace(connection)

    def _take(self, connection: ClientConnection, envelope: dict[str, Any]) -> None:
        if envelope.get("type") == "disconnect":
            # Slack closes this connection some seconds later; until then it may still carry requests.
            log.info("Slack asks for a new connection: %s", envelope.get("reason"))
            threading.Thread(target=self._replace, args=(connection,), name="socket-mode-renew", daemon=True).start()
        elif "envelope_id" in envelope:
            try:
                self._lane.submit(lambda: self._answer(connection, envelope))
            except LaneFull:
                log.warning("A request over the websocket was not taken: the lane is full or closing")

    def _replace(self, connection: ClientConnection) -> None:
        """Open another connection in the place of this one, unless that was done or the bot is stopping."""
        with self._lock:
            if self._current is not connection:
                return
            self._current = None
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                self._start_reading(self._connect())
            except (SlackApiError, WebSocketException, OSError) as error:
                pause = min(max(1.0, 2 * pause), _LONGEST_PAUSE_SECONDS)
                log.warning("No connection to Slack (%s); next try in %.0f s", type(error).__name__, pause)
            else:
                log.info("Connected to Slack again")
                return

    def _answer(self, connection: ClientConnection, envelope: dict[str, Any]) -> None:
        retry = {"x-slack-retry-num": "retry_attempt", "x-slack-retry-reason": "retry_reason"}
        headers = {header: str(envelope[name]) for header, name in retry.items() if envelope.get(name) is not None}
        request = BoltRequest(mode="socket_mode", body=envelope.get("payload") or {}, headers=dict(headers))
        response = self._app.dispatch(request)
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
