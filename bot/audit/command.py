"""`ticketbot audit`: prints the audit for an admin on the machine. It only reads, and needs DATABASE_URL alone."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TextIO

from bot.audit.entry import WORDS, Deed
from bot.audit.formats import FORMATS
from bot.audit.store import AuditStore, Wanted
from bot.database import DatabaseError, open_to_read
from bot.settings import SettingsError, read_one

_LIMIT = 1000
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Print who looked at, shared or wrote on which ticket. The newest entry comes first."
    parser.epilog = _results()
    parser.add_argument("--ticket", type=_ticket, metavar="143", help="only this ticket")
    parser.add_argument("--user", type=_user, metavar="ID", help="only this person, by the Slack user id")
    parser.add_argument("--deed", choices=[str(deed) for deed in Deed], help="only this deed")
    ago = "only the last days (7d), hours (12h) or minutes (30m), or from a day on (2026-11-01, in UTC)"
    parser.add_argument("--since", type=_since, metavar="7d", help=ago)
    parser.add_argument(
        "--format", choices=list(FORMATS), default="table", help="for people (default), one JSON object a line, or CSV"
    )
    parser.add_argument(
        "--limit", type=_limit, default=_LIMIT, metavar="N", help=f"at most so many (default: {_LIMIT:,})"
    )


def run(
    chosen: argparse.Namespace,
    env: Mapping[str, str],
    *,
    out: TextIO,
    err: TextIO,
    clock: Callable[[], float] = time.time,
) -> int:
    """Print what was asked for to `out`, and words about it to `err`. Returns the exit code: 0, or 2 with why."""
    since = None if chosen.since is None else chosen.since(clock())
    wanted = Wanted(chosen.ticket, chosen.user, chosen.deed, since)
    try:
        engine = open_to_read(read_one("DATABASE_URL", env).reveal())
        try:
            _print(AuditStore(engine), wanted, chosen, out, err)
        finally:
            engine.dispose()
    except (SettingsError, DatabaseError) as error:
        err.write(f"ticketbot audit: {error}\n")
        return 2
    except BrokenPipeError:
        # Who reads has enough, as `head` does. Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    return 0


def _print(store: AuditStore, wanted: Wanted, chosen: argparse.Namespace, out: TextIO, err: TextIO) -> None:
    if not store.exists():
        raise DatabaseError("DATABASE_URL: the database has no audit yet; the bot makes it when it starts")
    kept_from = store.kept_from()
    with closing(store.find(wanted, chosen.limit + 1)) as found:
        newest = list(islice(found, 1))
        shown = chain(newest, islice(found, chosen.limit - 1))
        out.writelines(f"{line}\n" for line in FORMATS[chosen.format](shown))
        out.flush()
        more = next(found, None)
    if not newest:
        err.write("Nothing matches.\n")
    if more:
        err.write(f"These are the newest {chosen.limit:,}; there are more: see --limit.\n")
    if wanted.since is not None and wanted.since < kept_from:
        err.write(
            f"What was before {datetime.fromtimestamp(kept_from, UTC):%Y-%m-%d %H:%M} UTC is not kept any more.\n"
        )


def _ticket(text: str) -> int:
    if not re.fullmatch(r"#?[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a ticket number; write it like 143")
    return int(text.removeprefix("#"))


def _user(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,31}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a Slack user id such as U012AB3CD; names are not kept")
    return text


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _since(text: str) -> Callable[[float], float]:
    """Read a time, as what gives it in seconds since the epoch once it is told what time it is now."""
    if ago := re.fullmatch(r"([0-9]{1,4})([dhm])", text):
        seconds = timedelta(**{_UNITS[ago[2]]: int(ago[1])}).total_seconds()
        return lambda now: now - seconds
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it like 7d, 12h, 30m or 2026-11-01") from None
    return lambda _: day


def _results() -> str:
    width = max(map(len, WORDS)) + 2
    lines = [f"  {result:{width}}{words}" for result, words in WORDS.items()]
    lines.append(f"  {'refused:why':{width}}the bot's own rules did not allow it; `why` is the name of the rule")
    return "\n".join(["results:", *lines])
