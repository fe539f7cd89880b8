"""The Web API: reading a call, its token and its scope; the methods stand in `methods`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from bot.sandbox.http import Request
from bot.sandbox.slack.methods import Methods
from bot.sandbox.slack.records import ApiCall, Json
from bot.sandbox.slack.refused import Refused
from bot.sandbox.slack.state import State

# Slack: what a form field holds as JSON, and the error when it does not.
_JSON_FIELDS = {"blocks": "invalid_blocks_format", "attachments": "invalid_attachments", "view": "invalid_arguments"}


@dataclass(frozen=True, slots=True)
class _Method:
    run: Callable[[Json], Json]
    scope: str | None = None
    token: str = "bot"  # noqa: S105 (the kind of token, not one)


class WebApi:
    """Answers `/api/<method>` for the app's two tokens."""

    def __init__(self, state: State, methods: Methods, tokens: Mapping[str, str], scopes: list[str]) -> None:
        self._state = state
        self._tokens = tokens
        self._scopes = scopes
        self._methods = {
            "auth.test": _Method(methods.auth_test),
            "blocks.validate": _Method(methods.validate_blocks),
            "bots.info": _Method(methods.bot_info, "users:read"),
            "chat.postMessage": _Method(methods.post_message, "chat:write"),
            "chat.update": _Method(methods.update, "chat:write"),
            "chat.postEphemeral": _Method(methods.post_ephemeral, "chat:write"),
            "chat.delete": _Method(methods.delete, "chat:write"),
            "chat.getPermalink": _Method(methods.permalink),
            "conversations.open": _Method(methods.open_direct, "im:write"),
            # Slack: the scope is that of the channel's kind.
            "conversations.info": _Method(methods.channel_info),
            "users.info": _Method(methods.user_info, "users:read"),
            "usergroups.users.list": _Method(methods.group_members, "usergroups:read"),
            "views.open": _Method(methods.view_open),
            "views.push": _Method(methods.view_push),
            "views.update": _Method(methods.view_update),
            "apps.connections.open": _Method(methods.connections_open, token="app"),  # noqa: S106 (a kind, as above)
        }

    @property
    def headers(self) -> dict[str, str]:
        """What Slack says with every answer: the token's scopes, and the time."""
        date = formatdate(self._state.clock(), usegmt=True)
        return {"X-OAuth-Scopes": ",".join(self._scopes), "Date": date}

    def call(self, method: str, request: Request) -> ApiCall:
        """Do one call, put it on record, and return it with Slack's answer."""
        arguments: Json = {}
        try:
            arguments = read_arguments(request)
            result = self._run(method, arguments, _token(request, arguments))
        except Refused as refused:
            result = refused.answer()
        shown = {name: value for name, value in arguments.items() if name != "token"}
        call = ApiCall(method, shown, result, self._state.clock())
        self._state.record(call)
        return call

    def _run(self, name: str, arguments: Json, token: str | None) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        if not token:
            raise Refused("not_authed")
        if token not in self._tokens.values():
            raise Refused("invalid_auth")
        if token != self._tokens[method.token]:
            raise Refused("not_allowed_token_type")
        if method.scope and method.scope not in self._scopes:
            raise Refused("missing_scope", needed=method.scope, provided=",".join(self._scopes))
        return {"ok": True, **method.run(arguments)}


def read_arguments(request: Request) -> Json:
    """Return the arguments of a call from its query, its form or its JSON; fields that hold JSON come parsed."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    arguments: Json = dict(request.query)
    if kind == "application/json":
        arguments |= _json_object(request.body)
    elif request.body:
        arguments |= request.form()
    for name, error in _JSON_FIELDS.items():
        if isinstance(arguments.get(name), str):
            try:
                arguments[name] = json.loads(arguments[name])
            except ValueError:
                raise Refused(error) from None
    return {name: value for name, value in arguments.items() if value is not None}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(value, dict):
        raise Refused("json_not_object")
    return value


def _token(request: Request, arguments: Json) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else arguments.get("token")
