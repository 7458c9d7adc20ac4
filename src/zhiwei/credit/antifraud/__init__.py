"""The second link: checks on what the records say, each finding with its evidence."""

from zhiwei.credit.antifraud.checks import read_checks
from zhiwei.credit.antifraud.circles import Circle, Circles, directed, find_circles
from zhiwei.credit.antifraud.findings import EFFECTS, Evidence, Finding, Searched, found_names
from zhiwei.credit.antifraud.network import loop_share, loop_shares
from zhiwei.credit.antifraud.policy import Check, Sieve, check_names, sieve
from zhiwei.credit.antifraud.search import Seen, search

__all__ = [
    "EFFECTS", "Check", "Circle", "Circles", "Evidence", "Finding", "Searched", "Seen", "Sieve", "check_names",
    "directed", "find_circles", "found_names", "loop_share", "loop_shares", "read_checks", "search", "sieve",
]  # fmt: skip
