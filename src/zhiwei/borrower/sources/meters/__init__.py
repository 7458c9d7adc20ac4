"""Power, water and gas: readings by the utility's feed or by our own staff; JSON lines, one object, or a table.

    {"utility": "power", "unit": "kWh", "reader": "feed", "readings": [
        {"meter": "0571000123", "read_on": "2024-03-01", "reading": "10250.5", "usage": "310",
         "amount": "240.10", "paid_on": "2024-03-05", "arrears": "0"},
        {"meter": "0571000123", "read_on": "2024-04-01", "reading": "12", "usage": "305", "event": "replaced"}]}

A dial never runs back. Where it seems to, the row says `event`: `installed` (the first reading of a meter), `replaced`
(a new meter in the old one's place), `reset` (set to zero) or `rolled_over` (the dial went past its last figure), and,
but for one just installed, the usage, which the dials no longer tell; else the row is a Problem. An `estimated` reading
is nobody's: no dial is compared with it. `from` and `to` above the list: the days that a feed speaks for.
"""

from collections.abc import Iterator
from datetime import date

from zhiwei.borrower.reading.forms import Form, Gathered, Row, below_zero, gather, is_json
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import day, money, one_of, quantity, text
from zhiwei.borrower.reading.tabled import gather_table, mappings_of
from zhiwei.values import BadInput

KINDS = ("meters",)
UTILITIES = {"power": "power", "water": "water", "gas": "gas", "电": "power", "水": "water", "气": "gas", "燃气": "gas"}
UNITS = {"kWh": "kWh", "m3": "m3", "度": "kWh", "千瓦时": "kWh", "立方米": "m3", "吨": "m3", "m³": "m3"}
UNIT_OF = {"power": "kWh", "water": "m3", "gas": "m3"}
READERS = {"feed": "feed", "staff": "staff", "系统": "feed", "人工": "staff"}
GIVEN = {"utility": ("power", "water", "gas"), "unit": ("kWh", "m3"), "reader": ("feed", "staff")}
EVENTS = {
    "installed": "installed", "replaced": "replaced", "reset": "reset", "rolled_over": "rolled_over",
    "estimated": "estimated", "装表": "installed", "新装": "installed", "换表": "replaced", "清零": "reset",
    "翻转": "rolled_over", "估抄": "estimated", "估算": "estimated",
}  # fmt: skip
ANEW = ("installed", "replaced", "reset", "rolled_over")  # the dial does not go on from the reading before


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "reading", "usage", "arrears")
    if row["unit"] is not None and row["unit"] != UNIT_OF[row["utility"]]:
        yield "unit", f"expected {UNIT_OF[row['utility']]} for {row['utility']}"
    if row["reading"] is None and row["usage"] is None and row["amount"] is None:
        yield "reading", "expected a reading, a usage or an amount"
    if row["event"] in ANEW and row["event"] != "installed" and row["usage"] is None:
        yield "usage", f"missing: the dials do not tell it of a meter that is {row['event']}"


def _odd(row: Row) -> Iterator[str]:
    if row["event"] is not None:
        yield f"meter {row['event']}"
    if row["paid_on"] is not None and row["paid_on"] < row["read_on"]:
        yield "paid before it was read"


FORM = Form(
    "meters",
    "readings",
    {
        "utility": one_of(UTILITIES), "meter": text, "read_on": day, "reading": quantity, "usage": quantity,
        "unit": one_of(UNITS), "amount": money, "paid_on": day, "arrears": money, "reader": one_of(READERS),
        "event": one_of(EVENTS),
    },
    needed=("utility", "meter", "read_on"),
    shared=("utility", "meter", "unit", "reader"),
    feed=("utility", "meter"),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(
    content: bytes, name: str, party: str, given: dict[str, str] | None = None, mapping: Mapping | None = None
) -> Parsed:
    """Readings of one party. `given`: utility, unit or reader of the rows that do not say them, as {"reader": "staff"};
    `mapping`: what the columns of a table mean, where it is not the shipped layout.

    BadInput where the file is neither the form nor a table of its columns.
    """
    above = given or {}
    for column, word in above.items():
        if word not in GIVEN.get(column, ()):
            raise BadInput("bad_given", f"{column} {word!r} cannot be given", hint=f"known are {GIVEN}")
    if is_json(content, name):
        found = gather(content, name, [FORM], given=above)
    else:
        found = gather_table(content, name, FORM, [mapping] if mapping else mappings_of(__name__), above)
    silent = sum(row["reader"] is None for _, row in found.rows["meters"])
    found.warnings.update({"nobody says who read it: reader feed or staff": silent} if silent else {})
    _dials(found)
    return found.parsed(party)


def _dials(found: Gathered) -> None:
    """Leaves out rows whose dial stands below an earlier day's, meter by meter; rows may come in any order."""
    rows = found.rows["meters"]
    last: dict[tuple[str, str], tuple[str, date, float]] = {}
    back = set[str]()
    for place, row in sorted(rows, key=lambda item: item[1]["read_on"]):
        if row["reading"] is None or row["event"] == "estimated":
            continue
        meter = (row["utility"], row["meter"])
        before = last.get(meter)
        if before and row["read_on"] == before[1]:
            continue  # of two readings of a day the first counts; that they differ is said elsewhere
        if before and row["reading"] < before[2] and row["event"] is None:
            back.add(place)
            found.problem(
                place, "reading", row["reading"],
                f"below {before[2]:g} of {before[1]} ({before[0]}): say event replaced, reset or rolled_over, "
                "or correct one of the two",
            )  # fmt: skip
        else:
            if before and row["event"] is None and row["usage"] is not None:
                found.warnings.update(_differs(row["reading"] - before[2], row["usage"]))
            last[meter] = (place, row["read_on"], row["reading"])
    found.rows["meters"] = [(place, row) for place, row in rows if place not in back]


def _differs(dial: float, usage: float) -> Iterator[str]:
    # Large power meters count through a transformer: usage is then a whole multiple of what the dial moved.
    if abs(dial - usage) > max(1.0, usage / 100):
        yield "usage is not what the dial moved (a multiplier, or a reading in between)"
