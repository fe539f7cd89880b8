"""The two LeadSquared Service Cloud calls that the bot stands on, over kept connections."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from bot.connections import BadAnswer, Connections, body_of, never_left
from bot.leadsquared import answers
from bot.leadsquared.budget import CallBudget
from bot.leadsquared.errors import LeadSquaredError, OutcomeUnknown, RateLimited, Refused, Unavailable
from bot.leadsquared.model import Conversation, Kind, read_conversation
from bot.leadsquared.storage import DOCUMENTED_HOST

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
# A whole answer, however slowly it drips.
ANSWER_SECONDS = 30.0
# A conversation of 1,000 mails is about 2 MB; beyond this something is wrong.
MAX_ANSWER_BYTES = 32 * 1024 * 1024
# A read may start another try while its tries have not taken this long; waiting for places in the budget is no try.
READ_TRIES = 3
READ_TRIES_SECONDS = 30.0
# How long a read waits for a place in the budget. Slack lets an answer come for 30 minutes.
PATIENCE_SECONDS = 300.0
# A note that finds no place goes back to the outbox, which knows when to try again.
NOTE_PATIENCE_SECONDS = 20.0
# A look waits no longer than the person who asked for it.
LOOK_PATIENCE_SECONDS = 5.0
# As many connections as calls can be under way at once; fewer would open and close one for each call.
POOL_SIZE = 32


@dataclass
class _Call:
    """A call, and when its turn came, by the clock."""

    began: float | None = None


class LeadSquaredClient:
    """Calls the API as its documentation has it. Safe to share between threads.

    Every method raises one of `bot.leadsquared.errors` and nothing else.
    `called` is told of each call its kind and its outcome: `ok`, or the error's name.
    `attachment_hosts` are those whose links to attachments are kept.
    """

    def __init__(
        self,
        *,
        api_url: str,
        org_id: int,
        access_key: str,
        secret_key: str,
        budget: CallBudget,
        attachment_hosts: Collection[str] = (DOCUMENTED_HOST,),
        read_seconds: float = READ_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        called: Callable[[str, str], object] = lambda _, __: None,
    ) -> None:
        self._base = f"{api_url}/api/tenants/{org_id}"
        self._org_id = org_id
        self._budget = budget
        self._hosts = attachment_hosts
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._answer_seconds = answer_seconds
        self._clock = clock
        self._now = now
        self._pause = pause
        self._jitter = jitter
        self._called = called
        self._headers = {
            "X-LSQ-ACCESS-KEY": access_key,
            "X-LSQ-SECRET-KEY": secret_key,
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        # Without TLS it is a stand-in on this machine, and no proxy may see what is sent there.
        self._trust_env = api_url.startswith("https://")
        self._kept = Connections(POOL_SIZE, trust_env=self._trust_env)

    def conversations(self, ticket_id: int, kinds: Iterable[Kind] = tuple(Kind)) -> Conversation:
        """Return a ticket's conversation, oldest first; an unknown ticket is one without messages.

        A failure that may pass is tried again within half a minute, not counting the waits for a place in the budget.
        """
        body = {"TicketId": ticket_id, "OrgId": self._org_id, "ActivityType": [str(kind) for kind in kinds]}
        tries, taken = 0, 0.0
        while True:
            tries += 1
            try:
                with self._counted("conversations") as call:
                    return self._read_once(ticket_id, body, call)
            except (RateLimited, Unavailable) as error:
                wait = error.seconds if isinstance(error, RateLimited) else 0.25 * 2**tries * (1 + self._jitter())
                taken += wait + (0.0 if call.began is None else self._clock() - call.began)
                gave_up = call.began is None and isinstance(error, RateLimited)
                if tries == READ_TRIES or taken > READ_TRIES_SECONDS or gave_up:
                    raise
                log.info("Reading ticket %d failed (%s); trying again", ticket_id, type(error).__name__)
                if isinstance(error, Unavailable):  # after a rate limit the budget itself does the waiting
                    self._pause(wait)

    def look(self, patience: float = LOOK_PATIENCE_SECONDS) -> tuple[int, LeadSquaredError | None]:
        """Make one call that reads next to nothing, never a second.

        Returns the HTTP status, 0 where no whole answer came, and what it means: None when it is a conversation.
        Whether there is such a ticket says nothing: the keys are looked at first. Waits `patience` seconds for a place.
        """
        body = {"TicketId": 1, "OrgId": self._org_id, "ActivityType": [str(Kind.PORTAL_OUTBOUND)]}
        status = 0
        try:
            with self._counted("look") as call:
                try:
                    with self._budget.call(patience):
                        call.began = self._clock()
                        status, answer = self._send(self._kept, "/conversation/filter", body)
                    read_conversation(self._payload(status, answer), 1, self._now(), len(answer))
                except (requests.RequestException, ValueError) as error:
                    raise Unavailable("no answer, or none of LeadSquared's") from error
        except LeadSquaredError as error:
            return status, error
        return status, None

    def post_internal_note(self, ticket_id: int, text: str, begin: Callable[[], bool] = lambda: True) -> None:
        """Post an internal note; returning means that LeadSquared said it was created. Sent once, never again.

        The customer does not see it. `begin` is asked when the call's turn has come; when it says no, nothing is sent.
        Raises OutcomeUnknown when the note may or may not have been written.
        """
        with self._counted("internal_note") as call:
            self._post_once(ticket_id, text, begin, call)

    def _post_once(self, ticket_id: int, text: str, begin: Callable[[], bool], call: _Call) -> None:
        body = {
            "TextPart": text,
            "ActivityType": "CreateInternalNote",
            "StorageType": "Permament",  # the API's own spelling
            "RelatedTicketId": ticket_id,
        }
        try:
            # On a connection of its own: a kept one that the server closes just then would leave the note in doubt.
            own = Connections(1, trust_env=self._trust_env)
            with closing(own), self._budget.call(NOTE_PATIENCE_SECONDS, urgent=True):
                if not begin():
                    return
                call.began = self._clock()
                status, answer = self._send(own, "/internalnote/upload", body)
        except requests.ConnectionError as error:
            if never_left(error):
                raise Unavailable("LeadSquared could not be reached") from error
            raise OutcomeUnknown("the connection broke before the answer came") from error
        except requests.RequestException as error:
            raise OutcomeUnknown("no whole answer came") from error
        try:
            payload = self._payload(status, answer)
        except Unavailable as error:
            raise OutcomeUnknown(error.detail) from error
        except Refused as error:
            if error.before_writing:
                raise
            raise OutcomeUnknown(error.detail) from error
        if payload.get("Message") != "Activity Created":
            raise OutcomeUnknown("the answer does not say that the note was created")

    def close(self) -> None:
        """Close the pooled connections."""
        self._kept.close()

    def _read_once(self, ticket_id: int, body: Mapping[str, Any], call: _Call) -> Conversation:
        try:
            with self._budget.call(PATIENCE_SECONDS):
                call.began = self._clock()
                status, answer = self._send(self._kept, "/conversation/filter", body)
            payload = self._payload(status, answer)
            return read_conversation(payload, ticket_id, self._now(), len(answer), self._hosts)
        except (BadAnswer, ValueError) as error:
            raise Unavailable(f"the answer was not understood: {error}") from error
        except requests.RequestException as error:
            raise Unavailable("LeadSquared could not be reached or did not answer in time") from error

    @contextmanager
    def _counted(self, kind: str) -> Iterator[_Call]:
        call = _Call()
        outcome = "ok"
        try:
            yield call
        except LeadSquaredError as error:
            outcome = type(error).__name__
            raise
        finally:
            if call.began is not None:
                self._called(kind, outcome)

    def _payload(self, status: int, answer: bytes) -> Mapping[str, Any]:
        try:
            return answers.read(status, answer)
        except RateLimited as error:
            self._budget.refused(error.seconds)
            raise

    def _send(self, connections: Connections, path: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        data = json.dumps(body).encode()
        response = connections.post(self._base + path, data, self._headers, self._timeout, stream=True)
        with closing(response):
            return response.status, body_of(response, MAX_ANSWER_BYTES, self._answer_seconds, self._clock)
