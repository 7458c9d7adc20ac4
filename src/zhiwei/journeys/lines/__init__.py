"""A line: opened from an approved decision, changed by people, ended."""
