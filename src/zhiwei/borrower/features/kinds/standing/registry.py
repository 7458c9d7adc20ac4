"""The business registry -> age, capital, who changed and when, and what the registry warns of. Money is 元.

What the registry never said of a party (no capital, no headcount) is NaN; a warning it does not list is 0.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.windows import MONTH, Bools, Floats, Rows, ratio
from zhiwei.values import lazy

FACTS: Group["Registry"] = Group("registry")

TRADING = "存续|在业|开业|在营|迁入"
MANY_OFFICES = 5  # directorships of a legal representative from which a shell is suspected


class Registry(Rows):
    """Entries and changes of the registry."""

    kind = "registry"

    @lazy
    def until(self) -> Floats:
        """The day an entry ended, NaN where it still stands."""
        return self.days("until")

    @lazy
    def money(self) -> Floats:
        return np.where(self.has("amount"), self.fen("amount"), np.nan)

    @lazy
    def insured(self) -> Floats:
        """Headcount of each row of an annual report: its value where that is a whole number."""
        digits = pc.match_substring_regex(self.words("value"), r"^\d{1,7}$").fill_null(False)
        chosen = digits.to_numpy(zero_copy_only=False) & self.what("insured")
        values = np.full(self.size, np.nan)
        values[chosen] = self.words("value").filter(pa.array(chosen)).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return values

    def what(self, word: str) -> Bools:
        return self._once(("what", word), lambda: self.equals("what", word))

    def standing(self, word: str) -> Bools:
        """Entries that have not ended; one that ends later than the as-of date has not."""
        return self.what(word) & np.isnan(self.until)

    def has_any(self, word: str) -> Bools:
        """Parties of whom the registry has such an entry at all."""
        return self.count(self.what(word)) > 0

    def changed(self, word: str, months: int) -> Floats:
        """Days within the window with such an entry later than a party's first: changes, not the foundation."""
        rows = self.what(word)
        first = self.first_day(rows)
        later = rows & (self.day > first[self.who]) & self.within(0, months)
        return np.where(self.has_any(word), self.busy_days(later), np.nan)

    def newest(self, word: str, values: Floats) -> Floats:
        return self.latest(self.what(word), values)


def registry(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of the registry, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Registry(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    firm_age_months | 成立月数 | Months since the business was established | months | - | 4 | all
    firm_trading | 是否存续 | 1 where the latest status is one of trading | flag | - | 4 | now
    registered_capital | 注册资本 | Registered capital, latest | 元 | - | 4 | now
    paid_in_capital | 实缴资本 | Paid-in capital, latest | 元 | - | 4 | now
    paid_in_ratio | 实缴比例 | Paid-in over registered capital | ratio | - | 4 | now
    capital_changes_12m | 近12月注册资本变更次数 | Changes of registered capital, 12 months | count | . | practice
    legal_rep_changes_{6,12,24}m | 近{n}月法人变更次数 | Changes of legal representative, {n} months | count | + | 2.4
    months_since_legal_rep_change | 距法人变更月数 | Months since the legal representative came | months | - | 2.4 | now
    shareholder_changes_{6,12}m | 近{n}月股东变更次数 | Days with a change of shareholders, {n} months | count | + | 4
    address_changes_12m | 近12月地址变更次数 | Changes of address, 12 months | count | + | 4
    scope_changes_12m | 近12月经营范围变更次数 | Changes of business scope, 12 months | count | + | 8
    registry_changes_{6,12}m | 近{n}月工商变更次数 | Changes of any of these, {n} months | count | + | 8
    shareholders | 现股东数 | Shareholders of today | count | . | 4 | now
    largest_shareholder_share | 第一大股东持股比例 | Share of the largest shareholder of today | share | . | 2.4 | now
    insured_staff | 参保人数 | Insured staff of the latest annual report | count | - | 4 | now
    insured_growth | 参保人数增长率 | Insured staff on the report before | share | - | practice | now
""")
def _firm(rows: Registry) -> dict[str, Floats]:
    capital, paid_in = rows.newest("capital", rows.money), rows.newest("paid_in", rows.money)
    fields = ("capital", "legal_representative", "shareholder", "address", "scope")
    changes = {(word, n): rows.changed(word, n) for word in fields for n in (6, 12)}
    holders = rows.standing("shareholder")
    names = Trade(rows, holders, rows.codes("value")[0], np.ones(rows.size))
    earlier = rows.what("insured") & (rows.day < rows.last_day(rows.what("insured"))[rows.who])
    return {
        "firm_age_months": (rows.today - rows.first_day(rows.what("established"))) / MONTH,
        "firm_trading": rows.newest("status", _trading(rows)),
        "registered_capital": capital / 100,
        "paid_in_capital": paid_in / 100,
        "paid_in_ratio": ratio(paid_in, np.nan_to_num(capital)),
        "capital_changes_12m": changes["capital", 12],
        **{f"legal_rep_changes_{n}m": rows.changed("legal_representative", n) for n in (6, 12, 24)},
        "months_since_legal_rep_change": (rows.today - rows.last_day(rows.what("legal_representative"))) / MONTH,
        **{f"shareholder_changes_{n}m": changes["shareholder", n] for n in (6, 12)},
        "address_changes_12m": changes["address", 12],
        "scope_changes_12m": changes["scope", 12],
        **{f"registry_changes_{n}m": np.nansum([changes[word, n] for word in fields], axis=0) for n in (6, 12)},
        "shareholders": np.where(rows.has_any("shareholder"), names.count(), np.nan),
        "largest_shareholder_share": np.where(
            rows.count(holders & rows.has("share")) > 0, rows.largest(holders, rows.fen("share")), np.nan
        ),
        "insured_staff": rows.latest(rows.what("insured"), rows.insured),
        "insured_growth": ratio(
            rows.latest(rows.what("insured"), rows.insured), np.nan_to_num(rows.latest(earlier, rows.insured))
        )
        - 1,
    }


def _trading(rows: Registry) -> Floats:
    found = pc.match_substring_regex(rows.words("value"), TRADING).fill_null(False)
    return found.to_numpy(zero_copy_only=False).astype(np.float64)


@FACTS.gives("""
    abnormal_now | 现列经营异常次数 | Entries on the list of abnormal operations, not lifted | count | + | 4 | now
    abnormal_total | 历史经营异常次数 | Entries on that list ever | count | + | 4 | all
    abnormal_24m | 近24月列入经营异常次数 | Entries on that list, 24 months | count | + | 4
    serious_now | 现列严重违法次数 | Entries on the list of serious breaches, not lifted | count | + | 4 | now
    pledges_now | 现股权出质笔数 | Pledges of shares that stand | count | + | 4 | now
    pledged_amount_now | 现股权出质金额 | Amount of pledges that stand | 元 | + | 4 | now
    freezes_now | 现股权冻结笔数 | Freezes of shares that stand | count | + | 4 | now
    directorships_now | 法定代表人任职企业数 | Other offices of the legal representative | count | + | 8 | now
    shell_flags | 空壳特征数 | Signs of a shell of the five that can be seen | count | + | 8? | now
""")
def _warnings(rows: Registry) -> dict[str, Floats]:
    offices = np.where(rows.has_any("directorship"), rows.count(rows.standing("directorship")), np.nan)
    # a comparison with NaN is no sign
    signs = [
        rows.latest(rows.what("insured"), rows.insured) == 0,
        rows.newest("paid_in", rows.money) == 0,
        rows.changed("scope", 12) > 0,
        rows.changed("legal_representative", 6) > 0,
        offices >= MANY_OFFICES,
    ]
    return {
        "abnormal_now": rows.count(rows.standing("abnormal")),
        "abnormal_total": rows.count(rows.what("abnormal")),
        "abnormal_24m": rows.count(rows.what("abnormal") & rows.within(0, 24)),
        "serious_now": rows.count(rows.standing("serious")),
        "pledges_now": rows.count(rows.standing("pledge")),
        "pledged_amount_now": rows.sums(rows.standing("pledge"), rows.fen("amount")) / 100,
        "freezes_now": rows.count(rows.standing("freeze")),
        "directorships_now": offices,
        "shell_flags": np.sum(signs, axis=0).astype(np.float64),
    }
