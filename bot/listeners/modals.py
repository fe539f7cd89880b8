"""Opening modals within the three seconds that a trigger lives."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.blocks.screen import View, notice
from bot.listeners.places import Place
from bot.slack_client import SlackClient
from bot.slack_errors import reason

log = logging.getLogger(__name__)


def open_modal(client: SlackClient, body: Mapping[str, Any], view: View, place: Place) -> str | None:
    """Open a modal, over the one the click came from if it came from one, and return its view id.

    When Slack does not open it, the person is told at `place` and None is returned.
    """
    opens = client.views_push if body.get("view") else client.views_open
    try:
        return str(opens(trigger_id=body["trigger_id"], view=view)["view"]["id"])
    except Exception as error:  # noqa: BLE001 (however Slack's answer is broken, the person gets theirs)
        log.warning("A modal was not opened: %s", reason(error))
        place.show(notice("The form did not open", "Nothing was done. Please try again."))
        return None
