"""What Slack says when it refuses an answer, as far as it may stand in the log."""

from __future__ import annotations

import json
import logging
import re
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.listeners.talks import Talk, web_api
from bot.slack_client import SlackClient
from bot.slack_errors import reason

log = logging.getLogger(__name__)


def log_faults(client: SlackClient, blocks: list[Any]) -> Talk[None]:
    """Log where the fault is in blocks that were refused at a response_url, which only says that there is one."""
    validate = partial(client.api_call, "blocks.validate", data={"blocks": json.dumps(blocks)})
    try:
        yield from web_api("blocks.validate", validate, longest=0.0)
    except SlackApiError as error:
        log.warning("What Slack refused in the blocks: %s", reason(error))
    except Exception as error:  # noqa: BLE001 (the person has the words; this is for the log alone)
        log.info("What Slack refused in the blocks is not known: %s", reason(error))


def code_of(body: str) -> str:
    """Return Slack's error code. What a proxy says instead may hold the address, which lets one in."""
    found = re.fullmatch(r'(?:\{.*"error": ?")?([a-z_]{1,60})(?:".*\})?', body, re.DOTALL)
    return found[1] if found else f"and {len(body)} characters that are no code of Slack's"
