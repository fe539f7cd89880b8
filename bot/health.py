"""What load balancers, supervisors and dashboards ask: whether the bot lives, whether it can serve, its numbers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bot.numbers import Numbers
from bot.web import plain

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

# What was found is told for this long, so that probes cost the database next to nothing.
_KEPT_SECONDS = 3.0
# A database that does not answer within this answers no click in time either.
_PATIENCE_SECONDS = 1.0


class Readiness:
    """Tells whether the bot can serve: from `open` until `drain`, while the database answers and Slack is connected.

    `patience` is how many seconds the database may take.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, patience: float = _PATIENCE_SECONDS) -> None:
        self._clock = clock
        self._patience = patience
        self._stage = "starting"
        self._ask: Callable[[], object] = bool
        self._connected: Callable[[], bool] = lambda: True
        self._looking = threading.Lock()
        self._looked = float("-inf")
        self._answers = True
        self._asking: threading.Thread | None = None

    def open(self, ask: Callable[[], object] = bool, connected: Callable[[], bool] = lambda: True) -> None:
        """Say that the bot listens. `ask` asks the database something and raises when it fails."""
        self._ask = ask
        self._connected = connected
        self._stage = ""

    def drain(self) -> None:
        """Say that the bot is about to stop."""
        self._stage = "draining"

    def lacking(self) -> str:
        """Return in one word why the bot cannot serve, or nothing: `starting`, `draining`, `slack` or `database`."""
        if self._stage:
            return self._stage
        if not self._connected():
            return "slack"
        return "" if self._database_answers() else "database"

    def _database_answers(self) -> bool:
        # One asks, the others are told what was found last: probes must not take the threads that clicks need.
        if self._looking.acquire(blocking=False):
            try:
                if self._clock() - self._looked >= _KEPT_SECONDS:
                    self._answers = self._look()
                    self._looked = self._clock()
            finally:
                self._looking.release()
        return self._answers

    def _look(self) -> bool:
        if self._asking and self._asking.is_alive():
            return False
        answered = threading.Event()

        def ask() -> None:
            try:
                self._ask()
            except Exception as error:  # noqa: BLE001 (whatever it is, the database is of no use)
                log.warning("The database does not answer: %s", type(error).__name__)
            else:
                answered.set()

        self._asking = threading.Thread(target=ask, name="readiness", daemon=True)
        self._asking.start()
        self._asking.join(self._patience)
        return answered.is_set()


def health_page(path: str, readiness: Readiness, start_response: StartResponse) -> Iterable[bytes] | None:
    """Answer a GET of /healthz (the process lives) or /readyz (it can serve, else 503 and why); None for others."""
    if path == "/healthz":
        return plain(start_response, "200 OK")
    if path == "/readyz":
        lacking = readiness.lacking()
        return plain(start_response, "503 Service Unavailable" if lacking else "200 OK", lacking or "ready")
    return None


def metrics_app(readiness: Readiness, numbers: Numbers) -> WSGIApplication:
    """Make the WSGI application of METRICS_PORT: health and numbers, and nothing else."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            if (answer := health_page(environ["PATH_INFO"], readiness, start_response)) is not None:
                return answer
            if environ["PATH_INFO"] == "/metrics" and (page := numbers.page()):
                length = str(len(page.body))
                start_response("200 OK", [("Content-Type", page.content_type), ("Content-Length", length)])
                return [page.body]
        return plain(start_response, "404 Not Found")

    return application
