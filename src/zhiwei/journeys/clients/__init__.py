"""Clients of the API: how they are let in, changed and stopped, and which keys prove them."""
