"""A stand-in for Slack: the Web API, response_urls, payloads by HTTP or Socket Mode, and the people."""

from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import ApiCall, Message, View
from bot.sandbox.slack.server import Slack

__all__ = ["ApiCall", "Interaction", "Message", "Slack", "View"]
