"""The second link: checks on what the records say, each finding with its evidence."""

from zhiwei.credit.antifraud.checks import read_checks
from zhiwei.credit.antifraud.network import loop_shares

__all__ = ["loop_shares", "read_checks"]
