"""The ways to listen to Slack: HTTP, or Socket Mode. Both start, run until told to stop, and drain."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from hashlib import blake2b
from http.client import responses
from typing import TYPE_CHECKING, Protocol

from slack_bolt import App, BoltRequest, BoltResponse

from bot.app import Bot, build, slack_client
from bot.clicks import click, new_click_id
from bot.database import ask, open_database, upgrade
from bot.first_calls import FirstCalls
from bot.health import Readiness, health_page, metrics_app
from bot.numbers import Numbers
from bot.replays import Replays
from bot.settings import Settings, SettingsError
from bot.web import WebServer, plain
from bot.work import Crowd

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from bot.socket_mode import SocketMode

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
# Slack: what is older may be sent again by somebody else.
SIGNATURE_SECONDS = 300
# What is left of the ten seconds between SIGTERM and the end, once the listening has stopped.
DRAIN_SECONDS = 8.0
# How often it is looked whether there is a connection to Slack.
_LOOK_SECONDS = 1.0
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Listening(Protocol):
    """An open ear for Slack's requests."""

    def connected(self) -> bool:
        """Tell whether Slack's requests can come."""

    def pause(self) -> None:
        """Take no more than must be taken: others may be there to take it."""

    def close(self) -> None:
        """Stop."""


def serve(
    settings: Settings, stop: threading.Event, slack: FirstCalls, *, clock: Callable[[], float] = time.monotonic
) -> bool:
    """Run the bot until `stop` is set, then finish what was accepted, within ten seconds in all.

    False when it ended by itself, because Slack was gone for too long by `clock`.

    Raises CannotStart when Slack refuses a token or is not to be reached, DatabaseError when the database cannot be
    used, OSError when a port is taken, SettingsError when METRICS_PORT is set and its package is missing.
    """
    readiness, numbers = Readiness(), _numbers(settings)
    with ExitStack() as stack:
        if settings.metrics_port is not None:
            port = WebServer(
                metrics_app(readiness, numbers),
                settings.metrics_host,
                settings.metrics_port,
                threads=2,
                name="metrics",
                settings=("METRICS_HOST", "METRICS_PORT"),
            )
            stack.callback(port.close)
            log.info("Numbers and health at %s", port.url)
        bot = _build(settings, slack, numbers)
        listening = _listen(bot, settings, slack, readiness) if bot else None
        if bot is None or listening is None:
            return True
        bot.start()
        readiness.open(lambda: ask(bot.database), listening.connected)
        stayed = watch(listening.connected, stop.wait, settings.socket_mode_give_up_seconds, clock)
        readiness.drain()
        drain(bot, listening)
        return stayed


def _numbers(settings: Settings) -> Numbers:
    if settings.metrics_port is None:
        return Numbers()
    try:
        from bot.prometheus import PrometheusNumbers  # noqa: PLC0415 (an extra that few need)
    except ModuleNotFoundError as error:
        why = "METRICS_PORT needs a package that is missing: pip install 'leadsquared-ticket-bot[metrics]'"
        raise SettingsError([why]) from error
    return PrometheusNumbers()


def watch(
    connected: Callable[[], bool], wait: Callable[[float], bool], give_up: float, clock: Callable[[], float]
) -> bool:
    """Wait until told to stop; False when there was no connection for `give_up` seconds.

    A new process has helped where reconnecting did not. `wait` waits some seconds, and tells whether to stop.
    """
    last = clock()
    while not wait(_LOOK_SECONDS):
        now = clock()
        if connected():
            last = now
        elif now - last >= give_up:
            log.error(
                "No connection to Slack for %.0f s: the bot ends, for its supervisor to start it again", now - last
            )
            return False
    return True


def _build(settings: Settings, slack: FirstCalls, numbers: Numbers) -> Bot | None:
    """Build the bot; None when told to stop before that could be done."""
    # Building asks Slack the same. Asked here first, nothing has to be taken down between two tries.
    slack.make(slack_client(settings, settings.slack_bot_token.reveal()).auth_test, "SLACK_BOT_TOKEN")
    database = open_database(settings.database_url.reveal())
    upgrade(database)
    return slack.make(lambda: build(settings, database, numbers=numbers), "SLACK_BOT_TOKEN")


def _listen(bot: Bot, settings: Settings, slack: FirstCalls, readiness: Readiness) -> Listening | None:
    """Begin to take Slack's requests; None when told to stop before it could. Closes the bot where it cannot."""
    with ExitStack() as stack:
        stack.callback(bot.close, 0)
        if settings.slack_app_token:
            connected = slack.make(lambda: connect_socket_mode(bot, settings), "SLACK_APP_TOKEN")
            if connected is None:
                return None
            log.info("Connected to Slack in Socket Mode")
            stack.pop_all()
            return connected
        server = HttpServer(
            bot.app, settings.host, settings.port, readiness=readiness, numbers=bot.numbers, crowd=bot.crowd
        )
        log.info("Listening on %s", server.url)
        stack.pop_all()
        return server


def drain(bot: Bot, listening: Listening) -> None:
    """Finish what was accepted, then stop listening."""
    listening.pause()
    bot.close(DRAIN_SECONDS)
    listening.close()


def connect_socket_mode(bot: Bot, settings: Settings) -> SocketMode:
    """Open a websocket to Slack. Raises SlackApiError for a wrong app token."""
    if settings.slack_app_token is None:
        raise ValueError("Socket Mode needs SLACK_APP_TOKEN")
    # Over HTTP the start need not wait for what only this needs.
    from bot.socket_mode import SocketMode  # noqa: PLC0415

    return SocketMode(bot.app, slack_client(settings, settings.slack_app_token.reveal()), numbers=bot.numbers)


class HttpServer(WebServer):
    """Bolt over HTTP, from the start until `close`. Without a `readiness` it says that it is ready."""

    def __init__(
        self,
        app: App,
        host: str,
        port: int,
        *,
        readiness: Readiness | None = None,
        numbers: Numbers | None = None,
        crowd: Crowd | None = None,
        new_id: Callable[[], str] = new_click_id,
    ) -> None:
        if readiness is None:
            readiness = Readiness()
            readiness.open()
        application = wsgi(app, readiness, numbers or Numbers(), new_id, crowd or Crowd())
        super().__init__(application, host, port, threads=8, at_once=is_command)

    def connected(self) -> bool:
        """Tell whether Slack can connect: while the loop runs that all connections are served by."""
        return self.running()

    def pause(self) -> None:
        """Go on: what still comes is answered "busy", which reads better than a refused connection."""


def is_command(method: str, path: str, body: bytes) -> bool:
    """Tell whether a request is a slash command: its listener queues work and never waits.

    What a click or a form sends is all in one parameter, within which an equals sign is encoded.
    """
    # The same body must come to the same thread by every way of writing its path: the loop may not wait for a thread.
    return method == "POST" and path.lstrip("/") == EVENTS_PATH[1:] and b"command=%2F" in body


def wsgi(app: App, readiness: Readiness, numbers: Numbers, new_id: Callable[[], str], crowd: Crowd) -> WSGIApplication:
    """Make the WSGI application: Slack's path, health, and nothing else.

    `new_id` makes the ids of clicks; `crowd` is told of each request.
    """
    # What was not signed by Slack did nothing.
    replays: Replays[BoltResponse] = Replays(keeps=lambda response: response.status != 401)
    # Nearly all answers say nothing but that: one is remembered for all.
    heard = BoltResponse(status=200, body="")

    def dispatch(request: BoltRequest) -> BoltResponse:
        response = app.dispatch(request)
        return heard if response.status == 200 and not response.body else response

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route[0] == "GET" and (page := health_page(route[1], readiness, start_response)) is not None:
            return page
        if route != ("POST", EVENTS_PATH):
            return plain(start_response, "404 Not Found")
        crowd.came()
        # Bolt would fail on either of these with an error of its own, and looks at no other header.
        timestamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not signature.isascii():
            return plain(start_response, "401 Unauthorized")
        # What comes again may not be answered longer than what comes first.
        if abs(time.time() - int(timestamp)) > SIGNATURE_SECONDS:
            return plain(start_response, "401 Unauthorized")
        headers = {
            "content-type": environ.get("CONTENT_TYPE", ""),
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature,
        }
        with click(new_id()):
            response = _dispatch(dispatch, environ["wsgi.input"].read(), headers, numbers, replays)
        answer = response.body.encode()
        told = [(name, value) for name, values in response.headers.items() for value in values]
        start_response(f"{response.status} {responses[response.status]}", [*told, ("content-length", str(len(answer)))])
        return [answer]

    return application


def _dispatch(
    dispatch: Callable[[BoltRequest], BoltResponse],
    body: bytes,
    headers: Mapping[str, str],
    numbers: Numbers,
    replays: Replays[BoltResponse],
) -> BoltResponse:
    """Let Bolt answer. A body in no shape that Slack sends is answered 400, and is no click."""
    try:
        request = BoltRequest(body=body.decode(), headers={**headers})
    except Exception as error:  # noqa: BLE001 (Bolt stumbles in many ways: no text, no JSON, no object)
        log.warning("A request was refused: its body cannot be read (%s)", type(error).__name__)
        return BoltResponse(status=400, body="")
    try:
        if "ssl_check" in request.body:
            # Bolt does nothing for it, and asks for no signature: remembered, it would have others forgotten.
            response = dispatch(request)
        else:
            # Another body or time under a signature is another request.
            signed = f"{headers['x-slack-signature']} {headers['x-slack-request-timestamp']} ".encode()
            response = replays.once(blake2b(signed + body, digest_size=16).digest(), lambda: dispatch(request))
    except Exception as error:
        log.error("A request was refused: its payload cannot be read", exc_info=error)
        response = BoltResponse(status=400, body="")
    numbers.acked(response.status)
    return response
