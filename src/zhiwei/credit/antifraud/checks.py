"""Checks on invoices: [[check]] blocks in antifraud.toml, each with the source of its threshold."""

from collections.abc import Collection

from zhiwei.tables import Document, Rule, rules_from_toml


def read_checks(document: Document, facts: Collection[str]) -> tuple[Rule, ...]:
    """Rules whose thresholds are cited (`because`, `checked_on`); an uncited check is a problem."""
    document.only((), {"check"})
    for index, block in enumerate(document.tables("check")):
        for key in ("because", "checked_on"):
            if not block.get(key):
                document.problem(
                    ("check", index, key), f"a check says where its threshold comes from: {key} is missing"
                )
        if "checked_on" in block:
            document.day(("check", index, "checked_on"))
    return rules_from_toml(document, "check", facts, extra=("because", "checked_on"))
