"""What the business registry says of a firm: JSON lines or one object. There is no public standard; vendors map theirs.

    {"uscc": "91110000600037341L", "entries": [
        {"on": "2015-04-02", "what": "established"},
        {"on": "2015-04-02", "what": "capital", "amount": "5000000.00"},
        {"on": "2020-05-06", "what": "shareholder", "value": "holder_1", "share": "0.6", "until": "2023-01-31"},
        {"on": "2024-06-30", "what": "insured", "value": "12"}]}

`report_on` (and `since`) above the list: the day one looked. An entry holds from `on` until `until`, or until
something else is said. `insured` is the headcount of the annual report, `directorship` an office that the legal
representative holds in another firm. Names stand as the registry publishes them; a
value that looks like an ID or card number is refused.
"""

from collections.abc import Iterator
from functools import partial

from zhiwei.borrower.party import uscc_check
from zhiwei.borrower.reading.forms import Form, Row, gather
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import any_day, charge, matching, one_of, share, token
from zhiwei.values import BadInput

KINDS = ("registry",)
LONGEST_SCOPE = 4_000  # characters: a scope of business (经营范围) fills pages
WHAT = (
    "established", "status", "capital", "paid_in", "legal_representative", "shareholder", "address", "scope",
    "abnormal", "serious", "pledge", "freeze", "insured", "directorship",
)  # fmt: skip
NEEDS = {
    "status": ("value",), "capital": ("amount",), "paid_in": ("amount",), "legal_representative": ("value",),
    "shareholder": ("value",), "address": ("value",), "scope": ("value",), "insured": ("value",),
    "directorship": ("value",),
}  # fmt: skip
"""What an entry of a kind is nothing without; the rest may come with a day alone."""
STATUS = ("存续", "在业", "开业", "注销", "吊销", "迁出", "迁入", "停业", "清算", "撤销")
_USCC = matching(r"[0-9A-Z]{18}", "the 18 characters of a 统一社会信用代码")


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    what = row["what"]
    for column in NEEDS.get(what, ()):
        if row[column] is None:
            yield column, f"missing: an entry {what} has one"
    if what == "insured" and row["value"] is not None and not (row["value"].isascii() and row["value"].isdigit()):
        yield "value", "expected a number of people, such as 12"
    if row["until"] is not None and row["until"] < row["on"]:
        yield "until", f"expected a day not before on, {row['on']}"


def _odd(row: Row) -> Iterator[str]:
    if row["what"] == "status" and row["value"] not in STATUS:
        yield "status that the registry does not use"
    if row["what"] == "shareholder" and row["share"] is None:
        yield "shareholder without a share"


FORM = Form(
    "registry",
    "entries",
    {
        "on": any_day, "what": one_of({word: word for word in WHAT}), "value": partial(token, longest=LONGEST_SCOPE),
        "amount": charge, "share": share, "until": any_day,
    },
    needed=("on", "what"),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(content: bytes, name: str, party: str, party_tax_no: str = "") -> Parsed:
    """Entries of one party. BadInput where the file is not the form, or says that it is about another firm than
    `party_tax_no`, or than `party` where that is a 统一社会信用代码.
    """
    found = gather(content, name, [FORM], facts={"uscc": _USCC})
    uscc = found.facts.get("uscc")
    if uscc is not None and not uscc_check(uscc):
        found.warnings["uscc with a wrong check digit"] += 1
    firm = party_tax_no or party
    if uscc is not None and uscc_check(firm) and uscc != firm:
        raise BadInput("other_party", f"{name} is about {uscc}, not {firm}", hint="was the right file sent?")
    return found.parsed(party)
