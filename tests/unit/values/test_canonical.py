"""One content, one text, one hash: ids follow from content on every machine."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.values import canonical, digest, identifier


def test_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": "元"}) == '{"a":"元","b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_decimals_and_dates_are_written_plainly() -> None:
    assert canonical([Decimal("1E+2"), Decimal("0.10"), date(2024, 2, 29)]) == '["100","0.1","2024-02-29"]'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_text(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(value)


def test_what_is_not_plain_has_no_text() -> None:
    with pytest.raises(TypeError, match="no canonical form for set"):
        canonical({1, 2})


def test_ids_differ_by_content_and_are_stable() -> None:
    """The literal is the promise: ids stored yesterday are found tomorrow."""
    assert identifier("pay", "line_1", "k") == identifier("pay", "line_1", "k")
    assert identifier("pay", "line_1", "k") != identifier("pay", "line_1k", "")
    assert digest(["a", 1]) == "135f17a475a61afdeeaf3759ad2e45ad1c7abb192395abe47e41fc8e395dc1a9"
