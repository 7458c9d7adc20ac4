"""Sandboxes: a tenant of its own for a partner, with borrowers who follow a script and a time that one moves on."""

from zhiwei.journeys.sandboxes.clock import ClockMoved, Simulated, look_at_sandbox, move_clock
from zhiwei.journeys.sandboxes.grounds import Borrower, Grounds, Scene
from zhiwei.journeys.sandboxes.making import (
    EARLIEST,
    LATEST,
    QUOTA,
    STARTS_ON,
    NewSandbox,
    SandboxMade,
    end_sandbox,
    make_sandbox,
    renew_test_key,
    sandboxes,
)

__all__ = [
    "EARLIEST", "LATEST", "QUOTA", "STARTS_ON", "Borrower", "ClockMoved", "Grounds", "NewSandbox", "SandboxMade",
    "Scene", "Simulated", "end_sandbox", "look_at_sandbox", "make_sandbox", "move_clock", "renew_test_key", "sandboxes",
]  # fmt: skip
