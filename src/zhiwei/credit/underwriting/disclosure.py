"""What of a decision its applicant is told, and in which words: the main reasons, and nothing that teaches fraud.

An applicant is entitled to reasons (PIPL 24). Which steps of a decision may be told is data, here; a step that is not
named is not told. Of what is not told the applicant learns one sentence, the same for every check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhiwei.borrower.features import CATALOGUE
from zhiwei.borrower.records import KINDS
from zhiwei.credit.underwriting.policy import Policy

DISCLOSED = {
    "data": True,
    "admission": True,
    "antifraud": False,  # names, evidence and thresholds of checks would tell how to pass them
    "rules": True,
    "score": True,
    "limit": True,
    "price": True,
    "ruling": False,  # a person's note of the file; that a person decided is told
}
FOUND = "found_"  # facts that checks found: whichever rule looks at one, it is not told
MOST = 4
_OWN = {"L01": "limit", "L02": "limit", "P01": "price", "P02": "price", "O01": "ruling"}  # codes of no rule
_SPEAK = ("decline", "refer", "score")  # a note weighs nothing


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in the applicant's words. `code` is what an officer finds it by; '' for what is not told."""

    code: str
    zh: str
    en: str


UNTOLD = Told("", "我们未能核实申请中的部分信息", "We could not confirm some of the information")


def steps_of(reason: Mapping[str, Any], trace: Sequence[Mapping[str, Any]]) -> set[str]:
    """The steps of the decision that a reason comes from; none where nobody knows."""
    if reason["effect"] == "score":
        return {"score"}
    asked = {step["step"] for step in trace if step.get("code") == reason["code"]}
    return asked or {_OWN[reason["code"]]} if asked or reason["code"] in _OWN else set()


def disclosed(reason: Mapping[str, Any], trace: Sequence[Mapping[str, Any]]) -> bool:
    steps = steps_of(reason, trace)
    return bool(steps) and all(DISCLOSED.get(step, False) for step in steps) and not reason["fact"].startswith(FOUND)


def told_reasons(reasons: Sequence[Mapping[str, Any]], trace: Sequence[Mapping[str, Any]]) -> tuple[Told, ...]:
    """The heaviest reasons of a decision's document, each sentence once, at most four.

    They come sorted by weight: what declines, what refers, then what held the score down.
    """
    told: dict[tuple[str, str], Told] = {}
    for reason in reasons:
        if reason["effect"] not in _SPEAK or "ruling" in steps_of(reason, trace):
            continue
        one = _words(reason) if disclosed(reason, trace) else UNTOLD
        told.setdefault((one.zh, one.en), one)
    return tuple(told.values())[:MOST]


def untold_facts(policy: Policy) -> set[str]:
    """The facts that checks look at: to say how one would have to be is to teach how to pass."""
    stages = {rule.fact for stage in policy.stages if not DISCLOSED.get(stage.name, False) for rule in stage.rules}
    return stages | {name for name in policy.facts() if name.startswith(FOUND)}


def _words(reason: Mapping[str, Any]) -> Told:
    """The rule's own; but where it speaks for want of a value, that this is wanting, not what the rule suspects."""
    fact, code = reason["fact"], reason["code"]
    wanting = reason["value"] is None and reason["effect"] != "score" and "null" not in reason["threshold"]
    known = CATALOGUE.get(fact) or KINDS.get(fact.partition(".")[0])
    if wanting and known is not None:
        return Told(code, f"未能取得所需信息：{known.zh}", f"Information that is needed was not available: {known.en}")
    if wanting and code not in _OWN:
        return Told(code, "未能取得所需信息", "Information that is needed was not available")
    return Told(code, reason["zh"], reason["en"])
