"""The log of the whole bot at its most talkative: each line has its click, none what people wrote or secrets."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.logs import set_up_logs
from bot.sandbox.faults import Fault
from bot.sandbox.slack import workspace
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET
from tests.conftest import Running
from tests.e2e.test_notes import QUICK, directly, first, form, in_doubt, shown
from tests.e2e.test_sharing import form as share_form
from tests.e2e.test_sharing import shared_in, tick
from tests.test_logs import Terminal, logs_put_back, written

NOTES = ("Words that only the team may read", "Did it arrive?", "Lost with the database", "Refused by LeadSquared")
SPOKEN = "Overheard in the support channel"


@dataclass
class Harvest:
    """Secrets as they came in with Slack's requests."""

    found: set[str] = field(default_factory=set)

    def gather(self, payload: Any) -> None:
        if isinstance(payload, Mapping):
            for key, value in payload.items():
                if key in {"response_url", "trigger_id"}:
                    self.found.add(str(value))
                self.gather(value)
        elif isinstance(payload, list):
            for value in payload:
                self.gather(value)


@pytest.fixture
def json_lines() -> Iterator[io.StringIO]:
    with logs_put_back():
        set_up_logs("DEBUG")
        with written(io.StringIO()) as stream:
            yield stream


def reap(running: Running) -> Harvest:
    """Gather from now on the secrets in Slack's requests."""
    harvest, dispatch = Harvest(), running.bot.app.dispatch

    def dispatched(request: BoltRequest) -> BoltResponse:
        harvest.gather(request.body)
        return dispatch(request)

    running.bot.app.dispatch = dispatched  # type: ignore[method-assign, assignment]
    return harvest


def live_through_a_day(running: Running, said: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let people and both stand-ins do what they do, the bad with the good."""
    slack = running.slack
    message = slack.slash("/ticket 200").message()
    message = slack.click(message, "ticket_older").message()
    message = slack.click(message, "ticket_newer").message()
    message = slack.click(message, "ticket_refresh").message()
    long = slack.slash("/ticket 61").message()
    slack.click(long, "message_whole")
    slack.click(first(running, lambda v: "part 1 of" in str(v.blocks)), "message_next")
    first(running, lambda v: "part 2 of" in str(v.blocks))
    spoken = slack.post(workspace.SUPPORT, f"{SPOKEN} about [#143]")
    slack.shortcut("ticket_show", ts=spoken).message()
    slack.shortcut("ticket_note", ts=spoken).opened()
    slack.close_view(first(running, lambda v: SPOKEN in str(v.blocks)).id)

    view = form(running)
    slack.submit(view.id, {"note": NOTES[0]})
    shown(running, view, "Internal note added")
    in_doubt(running, Fault.RESET_AFTER_BODY)
    slack.click(directly(running, "Did it arrive?"), "note_there").message()
    view = in_doubt(running, Fault.CLOSE_WITHOUT_ANSWER)
    slack.click(view, "note_again")
    shown(running, view, "Internal note added")
    view = form(running)
    running.leadsquared.fail(Fault.UNAUTHORIZED, call="internal_note")
    slack.submit(view.id, {"note": NOTES[3]})
    first(running, lambda v: v.id == view.id and "was not added" in str(v.blocks))

    share(running)
    fail_upstream(running)
    fail_slack(running, said)
    fail_inside(running, monkeypatch)
    fail_database(running)


def share(running: Running) -> None:
    slack = running.slack
    slack.click(slack.slash("/ticket 143").message(), "files_new").message()
    view = tick(running, share_form(running), "files")
    slack.submit(view.id, {"share_parts": ["files"]})
    shown(running, view, "Posted")
    slack.click(shared_in(running)[-1], "shared_file_1").message()


def fail_upstream(running: Running) -> None:
    for number, fault in enumerate((Fault.UNAUTHORIZED, Fault.LOGICAL_500, Fault.HALF_ANSWER)):
        running.leadsquared.fail(fault, call="conversations")
        running.slack.slash(f"/ticket {900 + number}").message()


def fail_slack(running: Running, said: io.StringIO) -> None:
    slack = running.slack
    slack.fail("response_url", error="expired_url", times=2)
    slack.fail("chat.postMessage", error="invalid_blocks")
    slack.slash("/ticket 88")
    slack.wait(lambda: "ticket 88 to U0ASHA001 by command: answered" in said.getvalue())
    slack.fail("response_url", drop="before")
    slack.fail("chat.postMessage", drop="before")
    slack.slash("/ticket 52")
    slack.wait(lambda: "ticket 52 to U0ASHA001 by command: answered" in said.getvalue())
    slack.fail("views.open", error="expired_trigger_id")
    message = slack.slash("/ticket 143").message()
    slack.click(message, "ticket_add_note").message()


def fail_inside(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(conversation: Any, *_: Any, **__: Any) -> NoReturn:
        raise ValueError(f"{conversation.messages[-1].text} of {ACCESS_KEY}")

    message = running.slack.slash("/ticket 61").message()
    with monkeypatch.context() as patch:
        patch.setattr("bot.listeners.services.whole_message", stumble)
        running.slack.click(message, "message_whole")
        first(running, lambda v: re.search(r"E-[0-9a-f]{8}", str(v.blocks)) is not None)


def fail_database(running: Running) -> None:
    view = form(running)
    with closing(sqlite3.connect(str(running.bot.database.url.database))) as connection:
        connection.execute("ALTER TABLE notes RENAME TO elsewhere")
        running.slack.submit(view.id, {"note": NOTES[2]})
        connection.execute("ALTER TABLE elsewhere RENAME TO notes")


def knock_with(running: Running, body: dict[str, str], headers: dict[str, str]) -> None:
    """Send what is not signed by Slack, which Bolt would log with its body."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert running.slack.deliver_raw(urlencode(body).encode(), kind | headers).status == 401


@pytest.mark.parametrize("socket_mode", [False, True])
def test_at_its_most_talkative_the_log_holds_no_secret_and_nobodys_words(
    start: Callable[..., Running],
    json_lines: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    socket_mode: bool,
) -> None:
    running = start(socket_mode=socket_mode, times=QUICK)
    harvest = reap(running)
    with written(Terminal()) as readable:
        live_through_a_day(running, json_lines, monkeypatch)
        if socket_mode:
            running.slack.drop_sockets()
            running.slack.wait(lambda: running.slack.sockets == 1)
        else:
            wrong = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": f"v0={SIGNING_SECRET}"}
            knock_with(running, {"text": NOTES[0], "response_url": "https://hooks.example.com/secret-hook"}, wrong)

    # pytest's own capture words tracebacks whole, so of it only the messages count.
    messages = "\n".join(record.getMessage() for record in caplog.records)
    mails = [m for ticket in running.leadsquared._tickets.values() for m in ticket.messages]
    lines = {
        line.strip() for mail in mails for line in re.split(r"[\n.]", str(mail.get("Text"))) if len(line.strip()) > 20
    }
    links = {"X-Amz", "ticket=", "/response/", "secret-hook"}
    secrets = {ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, SPOKEN, *NOTES, *links}
    assert len(harvest.found) > 20
    assert len(lines) > 100
    for said in (json_lines.getvalue(), readable.getvalue(), messages):
        assert [secret for secret in harvest.found | lines | secrets if secret in said] == []
        for event in ("answered in", "unknown OutcomeUnknown", "refused Unauthorized", "E-", "expired_url"):
            assert event in said
    assert all(re.search("Traceback", stream.getvalue()) for stream in (json_lines, readable))


@pytest.mark.parametrize("socket_mode", [False, True])
def test_every_line_of_a_click_has_its_id_and_no_other_clicks(
    start: Callable[..., Running], json_lines: io.StringIO, *, socket_mode: bool
) -> None:
    running = start(socket_mode=socket_mode)
    running.leadsquared.delay = 0.2
    people = [workspace.AGENT, workspace.SECOND_AGENT, workspace.LEAD]
    # The second and third wait for the first's call.
    for asked in [running.slack.slash("/ticket 143", user=person.id) for person in people]:
        asked.message()
    view = form(running)
    running.leadsquared.fail(Fault.RATE_LIMITED_429, call="internal_note")
    running.slack.submit(view.id, {"note": "Once more"})
    asked = running.slack.slash("/ticket 7")
    asked.message()
    shown(running, view, "Note is waiting")
    # Who is shown an answer is a moment ahead of the line that says so.
    running.bot.close(8)
    assert running.reads() == 2

    lines = [json.loads(line) for line in json_lines.getvalue().splitlines()]
    answers = [line for line in lines if re.search("Show ticket 143 to .* answered", line["event"])]
    assert {person.id for person in people} == {line["event"].split()[4] for line in answers}
    assert len({line["click"] for line in answers}) == len(answers) == 4
    [saved] = [line for line in lines if re.search("Note .* saved", line["event"])]
    [waits] = [line for line in lines if re.search("Note .* RateLimited", line["event"])]
    assert saved["click"] == waits["click"]
    assert saved["click"] not in {line["click"] for line in answers}
    belong_to_nobody = [line["event"] for line in lines if "click" not in line]
    assert not [event for event in belong_to_nobody if re.search("Show|Note TB", event)]
