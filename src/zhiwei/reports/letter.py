"""The letter to an applicant: what was decided, at which cost or why not, from what, and what the applicant may do.

Pure: a decision's document -> words in both languages. The rate per year stands beside the rate per day, first (PBOC
公告〔2021〕第3号); reasons are those that may be told, without points, probabilities, thresholds of checks or anybody
else's data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from zhiwei.borrower.features import CATALOGUE
from zhiwei.borrower.records import KINDS
from zhiwei.credit.underwriting.disclosure import MOST, Told, told_reasons
from zhiwei.loans import annualised, daily_rate
from zhiwei.shelf import Product
from zhiwei.values import fen, grouped, quantized

OUTCOMES = {
    "approve": ("已批准", "approved"),
    "refer": ("转由人工审核，尚未作出最终决定", "passed to a person to look at; it is not decided yet"),
    "decline": ("未获批准", "not approved"),
}
BUREAU = "bureau_"  # kinds of record that a credit bureau reports, which is named
PERSON, POLICY, YEAR = "person", "policy", 365
RIGHTS = (
    "您的权利：{}您可以要求我们说明理由，并可以要求由人工审核，不接受仅由系统自动作出的决定（个人信息保护法第二十四条）。"
    "您可以查阅我们使用的信息；信息有误的，可以要求更正或补充（第四十五、四十六条），对信用报告有异议的，"
    "也可以向出具报告的机构提出。\n如需办理，请联系我们并说明编号 {}。",
    "Your rights: {} You may ask us to explain it, and you may ask that a person looks at your application instead of "
    "a system alone (Personal Information Protection Law, article 24). You may see the information we used, and have "
    "what is wrong in it corrected or completed (articles 45 and 46); what is wrong in a credit report you may also "
    "dispute with whoever issued it.\nFor any of this, contact us and name the number {}.",
)
HOW = {
    POLICY: ("本决定由系统依据规则自动作出。", "Rules made this decision, automatically."),
    PERSON: ("本决定由人工作出。", "A person made this decision."),
}
LOOKED = Told("", "经人工审核，本次不予批准", "A person looked at the application and did not approve it")


@dataclass(frozen=True, slots=True)
class SourceUsed:
    """A kind of record that said something; `by` who reported it, of a bureau's reports."""

    kind: str
    zh: str
    en: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Amounts in 元, rates as shares, both as text. `year_365`: what a year of 365 days costs, where a day of the
    contract is a 360th of its year. `at_once`: what can be drawn before security is registered, where not all can.
    """

    limit: str
    annual_rate: str
    daily_rate: str
    day_basis: int
    accept_by: str
    year_365: str | None
    at_once: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """All that an applicant is told. `decided_by` policy or person; `offer` None where it was not approved."""

    decision: str
    party: str
    name: str = field(repr=False)
    product: str
    product_zh: str
    product_en: str
    as_of: str
    outcome: str
    decided_by: str
    offer: Offer | None
    reasons: tuple[Told, ...]
    sources: tuple[SourceUsed, ...]

    @property
    def zh(self) -> str:
        outcome, (how, _) = OUTCOMES[self.outcome][0], HOW[self.decided_by]
        used = "、".join(one.zh + (f"（由 {'、'.join(one.by)} 提供）" if one.by else "") for one in self.sources)
        return "\n".join([
            f"致：{self.name}", f"关于您申请的{self.product_zh}（编号 {self.decision}）：{outcome}。",
            *(_offer_zh(self.offer) if self.offer else
              ["主要原因：", *(f"{number}. {one.zh}" for number, one in enumerate(self.reasons, 1))]),
            f"使用的信息：{used or '无'}；截至 {self.as_of}。", RIGHTS[0].format(how, self.decision),
        ])  # fmt: skip

    @property
    def en(self) -> str:
        outcome, (_, how) = OUTCOMES[self.outcome][1], HOW[self.decided_by]
        used = ", ".join(one.en + (f" (reported by {', '.join(one.by)})" if one.by else "") for one in self.sources)
        return "\n".join([
            f"To: {self.name}", f"Your application for {self.product_en} (number {self.decision}) is {outcome}.",
            *(_offer_en(self.offer) if self.offer else
              ["Main reasons:", *(f"{number}. {one.en}" for number, one in enumerate(self.reasons, 1))]),
            f"Information used: {used or 'none'}; as of {self.as_of}.", RIGHTS[1].format(how, self.decision),
        ])  # fmt: skip


def _offer_zh(offer: Offer) -> list[str]:
    first = f"（抵押登记完成前可用 {grouped(fen(offer.at_once))} 元）" if offer.at_once else ""
    year = f"；按365天计为每年 {_percent(offer.year_365, '0.001')}" if offer.year_365 else ""
    return [
        f"额度：{grouped(fen(offer.limit))} 元{first}",
        f"年利率（单利）：{_percent(offer.annual_rate, '0.01')}{year}；"
        f"日利率：{_percent(offer.daily_rate, '0.0001')}（一年按{offer.day_basis}天）",
        f"请在 {offer.accept_by} 前（含当日）接受，逾期需重新申请。",
    ]


def _offer_en(offer: Offer) -> list[str]:
    first = f" (CNY {grouped(fen(offer.at_once))} before security is registered)" if offer.at_once else ""
    year = f"; of 365 days {_percent(offer.year_365, '0.001')}" if offer.year_365 else ""
    return [
        f"Limit: CNY {grouped(fen(offer.limit))}{first}",
        f"Rate per year (simple): {_percent(offer.annual_rate, '0.01')}{year}; "
        f"rate per day: {_percent(offer.daily_rate, '0.0001')} (a year of {offer.day_basis} days)",
        f"You may accept this until {offer.accept_by}; later you would have to apply again.",
    ]


def kinds_used(facts: Mapping[str, str | None]) -> list[str]:
    """Kinds of record that the facts of a decision's inputs rest on."""
    known = [name for name, value in facts.items() if value is not None]
    found = {CATALOGUE[name].kind for name in known if name in CATALOGUE}
    found |= {name.partition(".")[0] for name in known if name.endswith(".freshness_days")}
    return [kind for kind in KINDS if kind in found]


def letter(
    document: Mapping[str, Any], inputs: Mapping[str, Any], product: Product, name: str,
    by: Mapping[str, Sequence[str]],
) -> Letter:  # fmt: skip
    """`document` and `inputs` as a decision stores them; `by`: kind of record -> who reported it."""
    offer = _offer(document, product) if document["outcome"] == "approve" else None
    return Letter(
        document["decision"], document["party"], name, product.product_id, product.zh, product.en, document["as_of"],
        document["outcome"], PERSON if "ruling" in inputs else POLICY, offer,
        reasons_of(document, "ruling" in inputs),
        tuple(
            SourceUsed(kind, KINDS[kind].zh, KINDS[kind].en, tuple(by.get(kind, ())))
            for kind in kinds_used(inputs["facts"])
        ),
    )  # fmt: skip


def reasons_of(document: Mapping[str, Any], person: bool) -> tuple[Told, ...]:
    """Why it was no yes. Where a person decided, what only held the score down was no reason."""
    if document["outcome"] == "approve":
        return ()
    reasons = [one for one in document["reasons"] if not person or one["effect"] != "score"]
    told = told_reasons(reasons, document["trace"])
    return (LOOKED, *told)[:MOST] if person else told


def _offer(document: Mapping[str, Any], product: Product) -> Offer:
    rate, line = Decimal(document["annual_rate"]), product.line
    by_day = line.day_basis != YEAR and not line.interest.full_months
    return Offer(
        document["limit"], document["annual_rate"], format(daily_rate(rate, line.day_basis), "f"), line.day_basis,
        (date.fromisoformat(document["as_of"]) + timedelta(days=line.offer_days)).isoformat(),
        format(Decimal(annualised(rate / line.day_basis)["simple_365"]) / 100, "f") if by_day else None,
        document.get("at_once"),
    )  # fmt: skip


def _percent(share: str, places: str) -> str:
    return f"{quantized(Decimal(share) * 100, places)} %"
