"""Decisions at the command line: made, explained, and settled by people."""
