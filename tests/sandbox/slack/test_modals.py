"""Modals: triggers, hashes, the stack, what a person fills in, and what an ack does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.slack import Slack, View, workspace

if TYPE_CHECKING:
    from tests.sandbox.slack.conftest import Api, App, Clock, Json

TROUBLE = "We had some trouble connecting. Try again?"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


NOTE = {
    "type": "input",
    "block_id": "note",
    "label": plain("Note"),
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20, "min_length": 2},
}
KIND = {
    "type": "input",
    "block_id": "kind",
    "optional": True,
    "label": plain("Kind"),
    "element": {
        "type": "static_select",
        "action_id": "choice",
        "options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}],
    },
}
NEXT = {
    "type": "actions",
    "block_id": "more",
    "elements": [{"type": "button", "action_id": "next", "text": plain("Next")}],
}


def modal(title: str = "Note", **fields: Any) -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Add"), "blocks": [NOTE, KIND, NEXT], **fields}


def opened(slack: Slack, app: App, api: Api, **fields: Any) -> View:
    interaction = slack.slash("/ticket 143")
    assert api("views.open", trigger_id=app.form()["trigger_id"], view=modal(**fields))["ok"]
    return interaction.opened()


def pushed(slack: Slack, app: App, api: Api, view: View, title: str) -> Json:
    slack.click(view, "next")
    return api("views.push", trigger_id=app.payload()["trigger_id"], view=modal(title))


@pytest.mark.parametrize("case", [(3.0, None), (3.01, "expired_trigger_id")])
def test_a_trigger_lives_three_seconds(
    slack: Slack, app: App, api: Api, clock: Clock, case: tuple[float, str | None]
) -> None:
    slack.slash("/ticket 143")
    clock.now += case[0]
    assert api("views.open", trigger_id=app.form()["trigger_id"], view=modal()).get("error") == case[1]


def test_a_trigger_is_good_for_one_view(slack: Slack, app: App, api: Api) -> None:
    slack.slash("/ticket 143")
    trigger_id = app.form()["trigger_id"]
    assert api("views.open", trigger_id=trigger_id, view=modal("x" * 25))["error"] == "invalid_arguments"
    assert api("views.open", trigger_id=trigger_id, view=modal())["ok"]
    assert api("views.open", trigger_id=trigger_id, view=modal())["error"] == "exchanged_trigger_id"
    assert api("views.open", trigger_id="1.2.3", view=modal())["error"] == "invalid_trigger_id"


def test_an_update_needs_the_hash_that_the_view_has(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    first = api("views.update", view_id=view.id, hash=view.hash, view=modal("Two"))
    assert first["view"]["hash"] != view.hash
    assert api("views.update", view_id=view.id, hash=view.hash, view=modal("Three"))["error"] == "hash_conflict"
    assert api("views.update", view_id=view.id, view=modal("Four"))["ok"]
    assert slack.views[-1].title == "Four"


def test_a_closed_view_cannot_be_updated(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    came = len(app.requests)
    slack.close_view(view.id)
    assert len(app.requests) == came
    assert api("views.update", view_id=view.id, view=modal())["error"] == "not_found"
    assert not slack.views[-1].open


def test_closing_is_told_to_an_app_that_asked(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api, notify_on_close=True, callback_id="note")
    slack.close_view(view.id)
    assert (app.payload()["type"], app.payload()["is_cleared"]) == ("view_closed", False)
    assert app.payload()["view"]["callback_id"] == "note"


def test_an_external_id_names_one_open_view(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api, external_id="note-143")
    assert api("views.update", external_id="note-143", view=modal("Two", external_id="note-143"))["ok"]
    slack.slash("/ticket 143")
    again = {"trigger_id": app.form()["trigger_id"], "view": modal(external_id="note-143")}
    assert api("views.open", **again)["error"] == "duplicate_external_id"
    slack.close_view(view.id)
    slack.slash("/ticket 143")
    assert api("views.open", **again | {"trigger_id": app.form()["trigger_id"]})["ok"]


def test_three_views_stand_on_each_other_and_no_fourth(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    second = pushed(slack, app, api, view, "Two")["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (view.id, view.id)
    assert pushed(slack, app, api, view, "Three")["ok"]
    assert pushed(slack, app, api, view, "Four")["error"] == "push_limit_reached"
    assert [shown.title for shown in slack.modals.stack(workspace.AGENT.id)] == ["Note", "Two", "Three"]
    slack.close_view(second["id"])
    assert [shown.title for shown in slack.modals.stack(workspace.AGENT.id)] == ["Note"]


def test_nothing_is_pushed_on_no_view(slack: Slack, app: App, api: Api) -> None:
    slack.slash("/ticket 143")
    assert api("views.push", trigger_id=app.form()["trigger_id"], view=modal())["error"] == "not_found"


def test_a_submission_carries_what_was_filled_in(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api, private_metadata="143", callback_id="note")
    submitted = slack.submit(view.id, {"note": "called back", "choice": "b"})
    told = app.payload()["view"]
    assert (submitted.status, submitted.error, submitted.errors) == (200, None, {})
    assert (told["id"], told["private_metadata"], told["callback_id"]) == (view.id, "143", "note")
    assert told["state"]["values"]["note"]["text"] == {"type": "plain_text_input", "value": "called back"}
    assert told["state"]["values"]["kind"]["choice"]["selected_option"]["value"] == "b"
    assert slack.modals.stack(workspace.AGENT.id) == []


def test_what_is_left_empty_is_null(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    slack.submit(view.id, {"note": {"text": "hello"}})
    assert app.payload()["view"]["state"]["values"]["kind"]["choice"] == {
        "type": "static_select",
        "selected_option": None,
    }


@pytest.mark.parametrize("text", ["", None, "x", "x" * 21])
def test_the_client_checks_inputs_before_it_sends(slack: Slack, app: App, api: Api, text: str | None) -> None:
    view = opened(slack, app, api)
    came = len(app.requests)
    submitted = slack.submit(view.id, {"note": text})
    assert set(submitted.errors) == {"note"}
    assert slack.views[-1].errors == submitted.errors
    assert len(app.requests) == came


def test_a_person_cannot_fill_in_what_is_not_there(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    with pytest.raises(LookupError, match="no option 'c'"):
        slack.submit(view.id, {"note": "hello", "choice": "c"})
    with pytest.raises(LookupError, match="no such input: title"):
        slack.submit(view.id, {"title": "hello"})
    with pytest.raises(LookupError, match="nothing to click"):
        slack.click(view, "previous")


def test_an_ack_shows_errors_under_inputs(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    app.says({"response_action": "errors", "errors": {"note": "No such ticket."}})
    submitted = slack.submit(view.id, {"note": "hello"})
    assert submitted.errors == {"note": "No such ticket."}
    assert slack.views[-1].errors == {"note": "No such ticket."}
    assert slack.views[-1].open
    assert submitted.error is None


def test_an_ack_updates_pushes_and_clears(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    app.says({"response_action": "update", "view": modal("Adding")})
    assert slack.submit(view.id, {"note": "hello"}).opened().id == view.id
    app.says({"response_action": "push", "view": modal("More")})
    assert slack.submit(view.id, {"note": "hello"}).opened().title == "More"
    app.says({"response_action": "clear"})
    slack.submit(slack.views[-1].id, {"note": "hello"})
    assert slack.modals.stack(workspace.AGENT.id) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"more": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal("x" * 25)},
        {"response_action": "update"},
        {"response_action": "close"},
        ["errors"],
    ],
)
def test_an_ack_that_slack_cannot_follow_leaves_the_view_and_tells_the_person(
    slack: Slack, app: App, api: Api, answer: Any
) -> None:
    view = opened(slack, app, api)
    app.says(answer)
    submitted = slack.submit(view.id, {"note": "hello"})
    assert submitted.error == "invalid_response"
    assert slack.notices() == [TROUBLE]
    assert (slack.views[-1].open, slack.views[-1].busy) == (True, False)


def test_a_click_in_a_modal_has_its_state_and_no_response_url(slack: Slack, app: App, api: Api) -> None:
    view = opened(slack, app, api)
    slack.click(view, "next", state={"note": "half a no"})
    payload = app.payload()
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["state"]["values"]["note"]["text"]["value"] == "half a no"
    assert "response_url" not in payload
    assert payload["actions"][0]["action_id"] == "next"
