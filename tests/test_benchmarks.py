"""The benchmarks run; what they find is for people to look at."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import main


def test_a_quick_run_prints_a_row_for_each_figure(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--only", "answer", "--only", "stalled"]) == 0
    out, err = capfd.readouterr()
    heads, _, *rows = out.splitlines()
    assert heads.split() == ["what", "ours", "other", "ratio", "goal", "met"]
    assert [row.split("  ")[0] for row in rows if not row.startswith(" ")] == [
        "full answer, beside a bare fetch and json.loads",
        "ack beside 120 stalled connections",
        "ack beside 120 half-sent connections",
    ]
    assert all("×" in row for row in rows if not row.startswith(" "))
    assert "… answer" in err
