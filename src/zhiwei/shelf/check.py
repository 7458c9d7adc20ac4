"""The shelf proves itself: every folder loads, and every golden case comes out as it says."""

import re
from collections.abc import Mapping

from zhiwei.credit.underwriting import Verdict, underwrite
from zhiwei.credit.underwriting.scoring import check_origin
from zhiwei.shelf.load import load
from zhiwei.shelf.price import lawful, place_of
from zhiwei.shelf.product import Case, Product
from zhiwei.shelf.silence import check_silence
from zhiwei.tables import MICRO, Document, Problem, text
from zhiwei.values import Refusal

CALIBRATION, PARAMETERS = "underwriting/calibration.toml", "underwriting/parameters.toml"
SHARES = re.compile(r"base_rate|rate_\w+|loss_given_default|cost_\w+|ltv_\w+|\w+_share|\w*pd(_cap)?")
"""Parameters that are rates and shares by their names."""


def check(files: Mapping[str, str]) -> tuple[Product | None, list[Problem]]:
    """Load a folder, ask what is asked before publication, and run its cases."""
    product, problems = load(files)
    if product:
        lawful(files, product, problems)
        check_silence(product, Document("borrower.toml", files["borrower.toml"], problems))
        check_origin(Document(CALIBRATION, files[CALIBRATION], problems))
        _within_reason(product, Document(PARAMETERS, files[PARAMETERS], problems))
        for case in product.cases:
            document = Document(case.file, files[case.file], problems)
            try:
                verdict = underwrite(product.policy, case.facts, case.on)
            except Refusal as refusal:
                document.problem(("as_of",), refusal.message, refusal.hint)
                continue
            for key, wanted, got in differences(case, verdict):
                document.problem(("expect", key), f"expected {key} {wanted!r}, got {got!r}")
    return (None if problems else product), problems


def _within_reason(product: Product, document: Document) -> None:
    """Shares lie between 0 and 1, amounts and multiples are not below zero, and a floor is not above its cap."""
    for one in product.policy.parameters:
        share = SHARES.fullmatch(one.name) is not None
        if one.value < 0 or (share and one.value > MICRO):
            said = "lies between 0 and 1: 0.7 is 70 %" if share else "is not below zero"
            document.problem(place_of(document, one), f"{one.name} {said}")
        numbers = product.policy.numbers(one.since)
        if one.name in ("rate_floor", "rate_cap") and numbers.get("rate_floor", 0) > numbers.get("rate_cap", MICRO):
            document.problem(place_of(document, one), f"rate_floor is above rate_cap on {one.since}")


def differences(case: Case, verdict: Verdict) -> list[tuple[str, object, object]]:
    """(key, expected, got) of each expectation that does not hold."""
    got: dict[str, object] = {
        "outcome": verdict.outcome,
        "limit": text(verdict.limit),
        "annual_rate": None if verdict.annual_rate is None else text(verdict.annual_rate),
        "grade": verdict.grade,
        "reasons": [reason.code for reason in verdict.reasons if reason.effect != "score"],
    }
    if verdict.at_once is not None:
        got["at_once"] = text(min(verdict.at_once, verdict.limit))
    return [(key, wanted, got.get(key)) for key, wanted in case.expect.items() if got.get(key) != wanted]
