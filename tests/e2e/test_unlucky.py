"""What an unlucky world does: late acks, broken answers, half-made payloads, a restart. Nobody goes without a word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.sandbox.faults import Fault
from bot.sandbox.slack import workspace
from tests.conftest import Running
from tests.e2e.test_command import words_of
from tests.e2e.test_notes import first, form, shown, value_of


@pytest.fixture(params=["http", "socket"])
def either(request: pytest.FixtureRequest, start: Callable[..., Running]) -> Running:
    return start(socket_mode=request.param == "socket")


@pytest.fixture
def late_acks(either: Running) -> Running:
    """A bot whose acks reach Slack half a second late, as through a slow proxy."""
    dispatch = either.bot.app.dispatch
    late = threading.Event()

    def slow(request: BoltRequest) -> BoltResponse:
        response = dispatch(request)
        late.wait(0.5)
        return response

    either.bot.app.dispatch = slow  # type: ignore[method-assign, assignment]
    return either


def test_an_answer_is_not_painted_over_by_a_late_ack(late_acks: Running) -> None:
    ts = late_acks.slack.post(workspace.SUPPORT, "Good morning")
    view = late_acks.slack.shortcut("ticket_show", ts=ts).opened()
    late_acks.slack.submit(view.id, {"ticket": "143"})
    assert "newest first" in str(first(late_acks, lambda v: "newest first" in str(v.blocks)).blocks)
    assert "newest first" in str(late_acks.slack.views[-1].blocks)


@pytest.mark.parametrize("fault", [None, Fault.UNAUTHORIZED])
def test_a_receipt_and_a_failure_are_not_painted_over_by_a_late_ack(late_acks: Running, fault: Fault | None) -> None:
    view = form(late_acks)
    if fault:
        late_acks.leadsquared.fail(fault)
    late_acks.slack.submit(view.id, {"note": "Keep me"})
    expected = "was not added" if fault else "Internal note added to #143"
    now = first(late_acks, lambda v: v.id == view.id and expected in str(v.blocks))
    assert late_acks.slack.modals.get(view.id) == now
    assert len(late_acks.leadsquared.notes) == (0 if fault else 1)


def test_many_submits_in_a_row_all_end_in_their_answer(either: Running) -> None:
    for _ in range(20):
        ts = either.slack.post(workspace.SUPPORT, "Good morning")
        view = either.slack.shortcut("ticket_show", ts=ts).opened()
        either.slack.submit(view.id, {"ticket": "143"})
        first(either, lambda v, view=view: v.id == view.id and "newest first" in str(v.blocks))  # type: ignore[misc]
        either.slack.close_view(view.id)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_broken_response_url_gives_one_answer_there_at_most_and_one_directly(running: Running, when: str) -> None:
    running.slack.fail("response_url", drop=when, times=5)  # type: ignore[arg-type]
    interaction = running.slack.slash("/ticket 143")
    call = running.slack.wait(lambda: next((c for c in running.slack.calls if c.method == "chat.postMessage"), None))
    assert call
    assert "Ticket #143" in call.arguments["text"]
    assert len(interaction.messages) == (1 if when == "after" else 0)


def test_a_rate_limited_answer_keeps_its_blocks(running: Running) -> None:
    running.slack.fail("response_url", error="ratelimited", retry_after=0)
    interaction = running.slack.slash("/ticket 143")
    assert "Open in LeadSquared" in words_of(interaction.message())
    assert len(interaction.messages) == 1


def test_a_rate_limited_modal_gets_its_receipt(running: Running) -> None:
    view = form(running)
    running.slack.fail("views.update", error="ratelimited", retry_after=0)
    running.slack.submit(view.id, {"note": "Once"})
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes) == 1


def test_a_view_that_slack_refuses_is_told_in_words(running: Running) -> None:
    ts = running.slack.post(workspace.SUPPORT, "Good morning")
    view = running.slack.shortcut("ticket_show", ts=ts).opened()
    running.slack.fail("views.update", error="invalid_arguments")
    running.slack.submit(view.id, {"ticket": "143"})
    told = first(running, lambda v: v.id == view.id and "Could you tell me whether" in str(v.blocks))
    assert [block["type"] for block in told.blocks] == ["section"]


def test_a_direct_message_whose_blocks_slack_refuses_comes_in_words(running: Running) -> None:
    running.slack.fail("response_url", error="expired_url", times=2)
    running.slack.fail("chat.postMessage", error="invalid_blocks")
    running.slack.slash("/ticket 143")
    sent = running.slack.wait(lambda: [c for c in running.slack.calls if c.method == "chat.postMessage"][1:])
    assert "blocks" not in sent[0].arguments
    assert "Ticket #143" in sent[0].arguments["text"]


def test_slow_names_do_not_keep_a_form_from_opening(running: Running) -> None:
    running.slack.fail("users.info", seconds=1.0, times=20)
    message = running.slack.slash("/ticket 34").message()
    mentions = " ".join(f"<@U{n:05}>" for n in range(30))
    ts = running.slack.post(workspace.SUPPORT, f"#143 {mentions}")
    others = [workspace.SECOND_AGENT.id, workspace.LEAD.id]
    waiting = [running.slack.shortcut("ticket_note", ts=ts, user=user) for user in others]
    opened = running.slack.click(message, "ticket_add_note").opened(timeout=2)
    assert value_of(opened, "ticket") == "34"
    for interaction in waiting:
        view = interaction.opened()
        running.slack.wait(lambda view=view: "submit" in running.slack.modals.get(view.id).content, timeout=15)  # type: ignore[misc, union-attr]
        ready = running.slack.modals.get(view.id)
        assert ready
        assert "@U00029" in value_of(ready, "note"), "a name that was not looked up in time stays an id"


@pytest.mark.parametrize(
    "changed",
    [
        {"team": None},
        {"team": {"id": "T1"}},
        {"channel": None},
        {"message": {"type": "message", "text": "#143"}},
        {"message": {"type": "message", "ts": "1700000000.000100", "bot_id": "B1", "blocks": [{"type": "divider"}]}},
    ],
)
def test_a_half_made_shortcut_payload_still_gives_a_form(running: Running, changed: dict[str, Any]) -> None:
    ts = running.slack.post(workspace.SUPPORT, "#143")
    dispatch = running.bot.app.dispatch

    def altered(request: BoltRequest) -> BoltResponse:
        request.body.update(changed)
        return dispatch(request)

    running.bot.app.dispatch = altered  # type: ignore[method-assign, assignment]
    interaction = running.slack.shortcut("ticket_note", ts=ts)
    assert interaction.status == 200
    assert "wrote in Slack" in value_of(first(running, lambda v: "submit" in v.content), "note")


def test_a_payload_without_a_response_url_is_answered_directly(running: Running) -> None:
    dispatch = running.bot.app.dispatch

    def altered(request: BoltRequest) -> BoltResponse:
        request.body.pop("response_url", None)
        return dispatch(request)

    running.bot.app.dispatch = altered  # type: ignore[method-assign, assignment]
    ts = running.slack.post(workspace.SUPPORT, "#143")
    running.slack.shortcut("ticket_show", ts=ts)
    assert running.slack.wait(lambda: [c for c in running.slack.calls if c.method == "chat.postMessage"])


def test_a_form_of_another_version_is_told_that_it_is_out_of_date(running: Running) -> None:
    view = form(running)
    view.content["callback_id"] = "gone"
    running.slack.submit(view.id, {"note": "x"})
    assert "out of date" in str(first(running, lambda v: v.id == view.id and v.title != "Add internal note").content)


def test_a_restart_tells_everyone_whose_work_was_not_done(running: Running) -> None:
    view = form(running)
    running.leadsquared.fail(Fault.SILENCE, times=100)
    running.slack.submit(view.id, {"note": "Do not lose me"})
    running.slack.wait(lambda: any(request.kind == "internal_note" for request in running.leadsquared.requests))
    waiting = [running.slack.slash(f"/ticket {number}") for number in range(500, 530)]
    assert not running.bot.close(3.0)
    for interaction in waiting:
        assert "restarting" in interaction.message(timeout=1).text
    told = first(running, lambda v: v.id == view.id and "The bot is restarting." in str(v.blocks))
    assert "is saved as TB-" in str(told.blocks)
    assert "busy" in running.slack.slash("/ticket 143").message().text
    running.leadsquared.recover()
    running.leadsquared.release()


def test_a_kept_ticket_does_not_wait_behind_cold_ones(running: Running) -> None:
    message = running.slack.slash("/ticket 200").message()
    running.leadsquared.fail(Fault.SILENCE, times=100)
    for number in range(500, 540):
        running.slack.slash(f"/ticket {number}")
    running.slack.click(message, "ticket_older")
    running.slack.wait(lambda: "–178 on this page" in str(running.slack.messages()[-1].blocks) or None, timeout=2)
    running.leadsquared.recover()
    running.leadsquared.release()


def test_refresh_keeps_the_page(running: Running) -> None:
    message = running.slack.slash("/ticket 200").message()
    running.slack.click(message, "ticket_older")
    older = running.slack.wait(lambda: next((m for m in running.slack.messages() if "–178 on" in str(m.blocks)), None))
    assert older
    running.slack.click(older, "ticket_refresh")
    running.slack.wait(lambda: running.answers() == 3)
    assert running.reads() == 2
    assert "–178 on this page" in str(running.slack.messages()[-1].blocks)
