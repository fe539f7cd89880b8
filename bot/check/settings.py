"""Settings, and the shape of LeadSquared's keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.check.finding import Finding, Kind, State, skipped
from bot.check.parts import Parts

SETTINGS_OK = Kind("Settings", State.OK, "All {count} can be read.")
WRONG = Kind(
    "Settings",
    State.FAULT,
    "Missing or wrong:\n{faults}",
    "Correct them in .env or in the environment, which goes first. .env.example says what each one is.",
)
MISSPELT = Kind("Settings", State.WARNING, "No such setting: {names}", "Correct the name, or take it away.")

_KEYS = "LeadSquared keys"
KEYS_OK = Kind(_KEYS, State.OK, "Both are set, and look like keys.")
# LeadSquared's access keys begin with u$r, which shells and compose files take for a variable.
NO_DOLLAR = Kind(
    _KEYS,
    State.WARNING,
    "LEADSQUARED_ACCESS_KEY has no $, and LeadSquared's have: a shell or a compose file has probably eaten it.",
    "Copy the key again: in single quotes in .env and in a shell, with each $ written $$ in a compose file.",
)
ESCAPED = Kind(
    _KEYS,
    State.WARNING,
    "{name} has a $ that is written {written}, and nothing has turned it into a $ again.",
    "Write it as LeadSquared shows it, in single quotes. Only compose files want $$, and only double quotes \\$.",
)
REFERENCE = Kind(
    _KEYS,
    State.WARNING,
    "{name} is the name of another variable, in whose place nothing has put its value.",
    "Write the key itself, in single quotes: the bot takes every setting as it stands.",
)
SAME_KEYS = Kind(
    _KEYS,
    State.WARNING,
    "LEADSQUARED_ACCESS_KEY and LEADSQUARED_SECRET_KEY are the same.",
    "Copy both again from LeadSquared: they are two different keys.",
)

ACCESS_KEY, SECRET_KEY = "LEADSQUARED_ACCESS_KEY", "LEADSQUARED_SECRET_KEY"


def check_settings(parts: Parts) -> Iterator[Finding]:
    """Tell every fault of the settings at once."""
    near = [f"{name} (perhaps {meant})" for name, meant in parts.misspelt.items()]
    if parts.faults:
        yield WRONG(faults="\n".join([*parts.faults, *(f"{name} is no setting" for name in near)]))
    elif near:
        yield MISSPELT(names=", ".join(near))
    else:
        yield SETTINGS_OK(count=len(parts.values))


def check_keys(parts: Parts) -> Iterator[Finding]:
    """Tell keys that cannot be right as they stand."""
    keys = {name: parts.values[name].reveal() for name in (ACCESS_KEY, SECRET_KEY) if name in parts.values}
    if len(keys) < 2:
        yield skipped(_KEYS, "they are missing or wrong, see Settings")
        return
    escaped = [(name, written) for name, key in keys.items() for written in ("$$", "\\$") if written in key]
    references = [name for name, key in keys.items() if re.fullmatch(r"\$\{\w+\}|\$[A-Z_][A-Z0-9_]*", key)]
    if escaped:
        name, written = escaped[0]
        yield ESCAPED(name=name, written=written)
    elif references:
        yield REFERENCE(name=references[0])
    elif "$" not in keys[ACCESS_KEY]:
        yield NO_DOLLAR()
    elif keys[ACCESS_KEY] == keys[SECRET_KEY]:
        yield SAME_KEYS()
    else:
        yield KEYS_OK()
