"""A small threaded HTTP server on the loopback address, for the stand-ins.

The standard library's server is used, not waitress, because a stand-in must also misbehave:
reset a connection, stop half-way through an answer, keep silent. For that it needs the socket.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole. Header names are lower case; `query` keeps the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    socket: socket.socket = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError for what is not."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """Return an application/x-www-form-urlencoded body, the last value of each name."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. The length is added when it is sent."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Self:
        """Make an answer of one JSON value."""
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return cls(status, json.dumps(value).encode(), kind | dict(headers or {}))

    @classmethod
    def of_text(cls, text: str, status: int = 200) -> Self:
        """Make an answer of plain text."""
        return cls(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})


# None says that the handler has dealt with the socket itself: the connection is closed without another word.
Handler = Callable[[Request], Response | None]


class LoopbackServer:
    """Serves one handler on 127.0.0.1, a thread a connection, until `close`. A port of 0 takes a free one.

    With `tls` it is served over TLS.
    """

    def __init__(self, handler: Handler, port: int = 0, *, tls: ssl.SSLContext | None = None) -> None:
        self._scheme = "https" if tls else "http"
        self._server = _Server(("127.0.0.1", port), _request_class(handler))
        if tls:
            # The handshake is each connection's own business, as what follows is.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address to call, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop listening. Connections that are open end with their threads."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024  # the default of 5 would drop connections when many commands come at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that hang up: tests make them do so."""


def _request_class(handler: Handler) -> type[BaseHTTPRequestHandler]:
    class OneRequest(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            request = Request(
                method=self.command,
                path=address.path,
                query=dict(parse_qsl(address.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
                socket=self.connection,
            )
            response = handler(request)
            if response is None:
                self.close_connection = True
                return
            self.send_response_only(response.status, _reason(response.status))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 (names set by http.server)

    return OneRequest


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
