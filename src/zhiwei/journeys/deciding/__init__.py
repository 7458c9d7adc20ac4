"""Decide, make a decision again, and say what would have changed it."""
