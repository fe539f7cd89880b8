"""The command line: `python -m tests.benchmarks [--only NAME] [--quick]` prints a table of ratios."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.benchmarks import ack, answer, crowd, pages, stalled
from tests.benchmarks.setting import Scale, say
from tests.benchmarks.table import Row, lines

LINES: Mapping[str, Callable[[Scale], Iterable[Row]]] = {
    "ack": ack.measure,
    "crowd": crowd.measure,
    "processes": crowd.measure_processes,
    "answer": answer.measure,
    "pages": pages.measure,
    "stalled": stalled.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table. Returns 0: a goal that is not met is for people to look at."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What the bot costs.")
    parser.add_argument("--only", action="append", choices=LINES, help="this line of the table (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="rough figures in less than two minutes")
    chosen = parser.parse_args(arguments)
    rows: list[Row] = []
    for name in chosen.only or LINES:
        say(name)
        started = time.monotonic()
        rows += LINES[name](Scale(chosen.quick))
        say(f"{name}: {time.monotonic() - started:.0f} s")
    sys.stdout.write("\n".join(lines(rows)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
