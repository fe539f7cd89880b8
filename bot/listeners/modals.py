"""Opening modals within the three seconds that a trigger lives."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.blocks.screen import View, notice
from bot.listeners.places import Place
from bot.listeners.talks import Talk, web_api
from bot.slack_client import SlackClient
from bot.slack_errors import reason

log = logging.getLogger(__name__)

# Of the trigger's three seconds, what may pass before Slack takes such calls again.
_LONGEST_WAIT_SECONDS = 1.5


def open_modal(client: SlackClient, body: Mapping[str, Any], view: View, place: Place) -> Talk[str | None]:
    """Open a modal, over the one the click came from if it came from one, and return its view id.

    When Slack does not open it, the person is told at `place` and None is returned.
    """
    method, opens = ("views.push", client.views_push) if body.get("view") else ("views.open", client.views_open)
    try:
        call = partial(opens, trigger_id=body["trigger_id"], view=view)
        answer = yield from web_api(method, call, longest=_LONGEST_WAIT_SECONDS)
        return str(answer["view"]["id"])
    except Exception as error:  # noqa: BLE001 (however Slack's answer is broken, the person gets theirs)
        log.warning("A modal was not opened: %s", reason(error))
        yield from place.show(notice("The form did not open", "Nothing was done. Please try again."))
        return None
