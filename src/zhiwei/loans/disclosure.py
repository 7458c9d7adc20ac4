"""What a loan costs, said per day and per year, the year at least as prominent (PBOC 公告〔2021〕第3号)."""

from decimal import Decimal

from zhiwei.values import quantized


def daily_rate(annual_rate: Decimal, day_basis: int) -> Decimal:
    """Rate per day, six places, for display; accrual never uses it."""
    return quantized(annual_rate / day_basis, "0.000001")


def annualised(daily: Decimal) -> dict[str, str]:
    """A daily rate, not rounded, as yearly percentages: contract (x360), simple (x365), compounded (365 days)."""
    compounded = (1 + daily) ** 365 - 1
    return {
        "contract_360": f"{quantized(daily * 360 * 100, '0.01')}",
        "simple_365": f"{quantized(daily * 365 * 100, '0.001')}",
        "compounded": f"{quantized(compounded * 100, '0.01')}",
    }
