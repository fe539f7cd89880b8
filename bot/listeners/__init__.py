"""One file a Slack surface, each with `register`."""

from __future__ import annotations

from slack_bolt import App

from bot.listeners import actions, commands, files, notes, sharing, shortcuts, views
from bot.listeners.services import Services


def register(app: App, bot: Services) -> None:
    """Tie every id of manifest.yml and of the bot's own blocks to its listener."""
    commands.register(app, bot)
    shortcuts.register(app, bot)
    notes.register(app, bot)
    files.register(app, bot)
    sharing.register(app, bot)
    # Last, for what they do not know is answered as out of date.
    actions.register(app, bot)
    views.register(app, bot)
