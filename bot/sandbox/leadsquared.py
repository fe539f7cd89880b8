"""A stand-in for LeadSquared Service Cloud over HTTP: the two documented calls, as strict as they are, and the files.

It holds a few tickets, keeps what it was sent, enforces the limit of calls, and fails when it is told to.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Literal, Self

from bot.sandbox import faults
from bot.sandbox.faults import Fault
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.ticket_calls import Call, body_of, why_not
from bot.sandbox.ticket_files import FileShelf
from bot.sandbox.ticket_model import KINDS, Message, Ticket

__all__ = ["Call", "Fault", "LeadSquared", "Note", "RateLimitStyle", "Received"]

RateLimitStyle = Literal["429", "403", "200"]

_API = re.compile(r"/api/tenants/(?P<org>[^/]+)/(?P<api>conversation/filter|internalnote/upload)")
_CALLS: Mapping[str, Call] = {"conversation/filter": "conversations", "internalnote/upload": "internal_note"}


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in. Header names are lower case; `json` is None where the body is not JSON.

    `at` is by the server's clock. `kind` is None for anything but the two calls.
    `status` is the one that was sent, None where no answer went out.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    json: Any
    at: float
    kind: Call | None
    status: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """One internal note that was written, and when (aware UTC)."""

    ticket_id: int
    text: str
    at: datetime


@dataclass(slots=True)
class _Planned:
    fault: Fault
    times: int
    call: Call | None
    writes: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a request comes to: the answer it should have, the fault instead of it, and the note to write."""

    good: Response
    fault: Fault | None = None
    note: Note | None = None
    kind: Call | None = None


class LeadSquared:
    """Serves the stand-in on 127.0.0.1 until `close`; a port of 0 takes a free one.

    `requests` and `notes` grow in order of arrival. A note is there exactly when a real server would have written it:
    before the delay and the answer, and with some faults though no good answer ever comes.
    `delay` is the seconds before each answer; `jitter`, if set, gives the seconds before a request is counted.
    `rate_limit_style` is the disguise of a refusal by the limit: "429" as documented, "403" or "200" as users met it.
    `on_note` is called with each note after it is written, on the request's thread.
    `clock` counts the calls, `now` (aware) dates notes and links, `pause` does the waiting.
    """

    def __init__(
        self,
        *,
        org_id: int,
        access_key: str,
        secret_key: str,
        tickets: Mapping[int, Ticket],
        port: int = 0,
        calls_per_window: int = 25,  # LeadSquared: 25 calls in 5 seconds for the whole account
        window: float = 5.0,
        rate_limit_style: RateLimitStyle = "429",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self.requests: list[Received] = []
        self.notes: list[Note] = []
        self.delay = 0.0
        self.jitter: Callable[[], float] | None = None
        self.rate_limit_style: RateLimitStyle = rate_limit_style
        self.on_note: Callable[[Note], object] | None = None
        self._org_id = org_id
        self._keys = (access_key, secret_key)
        self._tickets = tickets
        self._limit = calls_per_window
        self._window = window
        self._clock = clock
        self._now = now
        self._pause = pause
        self._files = FileShelf(org_id, tickets, secret_key, now)
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._counted: list[float] = []
        self._let_through: deque[float] = deque()
        self._released = threading.Event()
        self._server = LoopbackServer(self._handle, port)

    @property
    def url(self) -> str:
        """The address to call, without a slash at the end."""
        return self._server.url

    def close(self) -> None:
        """Let go of held connections and stop listening."""
        self.release()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fail(self, fault: Fault, times: int = 1, call: Call | None = None, *, writes: bool | None = None) -> None:
        """Fail so the next `times` calls that would have been answered well; `call` leaves the other call alone.

        Faults wait in line, in the order of asking. `writes` overrules what `fault.writes` says of a note.
        A call that is wrong, or one too many, is refused for that, and the fault waits on.
        """
        with self._lock:
            self._planned.append(_Planned(fault, times, call, fault.writes if writes is None else writes))

    def recover(self) -> None:
        """Forget the faults that are still to come."""
        with self._lock:
            self._planned.clear()

    def release(self) -> None:
        """End the connections that faults hold open now. Faults that come later hold theirs."""
        with self._lock:
            self._released.set()
            self._released = threading.Event()

    def worst_window(self) -> int:
        """Return the most calls counted in any `window` seconds, those refused for the limit among them.

        More than the limit says that the caller overran it. Calls with wrong keys are not counted.
        """
        with self._lock:
            counted = list(self._counted)
        worst = first = 0
        for last, at in enumerate(counted):
            while at - counted[first] >= self._window:
                first += 1
            worst = max(worst, last - first + 1)
        return worst

    def _handle(self, request: Request) -> Response | None:
        if self.jitter is not None:
            self._pause(self.jitter())
        with self._lock:
            at = self._clock()
            outcome = self._decide(request, at)
            status = outcome.fault.status if outcome.fault else outcome.good.status
            seen = Received(request.path, request.headers, body_of(request), at, outcome.kind, status)
            self.requests.append(seen)
            if outcome.note:
                self.notes.append(outcome.note)
            released = self._released
        if outcome.note and self.on_note:
            self.on_note(outcome.note)
        if self.delay:
            self._pause(self.delay)
        if outcome.fault is None:
            return outcome.good
        whole = faults.answer(outcome.fault, outcome.kind or "", self._limit, self._window)
        if whole is None:
            faults.misuse(outcome.fault, request.socket, outcome.good, self._pause, released)
        return whole

    def _decide(self, request: Request, at: float) -> _Outcome:
        if request.path.startswith("/files/"):
            return _Outcome(self._files.serve(request))
        route = _API.fullmatch(request.path)
        if route is None:
            return _Outcome(faults.not_found())
        kind = _CALLS[route["api"]]
        refusal = self._refuse(request, route["org"]) or self._count(at)
        if refusal:
            return _Outcome(refusal, kind=kind)
        why = why_not(kind, request, self._org_id)
        if why:
            return _Outcome(faults.bad_request(why), kind=kind)
        return self._fail_as_planned(self._do(kind, request.json()))

    def _refuse(self, request: Request, org: str) -> Response | None:
        if request.method != "POST":
            return Response.of_json({"message": "Method not allowed"}, 405, {"Allow": "POST"})
        sent = (request.headers.get("x-lsq-access-key", ""), request.headers.get("x-lsq-secret-key", ""))
        right = [compare_digest(mine.encode(), theirs.encode()) for mine, theirs in zip(self._keys, sent, strict=True)]
        # Keys open their own account only.
        return None if all(right) and org == str(self._org_id) else faults.unauthorized()

    def _count(self, at: float) -> Response | None:
        self._counted.append(at)
        while self._let_through and at - self._let_through[0] >= self._window:
            self._let_through.popleft()
        if len(self._let_through) >= self._limit:
            return faults.rate_limit_refusal(self.rate_limit_style, self._limit, self._window)
        self._let_through.append(at)
        return None

    def _do(self, kind: Call, body: Mapping[str, Any]) -> _Outcome:
        if kind == "conversations":
            return _Outcome(self._conversations(body["TicketId"], body["ActivityType"]), kind=kind)
        if body["RelatedTicketId"] not in self._tickets:
            return _Outcome(faults.invalid_input("RelatedTicketId is not known"), kind=kind)
        note = Note(body["RelatedTicketId"], body["TextPart"], self._now())
        said = {
            "Message": "Activity Created",
            "RelatedTicketId": str(note.ticket_id),
            "RelatedOrgId": str(self._org_id),
            "RelatedChannelMonitoringRequestId": 0,
        }
        return _Outcome(Response.of_json(said), note=note, kind=kind)

    def _fail_as_planned(self, outcome: _Outcome) -> _Outcome:
        planned = next((one for one in self._planned if one.call in {None, outcome.kind}), None)
        if planned is None or outcome.good.status != 200:
            return outcome
        planned.times -= 1
        if planned.times <= 0:
            self._planned.remove(planned)
        return replace(outcome, fault=planned.fault, note=outcome.note if planned.writes else None)

    def _conversations(self, ticket_id: int, kinds: list[str]) -> Response:
        ticket = self._tickets.get(ticket_id, Ticket(ticket_id, ""))
        # Kinds that the page does not list are never asked for, and come all the same.
        left_out = set(KINDS) - set(kinds)
        listed = [
            self._with_links(ticket, place, message)
            for place, message in enumerate(ticket.messages)
            if message.get("RelatedActivityType") not in left_out
        ]
        return Response.of_json({"Total": len(listed), "Conversations": None, "ConversationList": listed})

    def _with_links(self, ticket: Ticket, place: int, message: Message) -> Message:
        if not message.get("Attachments"):
            return message
        fresh = [
            {"ContentPath": self._files.link(self.url, ticket, place, index), **item}
            for index, item in enumerate(message["Attachments"])
        ]
        return {**message, "Attachments": fresh}
