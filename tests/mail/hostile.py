"""`python -m tests.mail.hostile`: what reading the hostile mails costs, each in a process of its own.

The table says of each: seconds of processor time, MB of memory on top of what was there, and characters unread.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from bot import mail
from tests.mail.hostile_mails import Maker, inputs

# What no mail may cost.
MOST_SECONDS = 1.0
MOST_MEGABYTES = 64.0
# A mail that takes this long is given up.
_PATIENCE_SECONDS = 20.0
# What `_calibration` takes where the bounds were set.
_REFERENCE_SECONDS = 0.05

_MB = 1_000_000


class Cost(NamedTuple):
    """What reading one mail cost. `fault` is "" or what went wrong; `slowness` is the machine's, 1 where usual."""

    name: str
    seconds: float
    megabytes: float
    unread: int
    slowness: float
    fault: str = ""

    @property
    def within(self) -> bool:
        """Whether it kept the bounds."""
        return not self.fault and self.seconds <= MOST_SECONDS * self.slowness and self.megabytes <= MOST_MEGABYTES


def costs(names: Iterable[str] = ()) -> Iterator[Cost]:
    """Read each hostile mail (or those named) in a process of its own."""
    known = inputs()
    for name in list(names) or known:
        yield _measured(name, *known[name])


def table(measured: Iterable[Cost]) -> Iterator[str]:
    """Lines of the table, as they come."""
    yield f"{'mail':<48} {'s':>6} {'MB':>6} {'unread':>9}"
    for cost in measured:
        said = cost.fault or ("" if cost.within else "over the bound")
        yield f"{cost.name:<48} {cost.seconds:>6.2f} {cost.megabytes:>6.0f} {cost.unread:>9} {said}".rstrip()


def _measured(name: str, html: Maker, text: Maker) -> Cost:
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_read_once, args=(theirs, name, html, text))
    child.start()
    theirs.close()
    try:
        cost = Cost(*ours.recv()) if ours.poll(_PATIENCE_SECONDS) else None
    except EOFError:
        cost = None
    if cost is None:
        child.kill()
    child.join()
    ours.close()
    return cost or Cost(name, _PATIENCE_SECONDS, 0, 0, 1, f"no answer (exit {child.exitcode})")


def _read_once(answer: Connection, name: str, html: Maker, text: Maker) -> None:
    bodies = html(), text()
    faults, base = mail.faults, _fresh_memory_mark()
    start = time.process_time()
    try:
        read = mail.read(*bodies)
        fault = ""
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the finding)
        read, fault = mail.Mail(), f"raises {error!r}"
    seconds = time.process_time() - start
    megabytes = (_peak() - base) / _MB
    if mail.faults != faults:
        fault = "a hidden fault"
    # Only a mail that seems too slow asks whether the machine is.
    slowness = max(1.0, _calibration() / _REFERENCE_SECONDS) if seconds > MOST_SECONDS else 1.0
    answer.send(Cost(name, seconds, max(0.0, megabytes), read.unread, slowness, fault))


def _calibration() -> float:
    """How long a fixed piece of work takes: on a busy or slow machine, longer than where the bounds were set."""
    start = time.process_time()
    text = "On Monday, Ann Example wrote: " * 20
    for n in range(20_000):
        " ".join(text[n % 90 :].split())
    return time.process_time() - start


def _fresh_memory_mark() -> int:
    """Forget the peak so far where the system can, and return the bytes in use."""
    clear, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not clear.exists():
        return _peak()
    clear.write_text("5", encoding="ascii")
    return _status(status.read_text(encoding="ascii"), "VmRSS")


def _peak() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        return _status(status.read_text(encoding="ascii"), "VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _status(status: str, key: str) -> int:
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{key}:"))


def main(arguments: list[str] | None = None) -> None:
    """Print the table, for all mails or those named; with `--json`, one object a mail."""
    asked = sys.argv[1:] if arguments is None else arguments
    measured = costs(name for name in asked if name != "--json")
    told = (json.dumps(cost._asdict()) for cost in measured) if "--json" in asked else table(measured)
    for line in told:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
