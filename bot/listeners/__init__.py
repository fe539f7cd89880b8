"""One file a Slack surface, each with `register`."""
