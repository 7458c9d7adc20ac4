"""A small set by hand for each kind of record."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

AS_OF = date(2024, 2, 29)
Row = dict[str, Any]


def holds(got: dict[str, float], **wanted: float | None) -> None:
    """None stands for a fact that cannot be said."""
    for name, value in wanted.items():
        assert got[name] == pytest.approx(np.nan if value is None else value, nan_ok=True), name


def test_invoices(facts) -> None:
    def one(day: date, yuan: int, other: str, **rest: Any) -> Row:
        plain = {"direction": "sale", "issue_date": day, "amount": yuan * 100, "tax": yuan, "counterparty": other}
        return plain | {"status": "valid", "occurrence": 1} | rest

    got = facts(invoices=[
        one(date(2022, 6, 1), 400, "old"), one(date(2022, 7, 1), 600, "kept"), one(date(2023, 6, 1), 1000, "kept"),
        one(date(2024, 2, 10), 3000, "new"), one(date(2024, 2, 20), -500, "new"), one(date(2024, 2, 25), 500, "kept"),
        one(date(2024, 2, 26), 900, "new", status="void"), one(date(2024, 1, 5), 2000, "new", direction="purchase"),
    ])  # fmt: skip
    # 2024-02-10 is a Saturday of the spring festival, 2024-02-25 a Sunday; the year's sales are 1000 + 3000 - 500 + 500
    holds(
        got, sales_1m=3000, sales_3m=3000, invoices_1m=2, purchases_3m=2000, average_invoice_12m=1500,
        largest_invoice_share_12m=3000 / 4500, output_tax_12m=40, input_tax_12m=20, invoiced_vat_burden_12m=0.005,
        new_customers_12m=1, lost_customers_12m=1, kept_customer_share_12m=1500 / 4000, shared_partners_12m=1,
        mutual_purchase_share_12m=1, customers_3m=2, void_share_3m=1 / 4, red_share_3m=1 / 3,
        void_amount_share_12m=900 / 5400, red_amount_share_12m=500 / 4500, void_tax_12m=9, near_largest_share_12m=1 / 3,
        round_invoice_share_12m=2 / 3, holiday_invoice_share_12m=2 / 3, sold_45d=1, invoice_days_12m=3,
        gap_months_12m=10, gap_months_run_12m=7, sales_peak_share_12m=3 / 4, sales_latest_share_12m=3 / 4,
        purchases_growth_12m=None, invoice_digit_distance_12m=None,
    )  # fmt: skip


def test_bank_flow(facts) -> None:
    def one(day: date, yuan: int, other: str | None, **rest: Any) -> Row:
        plain = {"account": "a", "booked_on": day, "sequence": 1, "amount": yuan * 100, "counterparty": other}
        return plain | {"text": "货款", "currency": "CNY"} | rest

    paydays = [one(date(2024, month, 5), -100, "staff", text="代发工资") for month in (1, 2)]
    got = facts(bank_flow=[
        *paydays, one(date(2023, 12, 5), -100, "staff", text="代发工资"),
        one(date(2024, 1, 10), 2000, "X", second=23 * 3600), one(date(2024, 1, 10), -1500, "X", second=12 * 3600),
        one(date(2024, 2, 1), 500, "Y", text="现金存入"), one(date(2024, 2, 2), -300, "bank", text="归还贷款"),
        one(date(2024, 2, 3), 7000, "self", counterparty_account="b"), one(date(2024, 2, 3), -7000, "self", account="b",
        counterparty_account="a"), one(date(2023, 12, 21), 1, "bank", text="结息"),
        one(date(2024, 1, 21), 1, "bank", text="结息"),
    ])  # fmt: skip
    money_in = 2000 + 500 + 2
    holds(
        got, bank_in_12m=money_in, bank_out_12m=2100, bank_net_3m=money_in - 2100, bank_in_1m=500, bank_rows_12m=11,
        bank_accounts_12m=2, bank_payers_12m=3, bank_round_trip_share_12m=(1500 + 2) / money_in,
        bank_top1_payer_share_12m=2000 / money_in, bank_own_share_12m=14_000 / (14_000 + money_in + 2100),
        bank_same_day_share_12m=1500 / money_in, bank_night_share_12m=1 / 2, bank_round_in_share_12m=1 / 4,
        bank_wages_12m=300, bank_wage_months_12m=3, bank_payday_regularity_12m=1, bank_loans_out_12m=300,
        bank_debt_service_share_12m=300 / money_in, bank_free_12m=money_in - 2100,
        bank_free_season_12m=(2000 - 1500 - 100 + 1) + (500 - 300 - 100), bank_cash_share_12m=500 / money_in,
        bank_interest_off_days_12m=1, bank_idle_run_12m=9, bank_largest_in_share_12m=2000 / money_in,
        bank_in_growth_12m=None,
    )  # fmt: skip


def test_tax(facts) -> None:
    def vat(end: date, sales: int, payable: int, filed: date, **rest: Any) -> Row:
        start = rest.pop("start", end.replace(day=1))
        plain = {"tax": "vat", "period_start": start, "period_end": end, "filed_on": filed, "sales": sales * 100}
        return plain | {"payable": payable * 100, "paid": payable * 100, "arrears": 0, "late_fee": 0} | rest

    got = facts(
        tax_returns=[
            vat(date(2024, 1, 31), 0, 0, date(2024, 2, 20)),  # due on the 19th, for the 15th and on are holidays
            vat(date(2023, 12, 31), 0, 0, date(2024, 1, 15)),
            vat(date(2023, 9, 30), 9000, 90, date(2023, 10, 20), start=date(2023, 7, 1), arrears=500, late_fee=100),
            {"tax": "cit", "period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31), "sales": 990_000,
             "filed_on": date(2024, 2, 1), "payable": 20_000, "paid": 5_000},
            vat(date(2024, 2, 29), 7000, 70, date(2024, 3, 10)),  # not filed yet
        ],
        tax_ratings=[
            {"year": 2021, "rating": "D", "published_on": date(2022, 4, 1)},
            {"year": 2022, "rating": "B", "published_on": date(2023, 4, 1)},
        ],
    )  # fmt: skip
    holds(
        got, vat_sales_12m=9000, vat_payable_12m=90, vat_burden_12m=0.01, tax_paid_12m=140, vat_paid_12m=90,
        cit_paid_12m=50, tax_unpaid_share_12m=150 / 290, vat_cit_gap_12m=0.1, tax_lump_share_3m=50 / 140,
        zero_return_months_12m=2, zero_return_run_12m=2, nil_payable_run_12m=2, unfiled_months_12m=7,
        late_returns_12m=2, tax_arrears=5, arrears_returns_12m=1, late_fees_12m=1, late_fee_count_12m=1,
        late_fees_3m=0, tax_rating=4, tax_rating_change=3, tax_rating_worst_36m=1, tax_ratings_d_36m=1,
    )  # fmt: skip


def test_acquiring(facts) -> None:
    def one(at: datetime, yuan: int, payer: str, **rest: Any) -> Row:
        plain = {"paid_at": at, "amount": yuan * 100, "fee": abs(yuan), "payer": payer, "terminal": "t1"}
        return plain | {"channel": "card"} | rest

    day = datetime.combine(date(2024, 2, 21), datetime.min.time())
    got = facts(acquiring=[
        one(day.replace(hour=23), 1000, "p"), one(day.replace(hour=12), 1000, "p"), one(day.replace(hour=12), 300, "q"),
        one(day.replace(day=22, hour=9), 100, "p", channel="wechat"), one(day.replace(day=23, hour=9), -600, "p"),
        one(datetime.combine(date(2024, 3, 1), datetime.min.time()), 10**6, "late"),
    ])  # fmt: skip
    holds(
        got, takings_12m=2400, takings_rows_3m=4, average_taking_12m=600, takings_refund_share_1m=1 / 4,
        takings_refund_rows_share_12m=1 / 5, takings_night_share_12m=1 / 4, takings_peak_hour_share_12m=1 / 2,
        takings_top1_payer_share_12m=2100 / 2400, takings_same_day_payer_share_12m=1 / 2, takings_payers_12m=2,
        takings_round_share_12m=1 / 2, takings_repeated_share_12m=1 / 2, card_share_12m=2300 / 2400, terminals_3m=1,
        takings_fee_rate_12m=30 / 1800, takings_days_12m=2, days_since_taking=7, takings_new_payer_share_12m=None,
    )  # fmt: skip


def test_orders(facts) -> None:
    def one(day: int, yuan: int, buyer: str, **rest: Any) -> Row:
        at = datetime.combine(date(2024, 2, day), datetime.min.time()).replace(hour=10)
        return {"ordered_at": at, "amount": yuan * 100, "buyer": buyer, "refund": 0, "platform": "t"} | rest

    def at(day: int, hour: int) -> datetime:
        return datetime.combine(date(2024, 2, day), datetime.min.time()).replace(hour=hour)

    got = facts(orders=[
        one(1, 100, "p", shipped_at=at(1, 20), signed_at=at(3, 20)), one(1, 100, "p", shipped_at=at(4, 10)),
        one(2, 300, "q", refund=30_000, shipped_at=at(2, 12), signed_at=at(2, 13)), one(3, 500, "r"),
        one(5, 9000, "s", status="cancelled"),
        one(27, 50, "r", shipped_at=datetime.combine(date(2024, 3, 2), datetime.min.time())),
    ])  # fmt: skip
    holds(
        got, order_sales_12m=1050, order_net_sales_12m=750, orders_12m=5, average_order_12m=210,
        order_refund_share_12m=300 / 1050, refunded_orders_share_12m=1 / 5, cancelled_orders_share_12m=1 / 6,
        ship_delay_12m=(10 + 72 + 2) / 3, sign_delay_12m=(48 + 1) / 2, late_ship_share_12m=1 / 3,
        fast_sign_share_12m=1 / 2, unshipped_share_12m=1 / 4, unsigned_share_12m=1 / 3, buyers_12m=3,
        repeat_buyer_share_12m=2 / 3, repeat_sales_share_12m=750 / 1050, same_day_buyer_share_12m=2 / 5,
        top1_buyer_share_12m=550 / 1050, platforms_12m=1, order_repeated_share_12m=2 / 5,
    )  # fmt: skip


def test_procurement(facts) -> None:
    def one(document: str, day: date, yuan: int, order: str = "o1", **rest: Any) -> Row:
        plain = {"role": "supplier", "document": document, "dated_on": day, "order_no": order, "counterparty": "core"}
        return plain | {"amount": yuan * 100} | rest

    got = facts(procurement=[
        one("order", date(2024, 1, 1), 1000), one("receipt", date(2024, 1, 5), 800, rejected=8_000),
        one("invoice", date(2024, 1, 6), 700, due_on=date(2024, 2, 6), paid_on=date(2024, 1, 16)),
        one("invoice", date(2024, 1, 7), 100, "o2", due_on=date(2024, 2, 7)),
        one("invoice", date(2024, 1, 8), 200, "o2", due_on=date(2024, 3, 8), paid_on=date(2024, 3, 1)),
    ])  # fmt: skip
    holds(
        got, supply_orders_12m=1000, supply_fulfilment_12m=0.8, supply_acceptance_12m=0.9, supply_invoiced_12m=1000,
        supply_matched_share_12m=0.7, supply_receivable=300, supply_overdue=100, supply_overdue_share=1 / 3,
        supply_collection_days_12m=10, supply_on_time_share_12m=1 / 2, supply_buyers_12m=1, buy_invoiced_12m=None,
        buy_payable=None, buy_suppliers_12m=None,
    )  # fmt: skip


def test_meters(facts) -> None:
    def one(day: date, dial: float, used: float, **rest: Any) -> Row:
        plain = {"utility": "power", "meter": "1", "read_on": day, "reading": dial, "usage": used, "amount": 5_000}
        return plain | {"reader": "feed", "arrears": 0} | rest

    got = facts(meters=[
        one(date(2023, 11, 30), 100.5, 100.5, paid_on=date(2023, 12, 10)),
        one(date(2023, 12, 31), 150.7, 50.2, paid_on=date(2024, 2, 20)),
        one(date(2024, 1, 25), 300.0, 140.0, arrears=700),
        one(date(2024, 2, 28), 310.0, 10.0, arrears=5_000, reader="staff", paid_on=date(2024, 3, 5)),
    ])  # fmt: skip
    holds(
        got, power_usage_3m=300.7, power_usage_12m=300.7, power_price_12m=200 / 300.7, utility_arrears=50,
        utility_unpaid_bills_12m=1, utility_late_share_12m=2 / 3, utility_payment_days_12m=(10 + 51) / 2,
        meter_breaks_12m=1, staff_reading_share_12m=1 / 4, meters_12m=1, water_usage_12m=None, power_growth_12m=None,
        power_idle_run_12m=9, days_since_reading=1,
    )  # fmt: skip


def test_registry(facts) -> None:
    def one(what: str, day: date, **rest: Any) -> Row:
        return {"what": what, "on": day} | rest

    born = date(2020, 2, 28)
    got = facts(registry=[
        one("established", born), one("status", born, value="存续"), one("capital", born, amount=10_000_000),
        one("capital", date(2023, 6, 1), amount=20_000_000), one("paid_in", date(2023, 6, 1), amount=5_000_000),
        one("legal_representative", born, value="v1", until=date(2023, 11, 1)),
        one("legal_representative", date(2023, 11, 1), value="v2"),
        one("shareholder", born, value="s1", share=0.7), one("shareholder", born, value="s2", share=0.3),
        one("shareholder", born, value="s0", share=0.9, until=date(2022, 1, 1)),
        one("abnormal", date(2023, 1, 1), until=date(2023, 2, 1)),
        one("abnormal", date(2024, 1, 1), until=date(2024, 4, 1)),
        one("insured", date(2023, 6, 30), value="8"), one("insured", date(2022, 6, 30), value="10"),
        one("status", date(2024, 3, 1), value="注销"),
    ])  # fmt: skip
    holds(
        got, firm_age_months=1462 / (365.25 / 12), firm_trading=1, registered_capital=200_000, paid_in_ratio=0.25,
        capital_changes_12m=1, legal_rep_changes_6m=1, legal_rep_changes_24m=1, registry_changes_6m=1,
        registry_changes_12m=2, shareholders=2, largest_shareholder_share=0.7, insured_staff=8, insured_growth=-0.2,
        abnormal_now=1, abnormal_total=2, serious_now=0, directorships_now=None, shell_flags=1,
        address_changes_12m=None,
    )  # fmt: skip


def test_courts(facts) -> None:
    def one(what: str, day: date, yuan: int, **rest: Any) -> Row:
        return {"what": what, "filed_on": day, "amount": yuan * 100, "subject": "firm"} | rest

    got = facts(courts=[
        one("executed", date(2023, 6, 1), 1000, closed_on=date(2024, 3, 5)),  # closes later: open today
        one("executed", date(2022, 6, 1), 500, closed_on=date(2022, 9, 1)),
        one("dishonest", date(2023, 7, 1), 1000, subject="owner"), one("plaintiff", date(2024, 1, 1), 70),
        one("defendant", date(2022, 5, 1), 300, closed_on=date(2023, 1, 1)), one("defendant", date(2024, 1, 5), 20),
    ])  # fmt: skip
    holds(
        got, executed_total=2, executed_open=1, executed_open_amount=1000, dishonest_open=1, owner_dishonest_open=1,
        defendant_12m=1, defendant_24m=2, defendant_open=1, defendant_open_amount=20, plaintiff_12m=1, court_records=5,
        court_records_12m=3, owner_court_records=1, bankruptcy_total=0, restricted_open=0,
        months_since_court_record=55 / (365.25 / 12),
    )  # fmt: skip


def test_bureau(facts) -> None:
    new, old = date(2024, 2, 10), date(2023, 2, 10)

    def one(kind: str, balance: int, **rest: Any) -> Row:
        plain = {"subject": "firm", "report_on": new, "lender": "l1", "kind": kind, "balance": balance * 100}
        return plain | {"months": "NNNN", "class": "normal", "overdue": 0, "limit": 100_000} | rest

    def asked(day: date, lender: str, reason: str = "loan", **rest: Any) -> Row:
        return {"subject": "firm", "report_on": new, "queried_on": day, "lender": lender, "reason": reason} | rest

    got = facts(
        bureau_accounts=[
            one("loan", 1000, opened_on=date(2024, 1, 2), due_on=date(2024, 5, 1), months="NN1*12C", overdue=700),
            one("card", 600, lender="l2", subject="owner", months="NNMN"), one("guarantee", 400, **{"class": "loss"}),
            one("line", 0, lender="l3", months="NB"), one("loan", 9999, report_on=old),
        ],
        bureau_queries=[
            asked(date(2024, 2, 5), "l1"), asked(date(2024, 2, 5), "l1", "card"), asked(date(2024, 1, 3), "l2"),
            asked(date(2024, 1, 3), "l2", "post_loan"), asked(date(2023, 4, 1), "l4", subject="owner"),
            asked(date(2024, 2, 5), "l9", report_on=old),
        ],
    )  # fmt: skip
    holds(
        got, debt_balance=1600, loan_balance=1000, owner_debt_balance=600, lenders=2, open_accounts=2, card_use=0.6,
        line_use=0, guarantee_balance=400, guarantees=1, new_loans_3m=1, due_within_3m=1000, overdue_now=7,
        overdue_accounts_now=1, overdue_run_24m=2, overdue_count_24m=3, overdue_worst_24m=2, overdue_rule_24m=0,
        months_since_overdue=1, compensated_60m=1, worst_class=1, guarantee_bad_balance=400, bad_balance=0,
        hard_queries_1m=1, hard_queries_3m=2, hard_queries_12m=3, owner_hard_queries_6m=0, query_lenders_3m=2,
        post_loan_queries_12m=1, hard_query_burst_3m=1 / 2, days_since_hard_query=24, bureau_report_days=19,
    )  # fmt: skip


def test_across(facts) -> None:
    def sold(day: date, yuan: int, other: str) -> Row:
        money = {"amount": yuan * 100, "total": yuan * 113, "counterparty": other, "status": "valid", "occurrence": 1}
        return {"direction": "sale", "issue_date": day} | money

    def came(day: date, yuan: int, other: str) -> Row:
        return {"account": "a", "booked_on": day, "sequence": 1, "amount": yuan * 100, "counterparty": other}

    def used(day: date, kwh: float) -> Row:
        return {"utility": "power", "meter": "1", "read_on": day, "usage": kwh, "amount": 100}

    got = facts(
        invoices=[
            sold(date(2024, 1, 5), 1000, "X"),
            sold(date(2023, 11, 5), 3000, "Y"),
            sold(date(2022, 3, 5), 2000, "X"),
        ],
        bank_flow=[
            came(date(2024, 2, 5), 904, "X"),
            came(date(2023, 11, 5), 1356, "Z"),
            came(date(2022, 3, 5), 5, "Y"),
        ],
        meters=[used(date(2024, 1, 8), 50), used(date(2023, 5, 8), 150), used(date(2022, 3, 8), 400)],
        registry=[{"what": "insured", "on": date(2023, 6, 30), "value": "4"}],
        tax_returns=[{"tax": "vat", "period_end": date(2024, 1, 31), "filed_on": date(2024, 2, 15), "sales": 300_000}],
    )
    holds(
        got, bank_sales_ratio_12m=0.5, bank_sales_gap_12m=0.5, paying_customer_share_12m=1 / 4, sales_sources_12m=3,
        sales_confirmed_12m=2260, sales_spread_12m=0.5, vat_invoice_gap_12m=1 / 4, power_per_sales_12m=500,
        power_sales_growth_gap_12m=-0.5 - 1, sales_without_power_12m=1, sales_per_insured_12m=1000,
        bank_sales_months_12m=10, takings_sales_ratio_12m=None, order_bank_ratio_12m=None, debt_sales_ratio_12m=None,
        paid_supplier_share_12m=None, wages_per_insured_12m=None,
    )  # fmt: skip
