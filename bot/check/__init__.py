"""What is wrong with the bot's surroundings, and how to mend it: settings, Slack, LeadSquared, the database."""
