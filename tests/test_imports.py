"""What the import contracts cannot say by themselves: that they name every module, and who may send a note."""

from __future__ import annotations

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
            modules(BOT) - {"bot.__main__", "bot.sandbox"},
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


def test_notes_are_sent_from_one_place_only() -> None:
    callers = {
        str(path)
        for path in BOT.rglob("*.py")
        if "post_internal_note" in path.read_text(encoding="utf-8")
        and not path.is_relative_to(BOT / "leadsquared")
        and not path.is_relative_to(BOT / "sandbox")
    }
    assert callers == {"bot/notes/outbox.py"}
