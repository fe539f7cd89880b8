"""Both stand-ins side by side, and the settings that point a bot at them."""

from __future__ import annotations

from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any, Self

from bot.manifest import load_manifest
from bot.sandbox.leadsquared import LeadSquared, Note
from bot.sandbox.slack import Slack
from bot.sandbox.tickets import sample_tickets

# Made up, in the shape of the real ones: LeadSquared's access keys contain a literal $.
ACCESS_KEY = "u$rdemo0000000000000000000000000000"
SECRET_KEY = "demo-secret-key"  # noqa: S105 (opens nothing but the stand-in)
SIGNING_SECRET = "de30de30de30de30de30de30de30de30"  # noqa: S105 (as above)
BOT_TOKEN = "xoxb-demo"  # noqa: S105 (as above)
APP_TOKEN = "xapp-1-A0TICKETS1-demo"  # noqa: S105 (as above)
ORG_ID = 22824
TICKET_URL = "https://support.example.com/tickets/{ticket_id}"


class Stage:
    """A Slack and a LeadSquared on 127.0.0.1 until `close`. `port` is that of Slack's page; 0 takes a free one."""

    def __init__(self, port: int = 0, **slack_options: Any) -> None:
        self.leadsquared = LeadSquared(
            org_id=ORG_ID,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            tickets=sample_tickets(datetime.now(UTC)),
        )
        try:
            self.slack = Slack(
                signing_secret=SIGNING_SECRET,
                bot_token=BOT_TOKEN,
                app_token=APP_TOKEN,
                manifest=load_manifest(),
                port=port,
                notes=lambda: [_told(note) for note in list(self.leadsquared.notes)],
                **slack_options,
            )
        except OSError:
            self.leadsquared.close()
            raise
        self._folder = TemporaryDirectory(prefix="ticketbot-")
        self.leadsquared.on_note = lambda _: self.slack.changed()

    def env(self, *, socket_mode: bool) -> dict[str, str]:
        """Return the environment of a bot that works with these stand-ins."""
        door = {"SLACK_APP_TOKEN": APP_TOKEN} if socket_mode else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
        return door | {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_API_URL": self.slack.api_url,
            "LEADSQUARED_API_URL": self.leadsquared.url,
            "LEADSQUARED_ORG_ID": str(ORG_ID),
            "LEADSQUARED_ACCESS_KEY": ACCESS_KEY,
            "LEADSQUARED_SECRET_KEY": SECRET_KEY,
            "LEADSQUARED_TICKET_URL": TICKET_URL,
            "ATTACHMENT_HOSTS": "127.0.0.1",
            "DATABASE_URL": f"sqlite:///{self._folder.name}/notes.db",
            "PORT": "0",
        }

    def close(self) -> None:
        """Stop both."""
        self.slack.close()
        self.leadsquared.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _told(note: Note) -> dict[str, Any]:
    return {"ticket": note.ticket_id, "text": note.text, "at": note.at.timestamp()}
