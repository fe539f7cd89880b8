"""Share to channel: what is shown is what is posted, once, where it may be, by whoever may."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot import app
from bot.listeners import share_work
from bot.sandbox.faults import Fault
from bot.sandbox.slack import View, workspace
from bot.sandbox.slack.records import ApiCall, Message
from tests.conftest import Running
from tests.e2e.test_command import buttons_of, words_of
from tests.e2e.test_files import audited, elements_of
from tests.e2e.test_notes import first, shown
from tests.e2e.test_slack_limits import refusals

SUPPORT, BILLING = workspace.SUPPORT, workspace.BILLING
PARTS = ("history", "contacts", "files")


def form(running: Running, ticket: int = 143, channel: str = SUPPORT, user: str = workspace.AGENT.id) -> View:
    """The share form, opened with the button under a ticket, once it shows what would be posted."""
    message = running.slack.slash(f"/ticket {ticket}", channel=channel, user=user).message()
    view = running.slack.click(message, "ticket_share").opened()
    return ready(running, view)


def ready(running: Running, view: View, *ticked: str) -> View:
    def is_ready(now: View) -> bool:
        return now.id == view.id and "submit" in now.content and ticks_of(now) == list(ticked)

    return first(running, is_ready)


def ticks_of(view: View) -> list[str]:
    [block] = [block for block in view.blocks if block["type"] == "input"]
    return [option["value"] for option in block["element"].get("initial_options", [])]


def tick(running: Running, view: View, *parts: str) -> View:
    """Tick these, and no others, in the form."""
    running.slack.click(view, "share_parts", state={"share_parts": list(parts)})
    return ready(running, view, *parts)


def posts(running: Running) -> list[ApiCall]:
    return [call for call in running.slack.calls if call.method == "chat.postMessage"]


def shared_in(running: Running, channel: str = SUPPORT, user: str = workspace.SECOND_AGENT.id) -> list[Message]:
    """What the bot wrote in a channel for everybody."""
    return [message for message in running.slack.messages(channel, user=user) if message.ours and not message.ephemeral]


def without_ids(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in block.items() if name != "block_id"} for block in blocks]


def test_what_the_form_shows_is_what_is_posted_and_it_says_where(running: Running) -> None:
    view = form(running)
    assert view.title == "Share ticket #143"
    assert ticks_of(view) == []
    assert posts(running) == []

    interaction = running.slack.submit(view.id)
    assert "Posting to" in str(json.loads(interaction.body)["view"]["blocks"])
    assert "submit" not in json.loads(interaction.body)["view"]
    done = shown(running, view, "Posted")
    [message] = shared_in(running)
    assert without_ids(view.blocks[-len(message.blocks) :]) == without_ids(message.blocks)
    assert "<@U0ASHA001> shared a ticket from <https://support.example.com/tickets/143|LeadSquared>" in message.text
    assert buttons_of(message) == ["Show ticket"]
    link = f"https://acme-support.slack.com/archives/{SUPPORT}/p{message.ts.replace('.', '')}"
    assert link in str(done.blocks)
    [call] = posts(running)
    assert (call.arguments["unfurl_links"], call.arguments["unfurl_media"]) in {(False, False), ("0", "0")}


def test_by_default_contact_details_history_and_links_to_files_stay_private(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    [message] = shared_in(running)
    words = json.dumps(message.payload(), ensure_ascii=False)
    assert "Left out: quoted history, contact details, attachments." in words
    assert "[e-mail address]" in words
    assert "Attached: Student card.png (109 kB)" in words
    assert "@example" not in words
    assert "X-Amz" not in words


def test_ticks_change_what_is_shown_without_a_further_call_and_what_is_posted(running: Running) -> None:
    view = form(running)
    for count in (1, 2, 3):
        view = tick(running, view, *PARTS[:count])
    assert running.reads() == 1
    running.slack.submit(view.id, {"share_parts": list(PARTS)})
    shown(running, view, "Posted")
    [message] = shared_in(running)
    assert "Left out" not in words_of(message)
    assert "Earlier message" in words_of(message)
    assert "@example" in words_of(message)
    assert "Student card.png (109 kB)" in buttons_of(message)
    assert "X-Amz" not in json.dumps(message.payload())
    assert running.reads() == 1


def test_unticking_takes_it_out_again(running: Running) -> None:
    view = tick(running, form(running), "contacts")
    assert "@example" in str(view.blocks)
    running.slack.click(view, "share_parts", state={"share_parts": []})
    assert "@example" not in str(ready(running, view).blocks)


def test_a_submit_that_the_preview_had_not_caught_up_with_posts_nothing(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id, {"share_parts": ["contacts"]})
    again = ready(running, view, "contacts")
    assert "had not caught up with your ticks" in str(again.blocks)
    assert posts(running) == []
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    assert len(shared_in(running)) == 1


def test_a_ticket_that_changed_meanwhile_is_shown_anew_and_not_posted(start: Callable[..., Running]) -> None:
    running = start(CACHE_SECONDS="0")
    view = form(running)
    ticket = running.leadsquared._tickets[143]
    more = {**ticket.messages[0], "Id": 990, "CreatedOn": "2030-01-01T10:00:00", "Html": "<p>One more thing</p>"}
    running.leadsquared._tickets = {**running.leadsquared._tickets, 143: _with(ticket, more)}

    running.slack.submit(view.id)
    again = first(running, lambda v: "has changed since this was shown" in str(v.blocks))
    assert again.id == view.id
    assert "4 messages" in str(again.blocks)
    assert posts(running) == []
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    [message] = shared_in(running)
    assert "4 messages, newest first: messages 1–3 on this page" in words_of(message)


def _with(ticket: Any, message: dict[str, Any]) -> Any:
    return type(ticket)(ticket.id, ticket.title, (*ticket.messages, message))


def test_a_form_that_is_delivered_several_times_is_posted_once(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id, deliveries=2)
    shown(running, view, "Posted")
    assert running.bot.close(20)
    assert len(posts(running)) == 1
    assert first(running, lambda v: v.id == view.id).title == "Posted"


def test_it_is_posted_once_by_two_processes_on_one_database(start: Callable[..., Running]) -> None:
    one = start()
    view = form(one)
    spot = view.content["private_metadata"]
    one.slack.submit(view.id)
    shown(one, view, "Posted")
    two = start(stage=one.stage)
    # The same submission reaches the other process.
    two.slack.modals.update(view.id, {**view.content, "private_metadata": spot})
    two.slack.submit(view.id)
    shown(two, view, "Posted")
    assert len(posts(two)) == 1


def test_a_time_out_is_told_as_what_it_is_and_nothing_is_sent_again(running: Running) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", drop="after")
    running.slack.submit(view.id)
    told = shown(running, view, "Was it posted?")
    assert "It may or may not be in" in str(told.blocks)
    assert "Look there before you share it again" in str(told.blocks)
    assert len(shared_in(running)) == 1


def test_a_slack_that_does_not_answer_is_a_doubt_and_nothing_is_sent_again(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "slack_client", partial(app.slack_client, seconds=2))
    running = start()
    view = form(running)
    running.slack.fail("chat.postMessage", seconds=2.5)
    running.slack.submit(view.id)
    shown(running, view, "Was it posted?")
    # It comes all the same.
    running.slack.wait(lambda: shared_in(running))
    assert running.bot.close(20)
    assert len(posts(running)) == len(shared_in(running)) == 1


def test_what_slack_has_no_time_for_is_posted_once_when_it_may_and_holds_up_nobody(
    start: Callable[..., Running],
) -> None:
    running = start(LANE_SLACK="1")
    view = form(running)
    running.slack.fail("chat.postMessage", error="ratelimited", retry_after=2)
    running.slack.submit(view.id, deliveries=2)
    running.slack.wait(lambda: refusals(running, "chat.postMessage") == 1)
    ts = running.slack.post(SUPPORT, "Good morning")
    assert running.slack.shortcut("ticket_show", ts=ts, user=workspace.LEAD.id).opened(timeout=1.5).blocks
    assert shared_in(running) == []
    shown(running, view, "Posted")
    assert running.bot.close(20)
    assert len(shared_in(running)) == 1
    assert [call.status for call in posts(running)] == [429, 200]


def test_what_slack_would_take_too_late_is_not_posted_and_can_be_submitted_again(running: Running) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", error="ratelimited", retry_after=50)
    running.slack.submit(view.id)
    again = first(running, lambda v: v.id == view.id and "takes no more messages for the moment" in str(v.blocks))
    assert "submit" in again.content
    assert [call.status for call in posts(running)] == [429]
    assert shared_in(running) == []
    assert running.slack.wait(lambda: ("share", "failed:undelivered", SUPPORT) in audited(running))


def test_what_waits_for_slack_is_tried_once_more_at_the_stop(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", error="ratelimited", retry_after=30)
    running.slack.submit(view.id)
    running.slack.wait(lambda: "Slack takes no more calls of chat.postMessage for 30 s" in caplog.text)
    assert running.bot.close(8)
    assert [call.status for call in posts(running)] == [429, 200]
    shown(running, view, "Posted")


def test_what_took_so_long_that_the_person_may_have_shared_again_is_not_posted(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = form(running)
    monkeypatch.setattr(share_work, "POSTING_SECONDS", 0.0)
    running.slack.submit(view.id)
    first(running, lambda v: v.id == view.id and "Nothing was posted: the bot is busy" in str(v.blocks))
    assert posts(running) == []
    monkeypatch.undo()
    running.slack.submit(view.id)
    shown(running, view, "Posted")


@pytest.mark.parametrize(("error", "status"), [("internal_error", None), (None, 500), (None, 502)])
def test_trouble_inside_slack_is_a_doubt_too(running: Running, error: str | None, status: int | None) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", error=error, status=status)
    running.slack.submit(view.id)
    shown(running, view, "Was it posted?")
    assert shared_in(running) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("is_archived", "the channel is archived"),
        ("restricted_action_read_only_channel", "lets only some people post"),
        ("rate_limited", "takes no more messages for the moment"),
        ("msg_blocks_too_long", "Slack refused the message (msg_blocks_too_long)"),
    ],
)
def test_a_refusal_is_told_in_the_form_which_can_be_submitted_again(running: Running, error: str, said: str) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", error=error)
    running.slack.submit(view.id)
    first(running, lambda v: v.id == view.id and said in str(v.blocks))
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    assert len(shared_in(running)) == 1


def test_where_the_bot_is_not_it_says_how_to_invite_it(running: Running) -> None:
    view = form(running, channel=workspace.PRODUCT)
    running.slack.submit(view.id)
    first(running, lambda v: v.id == view.id and "type /invite, and choose this app" in str(v.blocks))


def test_in_a_private_channel_without_the_bot_nothing_can_be_known_and_nothing_is_shared(running: Running) -> None:
    message = running.slack.slash("/ticket 143", channel=BILLING).message()
    answer = running.slack.click(message, "ticket_share").message()
    assert "cannot tell who is in this channel" in words_of(answer)
    assert running.slack.views == []


@pytest.mark.parametrize("channel", [workspace.SHARED, workspace.PENDING, workspace.ORG_SHARED])
def test_in_a_channel_that_is_shared_with_others_nothing_is_shared(running: Running, channel: str) -> None:
    lead = workspace.LEAD.id
    message = running.slack.slash("/ticket 143", channel=channel, user=lead).message()
    answer = running.slack.click(message, "ticket_share", user=lead).message()
    assert "shared with people outside the workspace" in words_of(answer)
    assert running.slack.views == []
    assert posts(running) == []


def test_org_wide_channels_may_be_let_in_by_a_setting(start: Callable[..., Running]) -> None:
    running = start(SHARE_IN_ORG_CHANNELS="yes")
    view = form(running, channel=workspace.ORG_SHARED, user=workspace.LEAD.id)
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    assert len(shared_in(running, workspace.ORG_SHARED, workspace.LEAD.id)) == 1


def test_a_form_whose_channel_was_changed_goes_by_what_slack_says_of_that_channel(running: Running) -> None:
    view = form(running)
    other = view.content["private_metadata"].replace(SUPPORT, workspace.SHARED)
    running.slack.modals.update(view.id, {**view.content, "private_metadata": other})
    running.slack.submit(view.id)
    running.slack.wait(lambda: "shared with people outside the workspace" in told_in(running, view))
    assert posts(running) == []


def told_in(running: Running, view: View) -> str:
    [now] = [each for each in running.slack.views if each.id == view.id]
    return f"{now.blocks} {now.errors}"


def test_who_lost_the_right_meanwhile_shares_nothing(start: Callable[..., Running]) -> None:
    clock = [0.0]
    running = start(access_clock=lambda: clock[0], ALLOWED_USERGROUPS=workspace.AGENTS)
    view = form(running)
    running.slack.set_group(workspace.AGENTS, workspace.LEAD.id)
    clock[0] += 1000
    running.slack.submit(view.id)
    running.slack.wait(lambda: "Nothing was done" in told_in(running, view))
    assert posts(running) == []


def test_metadata_that_is_not_the_bots_own_is_out_of_date(running: Running) -> None:
    view = form(running)
    running.slack.modals.update(view.id, {**view.content, "private_metadata": "[]"})
    running.slack.submit(view.id)
    first(running, lambda v: v.id == view.id and "out of date" in v.title)
    assert posts(running) == []


def test_in_a_direct_message_it_says_where_sharing_works(running: Running) -> None:
    message = running.slack.slash("/ticket 143", channel=workspace.DIRECT).message()
    view = running.slack.click(message, "ticket_share").opened()
    assert "Share works in channels" in str(view.blocks)
    assert "submit" not in view.content


def test_in_a_modal_it_says_where_sharing_works(running: Running) -> None:
    ts = running.slack.post(SUPPORT, "Good morning")
    view = running.slack.shortcut("ticket_show", ts=ts).opened()
    running.slack.submit(view.id, {"ticket": "143"})
    view = first(running, lambda v: "newest first" in str(v.blocks))
    over = running.slack.click(view, "ticket_share").opened()
    assert "Share works in channels" in str(over.blocks)
    assert over.previous_id == view.id


def test_from_a_thread_it_is_posted_in_the_thread(running: Running) -> None:
    parent = running.slack.post(SUPPORT, "What about it?")
    ts = running.slack.post(SUPPORT, "#143", thread_ts=parent)
    message = running.slack.shortcut("ticket_show", ts=ts).message()
    in_thread = running.slack.state.put_message(replace(message, thread_ts=parent))
    view = ready(running, running.slack.click(in_thread, "ticket_share").opened())
    assert "in the thread that you are in" in str(view.blocks)
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    assert [shared.thread_ts for shared in shared_in(running)] == [parent]


def test_when_the_ticket_cannot_be_read_again_nothing_is_posted_and_it_says_so(start: Callable[..., Running]) -> None:
    running = start(CACHE_SECONDS="0")
    view = form(running)
    running.leadsquared.fail(Fault.UNAUTHORIZED)
    running.slack.submit(view.id)
    running.slack.wait(lambda: "Nothing was posted. The conversation cannot be shown." in told_in(running, view))
    assert posts(running) == []


def test_who_closed_the_form_is_told_directly(running: Running) -> None:
    view = form(running)
    running.slack.fail("chat.postMessage", seconds=0.3)
    running.slack.submit(view.id)
    running.slack.close_view(view.id)
    running.slack.wait(lambda: len(posts(running)) == 2)
    told = posts(running)[1]
    assert told.arguments["channel"] == workspace.AGENT.id
    assert told.arguments["text"].startswith("Posted.")


def test_when_the_database_is_away_nothing_is_posted(running: Running) -> None:
    view = form(running)
    with running.bot.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE shares RENAME TO away")
    running.slack.submit(view.id)
    first(running, lambda v: v.id == view.id and "could not reach its database" in str(v.blocks))
    assert posts(running) == []
    with running.bot.database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO shares")
    running.slack.submit(view.id)
    shown(running, view, "Posted")


def test_when_the_bot_is_busy_it_says_that_nothing_was_posted(running: Running) -> None:
    view = form(running)
    running.bot.lanes.lookups.close(1)
    running.slack.submit(view.id)
    running.slack.wait(lambda: "Nothing was posted: the bot is busy" in told_in(running, view))
    assert posts(running) == []


def test_what_was_shared_is_in_the_audit(running: Running) -> None:
    view = form(running)
    running.slack.submit(view.id)
    shown(running, view, "Posted")
    assert running.slack.wait(lambda: ("share", "shared", SUPPORT) in audited(running))


def shared(running: Running, *parts: str) -> Message:
    """A shared message as everybody sees it."""
    view = form(running)
    view = tick(running, view, *parts) if parts else view
    running.slack.submit(view.id, {"share_parts": list(parts)})
    shown(running, view, "Posted")
    return shared_in(running)[-1]


def test_show_ticket_answers_the_person_who_clicks_alone(running: Running) -> None:
    message = shared(running)
    answer = running.slack.click(message, "shared_ticket", user=workspace.LEAD.id).message()
    assert answer.only_for == workspace.LEAD.id
    assert "Add note" in buttons_of(answer)
    assert running.slack.state.message(*message.key) == message


def test_a_file_answers_the_person_who_clicks_alone_with_a_link_that_says_until_when_it_works(running: Running) -> None:
    message = shared(running, "files")
    answer = running.slack.click(message, "shared_file_1", user=workspace.LEAD.id).message()
    assert answer.only_for == workspace.LEAD.id
    [link] = [element for element in elements_of(answer) if "url" in element]
    assert link["text"]["text"] == "Student card.png (109 kB)"
    assert "X-Amz-Signature" in link["url"]
    assert "<!date^" in str(answer.blocks)
    assert "do not pass it on" in words_of(answer)
    assert running.slack.state.message(*message.key) == message
    assert running.slack.wait(lambda: ("file", "shown", SUPPORT) in audited(running))


@pytest.mark.parametrize("action", ["shared_file_1", "shared_ticket"])
@pytest.mark.parametrize("person", [workspace.GUEST, workspace.CHANNEL_GUEST, workspace.PARTNER, workspace.STRANGER])
def test_a_button_of_a_shared_message_gives_an_outsider_nothing(running: Running, person: Any, action: str) -> None:
    message = shared(running, "files")
    reads = running.reads()
    answer = running.slack.click(message, action, user=person.id).message()
    assert answer.only_for == person.id
    assert answer.blocks[0]["text"]["text"] == "Not allowed"
    assert "X-Amz" not in str(answer.blocks)
    assert running.reads() == reads


@pytest.mark.parametrize("action", ["shared_file_1", "shared_ticket", "ticket_share"])
def test_a_value_that_is_none_of_the_bots_is_out_of_date(running: Running, action: str) -> None:
    button = {"type": "button", "action_id": action, "value": "143:?", "text": {"type": "plain_text", "text": "Old"}}
    ts = running.slack.post(SUPPORT, "old", blocks=[{"type": "actions", "elements": [button]}])
    assert "out of date" in running.slack.click(ts, action).message().text


def test_no_link_reaches_the_log(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        running.slack.click(shared(running, "files"), "shared_file_1").message()
    assert "X-Amz" not in caplog.text
