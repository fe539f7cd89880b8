"""The demo page in a real browser, used the way a person uses Slack."""
