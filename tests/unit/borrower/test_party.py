"""统一社会信用代码: the vectors of domain.md 1.3, and that any single slip is noticed."""

import pytest

from zhiwei.borrower import uscc_check

VALID = [
    "91350100M000100Y43",  # TV 1.1, the standard's own example
    "91110000600037341L", "91110108551385082Q", "9153000077859986X2",  # TV 1.2
    "911101051000000080",  # TV 1.3: remainder 0
    "N2440300MF12345673",  # TV 1.4: a village collective, which python-stdnum rejects
]  # fmt: skip


@pytest.mark.parametrize("code", VALID)
def test_valid_codes(code: str) -> None:
    assert uscc_check(code)


@pytest.mark.parametrize("code", VALID)
def test_any_one_character_changed_is_noticed(code: str) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    changed = [code[:at] + char + code[at + 1 :] for at in range(18) for char in alphabet if char != code[at]]
    assert not any(uscc_check(other) for other in changed)


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y4Z", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", " 1350100M000100Y43",
     "9135010OM000100Y43", "91350100M000100Y4３", "91A50100M000100Y43"],
)  # fmt: skip
def test_what_is_no_code(code: str) -> None:
    """Letters that do not exist (I O S V Z), lower case, wide digits, letters in the region, wrong lengths."""
    assert not uscc_check(code)
