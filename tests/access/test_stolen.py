"""Old buttons, open forms and stolen values: each click is its clicker's, and each right is looked at again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.access import Refusal
from bot.blocks.refused import note_refused, why_refused
from bot.notes import State, Times
from bot.sandbox.faults import Fault
from bot.sandbox.slack import Interaction, Message, View, payloads, workspace
from tests.access.doors import SECRET_TICKET, Visitor
from tests.access.table import PUBLIC
from tests.access.test_lookups import Clock
from tests.conftest import Running

ASHA, BEN, GUEST = workspace.AGENT.id, workspace.SECOND_AGENT.id, workspace.GUEST.id
GROUPS = {"ALLOWED_USERGROUPS": workspace.AGENTS}
# Waiting that a test need not do.
QUICK = Times(head_start=0.0, first_pause=0.05, longest_pause=0.05)


def clicks(running: Running, user_id: str, message: Message, action_id: str, value: str) -> Interaction:
    """Let somebody send a click on a message with a value, whoever may see the message and whatever stands on it."""
    visitor = Visitor(running, user_id)
    channel = running.slack.state.channel(message.channel)
    assert channel
    button = {"type": "button", "action_id": action_id, "value": value}
    payload = payloads.message_click(
        visitor.person,
        channel,
        message,
        payloads.action("b1", button, "1.1", {}),
        trigger_id=visitor.trigger(),
        response_url=visitor.url(channel, message if message.only_for in {None, user_id} else None),
        values={},
    )
    assert running.slack._delivery().interaction(payload).status == 200
    return visitor.interaction


def shown(running: Running, user_id: str = ASHA, ticket: int = 143) -> Message:
    """A ticket as it is shown to one person."""
    return running.slack.slash(f"/ticket {ticket}", user=user_id).message()


def removed(running: Running, clock: Clock) -> None:
    """Take Asha out of the group, and let the time pass after which the bot must know."""
    running.slack.set_group(workspace.AGENTS, BEN)
    clock.now += 301


def told(running: Running, interaction: Interaction, words: str) -> None:
    """Wait until the person has read some words."""
    running.slack.wait(lambda: any(words in message.text for message in interaction.messages))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def in_group(start: Callable[..., Running], clock: Clock) -> Running:
    running = start(access_clock=clock, times=QUICK, tend_seconds=0.05, **GROUPS)
    running.slack.set_group(workspace.AGENTS, ASHA, BEN)
    return running


def test_another_persons_click_is_checked_as_theirs_and_answered_to_them_alone(running: Running) -> None:
    message = shown(running)
    before = message.blocks
    theirs = clicks(running, BEN, message, "ticket_refresh", "143:").message()
    assert (theirs.only_for, theirs.ts == message.ts) == (BEN, False)
    assert "Meera" in str(theirs.blocks)
    reads = running.reads()
    refused = clicks(running, GUEST, message, "ticket_refresh", "143:").message()
    assert (refused.only_for, why_refused(Refusal.GUEST) in refused.text) == (GUEST, True)
    [still] = [each for each in running.slack.messages() if each.ts == message.ts]
    assert (still.blocks, still.only_for, running.reads()) == (before, ASHA, reads)


def test_a_button_on_what_all_see_is_answered_beside_it_and_to_the_clicker_alone(running: Running) -> None:
    button = {
        "type": "button",
        "action_id": "ticket_older",
        "text": {"type": "plain_text", "text": "#143"},
        "value": "143:",
    }
    ts = running.slack.post(workspace.SUPPORT, "Ticket", blocks=[{"type": "actions", "elements": [button]}])
    [public] = [each for each in running.slack.messages() if each.ts == ts]
    answer = running.slack.click(public, "ticket_older", user=BEN).message()
    assert (answer.only_for, answer.ts == ts) == (BEN, False)
    assert "Meera" in str(answer.blocks)
    assert public in running.slack.messages(user=ASHA)
    assert "Meera" not in str(running.slack.messages(user=ASHA))


@pytest.mark.parametrize("action_id", ["ticket_older", "ticket_refresh", "ticket_choose_143", "message_whole"])
def test_a_changed_ticket_number_is_authorised_like_any(running: Running, action_id: str) -> None:
    message = shown(running)
    value = f"{SECRET_TICKET}:1:1" if action_id == "message_whole" else f"{SECRET_TICKET}:"
    refused = clicks(running, GUEST, message, action_id, value).message()
    assert why_refused(Refusal.GUEST) in refused.text
    assert running.reads() == 1
    clicks(running, BEN, message, action_id, value)
    running.slack.wait(lambda: running.reads() == 2)


JUNK = ["", "x", "143", "0:", "-1:", "143:x", "143:1:1:1", "99999999999:", "143:\n", '{"ticket_id": 143}', "143:" * 400]


@pytest.mark.parametrize(
    "action_id", ["ticket_older", "ticket_newer", "ticket_add_note", "message_whole", "message_next"]
)
def test_a_value_that_the_bot_did_not_make_does_nothing(running: Running, action_id: str) -> None:
    message = shown(running)
    for value in JUNK:
        assert clicks(running, ASHA, message, action_id, value).message().text.startswith("This is out of date")
    assert (running.reads(), running.slack.views) == (1, [])


def test_another_persons_note_is_not_answered_for(running: Running) -> None:
    reference = Visitor(running, ASHA).note_in_doubt()
    message = shown(running, BEN)
    for action_id in ("note_there", "note_again"):
        assert clicks(running, BEN, message, action_id, reference).message().text.startswith("Not your note")
    note = running.bot.outbox.get(reference)
    assert note
    assert note.state is State.UNKNOWN
    assert running.leadsquared.notes == []


@pytest.mark.parametrize("metadata", ["", "x", "[]", '[2, "C0SUPPORT1", "", ""]', '{"ticket_id": 666}'])
def test_what_a_form_remembers_gives_no_right_and_names_no_ticket(running: Running, metadata: str) -> None:
    Visitor(running, GUEST).tries("ticket_older", PUBLIC, Refusal.GUEST)
    for user_id in (GUEST, ASHA):
        form = running.slack.click(shown(running), "ticket_add_note").opened()
        content = form.content | {"private_metadata": metadata}
        running.slack.modals._put(View(form.id, form.hash, user_id, content, form.id))
        acknowledged = running.slack.submit(form.id, {"ticket": "143", "note": "Call her back"})
        assert acknowledged.errors == ({"note": note_refused(Refusal.GUEST)} if user_id == GUEST else {})
    running.slack.wait(lambda: running.leadsquared.notes)
    assert [note.ticket_id for note in running.leadsquared.notes] == [143]


def test_a_note_is_checked_as_its_authors_wherever_the_form_was_sent_from(running: Running) -> None:
    form = running.slack.click(shown(running), "ticket_add_note").opened()
    visitor = Visitor(running, ASHA)
    values = {"ticket": {"value": {"value": "143"}}, "note": {"value": {"value": "Call her back"}}}
    payload = payloads.view_submission(visitor.person, form, trigger_id=visitor.trigger(), values=values)
    payload["team"] = {"id": workspace.OTHER_TEAM, "domain": "elsewhere"}
    assert running.slack._delivery().interaction(payload).status == 200
    running.slack.wait(lambda: running.leadsquared.notes)


def test_who_is_no_longer_in_the_group_sees_nothing_through_an_old_button(in_group: Running, clock: Clock) -> None:
    message = shown(in_group)
    removed(in_group, clock)
    clock.now -= 2
    assert "Meera" in str(in_group.slack.click(message, "ticket_refresh").message().blocks)
    reads = in_group.reads()
    clock.now += 2
    for action_id in ("ticket_refresh", "ticket_add_note"):
        told(in_group, in_group.slack.click(message, action_id), why_refused(Refusal.NOT_IN_GROUP))
    assert in_group.reads() == reads
    assert in_group.slack.views == []


def test_who_is_no_longer_in_the_group_keeps_the_text_of_an_open_form_and_adds_nothing(
    in_group: Running, clock: Clock
) -> None:
    form = in_group.slack.click(shown(in_group), "ticket_add_note").opened()
    removed(in_group, clock)
    in_group.slack.submit(form.id, {"note": "Call her back"})
    in_group.slack.wait(lambda: problem(in_group, form.id, note_refused(Refusal.NOT_IN_GROUP)))
    assert problem(in_group, form.id, "Call her back")
    # By now the bot knows, and the ack says it.
    again = in_group.slack.submit(form.id, {"note": "Call her back"})
    assert again.errors == {"note": note_refused(Refusal.NOT_IN_GROUP)}
    assert in_group.leadsquared.notes == []


def test_a_note_that_waits_is_not_sent_for_who_is_no_longer_in_the_group(in_group: Running, clock: Clock) -> None:
    form = in_group.slack.click(shown(in_group), "ticket_add_note").opened()
    in_group.leadsquared._window = 1  # so long the note waits
    in_group.leadsquared.fail(Fault.RATE_LIMITED_429, call="internal_note")
    in_group.slack.submit(form.id, {"note": "Call her back"})
    in_group.slack.wait(lambda: problem(in_group, form.id, "is waiting for LeadSquared"))
    removed(in_group, clock)
    in_group.slack.wait(lambda: problem(in_group, form.id, note_refused(Refusal.NOT_IN_GROUP)))
    assert in_group.leadsquared.notes == []


def test_a_note_left_by_another_process_is_sent_only_for_who_may_add_it(
    in_group: Running, start: Callable[..., Running]
) -> None:
    form = in_group.slack.click(shown(in_group), "ticket_add_note").opened()
    in_group.bot.outbox.stop(0)
    in_group.slack.submit(form.id, {"note": "Call her back"})
    in_group.slack.set_group(workspace.AGENTS, BEN)
    after = start(stage=in_group.stage, times=QUICK, tend_seconds=0.05, **GROUPS)
    after.slack.wait(lambda: problem(after, form.id, note_refused(Refusal.NOT_IN_GROUP)))
    assert after.leadsquared.notes == []


def test_who_lost_the_right_can_still_say_that_a_note_is_there_but_not_post_it_again(
    in_group: Running, clock: Clock
) -> None:
    reference, message = Visitor(in_group, ASHA).note_in_doubt(), shown(in_group)
    removed(in_group, clock)
    told(
        in_group,
        clicks(in_group, ASHA, message, "note_again", reference),
        why_refused(Refusal.NOT_IN_GROUP),
    )
    told(in_group, clicks(in_group, ASHA, message, "note_there", reference), "Nothing was sent again")
    assert in_group.leadsquared.notes == []


def test_a_slow_look_up_does_not_delay_the_ack(running: Running) -> None:
    running.slack.fail("users.info", seconds=1.0)
    asked = running.slack.slash("/ticket 143")
    assert (asked.error, asked.seconds < 0.8, asked.body) == (None, True, "")
    assert "Meera" in str(asked.message().blocks)


def problem(running: Running, view_id: str, words: str) -> View | None:
    """A form, once it says this."""
    view = running.slack.modals.get(view_id)
    return view if view and words in str(view.blocks) else None
