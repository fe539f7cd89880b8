"""The one way in which the stand-in says no to the app."""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.rules import Refusal


class Refused(Exception):
    """Slack's error code, with what stands beside it in the answer."""

    def __init__(self, error: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.more = more

    def answer(self) -> dict[str, Any]:
        """Return the body of a Web API answer."""
        told: dict[str, Any] = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            # Slack tells the same twice: old clients read `errors`.
            told |= {"errors": self.messages, "response_metadata": {"messages": self.messages}}
        return told


def hold(refusal: Refusal | None) -> None:
    """Raise what a rule refused."""
    if refusal is not None:
        raise Refused(refusal.error, refusal.messages)
