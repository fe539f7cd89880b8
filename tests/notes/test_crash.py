"""The bot is killed with SIGKILL at every point of a note's way, and at random: no note is lost, none is doubled.

By hand, for longer: `python -m tests.notes.crash --rounds 500`.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.notes.crash import POINTS, RANDOM, Outcome, crash


def assert_accounted_for(outcome: Outcome) -> None:
    """Every note is there once or was told as a doubt, and is there once when the doubts are answered.

    A form that went with the bot before it was accepted may be saved or not: nobody was told that it is.
    """
    counts, answered = outcome.counts, outcome.answered
    assert counts.accepted <= counts.posted + counts.doubtful <= counts.submitted
    assert (counts.twice, counts.lost) == (0, 0)
    # Else the kills came at other moments than planned.
    assert counts.doubtful >= outcome.kills["before the post"] + outcome.kills["after the post"]
    assert (answered.posted, answered.doubtful) == (counts.posted + counts.doubtful, 0)


def test_no_kill_loses_or_doubles_a_note_on_sqlite(record_property: Callable[[str, object], None]) -> None:
    outcome = crash(None, 1, each=2, at_random=15)
    record_property("counts", str(outcome))
    assert outcome.kills == dict.fromkeys(POINTS, 2) | {RANDOM: 15}
    assert_accounted_for(outcome)


def test_no_kill_loses_or_doubles_a_note_on_postgres(
    postgres: str, record_property: Callable[[str, object], None]
) -> None:
    outcome = crash(postgres, 2, each=1, at_random=5)
    record_property("counts", str(outcome))
    assert outcome.kills == dict.fromkeys(POINTS, 1) | {RANDOM: 5}
    assert_accounted_for(outcome)
