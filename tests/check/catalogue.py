"""Every finding that the checks can make."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields

import bot.check
from bot.check.finding import Kind
from bot.check.network import Unreachable

LINES = [
    "Settings",
    "LeadSquared keys",
    "Slack token",
    "Slack scopes",
    "Clock",
    "App token",
    "Signing secret",
    "Manifest",
    "Database",
    "LeadSquared",
    "Calls to LeadSquared",
    "Versions",
    "(any)",
]


def kinds() -> dict[str, Kind]:
    """Return all kinds of findings by name, in the order of their lines."""
    return dict(sorted(_found(), key=lambda found: LINES.index(found[1].what)))


def _found() -> Iterator[tuple[str, Kind]]:
    for module in pkgutil.iter_modules(bot.check.__path__):
        for name, value in vars(importlib.import_module(f"bot.check.{module.name}")).items():
            if isinstance(value, Kind):
                yield name, value
            elif isinstance(value, Unreachable):
                yield from ((f"{name}.{field.name}", getattr(value, field.name)) for field in fields(value))
