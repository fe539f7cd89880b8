"""Opening modals within the three seconds that a trigger lives."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from bot.blocks.screen import View, notice
from bot.listeners.answers import SLACK_FAILURES, Place, reason

log = logging.getLogger(__name__)


def open_modal(client: WebClient, body: Mapping[str, Any], view: View, place: Place) -> str | None:
    """Open a modal, over the one the click came from if it came from one, and return its view id.

    When Slack does not open it, the person is told at `place` and None is returned.
    """
    opens = client.views_push if body.get("view") else client.views_open
    try:
        opened = opens(trigger_id=body["trigger_id"], view=view)
    except SLACK_FAILURES as error:
        log.warning("A modal was not opened: %s", reason(error))
        place.show(notice("The form did not open", "Nothing was done. Please try again."))
        return None
    return str(opened["view"]["id"])
