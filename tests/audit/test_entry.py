"""An entry holds ids and the bot's own words, and nothing that anybody wrote."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from bot.audit import WORDS, Result, failed, refused, tell
from bot.audit.entry import UNREADABLE
from bot.leadsquared.errors import LeadSquaredError, OutcomeUnknown, Uncounted
from bot.logs import set_up_logs
from tests.audit.conftest import entry
from tests.test_logs import logs_put_back, written

TEXTS = ("user_id", "team_id", "channel_id", "door", "deed", "result", "reference")
NO_IDS = (
    "xoxb-1-made-up",
    "Asha Verma",
    "https://hooks.example.com/secret",
    "U1\n",
    "U1\x00",
    "\ud800",
    "=1+1",
    "C" * 33,
)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", NO_IDS)
def test_what_is_no_id_and_no_word_of_the_bots_is_not_kept(name: str, value: str) -> None:
    changes: dict[str, Any] = {name: value}
    assert getattr(entry(**changes), name) == UNREADABLE


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_that_is_no_tickets_is_not_kept(number: int) -> None:
    assert entry(ticket_id=number).ticket_id is None


def test_what_the_bot_puts_in_is_kept_as_it_is() -> None:
    for result in (*Result, refused("cannot tell: scope usergroups:read"), refused("guest")):
        assert entry(result=result).result == result
    assert refused("other team") == "refused:other_team"
    kept = entry(reference="TB-7F3K2", user_id="W012AB3CD", channel_id="", ticket_id=None)
    assert (kept.reference, kept.user_id, kept.channel_id, kept.ticket_id) == ("TB-7F3K2", "W012AB3CD", "", None)


def test_every_result_has_its_words() -> None:
    assert set(WORDS) == set(Result)


def test_every_failure_of_leadsquareds_has_a_result_of_its_own() -> None:
    kinds = [*LeadSquaredError.__subclasses__(), Uncounted]
    assert Result.BROKEN not in {failed(kind.__name__) for kind in kinds}
    assert failed(OutcomeUnknown.__name__) is Result.DOUBT
    assert failed("SomethingElse") is Result.BROKEN


def test_the_log_has_an_entry_as_one_line_with_keys_of_its_own() -> None:
    with logs_put_back():
        set_up_logs("INFO")
        with written(io.StringIO()) as stream:
            tell(entry(reference="TB-7F3K2"))
            logging.getLogger("bot.made_up").info("Something else", extra={"websocket": object()})
    line, other = map(json.loads, stream.getvalue().splitlines())
    del line["time"]
    assert line == {
        "level": "info",
        "event": "audit",
        "logger": "bot.audit",
        "user_id": "U0ASHA001",
        "team_id": "T0ACME001",
        "channel_id": "C0SUPPORT",
        "door": "command",
        "deed": "read",
        "ticket_id": 143,
        "result": "shown",
        "reference": "TB-7F3K2",
    }
    assert set(other) == {"time", "level", "event", "logger"}
