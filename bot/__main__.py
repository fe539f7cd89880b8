"""Where a process of the bot begins: `ticketbot`, or `python -m bot`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line. Returns the exit code."""
    # What is loaded stays. While it is loaded there is no garbage to look for, and later none in it: that makes the
    # start shorter by a sixth, and each round of the collector cheaper for all that is done afterwards.
    gc.disable()
    from bot.command_line import main as run  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    return run()


if __name__ == "__main__":
    sys.exit(main())
