"""A product learns who leaves at which rate: the next decision is priced by it, the one before stays as it was."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Risk, approve, decide, prices, propose, replay
from zhiwei.journeys.ports import StoredDecision
from zhiwei.shelf import read_folder
from zhiwei.tables import micro
from zhiwei.values import BadInput, NotFound, Refusal

ON = date(2024, 3, 1)
DEMAND = '''[[curve]]
from = 2024-01-01
because = "a story"
checked_on = 2024-01-01
sure = false
lost = """
rate,A,B,C
0.04,0,0,0
0.10,0.9,0.8,0.5
0.15,1,1,1
"""
'''


@pytest.fixture
def decided(platform: Platform, good_firm: str) -> Callable[[], StoredDecision]:
    def decided() -> StoredDecision:
        return decide(books=platform, by=platform.actor, product="tax_credit", parties=[good_firm], as_of=ON)[0]

    return decided


def test_the_next_decision_is_priced_by_demand(platform: Platform, decided: Callable[[], StoredDecision]) -> None:
    """Two persons publish the curve; the firm then pays the searched rate, and both decisions replay to the byte."""
    before = decided()
    files = read_folder(Path(__file__).parents[3] / "products/tax_credit")
    files = {name: re.sub(r"(?m)^annual_rate = .*\n", "", text) for name, text in files.items()}
    version = propose(books=platform, by=platform.actor, files={**files, "underwriting/demand.toml": DEMAND})
    other = replace(platform.actor, person="second")
    approve(books=platform, by=other, product="tax_credit", hash_prefix=version.hash)
    after = decided()
    assert before.annual_rate is not None
    assert after.annual_rate is not None
    assert after.annual_rate > before.annual_rate
    step = json.loads(after.document)["trace"][-1]
    assert micro(step["rates"]["break_even"]) == micro(before.annual_rate)
    assert micro(step["annual_rate"]) == micro(after.annual_rate)
    assert float(step["profit_of_100"]["charged"]) > float(step["profit_of_100"]["break_even"])

    asked = prices(books=platform, by=platform.actor, product="tax_credit", risk=Risk(after.party))
    assert asked.on == ON
    assert asked.asked is not None
    assert (asked.asked.rate, asked.asked.pd) == (micro(after.annual_rate), micro(after.pd))
    for one in (before, after):
        assert replay(books=platform, by=platform.actor, decision_id=one.decision_id) == (one, True)


def test_a_price_without_demand_is_the_decisions(platform: Platform, decided: Callable[[], StoredDecision]) -> None:
    made = decided()
    assert made.annual_rate is not None
    found = prices(books=platform, by=platform.actor, product="tax_credit", risk=Risk(made.party)).asked
    assert found is not None
    assert (found.rate, found.searched) == (micro(made.annual_rate), micro(made.annual_rate))


def test_what_cannot_be_priced_is_refused(platform: Platform, good_firm: str) -> None:
    def ask(product: str = "tax_credit", on: date | None = None, **asked: Any) -> None:
        prices(books=platform, by=platform.actor, product=product, on=on, risk=Risk(**asked))

    with pytest.raises(NotFound, match="the latest decision on G1 is none of tax_credit"):
        ask(party=good_firm)
    with pytest.raises(NotFound, match="no product 'nothing' is published"):
        ask("nothing")
    with pytest.raises(Refusal, match="tax_credit decides from 2016-01-01 on, not on 2015-01-01"):
        ask(on=date(2015, 1, 1))
    with pytest.raises(BadInput, match="between 0 and 1"):
        ask(pd=2_000_000)
