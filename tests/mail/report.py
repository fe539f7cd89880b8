"""`python -m tests.mail.report`: the table of scores over the corpus; `--wrong` adds every mail that was misread."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from tests.mail.scoring import KINDS, Reader, Verdict, normal, tally, verdicts


def table(judged: Iterable[Verdict]) -> str:
    """One line a kind: how many mails, how many per cent were read exactly, and the mean word overlap in per cent."""
    lines = [f"{'kind':<12} {'n':>4} {'exact %':>8} {'F1 %':>6}"]
    lines += [f"{kind:<12} {s.n:>4} {s.exact:>8.1f} {s.f1:>6.1f}" for kind, s in tally(judged).items()]
    return "\n".join(lines)


def difference(verdict: Verdict) -> str:
    """A misread mail: its name and kind, and both readings from a little before the first place where they part."""
    expected, got = (text if verdict.kind == "history" else normal(text) for text in (verdict.expected, verdict.got))
    same = next(
        (i for i, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b), min(len(expected), len(got))
    )
    start = max(0, same - 30)
    sides = [f"  {label:<8} {text[start : same + 70]!r}" for label, text in (("expected", expected), ("got", got))]
    return "\n".join([f"{verdict.name} {verdict.kind}: F1 {100 * verdict.f1:.0f} %, differs at {same}", *sides])


def main(arguments: list[str] | None = None, read: Reader | None = None) -> None:
    """Read the corpus (with the bot's reader unless told) and print how it did."""
    parser = argparse.ArgumentParser(prog="python -m tests.mail.report", description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="also show every mail that was misread")
    parser.add_argument("--kind", choices=KINDS, help="with --wrong: only this kind")
    asked = parser.parse_args(arguments)
    judged = list(verdicts(read))
    sys.stdout.write(table(judged) + "\n")
    if asked.wrong:
        for verdict in judged:
            if not verdict.exact and asked.kind in (None, verdict.kind):
                sys.stdout.write("\n" + difference(verdict) + "\n")


if __name__ == "__main__":
    main()
