"""The bank's own demand curve (CUMCM 2020 C, 附件3) and a campaign of its size: 302 firms, one 亿元, a year."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from zhiwei.credit.underwriting.campaign import CampaignTerms, Candidate, plan_campaign
from zhiwei.credit.underwriting.demand import DemandCurve, smooth

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "cumcm2020c"
SHEET = FOLDER / "附件3：银行贷款年利率与客户流失率关系的统计数据.xlsx"
WAN = 1_000_000  # 1 万元 in 分


@pytest.fixture(scope="module")
def raw() -> tuple[list[str], dict[str, list[float]]]:
    openpyxl = pytest.importorskip("openpyxl", reason="reading 附件3 needs openpyxl")
    if not SHEET.is_file():
        pytest.skip(f"the contest's 附件3 is not on this machine: {SHEET}")
    book = openpyxl.load_workbook(SHEET, read_only=True)
    rows = [row for row in book.worksheets[0].iter_rows(min_row=3, max_col=4, values_only=True) if row[0] is not None]
    book.close()
    return [str(row[0]) for row in rows], {g: [float(row[at]) for row in rows] for at, g in enumerate("ABC", start=1)}


@pytest.fixture(scope="module")
def curve(raw: tuple[list[str], dict[str, list[float]]]) -> DemandCurve:
    return smooth(*raw)


def test_the_sheet_falls_in_places_and_the_curve_does_not(
    raw: tuple[list[str], dict[str, list[float]]], curve: DemandCurve
) -> None:
    rates, churn = raw
    assert (len(rates), rates[0], rates[-1]) == (29, "0.04", "0.15")
    falls = {grade: sum(left > right for left, right in pairwise(row)) for grade, row in churn.items()}
    assert falls == {"A": 3, "B": 2, "C": 2}
    for grade, row in zip(curve.grades, curve.churn, strict=True):
        assert all(left <= right for left, right in pairwise(row))
        assert np.mean(row) == pytest.approx(np.mean(churn[grade]))
        assert np.max(np.abs(np.subtract(row, churn[grade]))) < 0.01


def test_everybody_takes_four_percent_and_few_take_fifteen(curve: DemandCurve) -> None:
    for grade in "ABC":
        assert curve.acceptance(grade, Decimal("0.04")) == 1.0
        assert 0.07 < curve.acceptance(grade, Decimal("0.15")) < 0.12
        with pytest.raises(ValueError, match="outside the observed range"):
            curve.acceptance(grade, Decimal("0.1501"))


def test_a_campaign_of_the_contests_size(curve: DemandCurve) -> None:
    draw = np.random.default_rng(2020)
    pds = np.exp(draw.normal(np.log(0.04), 0.8, 302)).clip(0.002, 0.6)
    grades = np.array(list("ABC"))[np.searchsorted([0.026, 0.06], pds)]
    ceilings = np.exp(draw.normal(np.log(60 * WAN), 0.8, 302)).astype(int)
    firms = [Candidate(f"E{124 + at}", float(pds[at]), str(grades[at]), int(ceilings[at])) for at in range(302)]
    terms = CampaignTerms(
        budget=10_000 * WAN,
        floor_amount=10 * WAN,
        cap_amount=100 * WAN,
        rate_floor=Decimal("0.04"),
        rate_cap=Decimal("0.15"),
        amount_step=WAN,
        months=12,
        loss_given_default=0.45,
        cost_of_funds=0.025,
        cost_to_serve=0.005,
    )
    plan = plan_campaign(firms, curve, terms)
    assert plan.solver_status == "optimal"
    assert plan.budget_used == terms.budget
    assert 0 < plan.expected_take_up < plan.budget_used
    rate_by_pd = sorted((firms[int(offer.party_id[1:]) - 124].pd, offer.annual_rate) for offer in plan.offers)
    assert all(safer[1] <= riskier[1] for safer, riskier in pairwise(rate_by_pd))
