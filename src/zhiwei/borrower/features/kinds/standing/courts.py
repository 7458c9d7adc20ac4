"""Court records -> how many cases of each list, which are open, and for how much. Money is 元.

A case that closes after the as-of date is open. A party of whom no case came is NaN, unless a report says that the
courts were asked: then there is none, as far back as one looked, and of the subject that one asked about.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.told import ordinal
from zhiwei.borrower.features.windows import MONTH, Bools, Floats, Rows
from zhiwei.values import EARLIEST, lazy

FACTS: Group["Courts"] = Group("courts")


class Courts(Rows):
    """Cases and entries on the courts' lists, of the firm and its owner."""

    kind = "courts"

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """0 of a party with reports only where one of them speaks for the window and for the subject."""
        if not self.told.has.any():
            return values
        subject = ("owner",) if fact.name.startswith("owner_") else ("firm", "")
        spoken = self.told.speaks_for(fact.window, subject)
        if fact.window in ("all", "now"):  # a case of any year counts, also one before what was looked at
            spoken &= self.told.reach(subject)[0] <= ordinal(EARLIEST)
        return np.where(self.told.has & ~spoken & ~(values > 0), np.nan, values)

    @lazy
    def open(self) -> Bools:
        return np.isnan(self.days("closed_on"))

    @lazy
    def owner(self) -> Bools:
        return self.equals("subject", "owner")

    def what(self, word: str) -> Bools:
        return self._once(("what", word), lambda: self.equals("what", word))

    def worth(self, where: Bools) -> Floats:
        return self.total(where, "amount") / 100


def courts(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of the courts, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Courts(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    dishonest_total | 历史失信被执行次数 | Entries as dishonest, ever | count | + | 4 | all
    dishonest_open | 现失信被执行次数 | Entries as dishonest that stand | count | + | 4 | now
    executed_total | 历史被执行次数 | Cases of enforcement against, ever | count | + | 4 | all
    executed_open | 现被执行次数 | Cases of enforcement against, open | count | + | 4 | now
    executed_open_amount | 现被执行标的 | Amount of enforcement against, open | 元 | + | 4 | now
    restricted_total | 历史限制高消费次数 | Restrictions of spending, ever | count | + | 4 | all
    restricted_open | 现限制高消费次数 | Restrictions of spending that stand | count | + | 4 | now
    ended_total | 终本案件数 | Enforcements ended for want of assets, ever | count | + | 4 | all
    ended_amount | 终本案件标的 | Amount of those | 元 | + | 4 | all
    bankruptcy_total | 破产案件数 | Bankruptcy cases, ever | count | + | 4 | all
    bankruptcy_open | 未结破产案件数 | Bankruptcy cases, open | count | + | 4 | now
""")
def _lists(rows: Courts) -> dict[str, Floats]:
    found = {f"{word}_total": rows.count(rows.what(word)) for word in ("dishonest", "executed", "restricted", "ended")}
    found |= {f"{word}_open": rows.count(rows.what(word) & rows.open) for word in ("dishonest", "executed")}
    return found | {
        "restricted_open": rows.count(rows.what("restricted") & rows.open),
        "executed_open_amount": rows.worth(rows.what("executed") & rows.open),
        "ended_amount": rows.worth(rows.what("ended")),
        "bankruptcy_total": rows.count(rows.what("bankruptcy")),
        "bankruptcy_open": rows.count(rows.what("bankruptcy") & rows.open),
    }


@FACTS.gives("""
    defendant_{12,24}m | 近{n}月被告案件数 | Cases as defendant, {n} months | count | + | 4
    defendant_open | 未结被告案件数 | Cases as defendant, open | count | + | 2.4 | now
    defendant_open_amount | 未结被告标的 | Amount of cases as defendant, open | 元 | + | 4 | now
    plaintiff_{12,24}m | 近{n}月原告案件数 | Cases as plaintiff, {n} months | count | . | 4
    plaintiff_open_amount | 未结原告标的 | Amount of cases as plaintiff, open | 元 | . | 4 | now
    court_records | 司法记录数 | Records of any list, cases as plaintiff aside | count | + | 4 | all
    court_records_12m | 近12月司法记录数 | Records of any list but as plaintiff, 12 months | count | + | practice
    months_since_court_record | 距最近司法记录月数 | Months since the latest of these | months | - | practice | now
    owner_court_records | 法定代表人司法记录数 | Records of the owner | count | + | 4 | all
    owner_dishonest_open | 法定代表人现失信次数 | Entries of the owner as dishonest that stand | count | + | 4 | now
    owner_executed_open | 法定代表人现被执行次数 | Enforcements against the owner, open | count | + | 4 | now
    owner_restricted_open | 法定代表人现限高次数 | Restrictions of the owner that stand | count | + | 4 | now
""")
def _cases(rows: Courts) -> dict[str, Floats]:
    sued, suing, still = rows.what("defendant"), rows.what("plaintiff"), rows.open
    return {
        **{f"defendant_{n}m": rows.count(sued & rows.within(0, n)) for n in (12, 24)},
        "defendant_open": rows.count(sued & still),
        "defendant_open_amount": rows.worth(sued & still),
        **{f"plaintiff_{n}m": rows.count(suing & rows.within(0, n)) for n in (12, 24)},
        "plaintiff_open_amount": rows.worth(suing & still),
        "court_records": rows.count(~suing),
        "court_records_12m": rows.count(~suing & rows.year),
        "months_since_court_record": (rows.today - rows.last_day(~suing)) / MONTH,
        "owner_court_records": rows.count(rows.owner & ~suing),
        **{
            f"owner_{word}_open": rows.count(rows.owner & rows.what(word) & still)
            for word in ("dishonest", "executed", "restricted")
        },
    }
