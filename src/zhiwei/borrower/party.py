"""Who the business is: a party of one tenant, named by the identifier its source knows it by."""

from dataclasses import dataclass, field

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Party:
    """`party_id` is a 统一社会信用代码 where the source has one, else the source's own code (E1, E2, ...)."""

    party_id: str
    name: str = field(repr=False)  # a person's, where the business is one
    source: str


def uscc_check(code: str) -> bool:
    """Is this a well-formed 统一社会信用代码 with a right last digit (GB 32100-2015)?

    Ours, because python-stdnum rejects codes that start with A, N or Y (rural collectives among them).
    """
    if len(code) != 18 or any(char not in _USCC_ALPHABET for char in code) or not code[2:8].isdigit():
        return False
    total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _USCC_ALPHABET[-total % 31] == code[17]
