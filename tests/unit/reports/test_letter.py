"""The letter of every golden case on the shelf: it says what it must, and nothing of how fraud is looked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from zhiwei.journeys.deciding.decide import decision_from
from zhiwei.reports.letter import Letter, letter
from zhiwei.shelf import Product, load, read_folder
from zhiwei.tables import text
from zhiwei.values import canonical

SHELF = Path(__file__).parents[3] / "products"
CASES = [(path.parents[1].name, path.stem) for path in sorted(SHELF.glob("*/cases/*.toml"))]


def of_case(name: str, case: str) -> tuple[Product, dict[str, Any], Letter]:
    product, problems = load(read_folder(SHELF / name))
    assert product is not None, problems
    [golden] = [one for one in product.cases if one.name == case]
    facts = {fact: None if value is None else text(value) for fact, value in golden.facts.items()}
    inputs = {"party": "G1", "product": name, "as_of": golden.on, "consents": [], "facts": facts}
    stored = decision_from(product, "G1", golden.on, canonical(inputs), "test")
    document = json.loads(stored.document)
    return product, document, letter(document, json.loads(stored.inputs), product, "某甲商行", {})


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_letter_says_outcome_sources_and_rights_and_no_secrets(name: str, case: str) -> None:
    product, document, found = of_case(name, case)
    assert (found.outcome, found.offer is not None) == (document["outcome"], document["outcome"] == "approve")
    assert found.offer is not None or 1 <= len(found.reasons) <= 4
    for said, sources, article in (
        (found.zh, "使用的信息：", "第二十四条"),
        (found.en, "Information used: ", "article 24"),
    ):
        assert sources in said
        assert article in said
        assert document["pd"] not in said
        assert f" {document['score']} " not in said
    [checks] = [stage for stage in product.policy.stages if stage.name == "antifraud"]
    for rule in checks.rules:
        assert rule.zh not in found.zh
        assert rule.en not in found.en
    hidden = {rule.code for rule in checks.rules}
    heavy = [one["code"] for one in document["reasons"] if one["effect"] in ("decline", "refer")][:4]
    if found.offer is None and hidden.intersection(heavy):
        assert "我们未能核实申请中的部分信息" in found.zh


def test_a_limit_that_opens_in_parts_says_what_can_be_drawn_first() -> None:
    _, document, found = of_case("property_line", "before_registration")
    assert found.offer is not None
    assert (found.offer.limit, found.offer.at_once) == (document["limit"], "250000.00")
    assert "额度：9,900,000.00 元（抵押登记完成前可用 250,000.00 元）" in found.zh
    assert "Limit: CNY 9,900,000.00 (CNY 250,000.00 before security is registered)" in found.en
    _, _, whole = of_case("owner_loan", "served_for_years")
    assert whole.offer is not None
    assert whole.offer.at_once is None
    assert "before security" not in whole.en
