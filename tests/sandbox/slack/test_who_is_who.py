"""Who is who in the stand-in: outsiders, user groups, shared channels, scopes that are missing."""

from __future__ import annotations

import json

import pytest

from bot.sandbox.slack import Slack, workspace
from bot.sandbox.slack.records import User
from tests.sandbox.slack.conftest import Api, App, Json


@pytest.mark.parametrize(
    ("user", "said"),
    [
        (workspace.AGENT, {}),
        (workspace.GUEST, {"is_restricted": True}),
        (workspace.CHANNEL_GUEST, {"is_restricted": True, "is_ultra_restricted": True}),
        (workspace.OTHER_BOT, {"is_bot": True}),
        (workspace.GONE, {"deleted": True}),
        (workspace.PARTNER, {"team_id": workspace.OTHER_TEAM}),
        (workspace.STRANGER, {"team_id": workspace.OTHER_TEAM, "is_stranger": True}),
        (workspace.COLLEAGUE, {"team_id": workspace.SISTER_TEAM}),
    ],
)
def test_slack_says_of_each_kind_of_person_what_it_is(api: Api, user: User, said: Json) -> None:
    found = api("users.info", user=user.id)["user"]
    usual = {
        "team_id": workspace.TEAM.id,
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": False,
    }
    assert {name: found.get(name, False) for name in usual} == usual | said


def test_a_payload_says_of_which_team_a_person_is(slack: Slack, app: App) -> None:
    slack.slash("/ticket 143", user=workspace.PARTNER.id)
    assert app.form()["team_id"] == workspace.OTHER_TEAM
    slack.shortcut("ticket_show", ts=slack.post(workspace.SUPPORT, "#143"), user=workspace.PARTNER.id)
    assert app.payload()["user"]["team_id"] == workspace.OTHER_TEAM
    assert app.payload()["enterprise"] is None


def test_in_an_organisation_everybody_has_it_beside_the_team(manifest: Json, app: App) -> None:
    with Slack(
        signing_secret="s",
        bot_token="xoxb-1",
        app_token="xapp-1",
        manifest=manifest,
        enterprise=workspace.ENTERPRISE,
    ) as slack:
        slack.connect(f"{app.server.url}/slack/events")
        slack.slash("/ticket 143")
        assert (app.form()["team_id"], app.form()["enterprise_id"]) == (workspace.TEAM.id, workspace.ENTERPRISE)
        assert slack.state.users[workspace.COLLEAGUE.id].enterprise == workspace.ENTERPRISE
        assert slack.state.users[workspace.PARTNER.id].enterprise == ""


def test_user_groups_are_there_and_can_be_changed(slack: Slack, api: Api, manifest: Json) -> None:
    assert workspace.SECOND_AGENT.id in api("usergroups.users.list", usergroup=workspace.AGENTS)["users"]
    slack.set_group(workspace.AGENTS)
    assert api("usergroups.users.list", usergroup=workspace.AGENTS)["users"] == []
    assert api("usergroups.users.list", usergroup="S0NOBODY99")["error"] == "no_such_subteam"
    slack.revoke("usergroups:read")
    assert api("usergroups.users.list", usergroup=workspace.AGENTS)["needed"] == "usergroups:read"
    assert "usergroups:read" in json.dumps(manifest)  # what another stand-in is made from is as it was


@pytest.mark.parametrize(
    ("channel", "shared"),
    [
        (workspace.SUPPORT, {}),
        (workspace.PRODUCT, {"is_member": False}),
        (workspace.SHARED, {"is_shared": True, "is_ext_shared": True}),
        (workspace.PENDING, {"is_pending_ext_shared": True, "pending_shared": [workspace.OTHER_TEAM]}),
        (workspace.ORG_SHARED, {"is_shared": True, "is_org_shared": True}),
    ],
)
def test_slack_says_of_a_channel_with_whom_it_is_shared(api: Api, channel: str, shared: Json) -> None:
    found = api("conversations.info", channel=channel)["channel"]
    usual = {
        "is_member": True,
        "is_private": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
    }
    assert {name: found[name] for name in usual} == usual | shared


def test_what_the_bot_cannot_see_does_not_exist_for_it(slack: Slack, api: Api) -> None:
    for channel in (workspace.BILLING, workspace.DIRECT, "C0NOSUCH99"):
        assert api("conversations.info", channel=channel)["error"] == "channel_not_found"
    direct = slack.state.direct_channel(workspace.AGENT.id).id
    assert api("conversations.info", channel=direct)["needed"] == "im:read"
    slack.revoke("channels:read")
    assert api("conversations.info", channel=workspace.SUPPORT)["needed"] == "channels:read"
