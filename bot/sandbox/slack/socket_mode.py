"""Socket Mode: payloads go out over a websocket that the app opened, and acks come back over it.

The one module that needs the package `websockets`.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import secrets
import socket
import threading
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from bot.sandbox.slack import workspace
from bot.sandbox.slack.delivery import FAILED, TIMED_OUT, Ack
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.state import State


@dataclass(slots=True)
class _Pending:
    """An envelope that waits for its ack."""

    done: threading.Event = field(default_factory=threading.Event)
    payload: Any = None


class SocketMode:
    """A websocket server on 127.0.0.1 with the app's connections. `limit` is the seconds for an ack."""

    def __init__(self, state: State, limit: float) -> None:
        self._state = state
        self._limit = limit
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._retired: list[ServerConnection] = []
        self._pending: dict[str, _Pending] = {}
        self._turn = itertools.count()
        self._server = serve(self._talk, "127.0.0.1", 0, process_request=self._admit, compression=None, close_timeout=1)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def live(self) -> int:
        """How many connections there are."""
        with self._lock:
            return len(self._connections)

    def new_address(self) -> str:
        """Return a ws:// address that is good for one connection."""
        ticket = secrets.token_urlsafe(18)
        with self._lock:
            self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket={ticket}"

    def command(self, form: dict[str, str]) -> Ack:
        """Deliver a slash command; its ack may hold the answer."""
        return self._deliver("slash_commands", form, accepts=True)

    def interaction(self, payload: Json) -> Ack:
        """Deliver any other payload; the ack of a submission may say what becomes of the view."""
        return self._deliver("interactive", payload, accepts=payload["type"] == "view_submission")

    def send_disconnect(self, reason: str) -> None:
        """Send `disconnect` on every connection; Slack's reasons are `warning` and `refresh_requested`.

        A connection that is to be refreshed gets no payload any more, and ends when a new one stands.
        """
        for connection in self._now():
            if reason == "refresh_requested":
                self._forget(connection)
                with self._lock:
                    self._retired.append(connection)
            _send(connection, {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}})

    def drop(self) -> None:
        """Break every connection without a closing handshake."""
        for connection in self._now():
            _break(connection)
        self._state.wait(lambda: not self._now(), 5.0)

    def close(self) -> None:
        """Close every connection and stop listening."""
        for connection in self._now():
            connection.close(CloseCode.GOING_AWAY)
        self._server.shutdown()
        self._thread.join()

    def _deliver(self, kind: str, payload: Json, *, accepts: bool) -> Ack:
        connections = self._now()
        if not connections:
            return Ack(error=FAILED)
        connection = connections[next(self._turn) % len(connections)]
        envelope_id, pending = str(uuid.uuid4()), _Pending()
        with self._lock:
            self._pending[envelope_id] = pending
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, "accepts_response_payload": accepts}
        try:
            if not _send(connection, envelope):
                return Ack(error=FAILED)
            if not pending.done.wait(self._limit):
                return Ack(error=TIMED_OUT)
        finally:
            with self._lock:
                del self._pending[envelope_id]
        answer = pending.payload if accepts else None
        return Ack(HTTPStatus.OK, json.dumps(answer) if answer is not None else "")

    def _now(self) -> list[ServerConnection]:
        with self._lock:
            return list(self._connections)

    def _admit(self, _connection: ServerConnection, request: Request) -> Response | None:
        ticket = parse_qs(urlsplit(request.path).query).get("ticket", [""])[0]
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                return None
        return Response(HTTPStatus.UNAUTHORIZED, "Unauthorized", Headers({"Content-Length": "0"}), b"")

    def _talk(self, connection: ServerConnection) -> None:
        hello = {
            "type": "hello",
            "num_connections": self.live + 1,
            "connection_info": {"app_id": workspace.APP_ID},
            "debug_info": {"host": "applink", "approximate_connection_time": 3600},
        }
        if not _send(connection, hello):
            return
        with self._lock:
            self._connections.append(connection)
            retired, self._retired = self._retired, []
        self._tell()
        for old in retired:
            _break(old)
        try:
            for text in connection:
                self._acknowledged(text)
        except ConnectionClosed:
            return  # the app or the network hung up: other connections and later ones are not touched by it
        finally:
            self._forget(connection)

    def _forget(self, connection: ServerConnection) -> None:
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
        self._tell()

    def _acknowledged(self, text: str | bytes) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return  # Slack takes no notice of what is not an ack
        with self._lock:
            pending = self._pending.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
        if pending:
            pending.payload = ack.get("payload")
            pending.done.set()

    def _tell(self) -> None:
        with self._state.changing():
            pass


def _send(connection: ServerConnection, message: Json) -> bool:
    try:
        connection.send(json.dumps(message))
    except (ConnectionClosed, OSError):
        return False
    return True


def _break(connection: ServerConnection) -> None:
    # The client may be gone already, which is what was wanted.
    with contextlib.suppress(OSError):
        connection.socket.shutdown(socket.SHUT_RDWR)
