"""Every door leaves its line in the audit: who, from where, on which ticket, and what came of it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from bot.audit import AuditStore, Entry, Wanted
from bot.database import open_database
from bot.sandbox.faults import Fault
from bot.sandbox.slack import workspace
from tests.audit.conftest import entry
from tests.conftest import Running
from tests.e2e.test_notes import QUICK, directly, first, form, in_doubt, shown

ASHA = workspace.AGENT.id
# What one line says: the door, the channel, the deed, the ticket and the result.
Told = tuple[str, str, str, int | None, str]


def entries(running: Running) -> list[Entry]:
    """The audit, the oldest entry first."""
    return list(AuditStore(running.bot.database).find(Wanted(), 1000))[::-1]


def told(running: Running) -> list[Told]:
    return [(each.door, each.channel_id, each.deed, each.ticket_id, each.result) for each in entries(running)]


def wait_for(running: Running, *expected: Told) -> list[Entry]:
    """Wait until the audit says this and nothing else, and return it."""
    running.slack.wait(lambda: len(entries(running)) >= len(expected))
    assert told(running) == list(expected)
    return entries(running)


def test_a_command_is_told_with_who_and_when(running: Running) -> None:
    began = time.time()
    running.slack.slash("/ticket 143", user=workspace.SECOND_AGENT.id).message()
    [entry] = wait_for(running, ("command", workspace.SUPPORT, "read", 143, "shown"))
    assert (entry.user_id, entry.team_id) == (workspace.SECOND_AGENT.id, workspace.TEAM.id)
    assert began <= entry.at <= time.time()
    assert entry.reference == ""


def test_help_and_what_names_no_ticket_are_not_told(running: Running) -> None:
    running.slack.slash("/ticket help").message()
    running.slack.slash("/ticket hello").message()
    running.slack.slash("/ticket 143").message()
    wait_for(running, ("command", workspace.SUPPORT, "read", 143, "shown"))


def test_each_button_and_shortcut_that_shows_a_ticket_is_told(running: Running) -> None:
    slack, here = running.slack, workspace.SUPPORT
    message = slack.slash("/ticket 200").message()
    for action in ("ticket_older", "ticket_newer", "ticket_refresh"):
        message = slack.click(message, action).message()
    slack.click(slack.slash("/ticket 61").message(), "message_whole")
    slack.click(first(running, lambda v: "part 1 of" in str(v.blocks)), "message_next")
    first(running, lambda v: "part 2 of" in str(v.blocks))
    slack.shortcut("ticket_show", ts=slack.post(here, "About [#143]")).message()
    read = [("command", 200), ("button", 200), ("button", 200), ("button", 200), ("command", 61), ("button", 61)]
    wait_for(
        running,
        *((door, here, "read", ticket, "shown") for door, ticket in read),
        # A modal is in no channel.
        ("button", "", "read", 61, "shown"),
        ("shortcut", here, "read", 143, "shown"),
    )


def test_the_form_that_asks_for_a_number_and_the_choice_among_several_are_told(running: Running) -> None:
    slack, here = running.slack, workspace.SUPPORT
    view = slack.shortcut("ticket_show", ts=slack.post(here, "No number here")).opened()
    slack.submit(view.id, {"ticket": "143"})
    first(running, lambda v: v.id == view.id and "messages" in str(v.blocks))
    choice = slack.shortcut("ticket_show", ts=slack.post(here, "#34 or #143")).message()
    slack.click(choice, "ticket_choose_34").message()
    wait_for(running, ("modal", "", "read", 143, "shown"), ("button", here, "read", 34, "shown"))


def test_what_leadsquared_refuses_is_told_as_what_it_was(running: Running) -> None:
    # A read whose answer breaks off is tried again.
    for ticket, fault, times in (
        (901, Fault.UNAUTHORIZED, 1),
        (902, Fault.LOGICAL_500, 1),
        (903, Fault.HALF_ANSWER, 9),
    ):
        running.leadsquared.fail(fault, times, call="conversations")
        running.slack.slash(f"/ticket {ticket}").message()
    wait_for(
        running,
        ("command", workspace.SUPPORT, "read", 901, "failed:unauthorized"),
        ("command", workspace.SUPPORT, "read", 902, "failed:rejected"),
        ("command", workspace.SUPPORT, "read", 903, "failed:unavailable"),
    )


def test_an_answer_that_slack_takes_nowhere_is_told_as_not_delivered(running: Running) -> None:
    running.slack.fail("response_url", error="expired_url", times=2)
    running.slack.fail("chat.postMessage", error="channel_not_found")
    running.slack.slash("/ticket 143")
    wait_for(running, ("command", workspace.SUPPORT, "read", 143, "failed:undelivered"))


def note(result: str, door: str = "modal") -> Told:
    return (door, workspace.SUPPORT, "note", 143, result)


SHOWN = ("command", workspace.SUPPORT, "read", 143, "shown")


def test_a_note_is_told_when_it_is_saved_and_when_it_is_added(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id, {"note": "Words that only the team may read"})
    shown(running, view, "Internal note added")
    _, queued, added = wait_for(running, SHOWN, note("queued"), note("added"))
    assert queued.reference == added.reference
    assert queued.reference in running.leadsquared.notes[0].text
    assert {each.user_id for each in (queued, added)} == {ASHA}


def test_a_note_in_doubt_is_told_and_what_its_author_says_of_it(running: Running) -> None:
    in_doubt(running, Fault.RESET_AFTER_BODY)
    running.slack.click(directly(running), "note_there").message()
    wait_for(running, SHOWN, note("queued"), note("doubt"), note("found", "button"))


def test_a_note_that_is_posted_again_is_told_again(running: Running) -> None:
    view = in_doubt(running, Fault.CLOSE_WITHOUT_ANSWER)
    running.slack.click(view, "note_again")
    shown(running, view, "Internal note added")
    again = (note("queued", "button"), note("added", "button"))
    wait_for(running, SHOWN, note("queued"), note("doubt"), *again)


def test_somebody_else_who_answers_for_a_note_is_told(running: Running) -> None:
    view = in_doubt(running, Fault.RESET_AFTER_BODY)
    [button] = [e for block in view.blocks for e in block.get("elements", []) if e.get("action_id") == "note_again"]
    theirs = running.slack.slash("/ticket 143", user=workspace.SECOND_AGENT.id).message()
    theirs.blocks.append({"type": "actions", "block_id": "forged", "elements": [button]})
    running.slack.click(theirs, "note_again", user=workspace.SECOND_AGENT.id)
    refused = ("button", workspace.SUPPORT, "note", 143, "refused:not_yours")
    told = wait_for(running, SHOWN, note("queued"), note("doubt"), SHOWN, refused)
    assert (told[-1].user_id, told[-1].reference) == (workspace.SECOND_AGENT.id, told[-3].reference)


def test_who_is_refused_is_told_at_each_door_with_the_ticket_and_why(running: Running) -> None:
    slack, here, guest = running.slack, workspace.SUPPORT, workspace.GUEST.id
    slack.slash("/ticket 143", user=guest)
    wait_for(running, ("command", here, "read", 143, "refused:guest"))
    # Known by now, so that the ack itself refuses.
    slack.slash("/ticket 34", user=guest)
    slack.shortcut("ticket_show", ts=slack.post(here, "About #143"), user=guest)
    slack.shortcut("ticket_show", ts=slack.post(here, "About #143 and #34"), user=guest)
    slack.shortcut("ticket_note", ts=slack.post(here, "About #143"), user=guest)
    told = wait_for(
        running,
        ("command", here, "read", 143, "refused:guest"),
        ("command", here, "read", 34, "refused:guest"),
        ("shortcut", here, "read", 143, "refused:guest"),
        ("shortcut", here, "read", None, "refused:guest"),
        ("shortcut", here, "note", 143, "refused:guest"),
    )
    assert {each.user_id for each in told} == {guest}
    assert running.reads() == 0


def test_a_note_is_told_as_refused_when_it_is_submitted_and_when_it_would_be_sent(
    start: Callable[..., Running],
) -> None:
    running = start(NOTE_USERGROUPS=workspace.NOTE_WRITERS)
    view = form(running)
    running.slack.set_group(workspace.NOTE_WRITERS)
    # Nobody is known to the next process, so the note is saved first.
    running = start(stage=running.stage, NOTE_USERGROUPS=workspace.NOTE_WRITERS)
    running.slack.submit(view.id, {"note": "May I still?"})
    first(running, lambda v: v.id == view.id and "was not added" in str(v.blocks))
    refused = note("refused:not_in_note_group")
    *_, told = wait_for(running, SHOWN, note("queued"), refused)
    assert told.reference.startswith("TB-")
    running.slack.submit(view.id, {})
    wait_for(running, SHOWN, note("queued"), refused, ("modal", "", "note", 143, "refused:not_in_note_group"))
    assert running.leadsquared.notes == []


def test_who_cannot_be_looked_up_is_told_as_that(running: Running) -> None:
    running.slack.fail("users.info", error="missing_scope", times=9)
    running.slack.slash("/ticket 143").message()
    wait_for(running, ("command", workspace.SUPPORT, "read", 143, "refused:cannot_tell_scope_users_read"))


def test_a_note_that_waits_is_told_once_and_one_that_is_refused_with_why(start: Callable[..., Running]) -> None:
    running = start(times=QUICK, tend_seconds=0.05)
    running.leadsquared._window = 1
    running.leadsquared.fail(Fault.RATE_LIMITED_429, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Patience"})
    shown(running, view, "Internal note added")
    running.leadsquared.fail(Fault.UNAUTHORIZED, call="internal_note")
    view = form(running)
    running.slack.submit(view.id, {"note": "Refused"})
    first(running, lambda v: v.id == view.id and "was not added" in str(v.blocks))
    wait_for(running, SHOWN, note("queued"), note("added"), SHOWN, note("queued"), note("failed:unauthorized"))


def test_a_note_whose_process_ended_is_told_by_the_next(start: Callable[..., Running]) -> None:
    running = start()
    view = form(running)
    running.bot.lanes.notes.close(1)
    running.slack.submit(view.id, {"note": "Was it sent?"})
    with closing(sqlite3.connect(str(running.bot.database.url.database))) as connection, connection:
        connection.execute("UPDATE notes SET state = 'sending', lease_until = 1")
    start(stage=running.stage, tend_seconds=0.05)
    shown(running, view, "Is the note there?")
    wait_for(running, SHOWN, note("queued"), note("doubt"))


def test_what_is_older_than_the_retention_goes(start: Callable[..., Running]) -> None:
    running = start()
    now, day = time.time(), 86_400
    made = [entry(now - 31 * day), entry(now - 29 * day), entry(now)]
    AuditStore(running.bot.database).add(made)
    start(stage=running.stage, AUDIT_RETENTION_DAYS="30")
    running.slack.wait(lambda: entries(running) == made[1:])


@pytest.mark.parametrize("socket_mode", [False, True])
def test_what_happened_last_is_written_before_the_end(start: Callable[..., Running], *, socket_mode: bool) -> None:
    running = start(socket_mode=socket_mode)
    for number in range(30):
        running.slack.slash(f"/ticket {143 + number % 3}")
    running.bot.close(8)
    database = open_database(running.stage.env(socket_mode=socket_mode)["DATABASE_URL"])
    assert len(list(AuditStore(database).find(Wanted(), 100))) == 30
    database.dispose()


def test_no_entry_holds_what_people_wrote_or_are_called(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id, {"note": "Words that only the team may read"})
    shown(running, view, "Internal note added")
    wait_for(running, SHOWN, note("queued"), note("added"))
    with closing(sqlite3.connect(str(running.bot.database.url.database))) as connection:
        rows = json.dumps(connection.execute("SELECT * FROM audit").fetchall())
    for word in ("Words", "asha", "Asha", "example.com", "http", "xoxb"):
        assert word not in rows
