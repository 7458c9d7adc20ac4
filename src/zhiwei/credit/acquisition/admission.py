"""Admission: the [[admission]] blocks of a product's acquisition.toml say who may apply at all."""

from collections.abc import Collection

from zhiwei.tables import Document, Rule, rules_from_toml


def read_admission(document: Document, facts: Collection[str]) -> tuple[Rule, ...]:
    document.only((), {"admission"})
    return rules_from_toml(document, "admission", facts)
