"""Findings as text for people and as JSON for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

from bot.check.finding import Finding, State

_NARROWEST = 60


def as_text(findings: Sequence[Finding], width: int) -> str:
    """Return aligned lines of at most `width` characters, and their sum. Nothing is told by colour."""
    states = max(len(finding.state) for finding in findings)
    names = max(len(finding.what) for finding in findings)
    indent = " " * (states + names + 4)
    lines = []
    for finding in findings:
        told = [*finding.words.splitlines(), *([f"To mend: {finding.mend}"] if finding.mend else [])]
        head = f"{finding.state.upper() if finding.state is State.FAULT else finding.state:{states}}  "
        first = f"{head}{finding.what:{names}}  "
        for part in told:
            lines += textwrap.wrap(
                part,
                max(width, _NARROWEST),
                initial_indent=first,
                subsequent_indent=f"{indent}  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            first = indent
    return "\n".join([*lines, "", summary(findings)])


def as_json(findings: Sequence[Finding]) -> str:
    """Return a JSON array with one object a finding: `what`, `state`, `words`, `mend`."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def summary(findings: Sequence[Finding]) -> str:
    """Return how many faults and warnings there are, in words."""
    faults = sum(finding.state is State.FAULT for finding in findings)
    warnings = sum(finding.state is State.WARNING for finding in findings)
    if not faults and not warnings:
        return "Nothing is wrong, as far as can be told from here."
    told = [
        f"{count} {word}{'s' if count != 1 else ''}"
        for count, word in ((faults, "fault"), (warnings, "warning"))
        if count
    ]
    return f"{' and '.join(told)}."
