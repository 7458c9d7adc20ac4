"""The trades of the town: what each earns, buys, sells to whom, and in which months.

The figures are guesses of the right order, not estimates from data.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Trade(NamedTuple):
    """One line of business. `season` is relative sales of January..December; only its shape matters."""

    words: str  # what follows the 字号 in a name
    forms: tuple[str, str]  # how a 个体工商户 and how a company of the trade end their names
    share: float  # of the town's businesses
    scale: float  # median size against the town's median
    vat_percent: int  # of a general taxpayer; a small-scale one charges 3 %
    cost: float  # share of sales bought with an invoice
    festival: float  # activity left over around the Spring Festival
    season: tuple[float, ...]
    sells_to: tuple[str, ...]  # trades of the town among its customers; loops exist, as in life


_COMPANY = "有限公司"
TRADES: dict[str, Trade] = {
    "hardware": Trade("五金", ("商行", _COMPANY), 0.17, 1.1, 13, 0.78, 0.10,
                      (0.8, 0.8, 1.1, 1.1, 1.1, 1.0, 0.9, 0.9, 1.1, 1.1, 1.1, 1.0), ("fitting", "garments")),
    "food": Trade("食品", ("批发部", _COMPANY), 0.16, 1.3, 9, 0.82, 0.25,
                  (1.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.1, 0.9, 1.0, 1.2), ("catering", "grocery")),
    "grocery": Trade("百货", ("便利店", _COMPANY), 0.14, 0.8, 13, 0.76, 0.45,
                     (1.3, 1.0, 0.9, 0.9, 1.0, 1.0, 1.0, 0.9, 1.0, 1.1, 1.0, 1.1), ("software", "transport")),
    "catering": Trade("餐饮", ("店", "管理有限公司"), 0.14, 0.6, 6, 0.45, 0.35,
                      (1.1, 0.8, 0.9, 1.0, 1.1, 1.0, 1.0, 1.0, 1.0, 1.1, 1.0, 1.2), ("hardware", "software")),
    "transport": Trade("运输", ("服务部", _COMPANY), 0.11, 1.1, 9, 0.55, 0.08,
                       (0.9, 0.7, 1.0, 1.0, 1.0, 1.0, 0.9, 1.0, 1.1, 1.1, 1.3, 1.2), ("food", "hardware", "garments")),
    "fitting": Trade("装饰", ("装修部", "工程有限公司"), 0.10, 1.2, 9, 0.62, 0.04,
                     (0.6, 0.5, 1.1, 1.2, 1.2, 1.0, 0.9, 0.9, 1.1, 1.2, 1.2, 1.1), ("catering", "grocery")),
    "software": Trade("信息技术", ("服务部", _COMPANY), 0.08, 0.9, 6, 0.25, 0.08,
                      (0.8, 0.7, 1.0, 0.9, 0.9, 1.1, 0.9, 0.9, 1.0, 0.9, 1.2, 1.7), ("food", "transport")),
    "garments": Trade("服饰", ("加工厂", _COMPANY), 0.10, 1.2, 13, 0.65, 0.06,
                      (0.9, 0.7, 1.2, 1.1, 0.9, 0.8, 0.7, 1.0, 1.2, 1.2, 1.2, 1.1), ("grocery",)),
}  # fmt: skip

# First day of the lunar year. Elsewhere (rare) 5 February stands in: the date wanders from 21 January to 20 February.
_SPRING = {
    day.year: day
    for day in map(date.fromisoformat, (
        "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
        "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
        "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08",
    ))
}  # fmt: skip
_WEEK = np.array([1.1, 1.1, 1.1, 1.1, 1.2, 0.8, 0.5])  # Monday first
_BEFORE, _AFTER = 6, 12  # days around the festival when the town is at home


def daily_weights(first_day: date, days: int) -> NDArray[np.float64]:
    """Relative activity, shape (trades in the order of TRADES, days); its mean over whole years is about 1."""
    reference = _weights(date(2021, 1, 1), 4 * 365 + 1).mean(axis=1, keepdims=True)
    weights: NDArray[np.float64] = _weights(first_day, days) / reference
    return weights


def _weights(first_day: date, days: int) -> NDArray[np.float64]:
    day = np.datetime64(first_day) + np.arange(days)
    month = day.astype("datetime64[M]").astype(int) % 12
    weekday = (day.astype("datetime64[D]").astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    home = np.zeros(days, dtype=bool)
    for year in range(first_day.year, first_day.year + days // 365 + 2):
        away = (day - np.datetime64(_SPRING.get(year, date(year, 2, 5)))).astype(int)
        home |= (away >= -_BEFORE) & (away <= _AFTER)
    season = np.array([trade.season for trade in TRADES.values()])[:, month]
    quiet = np.array([trade.festival for trade in TRADES.values()])[:, None]
    return season * _WEEK[weekday] * np.where(home, quiet, 1.0)
