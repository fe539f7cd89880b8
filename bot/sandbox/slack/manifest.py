"""What the app's manifest says that the stand-in must hold it to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.sandbox.slack.records import Json


@dataclass(frozen=True, slots=True)
class Manifest:
    """The commands and message shortcuts by name, the bot's scopes, and the bot's own name."""

    commands: Mapping[str, Json]
    shortcuts: Mapping[str, Json]
    scopes: list[str]
    bot_name: str
    messages_tab: bool

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Self:
        """Read a manifest as YAML or JSON gives it. Raises KeyError for one without features or scopes.

        Raises ValueError for a command with `should_escape: true`: what a person types is sent as it is.
        """
        features = manifest["features"]
        commands = {command["command"]: command for command in features.get("slash_commands", [])}
        if any(command.get("should_escape") for command in commands.values()):
            raise ValueError("the stand-in does not play should_escape: true")
        shortcuts = features.get("shortcuts", [])
        return cls(
            commands=commands,
            shortcuts={s["callback_id"]: s for s in shortcuts if s["type"] == "message"},
            scopes=list(manifest["oauth_config"]["scopes"]["bot"]),
            bot_name=features["bot_user"]["display_name"],
            messages_tab=features.get("app_home", {}).get("messages_tab_enabled", True),
        )
