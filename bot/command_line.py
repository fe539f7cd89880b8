"""The command line: serve (default), demo, check and audit."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.audit import command as audit
from bot.database import DatabaseError
from bot.first_calls import PAUSES, CannotStart, FirstCalls
from bot.logs import set_up_logs
from bot.server import serve
from bot.settings import Settings, SettingsError, load_env


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 for a clean stop, 1 when it gave up, 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="ticketbot", description="LeadSquared tickets in Slack.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("serve", help="run the bot with the settings of the environment and .env (the default)")
    demo = commands.add_parser("demo", help="run the bot with stand-ins for Slack and LeadSquared, in a web page")
    demo.add_argument(
        "--port", type=int, default=0, help="where the page is served on 127.0.0.1 (default: any free port)"
    )
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.add_argument("--socket-mode", action="store_true", help="connect the bot by websocket instead of HTTP")
    audit.add_arguments(commands.add_parser("audit", help="print who looked at, shared or wrote on which ticket"))
    check = commands.add_parser(
        "check", help="say what is wrong with settings, Slack and LeadSquared, and how to mend it"
    )
    check.add_argument("--json", action="store_true", help="for machines: an array of what, state, words, mend")
    chosen = parser.parse_args(arguments)
    if chosen.command == "audit":
        return run_audit(chosen)
    if chosen.command == "check":
        return run_check(as_json=chosen.json)
    stop = stop_on_signals()
    if chosen.command == "demo":
        # The stand-ins are loaded only here: the bot itself never needs them.
        from bot.sandbox.demo import run_demo  # noqa: PLC0415

        return run_demo(stop, port=chosen.port, browser=not chosen.no_browser, socket_mode=chosen.socket_mode)
    return run_bot(stop)


def run_bot(
    stop: threading.Event, pauses: Sequence[float] = PAUSES, clock: Callable[[], float] = time.monotonic
) -> int:
    """Run the bot until `stop` is set. Returns the exit code.

    `pauses` are the seconds between tries to reach Slack at the start; `clock` tells how long Slack is gone.
    """
    try:
        settings = Settings.from_env(load_env(os.environ, Path(".env")))
        set_up_logs(settings.log_level)
        stayed = serve(settings, stop, FirstCalls(settings.slack_api_url, stop, pauses), clock=clock)
    except (SettingsError, CannotStart, DatabaseError, OSError) as error:
        print(f"ticketbot cannot start: {error}", file=sys.stderr)
        return 2
    return 0 if stayed else 1


def run_audit(chosen: argparse.Namespace) -> int:
    """Print the audit. Returns the exit code."""
    try:
        env = load_env(os.environ, Path(".env"))
    except SettingsError as error:
        print(f"ticketbot audit: {error}", file=sys.stderr)
        return 2
    return audit.run(chosen, env, out=sys.stdout, err=sys.stderr)


def run_check(*, as_json: bool) -> int:
    """Print what the checks find. Returns 0 without a fault, 1 with one, 2 when the bot cannot read its settings."""
    # Loaded only here: the bot itself needs none of it before somebody asks.
    from bot.check import report, run  # noqa: PLC0415
    from bot.checkup import parts_of_env  # noqa: PLC0415

    # What the libraries say of a failure is told in the findings, in other words.
    logging.disable(logging.CRITICAL)
    unreadable: list[str] = []
    try:
        env = load_env(os.environ, Path(".env"))
    except SettingsError as error:
        env, unreadable = dict(os.environ), error.faults
    parts = parts_of_env(env, unreadable)
    findings = run.run_checks(parts)
    width = shutil.get_terminal_size((100, 24)).columns
    print(report.as_json(findings) if as_json else report.as_text(findings, width))
    return run.exit_code(findings, startable=not parts.faults)


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
