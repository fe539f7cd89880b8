"""Slack: the bot token. The answer about it tells the scopes and the time as well."""

from __future__ import annotations

from collections.abc import Iterator

from requests import RequestException
from slack_sdk.errors import SlackApiError

from bot.check.finding import Finding, Kind, State, quoted, skipped
from bot.check.network import unreachable
from bot.check.parts import Parts
from bot.check.scopes import SCOPES, scopes_against
from bot.check.slack_clock import CLOCK, clock_against
from bot.check.way_in import check_way_in
from bot.slack_client import SlackClient
from bot.slack_errors import code_of, may_pass

_TOKEN = "Slack token"  # noqa: S105 (the name of a line)
TOKEN_OK = Kind(_TOKEN, State.OK, "Slack takes it: it is that of {user} in {team}.")
_INSTALL = "Install the app again under Install App, and copy the new bot token."
_COPY = "Copy the Bot User OAuth Token (xoxb-…) again, from OAuth & Permissions."
TOKEN_UNKNOWN = Kind(
    _TOKEN,
    State.FAULT,
    "Slack does not know SLACK_BOT_TOKEN, or does not take it from this machine's address ({code}).",
    f"{_COPY} If Restrict API Token Usage is on there, add the address that the bot calls from.",
)
TOKEN_GONE = Kind(_TOKEN, State.FAULT, "SLACK_BOT_TOKEN is no longer good: it was taken back ({code}).", _INSTALL)
TOKEN_INACTIVE = Kind(
    _TOKEN, State.FAULT, "The app was taken out of the workspace, or its bot user is deactivated ({code}).", _INSTALL
)
TOKEN_EXPIRED = Kind(
    _TOKEN,
    State.FAULT,
    "SLACK_BOT_TOKEN has expired: token rotation is on for this app, and the bot does not use it ({code}).",
    "Slack cannot turn token rotation off again: make the app anew from manifest.yml, and use its tokens.",
)
TOKEN_OF_ANOTHER_KIND = Kind(
    _TOKEN, State.FAULT, "SLACK_BOT_TOKEN is a token of another kind than a bot's ({code}).", _COPY
)
TOKEN_NOT_LET_IN = Kind(
    _TOKEN,
    State.FAULT,
    "The workspace or the organisation does not let the app in ({code}).",
    "Ask its admins to approve the app for this workspace. Else it is the token of another workspace: install the app "
    "in the right one.",
)
TOKEN_REFUSED = Kind(_TOKEN, State.FAULT, "Slack refuses auth.test: {code}.", _COPY)
SLACK_TROUBLE = Kind(
    _TOKEN, State.WARNING, "Slack cannot say at the moment ({code}).", "Nothing to mend: try again in a minute."
)
NOT_SLACK = Kind(
    _TOKEN,
    State.FAULT,
    "What answers at SLACK_API_URL is not Slack.",
    "Leave SLACK_API_URL unset. If it is, a proxy or firewall on the way answers in Slack's place.",
)
SLACK_UNREACHABLE = unreachable(_TOKEN, "Slack", "SLACK_API_URL")
# Slack: the errors of auth.test.
_TOKEN_KINDS = {
    "invalid_auth": TOKEN_UNKNOWN,
    "not_authed": TOKEN_UNKNOWN,
    "token_revoked": TOKEN_GONE,
    "account_inactive": TOKEN_INACTIVE,
    "token_expired": TOKEN_EXPIRED,
    "not_allowed_token_type": TOKEN_OF_ANOTHER_KIND,
    "access_denied": TOKEN_NOT_LET_IN,
    "ekm_access_denied": TOKEN_NOT_LET_IN,
    "enterprise_is_restricted": TOKEN_NOT_LET_IN,
    "org_login_required": TOKEN_NOT_LET_IN,
    "team_access_not_granted": TOKEN_NOT_LET_IN,
    "two_factor_setup_required": TOKEN_NOT_LET_IN,
}


def check_slack(parts: Parts) -> Iterator[Finding]:
    """Ask Slack whose token it is, and look at what else its answer tells; then look at the way in."""
    token = parts.values.get("SLACK_BOT_TOKEN")
    if token is None or "SLACK_API_URL" not in parts.values:
        why = "a setting for it is missing or wrong, see Settings"
        yield from (skipped(what, why) for what in (_TOKEN, SCOPES, CLOCK))
        yield from check_way_in(parts, reachable="SLACK_API_URL" in parts.values)
        return
    client = parts.slack(token)
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        refusal = _refusal(error)
        yield refusal
        yield skipped(SCOPES, "see Slack token")
        yield clock_against(error.response.headers, parts.now())
        yield from check_way_in(parts, reachable=refusal != NOT_SLACK())
    except Exception as error:  # noqa: BLE001 (slack_sdk stumbles in many ways over an answer that is not Slack's)
        yield SLACK_UNREACHABLE.of(error)() if isinstance(error, RequestException) else NOT_SLACK()
        yield from (skipped(what, "see Slack token") for what in (SCOPES, CLOCK))
        yield from check_way_in(parts, reachable=False)
    else:
        yield TOKEN_OK(user=quoted(str(answer.get("user"))), team=quoted(str(answer.get("team"))))
        yield scopes_against(parts, answer.headers)
        yield clock_against(answer.headers, parts.now())
        yield from check_way_in(parts, reachable=True, app_id=_app_id(client, str(answer.get("bot_id"))))
    finally:
        client.close()


def _app_id(client: SlackClient, bot_id: str) -> str:
    try:
        return str(client.bots_info(bot=bot_id)["bot"]["app_id"])
    except Exception:  # noqa: BLE001 (without it two tokens are not compared, and that is all)
        return ""


def _refusal(error: SlackApiError) -> Finding:
    code = code_of(error)
    if may_pass(error):
        return SLACK_TROUBLE(code=code or f"HTTP {error.response.status_code}")
    if not code:
        return NOT_SLACK()
    return _TOKEN_KINDS.get(code, TOKEN_REFUSED)(code=code)
