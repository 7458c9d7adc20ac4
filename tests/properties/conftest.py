"""Hypothesis without a clock: no example fails for being slow, and the seed is pytest-randomly's."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
