"""Tests of parts of the listeners that the whole bot shows only by chance."""
