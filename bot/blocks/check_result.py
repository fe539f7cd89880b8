"""What `/ticket check` answers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.elements import plain_section
from bot.blocks.screen import Screen, notice
from bot.check.finding import Finding
from bot.check.report import summary


def check_result(findings: Sequence[Finding]) -> Screen:
    """Show every finding: what, its state in words, and how to mend it."""
    lines = [summary(findings), *map(_line, findings)]
    return Screen("Check of the bot", "\n".join(lines), [plain_section(line) for line in lines])


def check_running() -> Screen:
    """Say that somebody else's check is still running."""
    return notice("A check is running", "Nothing was begun. Type /ticket check again in a minute.")


def check_not_allowed() -> Screen:
    """Say who can tell what is wrong with the bot."""
    return notice("Not for everybody", "Only the bot's admins can check it. Ask them to type /ticket check.")


def _line(finding: Finding) -> str:
    mend = f"\nTo mend: {finding.mend}" if finding.mend else ""
    return f"{finding.what}: {finding.state}. {finding.words}{mend}"
