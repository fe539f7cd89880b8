"""The bot put together: the only place where its parts meet."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from slack_bolt import App, BoltResponse
from slack_sdk.web import SlackResponse
from sqlalchemy import Engine

from bot import listeners
from bot.access import Access, Policy
from bot.audit import Audit, AuditStore
from bot.blocks.failure import unexpected
from bot.blocks.ids import NOTE_FORM, SHARE_FORM, SHARE_PARTS, TICKET_FORM
from bot.blocks.note_modal import NUMBER_BLOCK
from bot.call_places import SharedPlaces
from bot.checkup import Checkup, parts_of_bot
from bot.desk import Desk
from bot.leadsquared.budget import CallBudget, LocalPlaces, Places
from bot.leadsquared.client import LeadSquaredClient
from bot.listeners.directory import SlackDirectory
from bot.listeners.errands import Errands
from bot.listeners.gate import Gate
from bot.listeners.keeper import TEND_SECONDS, Keeper
from bot.listeners.later import Later
from bot.listeners.note_work import NoteWork
from bot.listeners.people import LOOKUP_SECONDS, People
from bot.listeners.places import place_of
from bot.listeners.reading import Readings
from bot.listeners.services import Lanes, Services, ticket_page
from bot.listeners.share_work import ShareWork
from bot.listeners.talks import Talks
from bot.notes import NoteStore, Outbox, Times
from bot.numbers import Numbers
from bot.settings import Settings
from bot.shares import Shares
from bot.slack_client import SlackClient
from bot.ticket_numbers import TicketLinks
from bot.work import Crowd, Lane

SLACK_SECONDS = 10
# A page is about 10 kB.
_KEPT_PAGES = 500
_DAY = 86_400
# What is kept of the time for closing, to tell people whose work was not finished.
TELLING_SECONDS = 2.5
# What the last entries of the audit are given, also where nothing is left of that time.
AUDIT_SECONDS = 0.5
# How long a call to LeadSquared takes when it takes long.
CALL_SECONDS = 3.0


@dataclass(frozen=True)
class Bot:
    """The Bolt app and what has to be closed with it."""

    app: App
    lanes: Lanes
    leadsquared: LeadSquaredClient
    outbox: Outbox
    keeper: Keeper
    audit: Audit
    database: Engine
    later: Later
    talks: Talks
    numbers: Numbers
    crowd: Crowd

    def start(self) -> None:
        """Begin to look after the notes. Call it once the bot listens: what it begins, `close` has to end."""
        self.keeper.start()

    def close(self, seconds: float) -> bool:
        """Finish the work that was accepted, for at most `seconds`, and tell whose work was not.

        Tells whether all of it was finished.
        """
        started = time.monotonic()
        # A note that is begun too late would still be under way at the end, and nobody would know of it.
        self.outbox.stop(max(0.0, seconds - TELLING_SECONDS - CALL_SECONDS))
        self.keeper.stop()
        self.later.close()
        # The last of the time is for telling people: that goes through the lane for Slack.
        deadline = started + max(0.0, seconds - TELLING_SECONDS)
        # Who is let in goes on to the lanes that work, and what was fetched to a lane that shows it.
        finished = [self.lanes.lookups.close(max(0.0, deadline - time.monotonic()))]
        working, showing = (self.lanes.notes, self.lanes.reads), (self.lanes.fetched, self.lanes.hits)
        for lane in working:
            lane.stop_taking()
        finished += [lane.close(max(0.0, deadline - time.monotonic())) for lane in (*working, *showing)]
        # A database that stands still must not hold up the end.
        late = threading.Thread(target=self.outbox.record_late, daemon=True)
        late.start()
        late.join(1)
        self.talks.close()
        finished.append(self.lanes.slack.close(max(0.0, started + seconds - time.monotonic())))
        # All that could still happen has.
        self.audit.close(max(AUDIT_SECONDS, started + seconds - time.monotonic()))
        self.leadsquared.close()
        self.database.dispose()
        return all(finished)


def build(
    settings: Settings,
    database: Engine,
    *,
    times: Times | None = None,
    tend_seconds: float = TEND_SECONDS,
    numbers: Numbers | None = None,
    access_clock: Callable[[], float] = time.monotonic,
    may_check: Callable[[Mapping[str, Any]], bool] = lambda _: True,
) -> Bot:
    """Make the whole bot from its settings, on a database whose tables are up to date.

    Calls Slack's auth.test, so that a wrong token shows here. `times` and `tend_seconds` are the outbox's;
    `access_clock` tells how old it is what Slack said of people;
    `may_check` tells of a command's payload whether its sender may see what is wrong with the bot.
    Raises SlackApiError or BoltError when Slack refuses the token, OSError when it cannot be reached.
    """
    numbers = numbers or Numbers()
    client = slack_client(settings, settings.slack_bot_token.reveal())
    policy = _policy(settings, client.auth_test())
    owner = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
    budget = CallBudget(_places(settings, database, owner), settings.leadsquared_calls_per_5s)
    leadsquared = LeadSquaredClient(
        api_url=settings.leadsquared_api_url,
        org_id=settings.leadsquared_org_id,
        access_key=settings.leadsquared_access_key.reveal(),
        secret_key=settings.leadsquared_secret_key.reveal(),
        budget=budget,
        attachment_hosts=settings.attachment_hosts,
        called=numbers.called,
    )
    outbox = Outbox(
        NoteStore(database),
        leadsquared,
        owner=owner,
        max_chars=settings.leadsquared_note_max_chars,
        times=times or Times(),
        became=numbers.note_became,
    )
    desk = Desk(leadsquared, cache_seconds=settings.cache_seconds, counted=numbers.read)
    crowd = Crowd()
    lanes = _lanes(settings, crowd)
    talks = Talks(lanes.slack)
    errands = Errands(new_id=lambda: f"E-{secrets.token_hex(4)}", talks=talks, answered=numbers.answered)
    lookups = slack_client(settings, settings.slack_bot_token.reveal(), seconds=LOOKUP_SECONDS)
    people = People(lookups)
    access = Access(policy, SlackDirectory(lookups), cache_seconds=settings.access_cache_seconds, clock=access_clock)
    book = AuditStore(database)
    audit = Audit(book)
    note_work = NoteWork(
        outbox=outbox,
        lane=lanes.notes,
        errands=errands,
        client=client,
        people=people,
        access=access,
        url=lambda ticket_id: ticket_page(settings.leadsquared_ticket_url, ticket_id),
        changed=desk.forget,
    )
    later = Later()
    readings = Readings(
        desk,
        errands,
        reads=lanes.reads,
        fetched=lanes.fetched,
        hits=lanes.hits,
        later=later,
        expected=lambda: budget.expected_wait(lanes.reads.queued),
        audit=audit,
    )
    shares = Shares(database)
    services = Services(
        lanes=lanes,
        errands=errands,
        gate=Gate(access, errands, lanes.lookups, audit),
        audit=audit,
        new_id=lambda: secrets.token_hex(16),
        client=client,
        people=people,
        links=TicketLinks(settings.leadsquared_ticket_url),
        ticket_url=settings.leadsquared_ticket_url,
        outbox=outbox,
        note_work=note_work,
        readings=readings,
        share_work=ShareWork(
            shares=shares,
            access=access,
            readings=readings,
            errands=errands,
            lane=lanes.lookups,
            client=client,
            audit=audit,
            url=lambda ticket_id: ticket_page(settings.leadsquared_ticket_url, ticket_id),
        ),
        check=Checkup(lambda: parts_of_bot(settings, leadsquared.look)).findings,
        may_check=may_check,
        pages=LRUCache(_KEPT_PAGES),
    )
    keeper = Keeper(
        note_work,
        shares=shares,
        retention_seconds=settings.note_retention_days * _DAY,
        audit=book,
        audit_seconds=settings.audit_retention_days * _DAY,
        every=tend_seconds,
    )
    numbers.watch(lanes.waiting(), budget.used)
    app = create_app(settings, services)
    return Bot(app, lanes, leadsquared, outbox, keeper, audit, database, later, talks, numbers, crowd)


def _policy(settings: Settings, whose: SlackResponse) -> Policy:
    """Return who may do what: by the settings, and by auth.test, which says whose bot it is."""
    return Policy(
        team_id=str(whose.get("team_id") or ""),
        enterprise_id=str(whose.get("enterprise_id") or ""),
        allow_guests=settings.allow_guests,
        groups=settings.allowed_usergroups or (),
        note_groups=settings.note_usergroups or (),
        channels=frozenset(settings.allowed_channels or ()),
        private_in_shared_channels=settings.private_in_shared_channels,
        share_in_org_channels=settings.share_in_org_channels,
    )


def _places(settings: Settings, database: Engine, owner: str) -> Places:
    """Count LeadSquared's calls where all processes of the bot see them, when there is such a place."""
    calls = settings.leadsquared_calls_per_5s
    if database.dialect.name != "postgresql":
        return LocalPlaces(calls)
    return SharedPlaces(database, account=str(settings.leadsquared_org_id), owner=owner, calls=calls)


def _lanes(settings: Settings, crowd: Crowd) -> Lanes:
    return Lanes(
        # More threads than calls that can be under way would only wait; each holds one call to LeadSquared.
        reads=Lane("reads", workers=settings.lane_reads, depth=2000),
        # Each ticket that is fetched may have a crowd waiting for it.
        fetched=Lane("fetched", workers=settings.lane_hits, depth=2000, crowd=crowd),
        # What is kept is shown within milliseconds, however many tickets are being fetched and shown.
        hits=Lane("hits", workers=settings.lane_hits, depth=2000, crowd=crowd),
        # Notes have their own, so that no note waits behind a thousand reads.
        notes=Lane("notes", workers=settings.lane_notes, depth=200),
        lookups=Lane("lookups", workers=4, depth=2000),
        # A trigger lives three seconds: nothing here waits for more than one call to Slack.
        slack=Lane("slack", workers=settings.lane_slack, depth=4000),
    )


def create_app(settings: Settings, services: Services) -> App:
    """Make the Bolt app with every listener registered."""
    app = App(
        client=services.client,
        signing_secret=settings.slack_signing_secret.reveal() if settings.slack_signing_secret else "",
        # The listener runs in the request's own thread and only queues work: the ack is out after 2 ms, not 12.
        process_before_response=True,
        logger=logging.getLogger("slack_bolt"),
    )
    app.error(_error_listener(services))
    listeners.register(app, services)
    return app


def slack_client(settings: Settings, token: str, *, seconds: int = SLACK_SECONDS) -> SlackClient:
    """Make a Web API client that gives up after `seconds`."""
    return SlackClient(token, base_url=settings.slack_api_url, seconds=seconds)


def _error_listener(services: Services) -> Callable[..., BoltResponse]:
    """Make the listener that answers when another one raised: in place, with an id that stands in the log."""

    def error_listener(error: Exception, body: dict[str, Any]) -> BoltResponse:
        kind = str(body.get("type") or body.get("command") or "request")
        error_id = services.errands.log_error(f"Listener for {kind}", error)
        answer = unexpected(error_id)
        if body.get("command"):
            return BoltResponse(status=200, body={**answer.message(), "response_type": "ephemeral"})
        if kind == "view_submission":
            return BoltResponse(status=200, body=_view_error(body, answer.text))
        if body.get("user"):
            services.errands.show(place_of(services.client, body), f"Error {error_id}", answer)
        return BoltResponse(status=200, body="")

    return error_listener


def _view_error(body: Mapping[str, Any], text: str) -> dict[str, Any]:
    block = {NOTE_FORM: NUMBER_BLOCK, TICKET_FORM: NUMBER_BLOCK, SHARE_FORM: SHARE_PARTS}.get(
        str(body["view"].get("callback_id"))
    )
    return {"response_action": "errors", "errors": {block: text}} if block else {}
