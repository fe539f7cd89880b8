"""Who did what on which ticket: how it is taken, kept and printed."""
