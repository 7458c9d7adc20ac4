"""The dictionary of facts: complete, in both languages, and computed as declared."""

import json
import re
from datetime import date

import numpy as np
import pytest

from zhiwei.borrower.features import CANNOT_SHOW, CATALOGUE, PICTURED, Fact, catalogue_rows, whole_picture
from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.kinds import SEEN_AS
from zhiwei.borrower.records import KINDS

ELSEWHERE = {"loop_share_12m"}  # needs the invoices of everybody

BEFORE = [
    "months_observed", "days_since_record", "coverage_12m", "sales_total", "sales_12m", "sales_growth_12m",
    "sales_growth_6m", "sales_variation_12m", "active_months_12m", "days_since_sale", "longest_gap_12m",
    "void_share_12m", "red_share_12m", "void_share_total", "customers_12m", "suppliers_12m",
    "top_customer_share_12m", "top5_customer_share_12m", "top_supplier_share_12m", "purchases_12m",
    "purchase_ratio_12m", "invoices_12m", "mutual_share_12m", "loop_share_12m",
]  # fmt: skip


def test_every_kind_of_record_is_seen() -> None:
    assert SEEN_AS.keys() == KINDS.keys()
    assert {fact.kind for fact in CATALOGUE.values()} == {*KINDS, "across"}
    assert len(CATALOGUE) >= 150


def test_the_facts_that_products_use_keep_their_names_and_order() -> None:
    assert list(PICTURED) == BEFORE == list(CATALOGUE)[: len(BEFORE)]
    assert {name for names in CANNOT_SHOW.values() for name in names} <= set(CATALOGUE)


def test_what_is_declared_is_computed_and_the_other_way_round(make) -> None:
    tables = {kind: make.table(kind, rows) for kind, rows in make.all_kinds(1).items()}
    assert set(whole_picture(tables, ("A", "B"), date(2024, 2, 29))) == set(CATALOGUE) - ELSEWHERE


def test_every_fact_is_described() -> None:
    for name, fact in CATALOGUE.items():
        assert fact.name == name
        described(fact)


def described(fact: Fact) -> None:
    name = fact.name
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
    assert re.search(r"[\u4e00-\u9fff]", fact.zh)
    assert re.search(r"[A-Za-z]{3}", fact.en)
    assert not re.search(r"[{}|]", fact.en + fact.zh)
    assert fact.unit in {
        "share", "ratio", "count", "months", "days", "hours", "元", "flag", "grade", "class", "status", "kWh", "m3",
        "元/kWh", "years", "m2",
    }  # fmt: skip
    assert fact.risk in {"riskier", "safer", "neither"}
    assert re.fullmatch(r"\d+[md]|all|now", fact.window)
    assert re.fullmatch(r"practice|\d+(\.\d+)?", fact.source)
    ends = re.search(r"_(\d+[md])$", name)
    assert not ends or ends[1] == fact.window


def test_words_tell_facts_apart() -> None:
    for language in ("zh", "en"):
        words = [(fact.kind, fact.window, getattr(fact, language)) for fact in CATALOGUE.values()]
        assert sorted({word for word in words if words.count(word) > 1}) == []


def test_rows_can_be_given_out_as_json() -> None:
    rows = json.loads(json.dumps(catalogue_rows()))
    assert [row["name"] for row in rows] == list(CATALOGUE)
    assert {"zh", "en", "unit", "kind", "window", "risk", "source", "sure"} <= rows[0].keys()


def test_a_name_is_declared_once() -> None:
    group: Group[None] = Group("x")
    group.declares("a_3m | 甲 | first | count | . | practice")
    with pytest.raises(ValueError, match="a_3m is declared twice"):
        group.declares("a_{1,3}m | 乙 | second | count | . | practice")


def test_a_step_that_gives_something_else_is_a_mistake() -> None:
    group: Group[None] = Group("x")
    group.gives("a_3m | 甲 | first | count | . | practice")(lambda rows: {"b_3m": np.zeros(1)})
    with pytest.raises(ValueError, match="a_3m"):
        group.compute(None, np.ones(1, dtype=bool))


def test_a_family_is_a_fact_each() -> None:
    group: Group[None] = Group("x")
    group.declares("a_{1,3}m | 近{n}月 | {n} months | count | + | 8?")
    one, three = group.facts.values()
    assert (one.name, one.zh, one.window, one.risk, one.source, one.sure) == (
        "a_1m",
        "近1月",
        "1m",
        "riskier",
        "8",
        False,
    )
    assert (three.name, three.en, three.window) == ("a_3m", "3 months", "3m")
