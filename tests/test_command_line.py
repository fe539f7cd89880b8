"""`python -m bot` as an admin meets it: it starts, says what is wrong in words, and ends when told."""

from __future__ import annotations

import http.client
import logging
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.command_line import run_bot
from bot.first_calls import CannotStart, FirstCalls
from bot.sandbox.http import LoopbackServer, Request, Response
from bot.sandbox.stage import ACCESS_KEY, APP_TOKEN, BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, Stage
from bot.server import serve
from bot.settings import SPECS, Settings
from bot.slack_errors import TOKEN_ERRORS
from tests.test_logs import logs_put_back

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


def asked(url: str, path: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
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
        ready = bot.wait_for(r"Listening on ([\w.:/]+)|Connected to Slack in Socket Mode")
        if not socket_mode:
            assert asked(ready[1], "/healthz")[0] == 200
            assert asked(ready[1], "/readyz") in {(503, b"starting"), (200, b"ready")}
        assert bot.stop(number) == 0
    assert not [line for line in bot.said if re.search("Traceback|warning|error", line)]
    assert not [secret for secret in (ACCESS_KEY, SECRET_KEY, SIGNING_SECRET) if secret in "".join(bot.said)]


@pytest.mark.parametrize("socket_mode", [False, True])
def test_numbers_and_health_have_a_port_of_their_own(tmp_path: Path, stage: Stage, socket_mode: bool) -> None:
    with serving(tmp_path, stage.env(socket_mode=socket_mode) | {"METRICS_PORT": "0"}) as bot:
        url = bot.wait_for(r"Numbers and health at (http://127\.0\.0\.1:\d+)")[1]
        bot.wait_for(r"Listening on|Connected to Slack in Socket Mode")
        stage.slack.wait(lambda: asked(url, "/readyz") == (200, b"ready"))
        assert asked(url, "/healthz")[0] == 200
        status, page = asked(url, "/metrics")
        assert status == 200
        assert b"ticketbot_ack_seconds_count 0.0" in page
        assert asked(url, "/slack/events")[0] == 404
        assert bot.stop(signal.SIGTERM) == 0


def test_numbers_without_their_package_are_told(tmp_path: Path, stage: Stage) -> None:
    (tmp_path / "prometheus_client.py").write_text("raise ModuleNotFoundError(name=__name__)\n")
    env = stage.env(socket_mode=False) | {"METRICS_PORT": "0", "PYTHONPATH": str(tmp_path)}
    assert "pip install 'leadsquared-ticket-bot[metrics]'" in reason(run(tmp_path, env))
    assert not stage.slack.calls


def test_a_taken_port_for_numbers_is_told(tmp_path: Path, stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = stage.env(socket_mode=True) | {"METRICS_PORT": str(port)}
        assert f"METRICS_PORT {port} cannot be listened on" in reason(run(tmp_path, env))


def test_what_was_accepted_before_the_signal_is_answered(tmp_path: Path, stage: Stage) -> None:
    with serving(tmp_path, stage.env(socket_mode=False)) as bot:
        url = bot.wait_for(r"Listening on ([\w.:/]+)")[1]
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


def told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: Path,
    env: dict[str, str],
    tries: int = 4,
) -> str:
    """Return why a bot cannot start that is run in this process, without pauses between its tries."""
    monkeypatch.chdir(where)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert run_bot(threading.Event(), [0.0] * (tries - 1)) == 2
    said = capsys.readouterr().err
    assert said.startswith("ticketbot cannot start: ")
    assert said.count("\n") == 1
    assert not [secret for secret in SECRETS if re.search(rf"{re.escape(secret)}(?![\w-])", said)]
    return said.removeprefix("ticketbot cannot start: ").rstrip("\n")


@pytest.fixture
def why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., str]]:
    with logs_put_back():
        yield partial(told, monkeypatch, capsys, tmp_path)


def test_without_a_connection_for_too_long_it_finishes_its_work_and_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, stage: Stage
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in stage.env(socket_mode=True).items():
        monkeypatch.setenv(name, value)
    now, stop, codes = [0.0], threading.Event(), list[int]()
    with logs_put_back():
        running = threading.Thread(target=lambda: codes.append(run_bot(stop, [], lambda: now[0])))
        running.start()
        stage.slack.wait(lambda: stage.slack.sockets == 1)
        stage.leadsquared.delay = 2.0
        asked = stage.slack.slash("/ticket 143")
        stage.slack.fail("apps.connections.open", error="internal_error", times=99)
        stage.slack.drop_sockets()
        stage.slack.wait(lambda: calls(stage, "apps.connections.open") > 1)
        now[0] = 130.0
        running.join(12)
    assert codes == [1]
    assert re.search(r"No connection to Slack for 1\d\d s", caplog.text)
    assert re.search(r"143.* \d+ messages", asked.message(timeout=1).text)


def calls(stage: Stage, method: str) -> int:
    return sum(call.method == method for call in list(stage.slack.calls))


METHODS = {"auth.test": "SLACK_BOT_TOKEN", "apps.connections.open": "SLACK_APP_TOKEN"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("error", sorted(TOKEN_ERRORS))
def test_an_error_about_the_token_names_it(why: Callable[..., str], stage: Stage, method: str, error: str) -> None:
    stage.slack.fail(method, error=error, times=9)
    assert why(stage.env(socket_mode=True)) == f"Slack refused {METHODS[method]}: {error}"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ({"error": "ratelimited"}, "ratelimited"),
        ({"error": "internal_error"}, "internal_error"),
        ({"status": 503}, ""),
        ({"drop": "before"}, ""),
        ({"error": "team_access_not_granted"}, "team_access_not_granted"),
    ],
)
def test_any_other_failure_of_slacks_names_its_address(
    why: Callable[..., str], stage: Stage, method: str, failure: dict[str, Any], said: str
) -> None:
    stage.slack.fail(method, times=9, **failure)
    text = why(stage.env(socket_mode=True))
    assert text.startswith(f"Slack cannot be reached at SLACK_API_URL {stage.slack.api_url}: {said}")
    assert "TOKEN" not in text
    assert not text.endswith(": ")


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (Response.of_text("<html>Down for maintenance</html>", 503), 4),
        (Response.of_text("<html>Not Slack</html>"), 1),
        (Response.of_json([]), 1),
        (Response.of_json(["x"]), 1),
        (Response(200, b"\xff"), 1),
        (Response(), 1),
        (None, 4),
    ],
)
def test_what_is_no_answer_of_slacks_is_told_and_tried_again_only_where_that_may_help(
    why: Callable[..., str], stage: Stage, answer: Response | None, tries: int
) -> None:
    asked: list[str] = []

    def handler(request: Request) -> Response | None:
        asked.append(request.path)
        return answer

    with LoopbackServer(handler) as other:
        text = why(stage.env(socket_mode=True) | {"SLACK_API_URL": other.url})
    assert text.startswith(f"Slack cannot be reached at SLACK_API_URL {other.url}/: ")
    assert not text.endswith(": ")
    assert asked == ["/auth.test"] * tries


def test_a_slack_that_cannot_be_reached_is_told(why: Callable[..., str], stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    text = why(stage.env(socket_mode=False) | {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"})
    assert text.startswith(f"Slack cannot be reached at SLACK_API_URL http://127.0.0.1:{port}/api/: [Errno")


def test_a_bad_handshake_is_told(why: Callable[..., str], stage: Stage) -> None:
    no_websocket = LoopbackServer(lambda _: Response.of_text("No websocket here", 200))

    def handler(_: Request) -> Response:
        return Response.of_json({"ok": True, "url": no_websocket.url.replace("http", "ws"), "user_id": "U0"})

    with no_websocket, LoopbackServer(handler) as other:
        text = why(stage.env(socket_mode=True) | {"SLACK_API_URL": other.url})
    assert text.startswith(f"Slack cannot be reached at SLACK_API_URL {other.url}/: ")
    assert "200" in text


@pytest.mark.parametrize("method", METHODS)
def test_a_failure_that_passes_does_not_keep_it_from_starting(
    stage: Stage, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    stage.slack.fail(method, error="ratelimited", times=2)
    settings = Settings.from_env(stage.env(socket_mode=True))
    stop = threading.Event()
    running = threading.Thread(target=serve, args=(settings, stop, FirstCalls("", stop, [0.0, 0.0])))
    with caplog.at_level(logging.WARNING, "bot"):
        running.start()
        stage.slack.wait(lambda: stage.slack.sockets == 1)
        stop.set()
        running.join(10)
    assert not running.is_alive()
    assert caplog.text.count("Slack cannot be reached (ratelimited)") == 2


def test_a_failure_between_the_two_looks_at_the_token_is_told_as_it_is(stage: Stage) -> None:
    def refused() -> None:
        raise BoltError("`token` is invalid") from None

    def wrapped() -> None:
        try:
            WebClient("xoxb-made-up", base_url=stage.slack.api_url).auth_test()
        except SlackApiError:
            refused()

    stage.slack.fail("auth.test", error="fatal_error")
    first = FirstCalls("https://slack.example.com/", threading.Event(), [])
    with pytest.raises(CannotStart, match=r"cannot be reached .*: fatal_error"):
        first.make(wrapped, "SLACK_BOT_TOKEN")


def test_a_stop_ends_the_trying_at_once(stage: Stage) -> None:
    stop = threading.Event()

    def call() -> None:
        stop.set()
        raise OSError("made up")

    assert FirstCalls(stage.slack.api_url, stop, [600.0]).make(call, "SLACK_BOT_TOKEN") is None
    serve(Settings.from_env(stage.env(socket_mode=True)), stop, FirstCalls("", stop))
    assert not stage.slack.calls


def test_an_address_that_is_not_slacks_is_told(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=False) | {"SLACK_API_URL": stage.leadsquared.url}
    assert reason(run(tmp_path, env)).startswith(f"Slack cannot be reached at SLACK_API_URL {stage.leadsquared.url}")
