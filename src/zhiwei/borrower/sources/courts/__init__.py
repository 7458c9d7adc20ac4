"""What courts say of a firm and its owner: JSON lines or one object. There is no public standard; vendors map theirs.

    {"subject": "firm", "report_on": "2024-03-01", "since": "2014-03-01", "cases": [
        {"what": "executed", "case_no": "（2023）京0105执1234号", "court": "北京市朝阳区人民法院",
         "filed_on": "2023-06-01", "closed_on": null, "amount": "120000.00"}]}

`report_on` is the day of the search, `since` how far it looked back (left out: over all that courts show). An empty
list says that nothing was found of that subject; a file that was never delivered says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhiwei.borrower.reading.forms import Form, Row, gather
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import any_day, charge, one_of, text

KINDS = ("courts",)
GIVEN = {"subject": ("firm", "owner")}
SUBJECTS = {"firm": "firm", "owner": "owner", "企业": "firm", "法定代表人": "owner", "实际控制人": "owner"}
WHAT = {
    "dishonest": "dishonest", "executed": "executed", "restricted": "restricted", "ended": "ended",
    "plaintiff": "plaintiff", "defendant": "defendant", "bankruptcy": "bankruptcy",
    "失信被执行人": "dishonest", "被执行人": "executed", "限制高消费": "restricted", "终结本次执行": "ended",
    "原告": "plaintiff", "被告": "defendant", "破产": "bankruptcy",
}  # fmt: skip
_CASE = re.compile(r"（([12][0-9]{3})）.+号.{0,6}")  # year, court's code, kind and number of the case


def _case_no(value: Any) -> str:
    """The number with the brackets courts write: it is a key, and sources write both kinds."""
    return text(value).replace("(", "（").replace(")", "）").replace(" ", "")


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    if row["closed_on"] is not None and row["closed_on"] < row["filed_on"]:
        yield "closed_on", f"expected a day not before filed_on, {row['filed_on']}"


def _odd(row: Row) -> Iterator[str]:
    found = _CASE.fullmatch(row["case_no"])
    if not found:
        yield "case number of another shape than （2023）京0105执1234号"
    elif int(found.group(1)) > row["filed_on"].year:
        yield "case number of a later year than the filing"


FORM = Form(
    "courts",
    "cases",
    {
        "subject": one_of(SUBJECTS), "what": one_of(WHAT), "case_no": _case_no, "court": text,
        "filed_on": any_day, "closed_on": any_day, "amount": charge,
    },
    needed=("subject", "what", "case_no", "filed_on"),
    shared=("subject",),
    feed=("subject",),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(content: bytes, name: str, party: str, given: Mapping[str, str] | None = None) -> Parsed:
    """Cases of one party and its owner; BadInput where the file is not the form. `given`: the subject, where the file
    does not say it.
    """
    found = gather(content, name, [FORM], given=given)
    for told in found.told:
        later = sum(told.last is not None and row["filed_on"] > told.last for _, row in found.rows["courts"])
        found.warnings.update({"filed after the day of the report": later} if later else {})
    return found.parsed(party)
