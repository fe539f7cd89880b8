"""The checks put together: on the command line from the environment, and in a bot that runs from its own parts."""

from __future__ import annotations

import difflib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import make_url

from bot.blocks.ids import COMMANDS, SHORTCUTS
from bot.call_places import SharedPlaces
from bot.check.finding import Finding
from bot.check.parts import Parts
from bot.check.run import run_checks
from bot.database import DatabaseError, open_database
from bot.leadsquared.budget import CallBudget, LocalPlaces, Places
from bot.leadsquared.client import LeadSquaredClient
from bot.leadsquared.errors import LeadSquaredError, Uncounted
from bot.settings import SPECS, Secret, Settings, SettingsError, read_one
from bot.slack_client import SlackClient

Look = Callable[[], tuple[int, LeadSquaredError | None]]

# How long Slack and LeadSquared may take for each thing that is asked of them.
WAIT_SECONDS = 10
# So long several people who ask get the same findings.
_KEPT_SECONDS = 10.0
_LEADSQUARED_SETTINGS = (
    "LEADSQUARED_API_URL",
    "LEADSQUARED_ORG_ID",
    "LEADSQUARED_ACCESS_KEY",
    "LEADSQUARED_SECRET_KEY",
)


def parts_of_env(env: Mapping[str, str], unreadable: Sequence[str] = (), *, seconds: int = WAIT_SECONDS) -> Parts:
    """Return the parts that an environment tells of. `unreadable` are faults of the files that it came from.

    `seconds` is how long Slack and LeadSquared may take to answer.
    """
    values: dict[str, Any] = {}
    for spec in SPECS:
        try:
            values[spec.name] = read_one(spec.name, env)
        except SettingsError:  # told with all others, just below
            continue
    faults = list(unreadable)
    try:
        Settings.from_env(env)
    except SettingsError as error:
        faults += error.faults
    usable = all(name in values for name in _LEADSQUARED_SETTINGS)
    return _parts(
        values,
        look=(lambda: _look(values, seconds)) if usable else None,
        seconds=seconds,
        quotes=True,
        faults=faults,
        misspelt=_misspelt(env),
    )


def parts_of_bot(settings: Settings, look: Look) -> Parts:
    """Return the parts of a bot that runs. What comes of them may be shown in Slack."""
    values = {spec.name: getattr(settings, spec.name.lower()) for spec in SPECS}
    return _parts(values, look=look, seconds=WAIT_SECONDS, quotes=False)


class Checkup:
    """Runs the checks for whoever asks; who asks within seconds of another gets the same findings."""

    def __init__(self, parts: Callable[[], Parts], clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._clock = clock
        self._lock = threading.Lock()
        self._found: list[Finding] = []
        self._at = float("-inf")

    def findings(self) -> list[Finding] | None:
        """Return the findings; None at once while they are being made for somebody else.

        Takes seconds, and longer where something does not answer.
        """
        if not self._lock.acquire(blocking=False):
            return None
        try:
            if self._clock() - self._at >= _KEPT_SECONDS:
                self._found = run_checks(self._parts())
                self._at = self._clock()
            return self._found
        finally:
            self._lock.release()


def _parts(values: Mapping[str, Any], *, seconds: int, **more: Any) -> Parts:
    def slack(token: Secret) -> SlackClient:
        return SlackClient(token.reveal(), base_url=values["SLACK_API_URL"], seconds=seconds)

    manifest, reasons = _manifest()
    return Parts(
        values=values,
        slack=slack,
        manifest=manifest,
        reasons=reasons,
        listened=frozenset({*COMMANDS, *SHORTCUTS}),
        now=time.time,
        free=lambda folder: shutil.disk_usage(folder).free,
        **more,
    )


def _manifest() -> tuple[Mapping[str, Any] | None, Mapping[str, str]]:
    # A bot starts sooner without them.
    import yaml  # noqa: PLC0415

    from bot.manifest import load_manifest, scope_reasons  # noqa: PLC0415

    try:
        manifest = load_manifest()
        if manifest["features"] and manifest["oauth_config"]["scopes"]["bot"]:
            return manifest, scope_reasons()
    except (OSError, yaml.YAMLError, LookupError, TypeError):
        pass  # it is told in its line
    return None, {}


def _misspelt(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are no settings, and whose names are nearly those of settings that are not set."""
    unset = [spec.name for spec in SPECS if not env.get(spec.name, "").strip()]
    known = {spec.name for spec in SPECS}
    near = {
        name: difflib.get_close_matches(name, unset, 1, 0.8)
        for name in sorted(env)
        if name.startswith(("SLACK_", "LEADSQUARED_")) and name not in known
    }
    return {name: meant[0] for name, meant in near.items() if meant}


def _look(values: Mapping[str, Any], seconds: int) -> tuple[int, LeadSquaredError | None]:
    """Make one call, counted together with those of the bots that share the account's limit."""
    calls = int(values.get("LEADSQUARED_CALLS_PER_5S", 1))
    with _places(values, calls) as places:
        status, error = _look_in(values, CallBudget(places, calls), seconds)
    if isinstance(error, Uncounted):
        # Where the calls cannot be counted no bot makes any, and one is within the limit.
        return _look_in(values, CallBudget(LocalPlaces(calls), calls), seconds)
    return status, error


def _look_in(values: Mapping[str, Any], budget: CallBudget, seconds: int) -> tuple[int, LeadSquaredError | None]:
    client = LeadSquaredClient(
        api_url=values["LEADSQUARED_API_URL"],
        org_id=values["LEADSQUARED_ORG_ID"],
        access_key=values["LEADSQUARED_ACCESS_KEY"].reveal(),
        secret_key=values["LEADSQUARED_SECRET_KEY"].reveal(),
        budget=budget,
        read_seconds=seconds,
        answer_seconds=seconds,
    )
    try:
        return client.look()
    finally:
        client.close()


@contextmanager
def _places(values: Mapping[str, Any], calls: int) -> Iterator[Places]:
    address = values.get("DATABASE_URL")
    if address is None or make_url(address.reveal()).get_backend_name() != "postgresql":
        yield LocalPlaces(calls)
        return
    try:
        engine = open_database(address.reveal())
    except DatabaseError:  # the line about the database says why
        yield LocalPlaces(calls)
        return
    owner = f"check-{os.getpid()}-{secrets.token_hex(4)}"
    yield SharedPlaces(engine, account=str(values["LEADSQUARED_ORG_ID"]), owner=owner, calls=calls)
    engine.dispose()
