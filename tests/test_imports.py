"""What the import contracts cannot say by themselves: that they name every module, and who may send a note."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

BOT = Path("bot")
# These two put a bot between the stand-ins, so they know both.
STAGING = {"bot.sandbox.demo", "bot.sandbox.stage"}


def contract(name: str) -> dict[str, Any]:
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    (found,) = (each for each in settings["tool"]["importlinter"]["contracts"] if each["name"] == name)
    return dict(found)


def modules(folder: Path) -> set[str]:
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return {".".join((*folder.parts, name)) for name in names - {"__init__"}}


@pytest.mark.parametrize(
    ("name", "field", "all_of_them"),
    [
        (
            "Only the command line and the tests know the stand-ins",
            "source_modules",
            modules(BOT) - {"bot.__main__", "bot.command_line", "bot.sandbox"},
        ),
        (
            "The stand-ins know nothing of the bot that they stand around",
            "source_modules",
            modules(BOT / "sandbox") - STAGING,
        ),
        (
            "The stand-ins know nothing of the bot that they stand around",
            "forbidden_modules",
            modules(BOT) - {"bot.sandbox"},
        ),
    ],
)
def test_a_contract_names_every_module(name: str, field: str, all_of_them: set[str]) -> None:
    assert set(contract(name)[field]) == all_of_them


def test_permits_are_given_by_the_rules_only() -> None:
    givers = {str(path) for path in BOT.rglob("*.py") if "Permit(" in path.read_text(encoding="utf-8")}
    assert givers == {"bot/access/rules.py"}


def test_notes_are_sent_from_one_place_only() -> None:
    callers = {
        str(path)
        for path in BOT.rglob("*.py")
        if "post_internal_note" in path.read_text(encoding="utf-8")
        and not path.is_relative_to(BOT / "leadsquared")
        and not path.is_relative_to(BOT / "sandbox")
    }
    assert callers == {"bot/notes/outbox.py"}


def test_what_only_some_need_is_not_loaded_at_the_start() -> None:
    some = {"alembic", "bot.sandbox", "bot.socket_mode", "prometheus_client", "psycopg", "websockets"}
    code = f"import sys, bot.command_line; print(sorted({some} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == "[]"


def test_what_is_loaded_at_the_start_is_never_looked_through_for_garbage() -> None:
    code = """
import atexit, gc, sys, bot.__main__
sys.argv[1:] = ["--help"]
atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 10_000))
bot.__main__.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20)
    assert done.stdout.splitlines()[-1] == "True True"
