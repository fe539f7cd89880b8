"""The bot token's scopes against those of manifest.yml."""

from __future__ import annotations

from collections.abc import Mapping

from bot.check.finding import Finding, Kind, State, skipped
from bot.check.parts import Parts

SCOPES = "Slack scopes"
SCOPES_OK = Kind(SCOPES, State.OK, "The token has all {count} of manifest.yml.")
_ADD_SCOPES = (
    "Paste manifest.yml under App Manifest, or add them under OAuth & Permissions, Bot Token Scopes; "
    "then re-install the app under Install App."
)
SCOPES_MISSING = Kind(SCOPES, State.FAULT, "The token lacks {scopes}.", _ADD_SCOPES)
SCOPES_OPTIONAL = Kind(SCOPES, State.WARNING, "The token lacks what is optional: {scopes}.", _ADD_SCOPES)


def scopes_against(parts: Parts, headers: Mapping[str, str]) -> Finding:
    """Compare the scopes that an answer of Slack's tells with the manifest's."""
    if parts.manifest is None:
        return skipped(SCOPES, "there is nothing to compare them with, see Manifest")
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if told is None:
        return skipped(SCOPES, "Slack's answer does not tell the scopes")
    granted = {scope.strip() for scope in told.split(",")}
    scopes = parts.manifest["oauth_config"]["scopes"]
    missing = [scope for scope in scopes["bot"] if scope not in granted]
    needed = [scope for scope in missing if scope not in scopes.get("bot_optional", ())]
    if needed:
        return SCOPES_MISSING(scopes=_with_reasons(needed, parts.reasons))
    if missing:
        return SCOPES_OPTIONAL(scopes=_with_reasons(missing, parts.reasons))
    return SCOPES_OK(count=len(scopes["bot"]))


def _with_reasons(scopes: list[str], reasons: Mapping[str, str]) -> str:
    return "; ".join(f"{scope}, for {reasons[scope]}" if scope in reasons else scope for scope in scopes)
