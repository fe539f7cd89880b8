"""What Slack takes and what it refuses, as pure functions over the JSON that an app sends."""

from bot.sandbox.slack.rules.blocks import block_faults, walk_blocks, walk_elements
from bot.sandbox.slack.rules.core import Fault
from bot.sandbox.slack.rules.surfaces import Refusal, blocks_size, refuse_message, refuse_view

__all__ = [
    "Fault",
    "Refusal",
    "block_faults",
    "blocks_size",
    "refuse_message",
    "refuse_view",
    "walk_blocks",
    "walk_elements",
]
