"""Keeping what is sealed: keys listed, rotated, and what they sealed brought to the newest."""
