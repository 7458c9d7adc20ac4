"""Products: what may be known of them before anybody applies, and the plan of a loan. 产品与试算"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import Day, Id, Money, Rate, Shape, Something, example
from zhiwei.journeys.products import published
from zhiwei.loans.rates import cost_of, daily_rate
from zhiwei.loans.schedule import Row, plan
from zhiwei.shelf import Product
from zhiwei.tables import text, unscaled
from zhiwei.values import BadInput, Refusal, add_months

room = Room("products")
MOST_PRODUCT = 60


class Needs(BaseModel):
    """Kinds of record that must be allowed, and those that help; each needs a consent for one of these purposes."""

    records: list[str]
    optional: list[str]
    purposes: list[str]


class Tenor(BaseModel):
    """A line lives for `line_months`; an offer can be accepted for `offer_days`. `periods` of `every` (1m: a month)
    where a draw is repaid by instalments; a revolving draw ends with its line.
    """

    line_months: int
    offer_days: int
    method: str
    periods: int | None
    every: str


class Charges(BaseModel):
    """Rates a year, between which every price lies, beside those a day. Nothing is charged up front.

    `penalty`: overdue principal costs so many times the rate; `prepayment_fee`: share of what is repaid early.
    """

    annual_rate_floor: Rate
    annual_rate_cap: Rate
    daily_rate_floor: Rate
    daily_rate_cap: Rate
    day_count: str
    penalty: str
    prepayment_fee: Rate


class ProductShown(BaseModel):
    """The version in force on `on`, named by its `hash`."""

    product: Id
    version: str
    hash: str
    zh: str
    en: str
    segment: str
    anchor: str
    on: date
    since: date
    smallest_draw: Money
    smallest_limit: Money
    tenor: Tenor
    charges: Charges
    needs: Needs


class NewSchedule(Shape):
    """`annual_rate`: the product's cap if not given. `matures_on`: of a revolving product, whose line's life it is if
    not given.
    """

    model_config = example(
        product="owner_loan", amount={"amount": 10_000_000, "currency": "CNY"}, annual_rate="0.0985",
        value_date="2026-01-01",
    )  # fmt: skip

    product: str = Field(min_length=1, max_length=MOST_PRODUCT)
    amount: Something
    annual_rate: Annotated[str | None, Field(pattern=r"^0(\.[0-9]{1,6})?$", max_length=8)] = None
    value_date: Day | None = None
    matures_on: Day | None = None


class Instalment(BaseModel):
    n: int
    due_date: date
    principal: Money
    interest: Money
    fee: Money
    payment: Money
    balance: Money


class PlannedSchedule(BaseModel):
    """A plan, not an offer. `annualised`: all it costs over what is really used (PBOC 公告〔2021〕第3号), simple and
    compounded; `found_by` says how. `daily_rate` is the contract's rate divided by `day_basis`.
    """

    product: Id
    hash: str
    amount: Money
    value_date: date
    method: str
    annual_rate: Rate
    daily_rate: Rate
    day_basis: int
    annualised_simple: Rate
    annualised_compound: Rate
    found_by: str
    interest: Money
    fees: Money
    payments: Money
    rows: list[Instalment]


@room.read("/products", "products:read", summary="Products in force 产品列表", response_model=Page[ProductShown])
def list_products(caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    start, today = after(cursor), caller.books.today()
    with caller.books.unit(caller.by.tenant) as unit:
        names = sorted({one.product_id for one in unit.products.versions() if one.state == "published"})
        found = [published(unit, name) for name in names[start : start + limit]]
    return Page[ProductShown](
        items=[shown(one, today) for one in found],
        next=cursor_of(start + limit) if len(names) > start + limit else None,
    )


@room.read("/products/{product}", "products:read", summary="A product 产品", response_model=ProductShown)
def get_product(product: Id, caller: Calls) -> Any:
    return shown(of(caller, product), caller.books.today())


@room.ask("/schedules", "products:read", summary="Plan repayments 还款试算", response_model=PlannedSchedule)
def plan_schedule(body: NewSchedule, caller: Calls) -> Any:
    """The rows by which an amount would be repaid, and what it costs a year beside what it costs a day."""
    product, on = of(caller, body.product), body.value_date or caller.books.today()
    amount = body.amount.amount
    if on < product.since:
        raise Refusal("product_not_in_force", f"{product.product_id} lends from {product.since} on, not on {on}")
    numbers = product.policy.in_force(on)
    floor, cap = (unscaled(numbers[name]) for name in ("rate_floor", "rate_cap"))
    rate = Decimal(body.annual_rate) if body.annual_rate else cap
    if not floor <= rate <= cap:
        raise BadInput("rate_out_of_bounds", f"{product.product_id} costs from {floor} to {cap} a year, not {rate}")
    if amount < product.line.smallest_draw:
        raise BadInput("amount_too_small", f"{product.product_id} lends {product.line.smallest_draw} 分 at least")
    try:
        terms = product.line.loan(amount, rate, on, body.matures_on or add_months(on, product.line.months))
        rows = plan(amount, on, terms.repayment, terms.interest, terms.matures_on)
    except (ValueError, OverflowError) as error:
        raise BadInput("bad_terms", str(error)) from None
    return _schedule(product, (body.amount, on, rate), rows)


def of(caller: Calls, product: str) -> Product:
    """The version in force; NotFound where nothing of that name is published."""
    with caller.books.unit(caller.by.tenant) as unit:
        return published(unit, product)


def shown(product: Product, on: date) -> ProductShown:
    line, needs, numbers = product.line, product.needs, product.policy.in_force(max(on, product.since))
    rates = [unscaled(numbers[name]) for name in ("rate_floor", "rate_cap")]
    return ProductShown(
        product=product.product_id, version=product.version, hash=product.hash, zh=product.zh, en=product.en,
        segment=product.segment, anchor=product.anchor, on=on, since=product.since,
        smallest_draw=Money(amount=line.smallest_draw),
        smallest_limit=Money(amount=int(unscaled(product.policy.smallest_limit) * 100)),
        tenor=Tenor(line_months=line.months, offer_days=line.offer_days, method=line.repayment.method,
                    periods=line.repayment.periods or None, every=str(line.repayment.every)),
        charges=Charges(
            annual_rate_floor=text(numbers["rate_floor"]), annual_rate_cap=text(numbers["rate_cap"]),
            daily_rate_floor=f"{daily_rate(rates[0], line.day_basis)}",
            daily_rate_cap=f"{daily_rate(rates[1], line.day_basis)}", day_count=line.interest.day_count.value,
            penalty=f"{line.late.penalty}", prepayment_fee=f"{line.prepayment.fee}",
        ),
        needs=Needs(records=[*needs.scopes], optional=[*needs.optional], purposes=[*needs.purposes]),
    )  # fmt: skip


def _schedule(product: Product, asked: tuple[Money, date, Decimal], rows: tuple[Row, ...]) -> PlannedSchedule:
    amount, on, rate = asked
    cost, way = cost_of(rows, amount.amount, product.line.repayment.every)
    return PlannedSchedule(
        product=product.product_id, hash=product.hash, amount=amount, value_date=on,
        method=product.line.repayment.method, annual_rate=f"{rate.normalize():f}",
        daily_rate=f"{daily_rate(rate, product.line.day_basis)}", day_basis=product.line.day_basis,
        annualised_simple=f"{cost.simple:.6f}", annualised_compound=f"{cost.compound:.6f}", found_by=way,
        interest=_sum(row.interest for row in rows), fees=_sum(row.fee for row in rows),
        payments=_sum(row.payment for row in rows),
        rows=[
            Instalment(
                n=row.n, due_date=row.due_on, principal=Money(amount=row.principal), fee=Money(amount=row.fee),
                interest=Money(amount=row.interest), payment=Money(amount=row.payment),
                balance=Money(amount=row.balance),
            )
            for row in rows
        ],
    )  # fmt: skip


def _sum(amounts: Any) -> Money:
    return Money(amount=sum(amounts))
