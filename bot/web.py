"""waitress, running in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from waitress.server import BaseWSGIServer, create_server
from waitress.trigger import trigger
from waitress.wasyncore import close_all

from bot.web_loop import AtOnce, Connection, Sockets, Tasks

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

# Slack's bodies are a few kilobytes.
MAX_BODY_BYTES = 1024 * 1024
_MOST_CONNECTIONS = 1000
# What else the bot may have open at once: the database, and kept connections to Slack and to LeadSquared.
_OTHER_FILES = 200


class WebServer:
    """Serves a WSGI application from the start until `close`.

    Requests go to `threads`, but those of which `at_once` says that their answer never waits for anything.
    `settings` are the names of the settings that `host` and `port` come from. Raises OSError that names them.
    """

    def __init__(
        self,
        application: WSGIApplication,
        host: str,
        port: int,
        *,
        threads: int,
        at_once: AtOnce = lambda *_: False,
        name: str = "http",
        settings: tuple[str, str] = ("HOST", "PORT"),
    ) -> None:
        self._sockets = Sockets()
        self._tasks = Tasks(at_once, threads)
        self._server = _waitress(application, host, port, self._sockets, self._tasks, settings=settings)
        for entry in self._sockets.values():
            if isinstance(entry, BaseWSGIServer):
                entry.channel_class = Connection
        self._trigger: Any = next(entry for entry in self._sockets.values() if isinstance(entry, trigger))
        listening = getattr(self._server, "effective_listen", None) or [(host, self._server.effective_port)]
        self.url = f"http://{_in_url(listening[0][0])}:{listening[0][1]}"
        self._thread = threading.Thread(target=self._sockets.run, args=[self._tasks], name=name, daemon=True)
        self._thread.start()

    def running(self) -> bool:
        """Tell whether anything is still served."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Answer what has arrived, then stop listening."""
        self._tasks.shutdown(cancel_pending=False, timeout=1)
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


def _most_connections() -> int:
    """Return how many connections may be open at once, so that files remain for what answers people."""
    try:
        import resource  # noqa: PLC0415 (where there is none, there is no limit either)
    except ModuleNotFoundError:
        return _MOST_CONNECTIONS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return max(min(_MOST_CONNECTIONS, files - _OTHER_FILES), _OTHER_FILES // 4)


def plain(start_response: StartResponse, status: str, said: str = "") -> Iterable[bytes]:
    """Answer a request in plain text; with the status where there is nothing else to say."""
    body = (said or status).encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def _waitress(
    application: WSGIApplication,
    host: str,
    port: int,
    sockets: Sockets,
    tasks: Tasks,
    *,
    settings: tuple[str, str],
) -> Any:
    """Make a server that keeps its sockets in `sockets`. Raises OSError that names the setting to look at."""
    host_setting, port_setting = settings
    try:
        return create_server(
            application,
            map=sockets,
            _dispatcher=tasks,
            host=host,
            port=port,
            # A stalled client costs a connection, not a thread; the default of 100 would let a hundred block the rest.
            connection_limit=_most_connections(),
            # Even a thousand that are left idle block the rest no longer than this and the next look at them together.
            # Slack sends a request as soon as it has connected: only others keep silent for ten seconds.
            channel_timeout=10,
            cleanup_interval=2,
            max_request_body_size=MAX_BODY_BYTES,
            ident=None,
            # Nothing here looks at what a proxy says of itself.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        close_all(sockets)
        why = f"cannot be listened on: {error.strerror}"
        raise OSError(f"{host_setting} {host} and {port_setting} {port} {why}") from error
    except ValueError as error:  # waitress's word for a name that leads nowhere
        raise OSError(f"{host_setting} {host} is no address of this machine") from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
