"""Answers and payloads that nobody thought of."""
