"""Agreement between sources: sums and correlations worked out by hand, months that both cover, words of a bank."""

from calendar import monthrange
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pytest

from zhiwei.borrower import KINDS
from zhiwei.borrower.quality import COVERED, Agreement, agreements
from zhiwei.borrower.quality.between import BECAUSE, PAIRS, VERDICTS

AS_OF = date(2024, 12, 31)
Row = dict[str, Any]


def compared(
    tables: dict[str, list[Row]], told: list[Row] | None = None, months: int = 12
) -> dict[tuple[str, str], Agreement]:
    made = {
        kind: pa.Table.from_pylist([{"party_id": "A"} | row for row in rows], schema=KINDS[kind].schema)
        for kind, rows in tables.items()
    }
    covered = pa.Table.from_pylist([{"party_id": "A"} | row for row in told or []], schema=COVERED)
    found = agreements(made, ["A"], AS_OF, months, covered).of("A")
    return {(each.one, each.other): each for each in found}


def sale(month: int, total: int, **rest: Any) -> Row:
    plain: Row = {"direction": "sale", "issue_date": date(2024, month, 20), "amount": total, "tax": 0, "total": total}
    return plain | {"status": "valid", "occurrence": 1} | rest


def paid(month: int, amount: int, text: str = "货款", **rest: Any) -> Row:
    row: Row = {"account": "1", "booked_on": date(2024, month, 15), "amount": amount, "text": text, "currency": "CNY"}
    return row | rest


def statement(first: int, last: int) -> Row:
    """The bank's word that it speaks for the days of these months."""
    return {
        "kind": "bank_flow", "part": "1", "first": date(2024, first, 1),
        "last": date(2024, last, monthrange(2024, last)[1]),
    }  # fmt: skip


def money(sales: list[Row], flow: list[Row], first: int = 1, last: int = 12) -> Agreement:
    found = compared({"invoices": sales, "bank_flow": flow}, [statement(first, last)])
    return found["invoiced_sales", "bank_inflow"]


def test_by_hand_over_the_months_that_both_cover() -> None:
    """Invoices of January to April, a statement of February to June: three months, 600 against 570."""
    sales = [sale(1, 9_999), sale(2, 100), sale(3, 200), sale(4, 300)]
    found = money(sales, [paid(2, 110), paid(3, 170), paid(4, 290), paid(5, 7_777)], 2, 6)
    assert (found.months, found.months_used) == (12, 3)
    assert found.ratio == 600 / 570
    assert found.difference == 30 / 600
    # deviations -100 0 100 and -80 -20 100: 18000 / sqrt(20000 * 16800)
    assert found.correlation == pytest.approx(18_000 / (20_000 * 16_800) ** 0.5)
    assert (found.verdict, found.because) == ("agrees", "within")


@pytest.mark.parametrize(
    ("inflow", "verdict", "because"),
    [
        (95, "agrees", "within"), (94, "cannot_say", "to_explain"), (90, "cannot_say", "to_explain"),
        (89, "differs", "beyond"), (0, "differs", "beyond"),
    ],
)  # fmt: skip
def test_limits_of_five_and_ten_per_cent(inflow: int, verdict: str, because: str) -> None:
    for one, other in ((100, inflow), (inflow, 100)):
        found = money([sale(month, one) for month in (1, 2, 3)], [paid(month, other) for month in (1, 2, 3)])
        assert (found.verdict, found.because, found.correlation) == (verdict, because, None)  # neither changes


def test_two_months_say_nothing() -> None:
    found = money([sale(1, 100), sale(2, 100)], [paid(1, 100), paid(2, 100)])
    assert (found.months_used, found.ratio, found.verdict, found.because) == (2, 1.0, "cannot_say", "few_months")


def test_what_is_not_there_has_no_month_in_common() -> None:
    for found in compared({}).values():
        assert (found.months_used, found.ratio, found.difference, found.correlation) == (0, None, None, None)
        assert found.verdict == "cannot_say"


def test_a_month_of_which_the_statement_lacks_a_week_is_not_compared() -> None:
    told = [statement(1, 2), {"kind": "bank_flow", "part": "1", "first": date(2024, 3, 1), "last": date(2024, 3, 24)}]
    tables = {"invoices": [sale(month, 100) for month in (1, 2, 3)], "bank_flow": [paid(1, 100)]}
    assert compared(tables, told)["invoiced_sales", "bank_inflow"].months_used == 2


@pytest.mark.parametrize(
    "row",
    [
        paid(2, 5_000, "发放贷款"), paid(2, 5_000, "本人转账"), paid(2, 5_000, "结息"), paid(2, 5_000, "冲正"),
        paid(2, 5_000, counterparty="某某小额贷款有限公司"), paid(2, 5_000, counterparty_account="2"),
        paid(2, -5_000), paid(2, 5_000, currency="USD"), paid(2, 5_000, booked_on=date(2023, 12, 31)),
    ],
)  # fmt: skip
def test_what_comes_in_and_is_no_income(row: Row) -> None:
    own = paid(1, 0, account="2")
    flow = [paid(1, 100), paid(2, 100), paid(3, 100), own, row]
    assert money([sale(month, 100) for month in (1, 2, 3)], flow, 1, 3).ratio == 1.0


def test_a_month_with_money_in_another_currency_is_not_compared() -> None:
    sales = [sale(month, 100) for month in (1, 2, 3)]
    flow = [paid(1, 100), paid(2, 40), paid(2, 9, currency="USD"), paid(3, 100)]
    assert (money(sales, flow, 1, 3).months_used, money(sales, flow, 1, 3).ratio) == (2, 1.0)


def test_what_is_told_of_purchases_says_nothing_of_sales() -> None:
    year = {"kind": "invoices", "first": date(2024, 1, 1), "last": date(2024, 12, 31)}
    tables = {"invoices": [sale(1, 100)], "bank_flow": [paid(month, 100) for month in (1, 2)]}
    for part, months in (("purchase", 1), ("sale", 2), (None, 2)):
        told = [statement(1, 2), year | {"part": part}]
        assert compared(tables, told)["invoiced_sales", "bank_inflow"].months_used == months, part


def test_payment_for_goods_is_no_loan_though_it_looks_like_one() -> None:
    flow = [paid(1, 100, "货款"), paid(2, 100, "收到货款"), paid(3, 100, "", counterparty="某某贸易有限公司")]
    assert money([sale(month, 100) for month in (1, 2, 3)], flow).ratio == 1.0


def test_sales_are_with_tax_net_of_red_and_without_void_and_repeats() -> None:
    sales = [sale(month, 100) for month in (1, 2, 3)]
    sales += [sale(2, -40), sale(2, 40), sale(2, 7, status="void"), sale(3, 9, occurrence=2)]
    sales += [sale(1, 10, tax=3) | {"total": None}, sale(1, 900, direction="purchase")]
    assert money(sales, [paid(month, 100) for month in (1, 2, 3)]).ratio == 313 / 300


def test_more_refunds_than_sales_is_no_share() -> None:
    found = money([sale(month, -100) for month in (1, 2, 3)], [paid(month, 100) for month in (1, 2, 3)])
    assert (found.ratio, found.difference, found.because) == (-1.0, None, "nothing")


def test_orders_are_net_of_refunds_and_takings_too() -> None:
    orders, takings = [], []
    for month in range(1, 13):
        for day in (5, 15, 25):
            at = datetime.combine(date(2024, month, day), time(12))
            orders.append({"platform": "p", "order_no": f"{at}", "ordered_at": at, "amount": 100, "refund": 10})
            takings.append({"merchant": "m", "paid_at": at, "amount": 100, "reference": f"{at}"})
        takings.append({"merchant": "m", "paid_at": at, "amount": -30, "reference": f"r{at}"})
    orders.append({"platform": "p", "order_no": "gone", "ordered_at": at, "amount": 9_000, "status": "cancelled"})
    found = compared({"orders": orders, "acquiring": takings})["takings", "orders"]
    # January begins on the 5th, December ends on the 25th: 27 and 25 days of 31 are too few
    assert (found.months_used, found.ratio, found.verdict) == (10, 1.0, "agrees")


# --- electricity


def power(usages: list[float], meter: str = "m") -> list[Row]:
    """Read on the last day of each month, the first in December 2023."""
    days = [date(2023, 12, 31)] + [date(2024, month, monthrange(2024, month)[1]) for month in range(1, 13)]
    return [
        {"utility": "power", "meter": meter, "read_on": day, "usage": usage, "unit": "kWh"}
        for day, usage in zip(days, [0.0, *usages], strict=False)
    ]


@pytest.mark.parametrize(
    ("usages", "verdict", "because", "months"),
    [
        ([10, 20, 30, 40, 50, 60], "agrees", "together", 6), ([60, 50, 40, 30, 20, 10], "differs", "apart", 6),
        ([10, 10, 10, 10, 10, 10], "cannot_say", "nothing", 6), ([10, 20, 30, 40, 50], "cannot_say", "few_months", 5),
    ],
)  # fmt: skip
def test_electricity_and_sales(usages: list[float], verdict: str, because: str, months: int) -> None:
    found = compared({"invoices": [sale(month, 100 * month) for month in range(1, 13)], "meters": power(usages)})
    pair = found["invoiced_sales", "electricity"]
    assert (pair.verdict, pair.because, pair.months_used, pair.difference) == (verdict, because, months, None)


def test_usage_is_spread_over_the_days_since_the_reading_before() -> None:
    """61 kWh from 31 October to 31 December: 30 of November, 31 of December; 100 and 310 元 of sales."""
    rows = [
        {"utility": "power", "meter": "m", "read_on": date(2024, 10, 31), "reading": 5.0},
        {"utility": "power", "meter": "m", "read_on": date(2024, 12, 31), "reading": 66.0},
        {"utility": "water", "meter": "m", "read_on": date(2024, 12, 31), "usage": 9_999.0},
    ]
    sales = [sale(11, 10_000), sale(12, 31_000)]
    pair = compared({"invoices": sales, "meters": rows})["invoiced_sales", "electricity"]
    assert (pair.months_used, pair.ratio) == (2, 41_000 / 61_000)
    only = compared({"invoices": [sale(12, 31_000)], "meters": rows})["invoiced_sales", "electricity"]
    assert (only.months_used, only.ratio) == (1, 1.0)  # 31 kWh are 31,000 thousandths


def test_every_pair_and_word_is_there() -> None:
    found = compared({})
    assert tuple(found) == PAIRS
    assert {each.verdict for each in found.values()} <= set(VERDICTS)
    assert {each.because for each in found.values()} <= set(BECAUSE)
    assert len(PAIRS) == 10


def test_parties_are_named_once() -> None:
    with pytest.raises(ValueError, match="each party is named once"):
        agreements({}, ["A", "A"], AS_OF)
    assert agreements({}, [], AS_OF).table.height == 0
