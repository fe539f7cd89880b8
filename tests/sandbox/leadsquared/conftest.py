"""A stand-in with the sample tickets, and the two calls as a client makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.tickets import sample_tickets

ALL_KINDS = ["InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound"]


@pytest.fixture
def server() -> Iterator[LeadSquared]:
    """A running stand-in for account 22824 with keys like real ones."""
    tickets = sample_tickets(datetime.now(UTC))
    with LeadSquared(org_id=22824, access_key="u$rmade-up", secret_key="also$made-up", tickets=tickets) as server:
        yield server


@pytest.fixture
def post(server: LeadSquared) -> Iterator[Callable[..., requests.Response]]:
    """Post JSON to a path below the tenant with the right keys; keyword arguments go to requests."""
    with requests.Session() as session:
        session.trust_env = False

        def post(path: str, json: Any, **more: Any) -> requests.Response:
            keys = {"X-LSQ-ACCESS-KEY": "u$rmade-up", "X-LSQ-SECRET-KEY": "also$made-up"}
            more.setdefault("timeout", 5)
            return session.post(f"{server.url}/api/tenants/22824/{path}", json=json, **({"headers": keys} | more))

        yield post


@pytest.fixture
def read(post: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Ask for a ticket's conversations; `changes` replace fields of the body."""

    def read(ticket_id: int = 143, **changes: Any) -> requests.Response:
        body = {"TicketId": ticket_id, "OrgId": 22824, "ActivityType": ALL_KINDS}
        return post("conversation/filter", body | changes)

    return read


@pytest.fixture
def write(post: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Post an internal note; `changes` replace fields of the body."""

    def write(text: str = "Called the customer.", **changes: Any) -> requests.Response:
        fixed = {"ActivityType": "CreateInternalNote", "StorageType": "Permament", "RelatedTicketId": 143}
        return post("internalnote/upload", {"TextPart": text} | fixed | changes)

    return write
