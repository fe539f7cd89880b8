"""What the bot listens to against manifest.yml: a command or shortcut on one side only is dead."""

from __future__ import annotations

from collections.abc import Iterator

from bot.check.finding import Finding, Kind, State
from bot.check.parts import Parts

_MANIFEST = "Manifest"
MANIFEST_OK = Kind(_MANIFEST, State.OK, "{count} commands and shortcuts, and the bot listens to each.")
_SAME_VERSION = (
    "Take manifest.yml from the version of the bot that runs, paste it under App Manifest in the app's settings, "
    "and re-install the app."
)
NO_LISTENER = Kind(
    _MANIFEST, State.FAULT, "In manifest.yml, but the bot does not listen to it: {names}.", _SAME_VERSION
)
NOT_IN_MANIFEST = Kind(
    _MANIFEST, State.FAULT, "The bot listens to it, but it is not in manifest.yml: {names}.", _SAME_VERSION
)
NO_MANIFEST = Kind(
    _MANIFEST,
    State.FAULT,
    "manifest.yml is not there or cannot be read.",
    "Install the bot again: manifest.yml is part of it.",
)


def check_manifest(parts: Parts) -> Iterator[Finding]:
    """Compare the commands and shortcuts on both sides."""
    if parts.manifest is None:
        yield NO_MANIFEST()
        return
    features = parts.manifest["features"]
    named = {command["command"] for command in features.get("slash_commands", ())}
    named |= {shortcut["callback_id"] for shortcut in features.get("shortcuts", ())}
    if unheard := named - set(parts.listened):
        yield NO_LISTENER(names=", ".join(sorted(unheard)))
    elif unnamed := set(parts.listened) - named:
        yield NOT_IN_MANIFEST(names=", ".join(sorted(unnamed)))
    else:
        yield MANIFEST_OK(count=len(named))
