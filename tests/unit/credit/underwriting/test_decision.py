"""A tiny policy made by hand: what it decides, why, and in which order it asks."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.credit.underwriting import Policy, Scorecard, Stage, Term, Verdict, read_terms, underwrite
from zhiwei.credit.underwriting.scoring import Bin, Calibration
from zhiwei.credit.underwriting.terms import Grade
from zhiwei.tables import Parameter, Problem, Rule, micro, parse_cell
from zhiwei.values import Refusal

ON = date(2026, 1, 1)
GOOD = {"sales": "900000", "months": "24", "void": "0", "growth": "0.1"}
NUMBERS = {
    "base_rate": "0.03", "rate_floor": "0.04", "rate_cap": "0.15", "cap": "500000", "share": "0.2", "funds": "0.03",
}  # fmt: skip


def rule(code: str, fact: str, test: str, effect: str, if_missing: str = "pass") -> Rule:
    return Rule(code, fact, parse_cell(test), effect, if_missing, "中", "en")


STAGES = (
    Stage("data", (rule("D1", "sales", "< 0", "refer", "decline"),)),
    Stage("admission", (rule("A1", "months", "< 12", "decline"),)),
    Stage("antifraud", (rule("F1", "void", "> 0.5", "decline"), rule("F2", "void", "(0.2..0.5]", "refer"))),
    Stage("rules", (rule("R1", "growth", "< -0.5", "refer"), rule("R2", "growth", "> 3", "note"))),
)
BINS = {
    "sales": tuple(Bin("sales", parse_cell(cell), points, "S1", "中", "en")
                   for cell, points in (("< 500000", -10), (">= 500000", 15), ("null", -20))),
    "months": tuple(Bin("months", parse_cell(cell), points, "S2", "中", "en")
                    for cell, points in (("< 36", 0), (">= 36", 5), ("null", -5))),
}  # fmt: skip


def policy(
    *, limit: str = "cap,cap\nturnover,sales * share", price: str = "funds,funds\nloss,pd * 0.5",
    since: date = date(2019, 1, 1), numbers: dict[str, str] = NUMBERS,
) -> Policy:  # fmt: skip
    problems: list[Problem] = []

    def terms(rows: str) -> tuple[Term, ...]:
        content = "term,value,zh,en\n" + "".join(f"{row},z,e\n" for row in rows.split("\n"))
        return read_terms("t.csv", content, {*GOOD, *numbers, "pd", "score"}, problems)

    card = Scorecard(BINS, Calibration(600, *(Decimal(v) for v in ("600", "20", "0.2"))))
    grades = tuple(Grade(name, parse_cell(cell)) for name, cell in (("A", "< 0.02"), ("B", "-")))
    dated = tuple(Parameter(name, since, micro(value), "", since, True) for name, value in sorted(numbers.items()))
    made = Policy(STAGES, card, grades, terms(limit), terms(price), dated, micro(10_000), micro(50_000))
    assert problems == []
    return made


def decide(changes: dict[str, str | None] | None = None, of: Policy | None = None) -> Verdict:
    facts = {name: None if value is None else micro(value) for name, value in {**GOOD, **(changes or {})}.items()}
    return underwrite(of or policy(), facts, ON)


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    return [(reason.code, reason.effect) for reason in verdict.reasons if reason.effect != "score"]


def test_a_good_business_by_hand() -> None:
    """Score 600 + 15 + 0; limit = min(500000, 900000 x 0.2) rounded down to 10000; rate = 3 % + pd / 2, at 0.01 %."""
    verdict = decide()
    odds = 2 ** (15 / 20) * (0.97 / 0.03) / (0.8 / 0.2)
    assert verdict.outcome == "approve"
    assert verdict.score == 615
    assert verdict.pd == round(1e6 / (1 + odds))
    assert verdict.limit == micro(180_000)
    assert verdict.annual_rate == round((0.03 + verdict.pd / 2e6) * 10_000) * 100 > micro("0.04")
    assert verdict.grade == "B"
    assert codes(verdict) == []


def test_the_stages_are_asked_in_their_order() -> None:
    """Data, admission, fraud, rules, score, pd, limit, price: the trace is the way the decision went."""
    steps = [(entry["step"], entry.get("code")) for entry in decide().trace]
    assert steps == [
        ("data", "D1"), ("admission", "A1"), ("antifraud", "F1"), ("antifraud", "F2"), ("rules", "R1"),
        ("rules", "R2"), ("score", None), ("score", None), ("pd", None), ("limit", None), ("price", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "outcome", "reasons"),
    [
        ({"growth": "4"}, "approve", [("R2", "note")]),
        ({"void": "0.3"}, "refer", [("F2", "refer")]),
        ({"growth": "-0.6", "void": "0.3"}, "refer", [("F2", "refer"), ("R1", "refer")]),
        ({"months": "11"}, "decline", [("A1", "decline")]),
        ({"months": "11", "growth": "-0.6", "void": "0.6"}, "decline",
         [("A1", "decline"), ("F1", "decline"), ("R1", "refer")]),
        ({"growth": None, "void": None}, "approve", []),
    ],
)  # fmt: skip
def test_the_heaviest_reason_decides_and_all_are_said(
    changes: dict[str, str | None], outcome: str, reasons: list[tuple[str, str]]
) -> None:
    """Decline over refer over note; sorted so; a decline asks on, and carries score, pd and every other reason."""
    verdict = decide(changes)
    assert (verdict.outcome, codes(verdict)) == (outcome, reasons)
    assert verdict.pd > 0
    if outcome == "decline":
        assert (verdict.limit, verdict.annual_rate) == (0, None)


def test_the_smallest_term_is_the_limit_and_is_named() -> None:
    limit = next(entry for entry in decide({"sales": "949999.99"}).trace if entry["step"] == "limit")
    assert (limit["binding"], limit["limit"]) == ("turnover", "180000")
    assert limit["terms"] == {"cap": "500000", "turnover": "189999.998"}
    limit = next(entry for entry in decide({"sales": "99000000"}).trace if entry["step"] == "limit")
    assert (limit["binding"], limit["limit"]) == ("cap", "500000")


def test_a_limit_below_the_smallest_declines() -> None:
    assert codes(decide({"sales": "249999"})) == [("L02", "decline")]
    assert decide({"sales": "250000"}).outcome == "approve"
    reason = decide({"sales": "-5"}, policy()).reasons
    assert ("L02", "0", "< 50000") in [(r.code, r.value, r.threshold) for r in reason]


def test_a_missing_limit_term_is_referred_never_taken_for_zero() -> None:
    """The other terms are known; still no limit is offered, and it is no decline either."""
    verdict = decide({"growth": None}, policy(limit="cap,cap\ntrend,cap * (1 + growth)"))
    assert (verdict.outcome, codes(verdict), verdict.limit) == ("refer", [("L01", "refer")], 0)
    assert next(r for r in verdict.reasons if r.code == "L01").fact == "trend"


def test_a_missing_price_term_is_referred() -> None:
    verdict = decide({"growth": None}, policy(price="funds,funds\ntrend,growth / 100"))
    assert (verdict.outcome, codes(verdict), verdict.annual_rate) == ("refer", [("P01", "refer")], None)


@pytest.mark.parametrize(
    ("price", "rate"),
    [("0.01", "0.04"), ("0.04", "0.04"), ("0.05004", "0.05"), ("0.05005", "0.0501"), ("0.15", "0.15"),
     ("0.15004", "0.15"), ("0.15005", None), ("0.9", None)],
)  # fmt: skip
def test_the_rate_stays_between_floor_and_cap(price: str, rate: str | None) -> None:
    """Half up to 0.01 %; raised to the floor; above the cap the business is declined, not undercharged."""
    verdict = decide(of=policy(price=f"all,{price}"))
    assert verdict.annual_rate == (None if rate is None else micro(rate))
    assert codes(verdict) == ([] if rate else [("P02", "decline")])


def test_score_reasons_name_the_points_lost() -> None:
    """Most lost first; an attribute in its best bin is no reason; the missing bin is a bin."""
    found = [(r.code, r.weight, r.value, r.threshold) for r in decide({"sales": None, "months": "24"}).reasons
             if r.effect == "score"]  # fmt: skip
    assert found == [("S1", 35.0, None, "null"), ("S2", 5.0, "24", "< 36")]
    assert [r.code for r in decide({"months": "40"}).reasons] == []


def test_the_same_inputs_give_the_same_verdict() -> None:
    """Also from a policy read anew, and with the facts in another order."""
    changes = {"growth": "-0.6", "sales": "300000"}
    assert decide(changes, policy()) == decide(dict(reversed(changes.items())), policy())


@pytest.mark.parametrize("gone", ["base_rate", "rate_floor", "rate_cap", "cap", "share", "funds"])
def test_a_number_that_is_not_in_force_yet_is_refused(gone: str) -> None:
    """Not a KeyError and no default: the one who asks learns which number has no value on that day."""
    made = policy()
    late = tuple(
        Parameter(p.name, date(2026, 1, 2), p.value, "", p.since, True) if p.name == gone else p
        for p in made.parameters
    )
    with pytest.raises(Refusal, match=f"no {gone} is in force on 2026-01-01") as refusal:
        decide(of=Policy(*(getattr(made, name) if name != "parameters" else late for name in Policy.__slots__)))
    assert refusal.value.code == "no_parameter"
