"""Who lives in the town: a register of synthetic businesses with valid identifiers and a hidden kind."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from typing import Literal

import numpy as np

from zhiwei.economy.trades import TRADES

Kind = Literal["sound", "weak", "failing", "cheat"]
SHARES: dict[Kind, float] = {"weak": 0.14, "failing": 0.08, "cheat": 0.06}  # the rest is sound

# 分 a month. Voids, shrinking, failing and young ones bring the median of a year's valid sales down to about 200万 元.
MEDIAN_MONTH = 2_300_000_00 / 12
SPREAD = 1.1  # sigma of log sales: about 4 % under 30万 and 2 % over 2000万
SMALL_SCALE = 5_000_000_00 / 12  # 分 a month; above it a business must be a general taxpayer (增值税法 art. 9)
VOLUNTEERS = 0.35  # share of the smaller ones who register as general taxpayers all the same
SCHEMES = (4, 2, 3, 1, 1, 1)  # cheats join up in this order: a ring, a pair, a ring, three packagers, again
MEAN_AGE = 4 * 365  # days at the window's start; stationary age at a yearly survival of 0.78 (report: 0.70-0.75)
YOUNG = 0.15  # share opened inside the window

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = ("530102", "530103", "530111", "530112")
_FIRST, _SECOND = "云青碧白江长东南石金玉清松竹翠龙凤红百千双天明远", "岭溪湖原川峰桥泉坪洲林港塘湾屏关渡岩野垣"


@dataclass(frozen=True, slots=True)
class Business:
    """One business and the truth about it, which no lender sees.

    `monthly_sales` is the latent level in 分 ex tax on the window's first day, before trend, season and noise.
    `failed_on` is the first day without trade. `scheme` is shared by cheats who act together ('ring-1', 'pair-2',
    'packager-4'); empty for everyone else.
    """

    party_id: str
    name: str
    trade: str
    kind: Kind
    opened_on: date
    failed_on: date | None
    monthly_sales: int
    vat_percent: int
    scheme: str = ""


def credit_code(prefix: str, body: str) -> str:
    """统一社会信用代码 from 8 digits and 8 characters of organisation code, with both check characters (domain 1.1)."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True))
    first17 = prefix + body + "0123456789X0"[-total % 11]
    check = -sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17)) % 31
    return first17 + _ALPHABET[check]


def register(rng: np.random.Generator, count: int, first_day: date, until: date) -> tuple[Business, ...]:
    """`count` businesses in the order of their party_id, for the window [first_day, until)."""
    days = (until - first_day).days
    trades = list(TRADES)
    shares = np.array([t.share for t in TRADES.values()])
    trade = rng.choice(len(trades), size=count, p=shares / shares.sum())
    kinds, schemes = _kinds(rng, count)
    scale = np.array([t.scale for t in TRADES.values()])[trade]
    month = MEDIAN_MONTH * scale * np.exp(rng.normal(0.0, SPREAD, count).clip(-2.5, 2.8))
    _level_rings(rng, month, schemes)
    general = (month > SMALL_SCALE) | (rng.random(count) < VOLUNTEERS)
    company = rng.random(count) < 0.15 + 0.8 * (month > MEDIAN_MONTH / 2)
    opened, failed = _lives(rng, kinds, days)
    ids = _codes(rng, company)
    names = rng.permutation(len(_FIRST) * len(_SECOND))
    made = []
    for i in range(count):
        kind = TRADES[trades[trade[i]]]
        first, second = divmod(int(names[i % len(names)]), len(_SECOND))
        made.append(Business(
            party_id=ids[i],
            name=_FIRST[first] + _SECOND[second] + kind.words + kind.forms[int(company[i])],
            trade=trades[trade[i]],
            kind=kinds[i],
            opened_on=first_day + timedelta(days=int(opened[i])),
            failed_on=first_day + timedelta(days=int(failed[i])) if kinds[i] == "failing" else None,
            monthly_sales=round(month[i]),
            vat_percent=kind.vat_percent if general[i] else 3,
            scheme=schemes[i],
        ))  # fmt: skip
    return tuple(sorted(made, key=lambda b: b.party_id))


def _codes(rng: np.random.Generator, company: np.ndarray) -> list[str]:
    """Distinct codes. The organisation part starts with XW (小微), a block we know no real register to use."""
    numbers = rng.choice(31**6, size=len(company), replace=False)
    regions = rng.integers(len(_REGIONS), size=len(company))
    codes = []
    for number, region, firm in zip(numbers.tolist(), regions, company, strict=True):
        body = "".join(_ALPHABET[number // 31**k % 31] for k in range(6))
        codes.append(credit_code(("91" if firm else "92") + _REGIONS[region], "XW" + body))
    return codes


def _kinds(rng: np.random.Generator, count: int) -> tuple[list[Kind], list[str]]:
    """Kind and scheme of each business: exact shares, shuffled."""
    pairs: list[tuple[Kind, str]] = []
    for kind, share in SHARES.items():
        number = round(share * count)
        pairs += zip([kind] * number, _schemes(number) if kind == "cheat" else [""] * number, strict=True)
    pairs += [("sound", "")] * (count - len(pairs))
    shuffled = [pairs[i] for i in rng.permutation(count)]
    return [kind for kind, _ in shuffled], [scheme for _, scheme in shuffled]


def _schemes(cheats: int) -> list[str]:
    plan: list[str] = []
    for number, size in enumerate(cycle(SCHEMES), start=1):
        if len(plan) == cheats:
            break
        size = min(size, cheats - len(plan))
        plan += [f"{('packager', 'pair', 'ring', 'ring')[size - 1]}-{number}"] * size
    return plan


def _level_rings(rng: np.random.Generator, month: np.ndarray, schemes: list[str]) -> None:
    """Members of one scheme are of about one size, in place: equal invoices must lift each by a credible share."""
    names = np.array(schemes)
    for scheme in sorted(set(schemes) - {""}):
        members = np.flatnonzero(names == scheme)
        month[members] = month[members[0]] * rng.uniform(0.85, 1.15, len(members))


def _lives(rng: np.random.Generator, kinds: list[Kind], days: int) -> tuple[np.ndarray, np.ndarray]:
    """Day of opening and (for the failing) of failure, counted from the window's first day."""
    count = len(kinds)
    failing = np.array([kind == "failing" for kind in kinds])
    opened = -np.ceil(rng.exponential(MEAN_AGE, count)).clip(30, 30 * 365).astype(int)
    young = (rng.random(count) < YOUNG) & ~failing
    opened[young] = rng.integers(0, max(1, days - days // 6), count)[young]
    # One failure in each equal slice of the time from 0.45 to 1.3 windows: some fail before `until` and some after.
    slices = (rng.permutation(int(failing.sum())) + rng.random(int(failing.sum()))) / max(1, int(failing.sum()))
    failed = np.full(count, np.iinfo(np.int32).max)
    failed[failing] = ((0.45 + 0.85 * slices) * days).astype(int)
    return opened, failed
