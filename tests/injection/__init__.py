"""Words that people and LeadSquared give the bot can do nothing but be read."""
