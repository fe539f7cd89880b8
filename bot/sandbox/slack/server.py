"""The stand-in as a whole: one HTTP server, the app's tokens, and what people do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from bot.sandbox.http import LoopbackServer
from bot.sandbox.slack import workspace
from bot.sandbox.slack.client_api import POLL_SECONDS, ClientApi
from bot.sandbox.slack.delivery import Ack, Delivery, HttpDelivery, NoWay
from bot.sandbox.slack.doors import Doors
from bot.sandbox.slack.failures import Drop, Failure
from bot.sandbox.slack.interaction import Interaction, Triggers
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.methods import Methods
from bot.sandbox.slack.modals import Modals, with_ids
from bot.sandbox.slack.person import Persons
from bot.sandbox.slack.records import ApiCall, Json, Message, View
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import WebApi

if TYPE_CHECKING:
    from bot.sandbox.slack.socket_mode import SocketMode

T = TypeVar("T")
ACK_SECONDS = 3.0  # Slack: an app has 3 seconds to acknowledge


class Slack:
    """A workspace with one app, served on 127.0.0.1 until `close`.

    `manifest` is the app's manifest as a mapping; `clock` tells seconds since the epoch and rules the lives of triggers
    and response_urls; `ack_seconds` is how long a person waits for an ack, `poll_seconds` how long the page's request
    for news is held; `notes` are what the page's side panel lists; `enterprise` is the id of its organisation.
    """

    def __init__(
        self,
        *,
        signing_secret: str,
        bot_token: str,
        app_token: str,
        manifest: Mapping[str, Any],
        port: int = 0,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = ACK_SECONDS,
        poll_seconds: float = POLL_SECONDS,
        notes: Callable[[], list[dict[str, Any]]] = list,
        enterprise: str = "",
    ) -> None:
        self.manifest = Manifest.of(manifest)
        self.state = State(clock, self.manifest.bot_name, enterprise)
        self._scopes = list(self.manifest.scopes)
        self.modals = Modals(self.state)
        self._signing_secret = signing_secret
        self._ack_seconds = ack_seconds
        self._triggers = Triggers(self.state)
        self._response_urls = ResponseUrls(self.state)
        self._http: HttpDelivery | None = None
        self._socket: SocketMode | None = None
        self._socket_lock = threading.Lock()
        methods = Methods(
            self.state,
            self.modals,
            self._triggers,
            self._open_socket,
            messages_tab=self.manifest.messages_tab,
            scopes=self._scopes,
        )
        web_api = WebApi(self.state, methods, {"bot": bot_token, "app": app_token}, self._scopes)
        self._doors = Doors(self.state, web_api, self._response_urls, ClientApi(self, notes, poll_seconds))
        self._persons = Persons(
            self.state,
            self.modals,
            self._triggers,
            self._response_urls,
            self.manifest,
            self._delivery,
            lambda: self.url,
        )
        self._server = LoopbackServer(self._doors.answer, port)

    # The app's side

    @property
    def url(self) -> str:
        """The address of the page, without a slash at the end."""
        return self._server.url

    @property
    def api_url(self) -> str:
        """What the app takes for https://slack.com/api/."""
        return f"{self.url}/api/"

    def connect(self, bot_url: str) -> None:
        """Send everything to the app's request URL, signed, from now on. Without this: Socket Mode."""
        self._http = HttpDelivery(bot_url, self._signing_secret, self.state.clock, self._ack_seconds)

    def deliver_raw(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        """Post a body with just these headers to the app. Raises RuntimeError without its request URL."""
        if self._http is None:
            raise RuntimeError("connect the app's request URL first")
        return self._http.raw(body, headers)

    def drop_sockets(self) -> None:
        """Break every websocket without a word, as a network does."""
        if self._socket:
            self._socket.drop()

    def send_disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app on every websocket to make a new one: `warning` or `refresh_requested`."""
        if self._socket:
            self._socket.send_disconnect(reason)

    @property
    def sockets(self) -> int:
        """How many websockets of the app are live."""
        return self._socket.live if self._socket else 0

    def fail(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int = 1,
        times: int = 1,
        seconds: float = 0.0,
        drop: Drop | None = None,
    ) -> None:
        """Let the next `times` calls of a method (or "response_url") go wrong.

        `error` answers so instead of working (`ratelimited`: 429 with Retry-After), `status` with that HTTP status;
        `seconds` waits first; `drop` breaks the connection "before" the work or "after" it, its answer lost.
        """
        self._doors.failures.plan(method, Failure(error, status, retry_after, seconds, drop), times)

    def revoke(self, scope: str) -> None:
        """Take a scope away from the bot's token, as an admin can who installs the app without it."""
        self._scopes.remove(scope)

    def set_group(self, group: str, *members: str) -> None:
        """Say who is in a user group; one without members is there all the same."""
        with self.state.changing():
            self.state.groups[group] = frozenset(members)

    def close(self) -> None:
        """Stop everything. Who waits for a change is let go."""
        self._doors.close()
        self.state.close()
        if self._socket:
            self._socket.close()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The people's side

    def slash(self, text: str, *, user: str = workspace.AGENT.id, channel: str = workspace.SUPPORT) -> Interaction:
        """Type a slash command, such as "/ticket 143"."""
        return self._persons.slash(text, user, channel)

    def shortcut(
        self, callback_id: str, *, ts: str, user: str = workspace.AGENT.id, channel: str = workspace.SUPPORT
    ) -> Interaction:
        """Run a message shortcut on the message with this ts."""
        return self._persons.shortcut(callback_id, user, channel, ts)

    def click(
        self,
        target: Message | View | str,
        action_id: str,
        block_id: str | None = None,
        option: str | None = None,
        *,
        state: Mapping[str, Any] | None = None,
        user: str | None = None,
        channel: str = workspace.SUPPORT,
    ) -> Interaction:
        """Use an element of a message or view, given as itself, as a view's id or as a message's ts in `channel`.

        `option` is the value of what is chosen; `state` is what the other inputs hold, as in `submit`.
        The person is, when not named, the one who sees it: the view's, an ephemeral message's, else the default one.
        """
        found = self._found(target, channel)
        sees = found.user if isinstance(found, View) else found.only_for
        person = user or sees or workspace.AGENT.id
        return self._persons.click(
            found, user=person, action_id=action_id, block_id=block_id, option=option, given=state or {}
        )

    def submit(
        self,
        view_id: str,
        values: Mapping[str, Any] | None = None,
        *,
        user: str | None = None,
        deliveries: int = 1,
    ) -> Interaction:
        """Submit a view with {block_id or action_id: value}; what is not named holds its initial value.

        `deliveries` is how often the submission reaches the app, all at once: a double click, two windows.
        """
        return self._persons.submit(view_id, user, values or {}, deliveries)

    def close_view(self, view_id: str, *, user: str | None = None) -> Interaction:
        """Close a view, and those on top of it."""
        return self._persons.close_view(view_id, user)

    def post(
        self,
        channel: str,
        text: str,
        *,
        user: str = workspace.AGENT.id,
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
        thread_ts: str | None = None,
        bot: str | None = None,
    ) -> str:
        """Write a message, as a person or as another app's bot of the name `bot`. Returns its ts."""
        known = self.state.channel(channel)
        if known is None or user not in self.state.users:
            raise LookupError(f"no such channel or person: {channel}, {user}")
        message = Message(
            channel,
            self.state.new_ts(),
            "" if bot else user,
            text,
            blocks=with_ids(blocks or [], self.state),
            attachments=[{**a, "blocks": with_ids(a.get("blocks", []), self.state)} for a in attachments or []],
            thread_ts=thread_ts,
            username=bot,
            bot_id="B0OTHER001" if bot else None,
        )
        return self.state.put_message(message).ts

    # What there is to see

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the app so far: Web API methods and "response_url"."""
        return self.state.calls

    @property
    def views(self) -> list[View]:
        """Every view there was, as it stands or stood last, in the order of opening."""
        return self.modals.all

    def messages(self, channel: str = workspace.SUPPORT, *, user: str = workspace.AGENT.id) -> list[Message]:
        """Return the messages of a channel as this person sees them, oldest first."""
        return self.state.messages(channel, user)

    def notices(self, user: str = workspace.AGENT.id) -> list[str]:
        """Return what Slack itself told this person, oldest first."""
        return [notice.text for notice in self.state.notices(user)]

    def wait(self, condition: Callable[[], T], timeout: float = 5.0) -> T:
        """Return the first truthy value of `condition`. Raises AssertionError with the recent calls at the end."""
        return self.state.wait(condition, timeout)

    def changed(self) -> None:
        """Say that something outside changed which the page shows, such as the notes."""
        with self.state.changing():
            pass

    # Inside

    def _found(self, target: Message | View | str, channel: str) -> Message | View:
        if not isinstance(target, str):
            return target
        found = self.modals.get(target) or self.state.message(channel, target)
        if found is None:
            raise LookupError(f"no such view or message: {target}")
        return found

    def _delivery(self) -> Delivery:
        return self._http or self._socket or NoWay()

    def _open_socket(self) -> str:
        from bot.sandbox.slack.socket_mode import SocketMode  # noqa: PLC0415 (websockets is there for this alone)

        with self._socket_lock:
            if self._socket is None:
                self._socket = SocketMode(self.state, self._ack_seconds)
            return self._socket.new_address()
