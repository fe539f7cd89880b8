"""Which versions run: what a question to the bot's makers should say."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from bot.check.finding import Finding, Kind, State
from bot.check.parts import Parts

_WHAT = "Versions"
_PACKAGES = ("slack-bolt", "slack-sdk", "requests", "sqlalchemy", "lxml")
VERSIONS = Kind(_WHAT, State.OK, "{versions}.")
NO_METRICS = Kind(
    _WHAT,
    State.FAULT,
    "METRICS_PORT is set, and the package for numbers is not installed. {versions}.",
    "pip install 'leadsquared-ticket-bot[metrics]', or leave METRICS_PORT unset.",
)


def check_versions(parts: Parts) -> Iterator[Finding]:
    """Tell the versions, and an extra that is missing."""
    bot = f"ticketbot {_version('leadsquared-ticket-bot')}, Python {platform.python_version()}"
    told = ", ".join([bot, *(f"{name} {_version(name)}" for name in _PACKAGES)])
    lacking = parts.values.get("METRICS_PORT") is not None and not _installed("prometheus_client")
    yield NO_METRICS(versions=told) if lacking else VERSIONS(versions=told)


def _installed(module: str) -> bool:
    return find_spec(module) is not None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
