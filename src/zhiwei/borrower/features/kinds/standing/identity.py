"""Identity checks -> how many were made, what the latest word of each is, and how often somebody had to try."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.windows import Bools, Floats, Rows
from zhiwei.values import lazy

FACTS: Group["Identity"] = Group("identity")


class Identity(Rows):
    """Verifications by outside companies; a place is where somebody was, and no verification."""

    kind = "identity"

    @lazy
    def verified(self) -> Bools:
        return ~self.equals("what", "place")

    @lazy
    def newest(self) -> Bools:
        """Rows of the last clear word on their `what`, of each list by itself: it takes back the words before it."""
        (what,), (detail,) = self.codes("what"), self.codes("detail")
        said = self.verified & self.equals("outcome", "passed", "failed")
        when = np.where(said, self.seconds("checked_at"), -np.inf)
        topic = 1 + np.where(self.equals("what", "list"), what.width + 1 + detail.code, what.code)
        width = what.width + detail.width + 2
        key = self.who * width + topic
        latest = np.full(self.parties * width, -np.inf)
        np.maximum.at(latest, key, when)
        return said & (when == latest[key])


def identity(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of identity checks, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Identity(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    identity_checks_12m | 近12月身份核验次数 | Verifications, 12 months | count | . | practice
    identity_failed_3m | 近3月身份核验未通过次数 | Verifications failed, 3 months | count | + | 8
    identity_failed_now | 现未通过的核验项数 | Failures that no later pass took back | count | + | 8 | now
    identity_listed_now | 现命中名单次数 | Lists that the latest look found the person on | count | + | 8 | now
    days_since_identity_check | 距最近身份核验天数 | Days since the latest verification | days | . | practice | now
""")
def _checks(rows: Identity) -> dict[str, Floats]:
    failed, listed = rows.equals("outcome", "failed"), rows.equals("what", "list")
    return {
        "identity_checks_12m": rows.count(rows.verified & rows.year),
        "identity_failed_3m": rows.count(rows.verified & failed & rows.within(0, 3)),
        "identity_failed_now": rows.count(rows.newest & failed),
        "identity_listed_now": rows.count(rows.newest & failed & listed),
        "days_since_identity_check": rows.today - rows.last_day(rows.verified),
    }
