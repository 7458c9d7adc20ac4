"""The borrowers of a sandbox and all that they invoice, from three years before it begins to two years after."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.economy.businesses import Business, Kind
from zhiwei.economy.town import Town, build_street
from zhiwei.journeys.sandboxes import Borrower
from zhiwei.values import add_months

GOOD, LATE, FRAUD, SLOW = "good", "late", "fraud", "slow"
RING = ("fraud-2", "fraud-3")  # who invoices in circles with the fraud
BEFORE, AFTER = 36, 24  # months of records before a sandbox begins, and in it
SILENT = 140  # days of which nothing is known of the slow one until its source answers
SEED = 20260101
BORROWERS = (
    Borrower(GOOD, "tax_credit", ("invoices",), "三年开票稳定，当场批准，到期即还",
             "three steady years of invoices: approved at once, and pays on its due days"),
    Borrower(LATE, "tax_credit", ("invoices",), "批准后逾期：到期不还，冻结，约40天后补还",
             "approved, then falls behind: pays nothing when due, is frozen, and pays after some 40 days"),
    Borrower(FRAUD, "tax_credit", ("invoices",), "与两家关联企业闭环开票，拒绝",
             "invoices in circles with two other firms: declined"),
    Borrower(SLOW, "tax_credit", ("invoices",), "近期发票要等税务数据源恢复：先转人工，拨快时钟后批准",
             "its latest invoices come from a source that is down at first: referred, approved once the clock moved"),
)  # fmt: skip


def _business(party: str, name: str, monthly: int, kind: Kind = "sound", scheme: str = "") -> Business:
    return Business(party, name, "hardware", kind, date(2012, 5, 1), None, monthly * 100, 13, scheme)


PEOPLE: Sequence[Business] = (
    _business(GOOD, "沙箱良信五金商行", 600_000),
    _business(LATE, "沙箱迟缓五金商行", 450_000),
    _business(SLOW, "沙箱慢源五金商行", 500_000),
    _business(FRAUD, "沙箱环开五金有限公司", 500_000, "cheat", "ring-1"),
    _business(RING[0], "沙箱环开二号五金有限公司", 480_000, "cheat", "ring-1"),
    _business(RING[1], "沙箱环开三号五金有限公司", 520_000, "cheat", "ring-1"),
)


@lru_cache(maxsize=8)
def street(starts_on: date) -> Town:
    """The same for every sandbox that begins on this day."""
    return build_street(PEOPLE, seed=SEED, until=add_months(starts_on, AFTER), months=BEFORE + AFTER)


def invoices(starts_on: date, parties: Sequence[str], since: date, until: date) -> pa.Table:
    """Of these parties, since <= day < until."""
    rows = street(starts_on).invoices
    day = rows["issue_date"]
    inside = pc.and_(pc.greater_equal(day, pa.scalar(since, pa.date32())), pc.less(day, pa.scalar(until, pa.date32())))
    return rows.filter(pc.and_(inside, pc.is_in(rows["party_id"], pa.array(list(parties)))))
