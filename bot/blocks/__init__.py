"""Pure builders of Slack blocks, messages and views."""
