"""A programme is whole: shares add to one, each funder once."""

from decimal import Decimal

import pytest

from zhiwei.funding import Funder, Programme


def funders(*shares: str) -> tuple[Funder, ...]:
    return tuple(Funder(f"f{n}", f"F{n}", "bank", Decimal(share)) for n, share in enumerate(shares))


def test_shares_in_order() -> None:
    assert Programme(funders("0.7", "0.3")).shares == (Decimal("0.7"), Decimal("0.3"))


@pytest.mark.parametrize("shares", [(), ("0.7",), ("0.7", "0.31"), ("0.33", "0.33", "0.33")])
def test_shares_that_are_not_the_whole_are_refused(shares: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="exactly 1"):
        Programme(funders(*shares))


def test_a_negative_share_is_refused() -> None:
    """Else 1.2 and -0.2 would pass, and the first draw would fail in `split`."""
    with pytest.raises(ValueError, match="share"):
        Programme(funders("1.2", "-0.2"))


def test_a_funder_is_named_once() -> None:
    one = Funder("a", "A", "bank", Decimal("0.5"))
    with pytest.raises(ValueError, match="once"):
        Programme((one, one))
