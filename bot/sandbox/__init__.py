"""Stand-ins for Slack and LeadSquared, for the demo and the tests. Nothing of the bot itself imports them."""
