"""An event says what its type says, no more and no less, and names nobody."""

from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from zhiwei.values import Breach
from zhiwei.values.happenings import KINDS, happening

ON = date(2024, 3, 1)
PAID: dict[str, Any] = {"draw": "d", "loan": "l", "amount": 150, "value_date": ON}


def test_facts_are_written_in_plain_form() -> None:
    told = happening("draw.paid", "d", ON, PAID, line="L1")
    assert told.data == {
        "draw": "d", "line": "L1", "loan": "l", "amount": {"amount": 150, "currency": "CNY"},
        "value_date": "2024-03-01",
    }  # fmt: skip
    made = {"decision": "d", "product": "p", "as_of": "2024-03-01", "outcome": "approve", "limit": 5}
    decided = happening("decision.made", "d", ON, made | {"annual_rate": Decimal("0.0500")}, party="G1")
    assert decided.data["annual_rate"] == "0.05"
    declined = happening("decision.made", "d", ON, made | {"outcome": "decline", "annual_rate": None}, party="G1")
    assert declined.data["annual_rate"] is None
    for one in (told, decided, declined):
        jsonschema_rs.validate(KINDS[one.type].schema, dict(one.data), validate_formats=True)


@pytest.mark.parametrize(
    "change", [{"amount": None}, {"amount": "much"}, {"value_date": "soon"}, {"name": "somebody"}, {"loan": ...}]
)
def test_what_does_not_fit_its_type_is_not_told(change: dict[str, Any]) -> None:
    facts = {name: value for name, value in (PAID | change).items() if value is not ...}
    with pytest.raises(Breach, match=r"draw\.paid does not say"):
        happening("draw.paid", "d", ON, facts, line="L1")


def test_a_word_is_one_of_its_list() -> None:
    with pytest.raises(Breach, match="called away"):
        happening("line.frozen", "x", ON, {"because": "called away"}, line="L1")


def test_the_same_is_the_same_event_and_another_type_is_another() -> None:
    once, again = (happening("draw.paid", "d", ON, PAID, line="L1") for _ in range(2))
    assert once == again
    assert happening("draw.failed", "d", ON, PAID, line="L1").event_id != once.event_id


def test_no_type_has_a_place_for_a_name_or_a_persons_words() -> None:
    said = {fact.name for kind in KINDS.values() for fact in kind.facts}
    assert not said & {"name", "phone", "address", "text", "reason", "note", "description", "person"}
    assert all(fact.en and fact.zh for kind in KINDS.values() for fact in kind.facts)
    assert all(kind.en and kind.zh for kind in KINDS.values())
