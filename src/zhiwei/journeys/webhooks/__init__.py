"""Telling clients what happened: where they are called, what is sent, and the feed that they read on."""
