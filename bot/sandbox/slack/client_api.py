"""The HTTP interface of the page that plays the Slack client, for nobody but that page.

Every answer is JSON. A POST acts for a person and answers once the ack is known: `{"ok": true}` or
`{"ok": false, "error": …}`. Input that makes no sense: 400 with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.sandbox.http import Request, Response
from bot.sandbox.slack import workspace
from bot.sandbox.slack.client_state import client_state
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.server import Slack

POLL_SECONDS = 20.0
_ASSET = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


class ClientApi:
    """Answers the page's requests with the verbs of the stand-in."""

    def __init__(self, slack: Slack, notes: Callable[[], list[dict[str, Any]]], poll_seconds: float) -> None:
        self._slack = slack
        self._notes = notes
        self._poll_seconds = poll_seconds
        self._actions: Mapping[str, Callable[[_Input], Interaction | None]] = {
            "message": self._message,
            "slash": self._slash,
            "shortcut": self._shortcut,
            "action": self._action,
            "submit": self._submit,
            "close": self._close,
            "dismiss": self._dismiss,
            "dismiss_message": self._dismiss_message,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request, or refuse it when another web page may be behind it."""
        refusal = self._refusal(request)
        if refusal:
            return _error(403, refusal)
        if request.method == "GET":
            return self._get(request)
        place, _, name = request.path.removeprefix("/").partition("/")
        if request.method != "POST" or place != "client" or name not in self._actions:
            return _error(404, "There is nothing here.")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _error(415, "The content type must be application/json.")
        return self._act(self._actions[name], request)

    def _act(self, action: Callable[[_Input], Interaction | None], request: Request) -> Response:
        try:
            interaction = action(_Input(request))
        except (LookupError, ValueError) as error:
            return _error(400, str(error.args[0]))
        if interaction is not None and interaction.error:
            return Response.of_json({"ok": False, "error": interaction.error})
        return Response.of_json({"ok": True})

    def _refusal(self, request: Request) -> str | None:
        port = urlsplit(self._slack.url).port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        host = request.headers.get("host", "")
        if host not in hosts:
            return "The Host header must name this machine."
        origin = request.headers.get("origin")
        if request.method != "GET" and origin is not None and origin != f"http://{host}":
            return "Only the page itself may do this."
        return None

    def _get(self, request: Request) -> Response:
        path = request.path
        if path == "/":
            return _asset("index.html")
        if path.startswith("/assets/"):
            return _asset(path.removeprefix("/assets/"))
        if path == "/client/notes":
            return Response.of_json({"notes": self._notes()})
        if path == "/client/state":
            return self._state(request)
        return _error(404, "There is nothing here.")

    def _state(self, request: Request) -> Response:
        user, since = request.query.get("user", workspace.AGENT.id), request.query.get("since")
        if user not in self._slack.state.users:
            return _error(400, f"There is no person {user}.")
        if since is not None:
            if not since.isdecimal():
                return _error(400, "since must be a whole number.")
            self._slack.state.wait_for_change(int(since), self._poll_seconds)
        return Response.of_json(client_state(self._slack, user))

    def _message(self, given: _Input) -> None:
        text = given.text("text")
        if not text.strip():
            raise ValueError("A message needs a text.")
        self._slack.post(given.text("channel"), text, user=given.text("user"))

    def _slash(self, given: _Input) -> Interaction:
        text = given.text("text").strip()
        if not text.startswith("/"):
            raise ValueError("A command starts with a slash.")
        return self._slack.slash(text, user=given.text("user"), channel=given.text("channel"))

    def _shortcut(self, given: _Input) -> Interaction:
        return self._slack.shortcut(
            given.text("callback_id"), user=given.text("user"), channel=given.text("channel"), ts=given.text("ts")
        )

    def _action(self, given: _Input) -> Interaction:
        view_id = given.optional("view_id")
        target: Any = view_id or self._slack.state.message(given.text("channel"), given.text("ts"))
        if target is None:
            raise LookupError("There is no such message.")
        return self._slack.click(
            target,
            given.text("action_id"),
            given.text("block_id"),
            given.optional("option"),
            state=given.mapping("state"),
            user=given.text("user"),
        )

    def _submit(self, given: _Input) -> Interaction:
        return self._slack.submit(given.text("view_id"), given.mapping("values"), user=given.text("user"))

    def _close(self, given: _Input) -> Interaction:
        return self._slack.close_view(given.text("view_id"), user=given.text("user"))

    def _dismiss(self, given: _Input) -> None:
        if not self._slack.state.dismiss(given.text("user"), given.text("notice")):
            raise LookupError("There is no such notice.")

    def _dismiss_message(self, given: _Input) -> None:
        message = self._slack.state.message(given.text("channel"), given.text("ts"))
        if message is None or message.only_for != given.text("user"):
            raise LookupError("There is no such ephemeral message.")
        self._slack.state.remove_message(*message.key)


class _Input:
    """The JSON object of a POST. Each reader raises ValueError with a sentence for what is missing or wrong."""

    def __init__(self, request: Request) -> None:
        try:
            fields: Any = request.json()
        except ValueError:
            raise ValueError("The body must be JSON.") from None
        if not isinstance(fields, dict):
            raise ValueError("The body must be a JSON object.")  # noqa: TRY004 (one kind of error for bad input)
        self._fields: Json = fields

    def text(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise ValueError(f"{name} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        value = self._fields.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} must be a string.")
        return value

    def mapping(self, name: str) -> Json:
        value = self._fields.get(name) or {}
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object.")  # noqa: TRY004 (as above)
        return value


def _asset(name: str) -> Response:
    kind = _TYPES.get(name.rpartition(".")[2])
    file = files("bot.sandbox") / "web" / name
    # The pattern has no slash and no leading dot: a name is one file of that folder, or nothing.
    if kind is None or not _ASSET.fullmatch(name) or not file.is_file():
        return _error(404, "There is nothing here.")
    headers = {"Content-Type": kind, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(200, file.read_bytes(), headers)


def _error(status: int, sentence: str) -> Response:
    return Response.of_json({"ok": False, "error": sentence}, status)
