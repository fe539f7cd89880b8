"""`ticketbot check` as an admin runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.check.run import run_checks
from bot.checkup import parts_of_env
from bot.sandbox.stage import ACCESS_KEY, SECRET_KEY, SIGNING_SECRET, Stage
from tests.test_command_line import run


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def test_without_a_fault_it_ends_with_0(tmp_path: Path, stage: Stage) -> None:
    done = run(tmp_path, stage.env(socket_mode=True), "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Nothing is wrong, as far as can be told from here."
    assert all(line.startswith(("ok ", "    ")) for line in done.stdout.splitlines()[:-2])
    assert not [secret for secret in (ACCESS_KEY, SECRET_KEY, SIGNING_SECRET) if secret in done.stdout]
    assert not list(tmp_path.iterdir())


def test_with_a_fault_it_ends_with_1_and_names_it(tmp_path: Path, stage: Stage) -> None:
    stage.slack.fail("auth.test", error="token_revoked")
    done = run(tmp_path, stage.env(socket_mode=True), "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split()[1:3] for line in done.stdout.splitlines() if line.startswith("FAULT")] == [["Slack", "token"]]
    assert "To mend: Install the app again" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 fault."


@pytest.mark.parametrize("slack", ["page", "nothing"])
def test_libraries_say_nothing_beside_it(tmp_path: Path, stage: Stage, slack: str) -> None:
    address = stage.slack.url if slack == "page" else "http://127.0.0.1:1"
    done = run(tmp_path, stage.env(socket_mode=True) | {"SLACK_API_URL": address}, "check")
    assert (done.returncode, done.stderr) == (1, "")


def test_settings_that_cannot_be_read_end_it_with_2_and_the_rest_is_checked(tmp_path: Path, stage: Stage) -> None:
    env = stage.env(socket_mode=True) | {"PORT": "no"}
    del env["LEADSQUARED_ORG_ID"]
    done = run(tmp_path, env, "check", "--json")
    assert (done.returncode, done.stderr) == (2, "")
    found = {finding["what"]: finding for finding in json.loads(done.stdout)}
    assert found["Settings"]["words"].count("\n") == 2
    assert found["LeadSquared"]["state"] == "skipped"
    assert found["Slack token"]["state"] == found["Database"]["state"] == "ok"


def test_a_file_that_cannot_be_read_is_told_with_what_the_environment_lacks(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("PORT=1\n".encode("utf-16"))
    done = run(tmp_path, {}, "check", "--json")
    assert done.returncode == 2
    [settings, *_] = json.loads(done.stdout)
    assert settings["words"].startswith("Missing or wrong:\nthe file .env is not UTF-8\nSLACK_BOT_TOKEN is missing")


@pytest.mark.parametrize("file", ["none", "no YAML: [", "features: {}", "[]", "features: {x: 1}\noauth_config: {}"])
def test_a_manifest_that_is_none_is_told(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    def text() -> str:
        return (tmp_path / "manifest.yml").read_text(encoding="utf-8")

    if file != "none":
        (tmp_path / "manifest.yml").write_text(file, encoding="utf-8")
    monkeypatch.setattr("bot.manifest._text", text)
    found = {finding.what: finding.state for finding in run_checks(parts_of_env(stage.env(socket_mode=True)))}
    assert (found["Manifest"], found["Slack scopes"]) == ("fault", "skipped")
