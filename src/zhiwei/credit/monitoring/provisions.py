"""What a lender sets aside for losses: by class (2002 guideline, 财金〔2012〕20号) and by expected loss (IFRS 9).

Pure: balances or cash flows in 分 -> an allowance in 分. Rates and floors are dated, in provisions.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from zhiwei.credit.monitoring.classes import BAD, CLASSES
from zhiwei.tables import MICRO, Parameter, value_on
from zhiwei.tables.shipped import shipped_parameters
from zhiwei.values import half_up, quantized

GUIDELINE, MOF = "guideline", "mof"
STANDARD, LOWEST = "standard", "lowest"


@cache
def parameters() -> tuple[Parameter, ...]:
    return shipped_parameters("zhiwei.credit.monitoring", "provisions.toml")


@dataclass(frozen=True, slots=True)
class Provision:
    """分: `general` for all loans (一般准备), `special` by class (专项准备)."""

    general: int
    special: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.general + sum(self.special.values())


def required(balances: Mapping[str, int], on: date, standard: str = GUIDELINE) -> Provision:
    """The allowance for principal (分) by class, by the rates of a standard in force; each class is rounded once.

    ValueError for a class that is none or a negative balance; Refusal no_parameter before the standard began.
    """
    _check(balances)
    general = half_up(sum(balances.values()) * value_on(parameters(), f"{standard}.all", on), MICRO)
    special = {
        name: half_up(balances.get(name, 0) * value_on(parameters(), f"{standard}.{name}", on), MICRO)
        for name in CLASSES
    }
    return Provision(general, special)


def floor(balances: Mapping[str, int], on: date, standard: str = STANDARD) -> int:
    """The regulatory minimum: of the bad loans or of all loans, whichever is more; LOWEST is a supervisor's best."""
    _check(balances)
    coverage, loans = (value_on(parameters(), f"{standard}.{name}", on) for name in ("coverage", "loans"))
    return max(half_up(_bad(balances) * coverage, MICRO), half_up(sum(balances.values()) * loans, MICRO))


def gap(balances: Mapping[str, int], allowance: int, on: date, standard: str = STANDARD) -> int:
    """What the allowance lacks to the minimum; 0 where it is enough."""
    return max(0, floor(balances, on, standard) - allowance)


@dataclass(frozen=True, slots=True)
class Ratios:
    """Shares at six places: bad of all loans, allowance of bad loans, allowance of all loans. None: of nothing."""

    bad: Decimal | None  # 不良率
    coverage: Decimal | None  # 拨备覆盖率
    allowance: Decimal | None  # 拨贷比


def ratios(balances: Mapping[str, int], allowance: int) -> Ratios:
    _check(balances)
    bad, loans = _bad(balances), sum(balances.values())
    return Ratios(_share(bad, loans), _share(allowance, bad), _share(allowance, loans))


def stage(
    days_past_due: int, on: date, *, increased: bool = False, impaired: bool = False, rebutted: bool = False
) -> int:
    """1, 2 after a significant increase in risk, 3 when impaired. `rebutted`: days alone decide nothing here."""
    third, second = (value_on(parameters(), f"stage.{name}", on) for name in ("third_from", "second_above"))
    late = 0 if rebutted else days_past_due * MICRO
    if impaired or late >= third:
        return 3
    return 2 if increased or late > second else 1


@dataclass(frozen=True, slots=True)
class Exposure:
    """One loan by future years: exposure at default (分), yearly probability of default given it has not yet.

    `lgd` is the share lost at default, `discount` the effective yearly rate; losses fall at the years' ends.
    """

    at_default: tuple[int, ...]
    probability: tuple[Decimal, ...]
    lgd: Decimal
    discount: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.at_default or len(self.at_default) != len(self.probability) or min(self.at_default) < 0:
            raise ValueError("an exposure has, for one year or more, an amount (0 or more) and a probability")
        if any(not 0 <= share <= 1 for share in (*self.probability, self.lgd)) or self.discount <= -1:
            raise ValueError("probabilities and the loss given default are between 0 and 1")


def expected_loss(exposure: Exposure, in_stage: int) -> int:
    """ECL = Σ PD·LGD·EAD·DF: stage 1 the first year alone, stage 2 every year, stage 3 default is here (分)."""
    if in_stage not in (1, 2, 3):
        raise ValueError("stages are 1, 2 and 3")
    if in_stage == 3:
        return _round(exposure.at_default[0] * Fraction(exposure.lgd))
    alive, factor, loss = Fraction(1), Fraction(1), Fraction(0)
    years = 1 if in_stage == 1 else len(exposure.at_default)
    for amount, probability in zip(exposure.at_default[:years], exposure.probability[:years], strict=True):
        factor /= 1 + Fraction(exposure.discount)
        loss += alive * Fraction(probability) * amount * factor
        alive *= 1 - Fraction(probability)
    return _round(loss * Fraction(exposure.lgd))


def _check(balances: Mapping[str, int]) -> None:
    if unknown := set(balances) - set(CLASSES):
        raise ValueError(f"no such class: {', '.join(sorted(unknown))}")
    if any(balance < 0 for balance in balances.values()):
        raise ValueError("balances are 0 or more")


def _bad(balances: Mapping[str, int]) -> int:
    return sum(balances.get(name, 0) for name in BAD)


def _share(part: int, whole: int) -> Decimal | None:
    return quantized(Decimal(part) / whole, "0.000001") if whole else None


def _round(amount: Fraction) -> int:
    return half_up(amount.numerator, amount.denominator)
