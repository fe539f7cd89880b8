"""`ticketbot demo`: the real bot between stand-ins for Slack and LeadSquared, and a page that plays Slack."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser

from bot.app import build
from bot.database import open_database, upgrade
from bot.logs import set_up_logs
from bot.sandbox.stage import Stage
from bot.server import EVENTS_PATH, HttpServer, Listening, connect_socket_mode, drain
from bot.settings import Settings


def run_demo(stop: threading.Event, *, port: int, browser: bool, socket_mode: bool) -> int:
    """Run the demo until `stop` is set. Returns the exit code."""
    set_up_logs("WARNING")
    # Nothing of the demo may go to a proxy that this machine uses for the rest of the world.
    os.environ["NO_PROXY"] = "127.0.0.1"
    try:
        stage = Stage(port)
    except OSError as error:
        print(f"ticketbot demo cannot start on port {port}: {error.strerror}", file=sys.stderr)
        return 2
    with stage:
        settings = Settings.from_env(stage.env(socket_mode=socket_mode))
        database = open_database(settings.database_url.reveal())
        upgrade(database)
        bot = build(settings, database)
        listening: Listening
        if socket_mode:
            listening = connect_socket_mode(bot, settings)
        else:
            listening = server = HttpServer(bot.app, settings.host, settings.port)
            stage.slack.connect(server.url + EVENTS_PATH)
        bot.start()
        print(
            f"The demo runs at {stage.slack.url}\nType /ticket 143 there. Nothing leaves this machine; Ctrl-C ends it.",
            flush=True,
        )
        if browser and _has_screen():
            webbrowser.open(stage.slack.url)
        stop.wait()
        drain(bot, listening)
    return 0


def _has_screen() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
