"""Calls counted in PostgreSQL: several processes together never make more than the limit, as the server sees it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.call_places import LEASE_SECONDS, SharedPlaces
from bot.database import open_database, upgrade
from bot.leadsquared.budget import CallBudget
from bot.leadsquared.errors import Uncounted
from bot.sandbox.leadsquared import LeadSquared
from bot.sandbox.stage import ACCESS_KEY, ORG_ID, SECRET_KEY

WINDOW = 0.5
CALLER = """
import random, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from bot.call_places import SharedPlaces
from bot.database import open_database
from bot.leadsquared.budget import CallBudget
from bot.leadsquared.client import LeadSquaredClient
from bot.sandbox.stage import ACCESS_KEY, ORG_ID, SECRET_KEY

address, api_url, owner, calls, window, count = sys.argv[1:]
places = SharedPlaces(open_database(address), account="1", owner=owner, calls=int(calls), window=float(window))
client = LeadSquaredClient(
    api_url=api_url, org_id=ORG_ID, access_key=ACCESS_KEY, secret_key=SECRET_KEY, budget=CallBudget(places, int(calls))
)
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(16) as threads:
    list(threads.map(client.conversations, range(int(count))))
client.close()
"""


@pytest.fixture
def engine(postgres: str) -> Iterator[Engine]:
    engine = open_database(postgres)
    upgrade(engine)
    yield engine
    engine.dispose()


def places(engine: Engine, owner: str = "a", *, calls: int = 2, window: float = 60.0) -> SharedPlaces:
    return SharedPlaces(engine, account="1", owner=owner, calls=calls, window=window)


def test_a_place_that_one_process_takes_is_taken_for_all(engine: Engine) -> None:
    one, other = places(engine, "one"), places(engine, "other")
    assert (one.take(), other.take()) == (0, 0)
    assert 0 < one.take() <= 1
    one.give_back()
    # Free one window after its answer, and not before.
    assert 59 < one.take() <= 60
    assert 59 < other.take() <= 60


def test_a_refusal_closes_all_processes(engine: Engine) -> None:
    one, other = places(engine, "one"), places(engine, "other")
    one.close(30)
    other.close(3)
    assert 29 < other.take() <= 30


def test_accounts_do_not_share(engine: Engine) -> None:
    full = SharedPlaces(engine, account="1", owner="a", calls=1)
    assert full.take() == 0
    assert full.take() > 0
    assert SharedPlaces(engine, account="2", owner="a", calls=1).take() == 0


def test_a_process_that_ended_gives_its_places_back_in_time(engine: Engine) -> None:
    ended, other = places(engine, "ended", calls=1), places(engine, "other", calls=1)
    assert ended.take() == 0
    assert other.take() > 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE calls SET started_at = started_at - :lease"), {"lease": LEASE_SECONDS + 1})
    assert other.take() == 0


def test_a_clock_that_is_set_back_holds_places_for_a_window_at_most(engine: Engine) -> None:
    one = places(engine, calls=2, window=0.2)
    assert (one.take(), one.take()) == (0, 0)
    one.give_back()
    with engine.begin() as connection:
        connection.execute(text("UPDATE calls SET started_at = started_at + 3600, answered_at = answered_at + 3600"))
    # Nobody knows how long ago that answer came, so it counts as if it came just now; the other call is under way.
    assert 0.1 < one.take() <= 0.2
    with engine.begin() as connection:
        found = connection.execute(text("SELECT count(answered_at), count(*) FROM calls")).one()
        ahead = "SELECT max(greatest(started_at, answered_at)) - extract(epoch FROM clock_timestamp()) FROM calls"
        assert connection.execute(text(ahead)).scalar_one() <= 0
        connection.execute(text("UPDATE calls SET answered_at = answered_at - 0.2"))
    assert tuple(found) == (1, 2)
    assert one.take() == 0
    assert one.take() > 0


def test_no_call_starts_when_the_database_is_gone(engine: Engine) -> None:
    budget = CallBudget(places(engine), 2)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE calls"))
    with pytest.raises(Uncounted), budget.call(1):
        pytest.fail("a call started that nobody counted")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("processes", [2, 4])
def test_processes_together_keep_the_limit_as_the_server_counts_it(postgres: str, processes: int) -> None:
    chance = random.Random(7)  # noqa: S311 (jitter, no secret)
    with ExitStack() as stack:
        server = stack.enter_context(
            LeadSquared(
                org_id=ORG_ID,
                access_key=ACCESS_KEY,
                secret_key=SECRET_KEY,
                tickets={},
                calls_per_window=10,
                window=WINDOW,
            )
        )
        server.jitter = lambda: chance.uniform(0, 0.03)
        children = [
            subprocess.Popen(
                [sys.executable, "-c", CALLER, postgres, server.url, str(number), "10", str(WINDOW), "20"],
                cwd=Path(__file__).parent.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]
        for child in children:
            stack.enter_context(child)
            stack.callback(child.kill)
            assert child.stdout
            assert child.stdout.readline() == "ready\n"
        started = time.monotonic()
        for child in children:
            assert child.stdin
            child.stdin.write("go\n")
            child.stdin.flush()
        for child in children:
            assert child.wait(30) == 0
        took = time.monotonic() - started
        assert len(server.requests) == 20 * processes
        assert {request.status for request in server.requests} == {200}
        assert server.worst_window() <= 10
    # The last round starts after as many windows as there are rounds before it.
    assert took < 2.5 * (2 * processes - 1) * WINDOW + 2
