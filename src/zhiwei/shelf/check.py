"""The shelf proves itself: every folder loads, and every golden case comes out as it says."""

from collections.abc import Mapping

from zhiwei.credit.underwriting import Verdict, underwrite
from zhiwei.credit.underwriting.scoring import check_origin
from zhiwei.shelf.load import load
from zhiwei.shelf.price import lawful
from zhiwei.shelf.product import Case, Product
from zhiwei.shelf.silence import check_silence
from zhiwei.tables import Document, Problem, text
from zhiwei.values import Refusal

CALIBRATION = "underwriting/calibration.toml"


def check(files: Mapping[str, str]) -> tuple[Product | None, list[Problem]]:
    """Load a folder, ask what is asked before publication, and run its cases."""
    product, problems = load(files)
    if product:
        lawful(files, product, problems)
        check_silence(product, Document("borrower.toml", files["borrower.toml"], problems))
        check_origin(Document(CALIBRATION, files[CALIBRATION], problems))
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
