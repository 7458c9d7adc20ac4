"""What a party can pledge and what it has pledged -> the best property, all of them, pledges in force. Money is 元.

A property is known by its title; of each column the latest word counts. What is worth something is what can be
mortgaged: somebody says that it is not seized, and no co-owner refused. Its value is the lower of what it was bought
for and what it is valued at; of three valuations the middle one counts, of two the lower: so one that is too high, or
bought, moves nothing. A price alone is no valuation.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.windows import Bools, Floats, Ints, Rows, ratio
from zhiwei.values import lazy

PROPERTY: Group["Property"] = Group("property")
PLEDGES: Group["Pledges"] = Group("pledges")
USES = ("residential", "shop", "office", "other")
"""`property_use` is the place in this list, from 1."""
MUNICIPALITIES = (11, 12, 31, 50)  # GB/T 2260: Beijing, Tianjin, Shanghai and Chongqing are cities as a whole


class Property(Rows):
    """What was said of properties; the arrays called `of_title` have a place for each title of each party."""

    kind = "property"

    def __init__(self, table: pa.Table, parties: Sequence[str], as_of: date, covered: pa.Table | None = None) -> None:
        super().__init__(table, parties, as_of, covered)
        [names] = self.codes("title_no")
        rank = np.zeros(names.width, dtype=np.int64)
        rank[pc.array_sort_indices(names.words).to_numpy()] = np.arange(len(names.words))
        self.named: Bools = names.code >= 0
        # titles stand in the order of their names, so that no order of rows decides which of two equal ones is best
        keys = self.who[self.named] * names.width + rank[names.code[self.named]]
        found, self.title = np.unique(keys, return_inverse=True)
        self.owner: Ints = found // names.width
        self.titles = self.per_party(np.ones(len(found), dtype=bool))

    def per_party(self, of_title: Bools, weights: Floats | None = None) -> Floats:
        """Titles chosen, or the sum of their weights, per party."""
        chosen = None if weights is None else weights[of_title]
        return np.bincount(self.owner[of_title], chosen, self.parties).astype(np.float64)

    def last_said(self, values: Floats, *, highest: bool = True) -> Floats:
        """For each title the value of its latest row that has one; of one day's the highest, or the lowest."""
        mine, day = values[self.named], self.day[self.named]
        chosen = np.flatnonzero(~np.isnan(mine))
        ties = mine[chosen] if highest else -mine[chosen]
        order = chosen[np.lexsort((ties, day[chosen], self.title[chosen]))]
        said = np.full(len(self.owner), np.nan)
        said[self.title[order]] = mine[order]  # the last one written stays
        return said

    def worded(self, name: str, *words: str) -> Floats:
        """The place of a row's word among these, from 0; NaN where it says none of them."""
        return np.select([self.equals(name, word) for word in words], np.arange(float(len(words))), np.nan)

    @lazy
    def appraisals(self) -> Floats:
        """(rows, 3), the lowest first, NaN last."""
        return np.sort(np.column_stack([self.real(f"appraisal_{n}") for n in (1, 2, 3)]), axis=1)

    @lazy
    def appraised(self) -> Floats:
        """Valuations in each row, NaN for none."""
        many = (~np.isnan(self.appraisals)).sum(axis=1).astype(np.float64)
        return np.where(many > 0, many, np.nan)

    @lazy
    def middle(self) -> Floats:
        """The middle valuation of each row, of two the lower."""
        place = (np.nan_to_num(self.appraised, nan=1).astype(np.int64) - 1) // 2
        return self.appraisals[np.arange(self.size), place]

    @lazy
    def value(self) -> Floats:
        valued, price = self.last_said(self.middle, highest=False), self.last_said(self.real("purchase_price"))
        return np.where(np.isnan(valued), np.nan, np.fmin(valued, price))

    @lazy
    def lien(self) -> Floats:
        """What goes before us: the registered maximum where there is one, for it may be drawn again; else what is
        owed.
        """
        maximum = self.real("first_lien_maximum")
        return self.last_said(np.where(maximum > 0, maximum, self.real("first_lien_balance")))

    @lazy
    def seized(self) -> Floats:
        """1 for what is seized or may not be sold, 0 for what is not, NaN where nobody says."""
        return np.minimum(self.last_said(self.worded("seized", "no", "seized", "restricted")), 1.0)

    @lazy
    def refused(self) -> Bools:
        return self.last_said(self.worded("co_owners_consent", "sole", "given", "refused")) == 2

    @lazy
    def usable(self) -> Bools:
        """Titles that can be mortgaged, of which a value is known."""
        return (self.seized == 0) & ~self.refused & ~np.isnan(self.value)

    @lazy
    def nothing(self) -> Bools:
        """Parties of whom it is known that nothing of theirs can be mortgaged."""
        unusable = self.per_party((self.seized == 1) | self.refused)
        return (unusable == self.titles) & self.counted

    @lazy
    def counted(self) -> Bools:
        """Parties of whom there is a title, or a search that says that there is none."""
        return (self.titles > 0) | self.told.has

    @lazy
    def best(self) -> Ints:
        """Of each party the title with most value after its lien, one whose lien is known before others; -1: none."""
        some = np.flatnonzero(self.usable)
        known = ~np.isnan(self.lien[some])
        left = self.value[some] - np.nan_to_num(self.lien[some])
        order = some[np.lexsort((some, self.value[some], left, known))]
        found = np.full(self.parties, -1, dtype=np.int64)
        found[self.owner[order]] = order
        return found

    def of_best(self, of_title: Floats) -> Floats:
        """NaN for a party that has none."""
        return np.append(of_title, np.nan)[self.best]

    def or_nothing(self, values: Floats) -> Floats:
        """0 for a party that has nothing to mortgage, which is known."""
        return np.where(self.nothing, 0.0, values)


@PROPERTY.gives("""
    property_count | 房产套数 | Properties that are known | count | - | 10 | now
    property_seized | 查封限售房产套数 | Properties that are seized or may not be sold | count | + | 10 | now
    property_value_total | 可抵押房产总值 | Value of all that can be mortgaged | 元 | - | 7.9 | now
    property_lien_total | 在先抵押总额 | Liens that go before ours, on all of that | 元 | + | 7.9 | now
""")
def _all(rows: Property) -> dict[str, Floats]:
    seized, silent = rows.per_party(rows.seized == 1), rows.per_party(np.isnan(rows.seized))
    some, unsaid = rows.per_party(rows.usable) > 0, rows.per_party(rows.usable & np.isnan(rows.lien)) > 0
    total = {name: np.where(some, rows.per_party(rows.usable, np.nan_to_num(values)) / 100, np.nan)
             for name, values in (("value", rows.value), ("lien", rows.lien))}  # fmt: skip
    return {
        "property_count": np.where(rows.counted, rows.titles, np.nan),
        "property_seized": np.where(rows.counted & ((seized > 0) | (silent == 0)), seized, np.nan),
        "property_value_total": rows.or_nothing(total["value"]),
        "property_lien_total": rows.or_nothing(np.where(unsaid, np.nan, total["lien"])),
    }


@PROPERTY.gives("""
    property_value | 最优房产价值 | Its value: of price and valuation the lower | 元 | - | 7.9 | now
    property_lien | 最优房产在先抵押额 | Liens before ours: the maximum, or what is owed | 元 | + | 7.9 | now
    property_city | 最优房产城市代码 | Its city, six digits of GB/T 2260 | class | . | 10 | now
    property_use | 最优房产用途 | 1 residential, 2 shop, 3 office, 4 other | class | + | 7.9 | now
    property_age_years | 最优房产房龄 | Years since it was built | years | + | 10 | now
    property_area | 最优房产面积 | Its floor area | m2 | . | 10 | now
    mortgage_registered | 我方抵押已登记 | 1 where our mortgage on it is registered | flag | - | 7.9 | now
    property_valuation_age_days | 最近评估距今天数 | Days since it was last valued | days | + | 10 | now
    property_valuations | 最近评估份数 | Valuations of that day | count | - | 10 | now
    property_valuation_spread | 评估价离散度 | Highest less lowest, over the middle one | ratio | + | practice | now
""")
def _best(rows: Property) -> dict[str, Floats]:
    city = rows.real("city")
    whole = np.isin(city // 10_000, MUNICIPALITIES)
    city = np.where(whole, city // 10_000 * 10_000, city // 100 * 100)
    valued = np.where(np.isnan(rows.appraised), np.nan, rows.day)
    highest = np.nanmax(rows.appraisals, axis=1, initial=-np.inf)
    spread = np.where(rows.appraised > 1, ratio(highest - rows.appraisals[:, 0], np.nan_to_num(rows.middle)), np.nan)
    registered = np.where(np.isnan(rows.days("mortgage_registered_on")), np.nan, 1.0)
    told = {
        "property_value": rows.or_nothing(rows.of_best(rows.value) / 100),
        "property_lien": rows.or_nothing(rows.of_best(rows.lien) / 100),
        "mortgage_registered": rows.or_nothing(rows.of_best(np.nan_to_num(rows.last_said(registered)))),
        "property_valuation_age_days": rows.today - rows.of_best(rows.last_said(valued)),
    }
    plain = {
        "property_city": city, "property_use": rows.worded("use", *USES) + 1, "property_area": rows.real("area"),
        "property_age_years": rows.as_of.year - rows.real("built_year"), "property_valuations": rows.appraised,
        "property_valuation_spread": spread,
    }  # fmt: skip
    return told | {name: rows.of_best(rows.last_said(values)) for name, values in plain.items()}


class Pledges(Rows):
    """Registrations, a row for each thing; a registration that ends after the as-of date is in force."""

    kind = "pledges"

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """0 only where a search of the register speaks for the window: one's own registrations are not all."""
        nothing = (values == 0) & (fact.unit != "days")
        return np.where(nothing & ~self.told.speaks_for(fact.window), np.nan, values)

    @lazy
    def open(self) -> Bools:
        return np.isnan(self.days("released_on"))

    def different(self, name: str, where: Bools) -> Floats:
        """Different words of a column among the rows chosen, per party."""
        return Trade(self, where, self.codes(name)[0], np.ones(self.size)).count()


@PLEDGES.gives("""
    pledges_open | 现动产融资登记笔数 | Registrations of pledges and leases that stand | count | + | 7.9 | now
    pledges_total | 历史动产融资登记笔数 | Registrations ever | count | . | 7.9 | all
    pledged_amount | 现动产融资登记金额 | Amount of those that stand | 元 | + | 7.9 | now
    pledge_lenders | 现登记担保权人数 | Lenders that they stand for | count | + | 7.9 | now
    pledge_debtors | 现登记应收账款债务人数 | Customers whose debts are pledged | count | . | 7.9 | now
    pledged_last_90d | 近90日新增登记笔数 | Registrations of the last 90 days | count | + | practice
    days_since_pledge | 距最近登记天数 | Days since the latest registration | days | - | practice | now
""")
def _pledges(rows: Pledges) -> dict[str, Floats]:
    return {
        "pledges_open": rows.different("pledge_id", rows.open),
        "pledges_total": rows.different("pledge_id", np.ones(rows.size, dtype=bool)),
        "pledged_amount": rows.total(rows.open, "amount") / 100,
        "pledge_lenders": rows.different("lender", rows.open),
        "pledge_debtors": rows.different("debtor", rows.open),
        "pledged_last_90d": rows.different("pledge_id", rows.day > rows.today - 90),
        "days_since_pledge": rows.today - rows.last_day(),
    }
