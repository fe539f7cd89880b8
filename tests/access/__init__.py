"""Who may do what, and where: the rules, what they go by, and the whole bot held to its table."""
