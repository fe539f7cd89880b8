"""Logs: one line an event, and none of the libraries' talk that could hold a customer's words or a token."""

from __future__ import annotations

import logging


def set_up_logs(level: str) -> None:
    """Send the bot's logs of `level` and above to standard error, and warnings of everything else.

    Only the bot's own loggers go lower: libraries log bodies, frames and addresses that let one in at lower levels.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(level)
    bolt = logging.getLogger("slack_bolt")
    # For a logger with no level of its own Bolt words its debug lines all the same.
    bolt.setLevel(logging.WARNING)
    bolt.addFilter(_not_about_the_client)
    logging.captureWarnings(capture=True)


def _not_about_the_client(record: logging.LogRecord) -> bool:
    # Bolt finds SLACK_BOT_TOKEN in the environment and warns that the client it was given is used instead.
    return "`token` will be unused" not in record.getMessage()
