"""The ways to listen to Slack: HTTP, or Socket Mode. Both start, run until told to stop, and drain."""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.adapter.wsgi.http_request import WsgiHttpRequest
from waitress.server import create_server
from waitress.trigger import trigger
from waitress.wasyncore import close_all

from bot.app import Bot, build, slack_client
from bot.clicks import click, new_click_id
from bot.database import open_database, upgrade
from bot.first_calls import FirstCalls
from bot.settings import Settings
from bot.socket_mode import SocketMode

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
# Slack's bodies are a few kilobytes.
MAX_BODY_BYTES = 1024 * 1024
# What is left of the ten seconds between SIGTERM and the end, once the listening has stopped.
DRAIN_SECONDS = 8.0


class Listening(Protocol):
    """An open ear for Slack's requests."""

    def pause(self) -> None:
        """Take no more than must be taken: others may be there to take it."""

    def close(self) -> None:
        """Stop."""


def serve(settings: Settings, stop: threading.Event, slack: FirstCalls) -> None:
    """Run the bot until `stop` is set, then finish what was accepted, within ten seconds in all.

    Raises CannotStart when Slack refuses a token or is not to be reached, DatabaseError when the database cannot be
    used, OSError when the port is taken.
    """
    # Building asks Slack the same. Asked here first, nothing has to be taken down between two tries.
    slack.make(slack_client(settings, settings.slack_bot_token.reveal()).auth_test, "SLACK_BOT_TOKEN")
    database = open_database(settings.database_url.reveal())
    upgrade(database)
    bot = slack.make(lambda: build(settings, database), "SLACK_BOT_TOKEN")
    if bot is None:
        return
    try:
        listening = _listen(bot, settings, slack)
    except BaseException:
        bot.close(0)
        raise
    if listening is None:
        bot.close(0)
        return
    bot.start()
    stop.wait()
    drain(bot, listening)


def _listen(bot: Bot, settings: Settings, slack: FirstCalls) -> Listening | None:
    """Begin to take Slack's requests; None when told to stop before it could."""
    if not settings.slack_app_token:
        server = HttpServer(bot.app, settings.host, settings.port)
        log.info("Listening on %s", server.url)
        return server
    connected = slack.make(lambda: connect_socket_mode(bot, settings), "SLACK_APP_TOKEN")
    if connected:
        log.info("Connected to Slack in Socket Mode")
    return connected


def drain(bot: Bot, listening: Listening) -> None:
    """Finish what was accepted, then stop listening."""
    listening.pause()
    bot.close(DRAIN_SECONDS)
    listening.close()


def connect_socket_mode(bot: Bot, settings: Settings) -> SocketMode:
    """Open a websocket to Slack. Raises SlackApiError for a wrong app token."""
    if settings.slack_app_token is None:
        raise ValueError("Socket Mode needs SLACK_APP_TOKEN")
    return SocketMode(bot.app, slack_client(settings, settings.slack_app_token.reveal()))


class HttpServer:
    """waitress in front of Bolt, running in a thread of its own from the start until `close`."""

    def __init__(self, app: App, host: str, port: int, *, new_id: Callable[[], str] = new_click_id) -> None:
        self.healthy = threading.Event()
        self._sockets: dict[int, Any] = {}
        self._server = _waitress(wsgi(app, self.healthy, new_id), host, port, self._sockets)
        self._trigger: Any = next(entry for entry in self._sockets.values() if isinstance(entry, trigger))
        listening = getattr(self._server, "effective_listen", None) or [(host, self._server.effective_port)]
        self.url = f"http://{_in_url(listening[0][0])}:{listening[0][1]}"
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._thread.start()
        self.healthy.set()

    def pause(self) -> None:
        """Tell the health check. What still comes is answered "busy": that reads better than a refused connection."""
        self.healthy.clear()

    def close(self) -> None:
        """Answer what has arrived, then stop listening."""
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=1)
        # In the loop's own thread: closed under it, a socket would stay open until the loop next looks.
        pulled = threading.Event()
        self._trigger.pull_trigger(lambda: self._close_sockets(pulled))
        pulled.set()
        self._thread.join(1)

    def _close_sockets(self, pulled: threading.Event) -> None:
        pulled.wait(1)  # the trigger is one of the sockets: not while it is being pulled
        for entry in list(self._sockets.values()):
            if entry.writable():
                entry.handle_write()
        close_all(self._sockets, ignore_all=True)


def _waitress(application: WSGIApplication, host: str, port: int, sockets: dict[int, Any]) -> Any:
    """Make a server that keeps its sockets in `sockets`. Raises OSError that names the setting to look at."""
    try:
        return create_server(
            application,
            map=sockets,
            host=host,
            port=port,
            threads=8,
            # A stalled client costs a connection, not a thread; the default of 100 would let a hundred block the rest.
            connection_limit=1000,
            # Even a thousand that are left idle block the rest no longer than this and the next look at them together.
            # Slack sends a request as soon as it has connected: only others keep silent for ten seconds.
            channel_timeout=10,
            cleanup_interval=2,
            max_request_body_size=MAX_BODY_BYTES,
            ident=None,
        )
    except OSError as error:
        close_all(sockets)
        raise OSError(f"HOST {host} and PORT {port} cannot be listened on: {error.strerror}") from error
    except ValueError as error:  # waitress's word for a name that leads nowhere
        raise OSError(f"HOST {host} is no address of this machine") from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def wsgi(app: App, healthy: threading.Event, new_id: Callable[[], str]) -> WSGIApplication:
    """Make the WSGI application: Slack's path, health, and nothing else. `new_id` makes the ids of clicks."""
    slack = _Slack(app, path=EVENTS_PATH)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route == ("GET", "/healthz"):
            return _plain(start_response, "200 OK" if healthy.is_set() else "503 Service Unavailable")
        if route != ("POST", EVENTS_PATH):
            return _plain(start_response, "404 Not Found")
        # Bolt reads as much as a header says, and a body that came in chunks has none.
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        # Bolt would fail on each of these with an error of its own.
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp) or not environ.get("HTTP_X_SLACK_SIGNATURE", "").isascii():
            return _plain(start_response, "401 Unauthorized")
        with click(new_id()):
            return slack(environ, start_response)

    return application


class _Slack(SlackRequestHandler):
    """Bolt behind WSGI, except that a body in no shape that Slack sends is answered 400."""

    def dispatch(self, request: WsgiHttpRequest) -> BoltResponse:
        try:
            read = BoltRequest(body=request.get_body(), query=request.query_string, headers=request.get_headers())
        except Exception as error:  # noqa: BLE001 (Bolt stumbles in many ways: no text, no JSON, no object)
            log.warning("A request was refused: its body cannot be read (%s)", type(error).__name__)
            return BoltResponse(status=400, body="")
        return self.app.dispatch(read)


def _plain(start_response: StartResponse, status: str) -> list[bytes]:
    body = status.encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
