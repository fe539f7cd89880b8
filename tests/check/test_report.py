"""How findings read: aligned text without colour, and JSON."""

from __future__ import annotations

import json

from bot.check.finding import Finding, Kind, State, quoted, skipped
from bot.check.report import as_json, as_text, summary

FINDINGS = [
    Finding("Settings", State.FAULT, "A is missing\nB is wrong", "Correct them."),
    Finding("Clock", State.OK, "Within 1 s of Slack's."),
    skipped("Slack scopes", "see Slack token"),
    Finding("Database", State.WARNING, "The disk is nearly full.", "Make room on it. " * 8),
]


def test_text_is_aligned_and_says_what_its_state_and_how_to_mend_it() -> None:
    assert as_text(FINDINGS, 100).splitlines() == [
        "FAULT    Settings      A is missing",
        "                       B is wrong",
        "                       To mend: Correct them.",
        "ok       Clock         Within 1 s of Slack's.",
        "skipped  Slack scopes  Not checked: see Slack token.",
        "warning  Database      The disk is nearly full.",
        "                       To mend: Make room on it. Make room on it. Make room on it. Make room on it.",
        "                         Make room on it. Make room on it. Make room on it. Make room on it.",
        "",
        "1 fault and 1 warning.",
    ]


def test_text_keeps_to_the_width_and_does_not_break_words() -> None:
    path = "/var/lib/" + "long/" * 30
    lines = as_text([Finding("Database", State.FAULT, f"{path} cannot be written.", "Let it.")], 20).splitlines()
    assert any(path in line for line in lines)
    assert all(len(line) <= 60 for line in lines if path not in line)


def test_the_sum_is_told_in_words() -> None:
    assert summary([FINDINGS[0]] * 2) == "2 faults."
    assert summary([FINDINGS[3]] * 2 + FINDINGS[:1]) == "1 fault and 2 warnings."
    assert summary(FINDINGS[1:3]) == "Nothing is wrong, as far as can be told from here."


def test_json_holds_the_same() -> None:
    first = {"what": "Settings", "state": "fault", "words": "A is missing\nB is wrong", "mend": "Correct them."}
    told = json.loads(as_json(FINDINGS))
    assert told[0] == first
    assert [item["state"] for item in told] == ["fault", "ok", "skipped", "warning"]


def test_what_a_server_said_is_one_short_printable_line() -> None:
    assert quoted("a\x00b\u202e\n\n c\x1b[31m") == "a b c [31m"
    assert len(quoted("x" * 1000)) == 200
    assert Kind("X", State.FAULT, "It says {said}")(said="{said} {x}").words == "It says {said} {x}"
