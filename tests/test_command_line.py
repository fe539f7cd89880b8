"""`python -m bot` as an admin meets it: it starts, says what is wrong in words, and ends when told."""

from __future__ import annotations

import http.client
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, Stage
from bot.settings import SPECS

SECRETS = (ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET)


def run(where: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bot to its end in an environment that holds `env` and nothing else."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, timeout=15, check=False)


def reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return why a run could not start, which is told once, on standard error, with no secret in it."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not [secret for secret in SECRETS if re.search(rf"{re.escape(secret)}(?![\w-])", done.stderr)]
    _, *whys = re.split("^ticketbot cannot start: ", done.stderr, flags=re.MULTILINE)
    assert len(whys) == 1
    return str(whys[0])


class Serving:
    """A bot that runs, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self._lines.put(line)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the match of a line that is said within some seconds."""
        while True:
            self.said.append(self._lines.get(timeout=10))
            if match := re.search(pattern, self.said[-1]):
                return match

    def stop(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code, which comes within ten seconds."""
        self.process.send_signal(number)
        return self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(5)
        self._reader.join(5)
        assert self.process.stderr
        self.process.stderr.close()


@contextmanager
def serving(where: Path, env: dict[str, str], *arguments: str) -> Iterator[Serving]:
    command = [sys.executable, "-m", "bot", *arguments]
    process = subprocess.Popen(command, cwd=where, env=env, stderr=subprocess.PIPE, text=True)
    with Serving(process) as bot:
        yield bot


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def health(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("arguments", [(), ("serve",)])
def test_missing_settings_are_told_in_one_message(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = reason(run(tmp_path, {}, *arguments))
    needed = [spec for spec in SPECS if spec.default is None]
    assert all(f"{spec.name} is missing: {spec.purpose}" in said for spec in needed)
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET" in said
    assert ".env.example" in said


def test_settings_of_a_file_here_count(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN='xoxb-made-up'\nLEADSQUARED_ACCESS_KEY='u$r1$2'\nPORT=no\n")
    said = reason(run(tmp_path, {"LEADSQUARED_ORG_ID": "22824"}))
    assert "LEADSQUARED_SECRET_KEY is missing" in said
    assert "PORT is wrong" in said
    assert not re.search("(SLACK_BOT_TOKEN|LEADSQUARED_ACCESS_KEY|LEADSQUARED_ORG_ID) is", said)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("PORT=1\n".encode("utf-16"))
    assert ".env is not UTF-8" in reason(run(tmp_path, {}))


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, {}, "sreve")
    assert done.returncode == 2
    assert "sreve" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("socket_mode", [False, True])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_time_with_a_clean_exit(
    tmp_path: Path, stage: Stage, socket_mode: bool, number: signal.Signals
) -> None:
    with serving(tmp_path, stage.env(socket_mode=socket_mode), "serve") as bot:
        ready = bot.wait_for(r"Listening on (\S+)|Connected to Slack in Socket Mode")
        if not socket_mode:
            assert health(ready[1]) == 200
        assert bot.stop(number) == 0
    assert not [line for line in bot.said if "Traceback" in line or "WARNING" in line]
    assert not [secret for secret in (ACCESS_KEY, SECRET_KEY, SIGNING_SECRET) if secret in "".join(bot.said)]


def test_what_was_accepted_before_the_signal_is_answered(tmp_path: Path, stage: Stage) -> None:
    with serving(tmp_path, stage.env(socket_mode=False)) as bot:
        url = bot.wait_for(r"Listening on (\S+)")[1]
        stage.slack.connect(f"{url}/slack/events")
        stage.leadsquared.delay = 1.0
        asked = stage.slack.slash("/ticket 143")
        assert asked.messages == []
        start = time.monotonic()
        assert bot.stop(signal.SIGTERM) == 0
        assert time.monotonic() - start < 10
    assert re.search(r"143.* \d+ messages", asked.message(timeout=1).text)


def test_a_wrong_bot_token_is_told(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=False) | {"SLACK_BOT_TOKEN": "xoxb-wrong-made-up"}
    said = reason(run(tmp_path, env))
    assert said.startswith("Slack refused SLACK_BOT_TOKEN")
    assert "invalid_auth" in said
    assert "xoxb-wrong-made-up" not in said
    assert len(said) < 300


def test_a_wrong_app_token_is_told(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=True) | {"SLACK_APP_TOKEN": "xapp-wrong-made-up"}
    said = reason(run(tmp_path, env))
    assert said == "Slack refused SLACK_APP_TOKEN: invalid_auth\n"
    assert "xapp-wrong-made-up" not in said


def test_a_taken_port_is_told(tmp_path: Path, stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"PORT {port}" in reason(run(tmp_path, stage.env(socket_mode=False) | {"PORT": str(port)}))


def test_a_host_that_is_none_is_told(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=False) | {"HOST": "nobody.invalid"}
    assert "HOST nobody.invalid" in reason(run(tmp_path, env))


def test_a_slack_that_cannot_be_reached_is_told(tmp_path: Path, stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    env = stage.env(socket_mode=False) | {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"}
    assert f"SLACK_API_URL http://127.0.0.1:{port}/api/: [Errno" in reason(run(tmp_path, env))


def test_an_address_that_is_not_slacks_is_told(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=False) | {"SLACK_API_URL": stage.leadsquared.url}
    assert "SLACK_BOT_TOKEN" in reason(run(tmp_path, env))
