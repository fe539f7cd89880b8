"""The servers that are measured, each a process of its own on the loopback address, ended by its id."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.sandbox.stage import ACCESS_KEY, BOT_TOKEN, ORG_ID, SECRET_KEY, SIGNING_SECRET, TICKET_URL
from tests.benchmarks.client import command, connection

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


class NoNode(Exception):
    """Node or its package cannot be had. The message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs. `started` is how many seconds passed until its first good ack."""

    port: int
    pid: int
    started: float

    def resident_mb(self) -> float:
        """Return its resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        if found is None:
            raise RuntimeError("the system does not tell the resident memory")
        return int(found[1]) / 1024


@dataclass(frozen=True, slots=True)
class Around:
    """The stand-ins around the servers: a Slack and a LeadSquared at one port. `folder` is for what servers write."""

    port: int
    folder: Path

    def hook(self, token: str) -> str:
        """Return a response_url."""
        return f"http://127.0.0.1:{self.port}/hook/{token}"


@contextmanager
def stand_ins(conversation: bytes) -> Iterator[Around]:
    """Run the stand-ins that answer at once, with this answer of the conversation call."""
    with tempfile.TemporaryDirectory(prefix="ticketbot-benchmarks-") as name:
        answer = Path(name) / "conversation.json"
        answer.write_bytes(conversation)
        arguments = [sys.executable, "-m", "tests.benchmarks.stand_ins", str(answer)]
        with _process(arguments, {"PYTHONPATH": str(_ROOT)}, Path(name), subprocess.PIPE) as process:
            assert process.stdout is not None
            yield Around(int(process.stdout.readline()), Path(name))


@contextmanager
def bot(around: Around, *, name: str = "bot", leadsquared: str = "", **env: str) -> Iterator[Server]:
    """Run the bot as an admin does, with `env` over the settings; `leadsquared` is another address of that.

    `name` is the folder of its database: a second start with the same name finds what the first has made.
    """
    folder = around.folder / name
    folder.mkdir(exist_ok=True)
    settings = {
        **_slack(around),
        "LEADSQUARED_API_URL": leadsquared or f"http://127.0.0.1:{around.port}",
        "LEADSQUARED_ORG_ID": str(ORG_ID),
        "LEADSQUARED_ACCESS_KEY": ACCESS_KEY,
        "LEADSQUARED_SECRET_KEY": SECRET_KEY,
        "LEADSQUARED_TICKET_URL": TICKET_URL,
        "DATABASE_URL": f"sqlite:///{folder}/notes.db",
        **env,
    }
    with _server([sys.executable, "-m", "bot", "serve"], settings, folder) as server:
        yield server


@contextmanager
def bolt_default(around: Around) -> Iterator[Server]:
    """Run a Bolt app with Bolt's defaults, on the same kind of server as the bot."""
    folder = around.folder / "bolt"
    folder.mkdir(exist_ok=True)
    with _server([sys.executable, "-m", "tests.benchmarks.bolt_default"], _slack(around), folder, port=True) as server:
        yield server


@contextmanager
def node(around: Around) -> Iterator[Server]:
    """Run an app of Bolt for JavaScript that only acks. Raises NoNode."""
    modules = _node_modules()
    folder = around.folder / "node"
    folder.mkdir(exist_ok=True)
    settings = {**_slack(around), "NODE_PATH": str(modules), "NODE_ENV": "production"}
    with _server(["node", str(Path(__file__).with_name("ack_only.js"))], settings, folder) as server:
        yield server


def node_version() -> str:
    """Return the versions of Node and of Slack's package. Raises NoNode."""
    package = json.loads((_node_modules() / "@slack/bolt/package.json").read_text())
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return f"@slack/bolt {package['version']} on Node {done.stdout.strip()}"


def _node_modules() -> Path:
    """Return where Slack's package for Node is, installed into the user's cache when it is not there."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoNode("there is no node or no npm")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "ticketbot-benchmarks"
    if not (folder / "node_modules/@slack/bolt/package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), "@slack/bolt"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise NoNode(f"npm could not install @slack/bolt: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"


def _slack(around: Around) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{around.port}/api/",
    }


@contextmanager
def _server(arguments: list[str], env: Mapping[str, str], folder: Path, *, port: bool = False) -> Iterator[Server]:
    """Run a server until the block ends. It learns its port from PORT, or as its last argument."""
    number = _free_port()
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("ab"))
        begun = time.perf_counter()
        more = [str(number)] if port else []
        process = stack.enter_context(
            _process([*arguments, *more], {**env, "PORT": str(number), "PYTHONPATH": str(_ROOT)}, folder, log)
        )
        _wait_for_ack(process, number, folder / "log")
        yield Server(number, process.pid, time.perf_counter() - begun)


@contextmanager
def _process(
    arguments: list[str], env: Mapping[str, str], folder: Path, output: IO[bytes] | int
) -> Iterator[subprocess.Popen[bytes]]:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), **env}
    errors = output if output != subprocess.PIPE else None
    with subprocess.Popen(arguments, cwd=folder, env=environment, stdout=output, stderr=errors) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for_ack(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    # Help is answered in the ack, so that nothing is fetched by it.
    request = command("help", "http://127.0.0.1:9/none")
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with connection(port) as one:
                if one.ask(request).status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
