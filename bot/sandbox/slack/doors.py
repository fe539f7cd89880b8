"""The doors of the HTTP server: Web API, response_urls and the page, and the failures on order behind the first two."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.sandbox.http import Request, Response
from bot.sandbox.slack.client_api import ClientApi
from bot.sandbox.slack.failures import Failure, Failures
from bot.sandbox.slack.records import ApiCall
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import WebApi


class Doors:
    """Answers every request that comes in."""

    def __init__(self, state: State, web_api: WebApi, response_urls: ResponseUrls, client: ClientApi) -> None:
        self.failures = Failures()
        self._state = state
        self._web_api = web_api
        self._response_urls = response_urls
        self._client = client
        self._closing = threading.Event()

    def close(self) -> None:
        """Let calls go that are slow on order."""
        self._closing.set()

    def answer(self, request: Request) -> Response | None:
        """Answer one request; None breaks its connection."""
        place, _, name = request.path.removeprefix("/").partition("/")
        if place == "api" and request.method in {"GET", "POST"}:
            return self._working(name, lambda: self._api(name, request))
        if place == "response" and request.method == "POST":
            return self._working("response_url", lambda: self._respond(name, request))
        return self._client.answer(request)

    def _api(self, method: str, request: Request) -> Response:
        return Response.of_json(self._web_api.call(method, request).result, headers=self._web_api.headers)

    def _respond(self, url_id: str, request: Request) -> Response:
        call = self._response_urls.post(url_id, request.body)
        return Response.of_text(str(call.result), call.status)

    def _working(self, method: str, work: Callable[[], Response]) -> Response | None:
        failure = self.failures.take(method)
        if failure.seconds:
            self._closing.wait(failure.seconds)
        if failure.answers:
            return self._failed(method, failure)
        response = None if failure.drop == "before" else work()
        return None if failure.drop else response

    def _failed(self, method: str, failure: Failure) -> Response:
        limited = failure.error == "ratelimited" or failure.status == 429
        status = failure.status or (429 if limited else 200)
        headers = {"Retry-After": str(failure.retry_after)} if limited else {}
        error = failure.error or ("ratelimited" if limited else "internal_error")
        if method == "response_url":
            status = 400 if status == 200 else status
            self._state.record(ApiCall(method, {}, error, self._state.clock(), status))
            return Response(status, error.encode(), headers)
        result = {"ok": False, "error": error}
        self._state.record(ApiCall(method, {}, result, self._state.clock(), status))
        return Response.of_json(result, status, self._web_api.headers | headers)
