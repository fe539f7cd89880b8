"""What the bot costs, measured beside others on the same machine: `python -m tests.benchmarks` prints a table."""
