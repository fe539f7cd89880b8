"""Logs: one line an event, and none of the libraries' talk that could hold a customer's words or a token."""

from __future__ import annotations

import logging

# At lower levels these log request bodies: Bolt a whole body whose signature is wrong, slack_sdk what it sends.
_TALKATIVE = ("slack_bolt", "slack_sdk", "urllib3", "waitress")


def set_up_logs(level: str) -> None:
    """Send logs of `level` and above to standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt").addFilter(_not_about_the_client)


def _not_about_the_client(record: logging.LogRecord) -> bool:
    # Bolt finds SLACK_BOT_TOKEN in the environment and warns that the client it was given is used instead.
    return "`token` will be unused" not in record.getMessage()
