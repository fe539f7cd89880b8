"""A Slack bot that shows LeadSquared Service Cloud tickets and adds internal notes to them."""
