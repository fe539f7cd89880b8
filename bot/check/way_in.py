"""The way in for Slack's requests: the app token for Socket Mode, else the signing secret for HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from requests import RequestException
from slack_sdk.errors import SlackApiError

from bot.check.finding import Finding, Kind, State, skipped
from bot.check.parts import Parts
from bot.settings import Secret
from bot.slack_errors import code_of, may_pass

_APP_TOKEN = "App token"  # noqa: S105 (the name of a line)
APP_TOKEN_OK = Kind(_APP_TOKEN, State.OK, "Slack opens Socket Mode with it.")
_MAKE_ANOTHER = (
    "Under Basic Information, App-Level Tokens, make one with the scope connections:write, in the same app that "
    "the bot token is from."
)
APP_TOKEN_SCOPE = Kind(
    _APP_TOKEN, State.FAULT, "SLACK_APP_TOKEN lacks the scope connections:write ({code}).", _MAKE_ANOTHER
)
APP_TOKEN_REFUSED = Kind(
    _APP_TOKEN,
    State.FAULT,
    "Slack does not open Socket Mode with SLACK_APP_TOKEN: {code}.",
    f"{_MAKE_ANOTHER} See that Socket Mode is on in the app's settings.",
)
APP_TOKEN_TROUBLE = Kind(
    _APP_TOKEN, State.WARNING, "Slack cannot say at the moment ({code}).", "Nothing to mend: try again in a minute."
)
APP_TOKEN_NO_ANSWER = Kind(
    _APP_TOKEN,
    State.FAULT,
    "Slack does not answer to apps.connections.open.",
    "See that this machine reaches SLACK_API_URL, and try again in some minutes.",
)
APP_TOKEN_OF_ANOTHER_APP = Kind(
    _APP_TOKEN,
    State.FAULT,
    "SLACK_APP_TOKEN is of app {theirs}, and SLACK_BOT_TOKEN of app {ours}: what people do would not reach the bot.",
    "Copy both tokens from the settings of the same app.",
)
_SIGNING = "Signing secret"
SIGNING_OK = Kind(_SIGNING, State.OK, "It looks like one. Whether it is this app's, Slack's first request will show.")
SIGNING_SHAPE = Kind(
    _SIGNING,
    State.FAULT,
    "SLACK_SIGNING_SECRET is not 32 hexadecimal digits, so no request of Slack's can be told from a forged one.",
    "Copy the Signing Secret again, from Basic Information, App Credentials.",
)


def check_way_in(parts: Parts, *, reachable: bool, app_id: str = "") -> Iterator[Finding]:
    """Look at what lets Slack's requests in. Socket Mode goes first, as when the bot runs.

    `reachable`: whether Slack answered before; if not, the line about the bot token says why.
    `app_id` is that of the bot token, empty where it is not known.
    """
    app_token, secret = parts.values.get("SLACK_APP_TOKEN"), parts.values.get("SLACK_SIGNING_SECRET")
    if app_token:
        yield (
            _app_token(parts, app_token, app_id)
            if reachable
            else skipped(_APP_TOKEN, "Slack does not answer as it should")
        )
    elif secret and "SLACK_APP_TOKEN" in parts.values:
        yield SIGNING_OK() if re.fullmatch("[0-9a-f]{32}", secret.reveal()) else SIGNING_SHAPE()
    else:
        yield skipped("Way in", "app token and signing secret are missing or wrong, see Settings")


def _app_token(parts: Parts, token: Secret, app_id: str) -> Finding:
    client = parts.slack(token)
    try:
        # It gives an address for a websocket; nothing connects to it.
        client.apps_connections_open(app_token=token.reveal())
    except SlackApiError as error:
        code = code_of(error) or f"HTTP {error.response.status_code}"
        if may_pass(error):
            return APP_TOKEN_TROUBLE(code=code)
        return APP_TOKEN_SCOPE(code=code) if code == "missing_scope" else APP_TOKEN_REFUSED(code=code)
    except RequestException:
        return APP_TOKEN_NO_ANSWER()
    finally:
        client.close()
    # Slack writes the app's id into its token: xapp-1-A0123-…
    named = re.match(r"xapp-\d+-(A[A-Z0-9]+)-", token.reveal())
    if named and app_id and named[1] != app_id:
        return APP_TOKEN_OF_ANOTHER_APP(theirs=named[1], ours=app_id)
    return APP_TOKEN_OK()
