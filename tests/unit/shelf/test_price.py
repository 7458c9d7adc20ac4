"""A product's price as a whole: demand that can be searched, and caps inside the law, each problem with its place."""

from pathlib import Path

import pytest

from zhiwei.credit.underwriting import compile_policy, underwrite
from zhiwei.shelf import Product, check, load, read_folder
from zhiwei.tables import Problem, micro

SHELF = Path(__file__).parents[3] / "products"
DEMAND = "underwriting/demand.toml"


def changed(product: str, file: str, old: str, new: str) -> tuple[dict[str, str], Product | None, list[Problem]]:
    files = read_folder(SHELF / product)
    assert old in files[file]
    files = {**files, file: files[file].replace(old, new, 1)}
    return files, *check(files)


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "mark", "said"),
    [
        (DEMAND, "0.10,0.80,0.65", "0.10,0.40,0.65", "0.10,0.40", "fewer A customers are lost at 0.10 than at 0.08"),
        (DEMAND, "rate,A,B,C", "rate,A,B,E", "rate,A,B,E", "no grade 'E'"),
        ("underwriting/price.csv", "cost_to_serve,", "order_sales_3m / 1000000,", "service,", "prices are searched by"),
        ("funding.toml", '"bank"', '"bnak"', '"bnak"', "no cap on rates is known for lenders of the kind 'bnak'"),
        ("funding.toml", '"bank"', '"private"', 'value = "0.15"',
         "rate_cap 0.15 is above 0.138 (4 x LPR), all a private may charge from 2024-01-01"),
        ("underwriting/parameters.toml", 'value = "0.15"', 'value = "0.36"', 'value = "0.36"',
         "rate_cap 0.36 is above 0.24, all a bank may charge from 2024-01-01"),
    ],
)  # fmt: skip
def test_what_a_price_may_not_be(file: str, old: str, new: str, mark: str, said: str) -> None:
    files, product, problems = changed("merchant_line", file, old, new)
    assert product is None
    problem = only(problems)
    assert said in problem.message
    assert mark in files[problem.file].splitlines()[problem.line - 1]


def test_the_cap_of_a_campaign_is_held_against_the_law_too() -> None:
    _, _, problems = changed("tax_credit", "campaign.toml", 'value = "0.15"', 'value = "0.25"')
    problem = only(problems)
    assert (problem.file, "from 2017-08-04" in problem.message) == ("campaign.toml", True)


def test_a_card_of_too_many_scores_cannot_be_searched() -> None:
    """Two attributes more, whose points add up to other scores each time: 75 x 6 x 6."""
    files = read_folder(SHELF / "merchant_line")
    more = "".join(
        f"{name},{cell},{points * 200**place},S09,z,e\n"
        for place, name in enumerate(("days_since_order", "buyers_12m"), start=1)
        for points, cell in ((1, "< 1"), (2, "[1..2)"), (3, "[2..3)"), (4, "[3..4)"), (5, ">= 4"), (6, "null"))
    )
    _, problems = load({**files, "underwriting/scorecard.csv": files["underwriting/scorecard.csv"] + more})
    problem = only(problems)
    assert (problem.file, problem.line) == (DEMAND, 1)
    assert "more than 2,000 scores" in problem.message


def test_before_its_first_curve_a_product_prices_at_break_even() -> None:
    """As without the file, to the last byte of the trace: decisions of those days stay what they were."""
    files, product, _ = changed("merchant_line", DEMAND, "from = 2024-01-01", "from = 2026-11-02")
    assert product is None  # its golden cases are of the day before
    later, _ = load(files)
    without, _ = load({name: content for name, content in files.items() if name != DEMAND})
    assert later is not None
    assert without is not None
    for case in later.cases:
        verdict = underwrite(later.policy, case.facts, case.on)
        assert verdict == underwrite(without.policy, case.facts, case.on)
        assert verdict.annual_rate in (None, micro("0.0539"), micro("0.0548"), micro("0.0614"), micro("0.0723"))


def test_a_decision_tells_how_its_price_was_found() -> None:
    product, _ = load(read_folder(SHELF / "merchant_line"))
    assert product is not None
    case = next(case for case in product.cases if case.name == "noodle_shop")
    verdict = compile_policy(product.policy, case.on).explain(case.facts)
    step = next(entry for entry in verdict.trace if entry["step"] == "price")
    assert (step["annual_rate"], step["floor"], step["cap"], step["moved"]) == ("0.0843", "0.04", "0.15", False)
    assert step["rates"] == {"break_even": "0.0548", "searched": "0.0843", "charged": "0.0843"}
    assert step["take_up"] == {"break_even": "0.952", "searched": "0.4355", "charged": "0.4355"}
    # 0.952 x (0.991949 x 0.0548 - 0.054831) and 0.4355 x (0.991949 x 0.0843 - 0.054831), of 100
    assert step["profit_of_100"] == {"break_even": "-0.044953", "searched": "1.253818", "charged": "1.253818"}
