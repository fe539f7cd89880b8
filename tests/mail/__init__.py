"""Tests of the mail reader, and the corpus that it is scored against."""
