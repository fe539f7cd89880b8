"""What tests have counted, told at the end of the run: whatever they record as the property `counts`."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts, also those of other workers."""
    reports = [one for several in terminalreporter.stats.values() for one in several]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for name, counts in report.user_properties:
                if name == "counts":
                    terminalreporter.write_line(f"{report.nodeid}: {counts}")
