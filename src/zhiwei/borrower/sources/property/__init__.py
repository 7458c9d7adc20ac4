"""Property that may be mortgaged: valuations, searches of the register, consents; JSON lines, one object, or a table.

    {"said_on": "2026-03-02", "report_on": "2026-03-02", "properties": [
        {"title_no": "浙（2019）杭州市不动产权第0012345号", "city": "330106", "use": "residential", "area": "89.5",
         "built_year": 2008, "purchase_price": "5000000.00", "appraisal_1": "4700000.00",
         "appraisal_2": "4800000.00", "appraisal_3": "5100000.00", "first_lien_balance": "1500000.00",
         "first_lien_maximum": "2100000.00", "seized": "no", "co_owners_consent": "given"}]}

A row says what was known of one property on one day; what it leaves out is as it was said before. `city` is a code of
GB/T 2260, of the county too. Liens are those that go before ours: 0 says that there is none, and a maximum is only of a
最高额抵押. `co_owners_consent` is left out where nobody was asked. `report_on` above the list: on that day somebody
searched for all that the party owns, so that an empty list says that it owns nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from zhiwei.borrower.identity import read_region
from zhiwei.borrower.reading import mapping as columns
from zhiwei.borrower.reading.forms import Form, Row, below_zero, gather, is_json
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import any_day, charge, day, one_of, quantity, text, token
from zhiwei.borrower.reading.tabled import gather_table, mappings_of
from zhiwei.values import BadInput

KINDS = ("property",)
GIVEN: dict[str, tuple[str, ...]] = {"said_on": (), "seized": ("no",)}
USES = {
    "residential": "residential", "shop": "shop", "office": "office", "other": "other", "住宅": "residential",
    "成套住宅": "residential", "公寓": "residential", "商铺": "shop", "商业": "shop", "商业服务": "shop",
    "写字楼": "office", "办公": "office", "其他": "other", "其它": "other", "工业": "other", "仓储": "other",
}  # fmt: skip
SEIZED = {
    "no": "no", "seized": "seized", "restricted": "restricted", "否": "no", "无": "no", "正常": "no", "查封": "seized",
    "预查封": "seized", "轮候查封": "seized", "限售": "restricted", "限制交易": "restricted",
}  # fmt: skip
CONSENTS = {
    "sole": "sole", "given": "given", "refused": "refused", "单独所有": "sole", "同意": "given", "已同意": "given",
    "不同意": "refused", "拒绝": "refused",
}  # fmt: skip
VALUES = ("appraisal_1", "appraisal_2", "appraisal_3")
NOT_SAID = "title of which nobody says that it is not seized: seized=no where one has searched"
_FIRST_BUILT = 1900
_DIGITS = 6


def _whole(value: Any) -> int:
    """A whole number as JSON has it, or in quotes."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value, _DIGITS)
    if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
        raise ValueError(f"expected a whole number of at most {_DIGITS} digits")
    return int(written)


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "first_lien_balance", "first_lien_maximum")
    for column in ("area", "purchase_price", *VALUES):
        if row[column] is not None and row[column] <= 0:
            yield column, "expected more than zero: leave out what is not known"
    if row["built_year"] is not None and not _FIRST_BUILT <= row["built_year"] <= row["said_on"].year:
        yield "built_year", f"expected a year from {_FIRST_BUILT} to {row['said_on'].year}, of said_on"
    if row["mortgage_registered_on"] is not None and row["mortgage_registered_on"] > row["said_on"]:
        yield "mortgage_registered_on", f"expected a day not after said_on, {row['said_on']}"
    if row["city"] is not None:
        try:
            read_region(str(row["city"]))
        except BadInput as error:
            yield "city", str(error.message)


def _odd(row: Row) -> Iterator[str]:
    balance, maximum = row["first_lien_balance"], row["first_lien_maximum"]
    if None not in (balance, maximum) and balance > maximum:
        yield "a lien's balance above its registered maximum"
    values = sorted(row[name] for name in VALUES if row[name] is not None)
    if len(values) > 1 and values[-1] > 2 * values[0]:
        yield "valuations of which one is more than twice another"


FORM = Form(
    "property",
    "properties",
    {
        "title_no": token, "said_on": day, "city": _whole, "use": one_of(USES), "area": quantity,
        "built_year": _whole, "purchase_price": charge, **dict.fromkeys(VALUES, charge),
        "first_lien_balance": charge, "first_lien_maximum": charge, "seized": one_of(SEIZED),
        "co_owners_consent": one_of(CONSENTS), "mortgage_registered_on": any_day,
    },
    needed=("title_no", "said_on"),
    shared=("said_on",),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(
    content: bytes, name: str, party: str, given: Mapping[str, str] | None = None,
    mapping: columns.Mapping | None = None,
) -> Parsed:  # fmt: skip
    """What is said of the property of one party. `given`: said_on of rows that do not say it, and seized=no where
    somebody has searched for it; `mapping`: what the columns of a table mean, where it is not the shipped layout.

    BadInput where the file is neither the form nor a table of its columns.
    """
    above = _above(given or {})
    if is_json(content, name):
        found = gather(content, name, [FORM], given=above)
    else:
        kept = [mapping] if mapping else [_loosened(one, above) for one in mappings_of(__name__)]
        found = gather_table(content, name, FORM, kept, above)
    said = {row["title_no"] for _, row in found.rows["property"] if row["seized"] is not None}
    silent = {row["title_no"] for _, row in found.rows["property"]} - said
    found.warnings.update({NOT_SAID: len(silent)} if silent else {})
    return found.parsed(party)


def _above(given: Mapping[str, str]) -> dict[str, Any]:
    found = dict[str, Any](given)
    if unknown := sorted(found.keys() - GIVEN.keys()):
        raise BadInput("bad_given", f"{', '.join(unknown)} cannot be given", hint=f"known are {', '.join(GIVEN)}")
    try:
        found |= {"said_on": day(found["said_on"])} if "said_on" in found else {}
    except ValueError as error:
        raise BadInput("bad_given", f"said_on {found['said_on']!r}: {error}") from error
    if found.get("seized", "no") != "no":
        raise BadInput("bad_given", "only seized=no can be said of all rows", hint="say of each which is seized")
    return found


def _loosened(mapping: columns.Mapping, above: Mapping[str, Any]) -> columns.Mapping:
    """The shipped layout, without the need of a column that somebody says for all rows."""
    kept = [name for name in mapping.required if name not in above]
    return mapping.with_parts({"required": kept})
