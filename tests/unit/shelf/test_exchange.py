"""A product goes out as JDM and as a workbook and comes back as it was; zen-engine decides its cases as we do."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
import zen

from zhiwei.credit.underwriting import compile_policy
from zhiwei.shelf import Product, load, product_from_graph, product_graph, read_folder
from zhiwei.shelf.exchange.workbook import product_from_workbook, product_workbook
from zhiwei.tables import Problem

SHELF = Path(__file__).parents[3] / "products"
PRODUCTS = sorted(p.name for p in SHELF.iterdir() if p.is_dir() and not p.name.startswith("_"))


def shelved(name: str) -> tuple[Product, dict[str, str]]:
    files = read_folder(SHELF / name)
    product, problems = load(files)
    assert product is not None, problems
    return product, files


@pytest.mark.parametrize("name", PRODUCTS)
def test_zen_decides_a_products_cases_as_we_do(name: str) -> None:
    """Outcome, limit, price, score, probability and grade, also where facts are missing one by one."""
    product, files = shelved(name)
    for case in product.cases:
        peer = zen.ZenEngine().create_decision(json.dumps(product_graph(product, files, case.on)))
        ours = compile_policy(product.policy, case.on)
        for missing in (None, *(name for name, value in case.facts.items() if value is not None)):
            facts = {**case.facts, missing: None} if missing else dict(case.facts)
            given = {name: None if value is None else value / 10**6 for name, value in facts.items()}
            found = peer.evaluate(given)["result"]
            rate = found.get("annual_rate")
            theirs = (found["outcome"], round(found["limit"] * 10**6), None if rate is None else round(rate * 10**6),
                      found["score"], round(found["pd"] * 10**6), found["grade"])  # fmt: skip
            assert theirs == tuple(ours.decide(facts)), (case.name, missing)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_comes_back_from_jdm_and_from_a_workbook_byte_for_byte(name: str) -> None:
    product, files = shelved(name)
    problems: list[Problem] = []
    graph = json.dumps(product_graph(product, files, product.cases[0].on))
    assert product_from_graph("p.json", graph, problems) == files, problems
    assert product_from_workbook("p.xlsx", product_workbook(files), problems) == files, problems


def test_a_threshold_changed_in_the_editor_comes_back() -> None:
    product, files = shelved("tax_credit")
    graph = json.dumps(product_graph(product, files, product.cases[0].on)).replace("< -0.7", "< -0.8")
    problems: list[Problem] = []
    again = product_from_graph("p.json", graph, problems)
    assert problems == []
    assert again == {**files, "underwriting/rules.csv": files["underwriting/rules.csv"].replace("< -0.7", "< -0.8")}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"name": "underwriting/price.csv"', '"name": "price"', "the graph has no such table"),
        ('$ ?? 0 < -0.7"', '$ < -0.7 and x > 1"', "table underwriting/rules.csv: '$ < -0.7 and x > 1' has no place"),
        ("sum(map(card, #.points))", "sum(map(card, #.points)) + 1", "does not come from the product's tables"),
        ('\\"void_share_12m\\"', '\\"void_share_13m\\"', "unknown fact"),
        ('"zhiwei"', '"other"', "does not hold a product's other files"),
        ('"nodes"', '"knots"', "no JDM graph: 'nodes' is missing"),
        ('"name": "underwriting/price.csv"', '"name": "\\ud800"', "half of a character"),
        ('"campaign.toml"', '"../campaign.toml"', "does not hold a product's other files"),
    ],
)  # fmt: skip
def test_what_jdm_cannot_bring_back_is_a_problem(old: str, new: str, said: str) -> None:
    product, files = shelved("tax_credit")
    graph = json.dumps(product_graph(product, files, product.cases[0].on))
    assert old in graph
    problems: list[Problem] = []
    assert product_from_graph("p.json", graph.replace(old, new), problems) == {}
    assert said in str(problems[0])


@pytest.mark.parametrize("part", ["inputs", "outputs", "rules", "expressions"])
@pytest.mark.parametrize("damage", [5, [5], [{}], [{"id": {}}], [None], {"id": 1}])
def test_nodes_of_another_shape_are_problems_or_edits(part: str, damage: object) -> None:
    product, files = shelved("tax_credit")
    whole = product_graph(product, files, product.cases[0].on)
    for number, node in enumerate(whole["nodes"]):
        if part not in node["content"]:
            continue
        graph = json.loads(json.dumps(whole))
        graph["nodes"][number]["content"][part] = damage
        problems: list[Problem] = []
        found = product_from_graph("p.json", json.dumps(graph), problems)
        assert bool(problems) is not bool(found), node["name"]


def test_no_json_is_no_graph() -> None:
    for content in ("", "[]", "{", "null", '{"nodes": 5}', '{"nodes": [5]}', "[" * 100_000):
        problems: list[Problem] = []
        assert product_from_graph("p.json", content, problems) == {}
        assert "no JDM graph" in problems[0].message


def edited(sheet: str, cell: str, value: object) -> tuple[dict[str, str], list[Problem], dict[str, str]]:
    """The product after one cell of its workbook was changed in another program."""
    files = read_folder(SHELF / "tax_credit")
    book = openpyxl.load_workbook(io.BytesIO(product_workbook(files)))
    book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    problems: list[Problem] = []
    return product_from_workbook("p.xlsx", out.getvalue(), problems), problems, files


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "file", "old", "new"),
    [
        ("rules", "C2", "< -0.8", "underwriting/rules.csv", "_growth_12m,< -0.7", "_growth_12m,< -0.8"),
        ("scorecard", "C2", -40, "underwriting/scorecard.csv", "< 350000,-45", "< 350000,-40"),
        ("parameters", "C2", "0.0280", "underwriting/parameters.toml", '"0.0275"', '"0.0280"'),
        ("parameters", "F2", "true", "underwriting/parameters.toml", "23\nsure = false", "23\nsure = true"),
        ("antifraud", "C2", "> 0.55", "antifraud.toml", '"> 0.5"', '"> 0.55"'),
    ],
)  # fmt: skip
def test_a_cell_changed_in_the_workbook_is_changed_in_its_file(
    sheet: str, cell: str, value: object, file: str, old: str, new: str
) -> None:
    found, problems, files = edited(sheet, cell, value)
    assert problems == []
    assert found.keys() == files.keys()
    assert {name for name in files if found[name] != files[name]} == {file}
    assert old in files[file]
    changed = files[file].replace(old, new, 1)
    assert [line for line in found[file].splitlines() if line] == [line for line in changed.splitlines() if line]


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "place", "said"),
    [
        ("rules", "C3", "=1+1", "p.xlsx[rules]:3: column C", "cell C3 is a formula"),
        ("rules", "A1", "kode", "p.xlsx[rules]:1", "columns are"),
        ("rules", "J2", "stray", "p.xlsx[rules]:2", "a cell to the right of the last column en"),
        ("parameters", "B3", "soon", "p.xlsx[parameters]:3: column from", "'soon' is no date"),
        ("parameters", "F3", "perhaps", "p.xlsx[parameters]:3: column sure", "'perhaps' is neither true nor false"),
        ("files", "A2", "../x.md", "p.xlsx[files]:2: column file", "is no file of a product"),
        ("files", "B2", "2", "p.xlsx[files]:2: column part", "parts are missing"),
    ],
)  # fmt: skip
def test_damage_of_a_workbook_is_named_by_sheet_row_and_column(
    sheet: str, cell: str, value: str, place: str, said: str
) -> None:
    found, problems, _ = edited(sheet, cell, value)
    assert found == {}
    assert str(problems[0]).startswith(place), str(problems[0])
    assert said in str(problems[0])


def test_what_is_no_workbook_is_said_to_be_none() -> None:
    problems: list[Problem] = []
    assert product_from_workbook("p.xlsx", b"PK\x03\x04nothing", problems) == {}
    assert product_from_workbook("p.xlsx", b"", problems) == {}
    assert len(problems) == 2
