"""What the statement says a loan costs is what the contract says."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Offer, accept, decide, statement

MARCH = date(2024, 3, 1)


@pytest.mark.parametrize(("annual", "contract"), [("0.0435", "4.35"), ("0.0535", "5.35"), ("0.1188", "11.88")])
def test_the_yearly_figure_is_the_contracts(platform: Platform, good_firm: str, annual: str, contract: str) -> None:
    """From a day's rate cut to six places another year would come: 4.36 % for 4.35 % (公告〔2021〕第3号)."""
    by = platform.actor
    decided = decide(books=platform, by=by, product="tax_credit", parties=[good_firm], as_of=MARCH)[0]
    offer = Offer(decided.decision_id, None, Decimal(annual))
    line = accept(books=platform, by=by, key="k", offer=offer, on=MARCH).line
    head = statement(books=platform, by=by, line=line, on=MARCH).head
    assert head["annualised"]["contract_360"] == contract
