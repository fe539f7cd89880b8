"""Each kind of person, in each kind of place, at each door and button: the whole bot does as the table says."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import event

from bot.access import Deed
from bot.sandbox.stage import Stage
from tests.access.doors import SECRET_TICKET, Visitor, doors_at
from tests.access.table import SCENARIOS, SHARED_IN, Row, Scenario
from tests.conftest import Running, Starter


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.words)
def test_everybody_gets_what_the_table_says_and_who_is_refused_costs_no_call(
    start: Starter, scenario: Scenario
) -> None:
    stage = start.stack.enter_context(Stage(enterprise=scenario.enterprise))
    running = start(stage=stage, **{"LEADSQUARED_CALLS_PER_5S": "1000"} | scenario.env)
    stage.leadsquared._limit = 1000
    wait_for_no_disk(running)
    scenario.trouble(stage.slack)
    by_person: dict[str, list[Row]] = {}
    for row in scenario.rows:
        by_person.setdefault(row.user_id, []).append(row)
    with ThreadPoolExecutor(len(by_person)) as people:
        # What is wrong takes long, for it is waited for; two such lines a person say enough.
        found = people.map(lambda rows: list(islice(tried(running, rows), 2)), by_person.values())
    assert [line for lines in found for line in lines] == []
    asked = [request.json for request in running.leadsquared.requests]
    assert not [body for body in asked if SECRET_TICKET in {body.get("TicketId"), body.get("RelatedTicketId")}]


def wait_for_no_disk(running: Running) -> None:
    """Let commits be quick: under load, notes of so many people at once would wait too long for each other's."""

    @event.listens_for(running.bot.database, "checkout")
    def set_up(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def tried(running: Running, rows: list[Row]) -> Iterator[str]:
    """Try all that one person can try, and say what was not as the table says."""
    visitor = Visitor(running, rows[0].user_id)
    for row in rows:
        expected = {Deed.READ: row.read, Deed.NOTE: row.note, Deed.SETTLE: row.settle}
        for place in row.where:
            expected[Deed.SHARE] = row.read or SHARED_IN.get(place)
            for door, deed in doors_at(place).items():
                should = expected[deed]
                outcome = visitor.tries(door, place, should)
                if outcome != (should or "allowed"):
                    yield f"{row.who}, {place}, {door}: {outcome} and not {should or 'allowed'}"
