"""Facts that somebody writes down: read as golden cases are, from TOML or JSON; what is wrong is named."""

import json
from datetime import date

import pytest
from hypothesis import given as any_
from hypothesis import strategies as st

from zhiwei.shelf.given import read_given
from zhiwei.tables import micro, text
from zhiwei.values import BadInput

KNOWN, EVERY = ("sales_12m", "card_use"), ("sales_12m", "card_use", "bank_in_12m")
PLAIN = st.text() | st.none() | st.booleans() | st.integers() | st.floats()
JSON = st.recursive(PLAIN, lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside), max_leaves=8)


def test_toml_and_json_say_the_same() -> None:
    toml = "as_of = 2026-01-31\n[facts]\nsales_12m = 1200\ncard_use = 0.25\n[before]\nsales_12m = 1500\n"
    plain = {"as_of": "2026-01-31", "facts": {"sales_12m": 1200, "card_use": "0.25"}, "before": {"sales_12m": 1500.0}}
    found = read_given("a", toml, KNOWN, EVERY)
    assert found == read_given("a", json.dumps(plain), KNOWN, EVERY)
    assert found.facts == {"sales_12m": micro(1200), "card_use": micro("0.25")}
    assert (found.before, found.as_of) == ({"sales_12m": micro(1500)}, date(2026, 1, 31))


def test_what_is_null_is_not_known() -> None:
    assert read_given("a", '{"facts": {"sales_12m": null}}', KNOWN, EVERY).facts == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[facts]\nsales_12n = 1\n", "a:2: column 1: unknown fact 'sales_12n' (did you mean 'sales_12m'?)"),
        ("[facts]\nbank_in_12m = 1\n", "a:2: column 1: this product does not look at fact 'bank_in_12m'"),
        ("[facts]\n\nsales_12m = true\n", "a:3: column 1: sales_12m must be a number"),
        ("[facts]\nsales_12m = 1e99\n", "sales_12m is out of all reason"),
        ("[fact]\nsales_12m = 1\n", "unknown key 'fact'"),
        ("sales_12m = 1\n", "a:1: column 1: [facts] is missing"),
        ("[facts]\nsales_12m = \n", "a:2: column 13: not TOML"),
        ('{"facts": {"sales_12m": }}', "a:1: column 25: not JSON"),
        ('{"facts": {"sales_12m": NaN}}', "NaN is no number"),
        ('{"facts": {"sales_12m": "a lot"}}', "column sales_12m: sales_12m must be a number"),
        ('{"facts": {"sales_12m": "1e999999999"}}', "sales_12m is out of all reason"),
        ('{"facts": [1]}', "facts is an object of facts"),
        ('{"as_of": 5, "facts": {}}', "as_of is a date"),
        ('{"facts": ' + '{"a":' * 100_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(content: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_given("a", content, KNOWN, EVERY)
    assert said in refused.value.message


@any_(st.dictionaries(st.sampled_from([*EVERY, "facts", "before", "as_of", "x"]), JSON))
def test_any_json_is_read_or_refused(told: dict[str, object]) -> None:
    try:
        found = read_given("a", json.dumps({"facts": told}), KNOWN, EVERY)
    except BadInput:
        return
    assert found.facts.keys() <= set(KNOWN)
    assert all(value is None or micro(text(value)) == value for value in found.facts.values())
