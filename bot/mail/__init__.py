"""A message body made readable, with no Slack and no network."""
