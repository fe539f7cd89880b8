"""A Bolt app as the guides have it, behind the same server as the bot: `python -m tests.benchmarks.bolt_default PORT`.

Its token and signing secret stand in the environment, as Bolt wants them.
"""

from __future__ import annotations

import os
import sys

from slack_bolt import Ack, App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient
from waitress import serve


def main() -> None:
    """Serve until killed."""
    app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))

    @app.command("/ticket")
    def ticket(ack: Ack) -> None:
        ack()

    serve(SlackRequestHandler(app), host="127.0.0.1", port=int(sys.argv[1]), threads=8, connection_limit=2000)


if __name__ == "__main__":
    main()
