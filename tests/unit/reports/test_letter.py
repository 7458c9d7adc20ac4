"""The letter of every golden case on the shelf: it says what it must, and nothing of how fraud is looked for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhiwei.credit.underwriting import underwrite
from zhiwei.credit.underwriting.disclosure import UNTOLD
from zhiwei.journeys.deciding.decide import decision_from
from zhiwei.reports.letter import Letter, letter
from zhiwei.shelf import Product, load, read_folder
from zhiwei.tables import text
from zhiwei.values import Reason, canonical

SHELF = Path(__file__).parents[3] / "products"
HAN = re.compile(r"[\u4e00-\u9fff]")
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


def reasons_of(product: Product) -> Iterator[Reason]:
    """Every reason that a decision with this product can have: of its rules with and without a value, of its card, and
    of no rule.
    """
    for stage in product.policy.stages:
        for rule in stage.rules:
            known = None if rule.cell.null else "1"
            yield Reason(rule.code, rule.effect, rule.zh, rule.en, rule.fact, known, rule.cell.source)
            if not rule.cell.null and rule.if_missing != "pass":
                yield Reason(rule.code, rule.if_missing, rule.zh, rule.en, rule.fact, None, rule.cell.source)
    for bins in product.policy.scorecard.bins.values():
        for one in bins:
            yield Reason(one.reason, "score", one.zh, one.en, one.attribute, "1", one.cell.source)
    nothing = [
        underwrite(product.policy, dict.fromkeys(product.facts), product.cases[0].on),
        *(underwrite(product.policy, case.facts, case.on) for case in product.cases),
    ]
    rules = {rule.code for stage in product.policy.stages for rule in stage.rules}
    for verdict in nothing:
        yield from (one for one in verdict.reasons if one.effect != "score" and one.code not in rules)


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_every_reason_on_the_shelf_has_its_sentence_in_a_letter_in_both_languages(name: str) -> None:
    """Alone it fills a letter: a check on fraud by the one sentence that tells nothing, a note by none."""
    product, document, _ = of_case(name, "nothing_known")
    inputs = {"facts": {}}
    stages = {rule.code: stage.name for stage in product.policy.stages for rule in stage.rules}
    codes = set()
    for reason in reasons_of(product):
        alone = {key: value for key, value in reason.as_dict().items() if key != "weight"}
        outcome = "decline" if reason.effect == "decline" else "refer"
        found = letter({**document, "outcome": outcome, "reasons": [alone]}, inputs, product, "某甲商行", {})
        if reason.effect == "note":
            assert found.reasons == ()
            continue
        codes.add(reason.code)
        [told] = found.reasons
        hidden = stages.get(reason.code) == "antifraud"
        assert (told == UNTOLD) == hidden, reason
        assert HAN.search(told.zh)
        assert told.en
        assert not HAN.search(told.en)
        assert f"1. {told.zh}" in found.zh.splitlines()
        assert f"1. {told.en}" in found.en.splitlines()
        if reason.value is not None and not hidden:
            assert (told.code, told.zh, told.en) == (reason.code, reason.zh, reason.en)
    notes = {rule.code for stage in product.policy.stages for rule in stage.rules if rule.effect == "note"}
    assert codes >= {*stages} - notes | {"L01", "L02"}


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
