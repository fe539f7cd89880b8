"""No mail costs more than a second and 64 MB, however it is made, and none makes the reader fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import mail
from tests.mail.hostile import Cost, table
from tests.mail.hostile_mails import inputs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def costs() -> dict[str, Cost]:
    """All hostile mails, each read in a process of its own, for memory cannot be told in this one; two at a time."""
    names = list(inputs())
    command = [sys.executable, "-m", "tests.mail.hostile", "--json"]
    halves = [subprocess.Popen([*command, *names[n::2]], cwd=ROOT, stdout=subprocess.PIPE) for n in (0, 1)]
    told = [half.communicate(timeout=180)[0] for half in halves]
    return {cost.name: cost for cost in (Cost(**json.loads(line)) for lines in told for line in lines.splitlines())}


def test_every_hostile_mail_is_measured(costs: dict[str, Cost]) -> None:
    assert costs.keys() == inputs().keys()
    assert len(costs) > 200


def test_none_fails_or_takes_more_than_a_second_or_64_megabytes(costs: dict[str, Cost]) -> None:
    beyond = [cost for cost in costs.values() if not cost.within]
    assert not beyond, "\n".join(table(beyond))


@pytest.mark.parametrize(
    "html",
    ["<p>word</p>" * 400_000, "<b>a</b>" * 90_000, "<p a=1 b=1 c=1></p>" * 60_000, "<div>a</div>" * 30_000],
    ids=["characters", "elements", "attributes", "lines"],
)
def test_what_a_page_has_too_much_of_is_counted(html: str) -> None:
    assert mail.read(html, "").unread > 0


@pytest.mark.parametrize("text", ["word " * 400_000, "a line\n" * 30_000], ids=["characters", "lines"])
def test_what_a_text_has_too_much_of_is_counted(text: str) -> None:
    assert mail.read("", text).unread > 0


def test_a_long_letter_is_read_whole() -> None:
    letter = "<div style='color:#333'>Words of a long letter.</div>" * 15_000
    read = mail.read(letter, "")
    assert read.unread == 0
    assert read.reply.text.count("letter") == 15_000
