"""`/ticket check`: the same findings in Slack, for who may see them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.checkup import Checkup, parts_of_env
from bot.sandbox.faults import OTHER_HOST, Fault
from bot.sandbox.slack import workspace
from bot.sandbox.stage import ACCESS_KEY, SECRET_KEY, SIGNING_SECRET, Stage
from tests.conftest import Running


def test_it_answers_privately_with_every_line(running: Running) -> None:
    message = running.slack.slash("/ticket check").message()
    assert message.only_for == workspace.AGENT.id
    assert message.text.startswith("Check of the bot. Nothing is wrong")
    for line in ("Settings: ok.", "Slack token: ok.", "LeadSquared: ok.", "Calls to LeadSquared: ok.", "Versions: ok."):
        assert line in message.text
    assert running.reads() == 1
    assert not [secret for secret in (ACCESS_KEY, SECRET_KEY, SIGNING_SECRET) if secret in str(message)]


def test_it_tells_a_fault_and_not_the_servers_words(running: Running) -> None:
    running.leadsquared.fail(Fault.OTHER_REGION)
    message = running.slack.slash("/ticket check").message()
    assert "LeadSquared: fault. It names another host" in message.text
    assert "To mend: Set LEADSQUARED_API_URL to the host of the account's region." in message.text
    assert OTHER_HOST not in str(message)


def test_who_may_not_see_it_is_told_whom_to_ask_and_nothing_is_called(start: Callable[..., Running]) -> None:
    def may_check(command: Mapping[str, Any]) -> bool:
        return bool(command["user_id"] == workspace.LEAD.id)

    running = start(may_check=may_check)
    message = running.slack.slash("/ticket check").message()
    assert "Only the bot's admins can check it" in message.text
    assert running.reads() == 0
    message = running.slack.slash("/ticket check", user=workspace.LEAD.id).message()
    assert message.text.startswith("Check of the bot.")


def test_who_may_not_use_the_bot_is_refused_and_nothing_is_called(start: Callable[..., Running]) -> None:
    running = start(ALLOWED_CHANNELS="C0ELSEWHERE")
    message = running.slack.slash("/ticket check").message()
    assert "Check of the bot" not in message.text
    assert running.reads() == 0


def test_who_asks_while_it_runs_does_not_wait_and_who_asks_just_after_gets_the_same() -> None:
    now = [0.0]
    with Stage() as stage:
        looking, go_on = threading.Event(), threading.Event()

        def look() -> tuple[int, None]:
            looking.set()
            go_on.wait(10)
            return 200, None

        parts = replace(parts_of_env(stage.env(socket_mode=True)), look=look)
        checkup = Checkup(lambda: parts, lambda: now[0])
        found: list[Any] = []
        first = threading.Thread(target=lambda: found.append(checkup.findings()))
        first.start()
        assert looking.wait(10)
        assert checkup.findings() is None
        go_on.set()
        first.join(10)
        looking.clear()
        assert checkup.findings() == found[0]
        assert not looking.is_set()
        now[0] = 60.0
        assert checkup.findings()
        assert looking.is_set()
