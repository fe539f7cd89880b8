"""All checks in a fixed order, each bounded in time. None raises."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from bot.check.finding import Finding, Kind, State
from bot.check.leadsquared import check_leadsquared
from bot.check.manifest import check_manifest
from bot.check.parts import Parts
from bot.check.settings import check_keys, check_settings
from bot.check.slack import check_slack
from bot.check.store import check_store
from bot.check.versions import check_versions

log = logging.getLogger(__name__)

Check = Callable[[Parts], Iterator[Finding]]
# By the name of the line that tells that a check did not come to its end.
CHECKS: dict[str, Check] = {
    "Settings": check_settings,
    "LeadSquared keys": check_keys,
    "Slack": check_slack,
    "Manifest": check_manifest,
    "Database": check_store,
    "LeadSquared": check_leadsquared,
    "Versions": check_versions,
}
CHECK_SECONDS = 30.0

TOO_LONG = Kind(
    "(any)",
    State.FAULT,
    "No answer within {seconds:.0f} s.",
    "Try again in some minutes. If it stays so, see that the firewall and DNS let this machine through.",
)
BROKEN = Kind(
    "(any)",
    State.FAULT,
    "The check itself broke ({error}): what it looks at may be well.",
    "Tell the bot's makers, with the line about versions.",
)


def run_checks(parts: Parts, seconds: float = CHECK_SECONDS) -> list[Finding]:
    """Return what all checks find, in their order. No check takes longer than `seconds`."""
    return [finding for what, check in CHECKS.items() for finding in _bounded(what, check, parts, seconds)]


def exit_code(findings: Sequence[Finding], *, startable: bool) -> int:
    """Return 2 when the bot cannot start with its settings, else 1 when anything is at fault, else 0."""
    if not startable:
        return 2
    return int(any(finding.state is State.FAULT for finding in findings))


def _bounded(what: str, check: Check, parts: Parts, seconds: float) -> list[Finding]:
    """Run a check in a thread of its own: a name that is looked up, say, cannot be given a time."""
    found: list[Finding] = []
    ended: list[Finding] = []
    done = threading.Event()

    def work() -> None:
        try:
            found.extend(check(parts))
        except Exception as error:
            log.exception("The check of %s broke", what)
            ended.append(BROKEN(error=type(error).__name__))
        done.set()

    threading.Thread(target=work, name=f"check {what}", daemon=True).start()
    if not done.wait(seconds):
        ended.append(TOO_LONG(seconds=seconds))
    return [*found, *(Finding(what, end.state, end.words, end.mend) for end in ended)]
