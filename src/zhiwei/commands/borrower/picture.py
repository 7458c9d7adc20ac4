"""zhiwei features: the catalogue of facts, and the picture of one business on a day."""

import math
import sys
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.borrower import KINDS
from zhiwei.borrower.features import CATALOGUE, catalogue_page, catalogue_rows
from zhiwei.commands.show import Json, day, out, print_json, print_table
from zhiwei.journeys import Withheld, picture_of, quality_of, withheld_of
from zhiwei.values import BadInput


def features(
    party: Annotated[str, typer.Option(help="Show this business's values instead of the catalogue.")] = "",
    as_of: Annotated[str, typer.Option(help="The day they are of; today if not given.")] = "",
    kind: Annotated[str, typer.Option(help="Only facts of this kind of record.")] = "",
    rate: Annotated[
        list[str] | None, typer.Option(help="元 for a unit of a currency, as USD=7.10; give it again for more.")
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="Print the catalogue as docs/reference/features.md.")] = False,
    as_json: Json = False,
) -> None:
    """The facts that tables may use, with words, unit, window and direction of risk; or one business's. 经营画像"""
    if page:
        from zhiwei.credit.underwriting.group import BOOK

        sys.stdout.write(catalogue_page(BOOK.values()))
        return
    rows = [row for row in catalogue_rows() if not kind or row["kind"] == kind]
    if not rows:
        raise BadInput(
            "no_such_kind", f"no facts of {kind!r}", hint=", ".join(sorted({f.kind for f in CATALOGUE.values()}))
        )
    if not party:
        if as_json:
            print_json(rows)
            return
        columns = ["name", "中文", "unit", "kind", "window", "risk"]
        print_table(
            f"{len(rows)} facts 特征目录", columns,
            [[str(row[name]) for name in ("name", "zh", "unit", "kind", "window", "risk")] for row in rows],
        )  # fmt: skip
        return
    with open_platform() as platform:
        on = day(as_of) if as_of else platform.today()
        rates = dict(map(_rate, rate or []))
        found = picture_of(books=platform, by=platform.actor, parties=[party], as_of=on, rates=rates)
        withheld = withheld_of(books=platform, by=platform.actor, party=party)
    values = {
        row["name"]: None if math.isnan(value := float(found[row["name"]][0])) else value
        for row in rows
        if row["name"] in found
    }
    if as_json:
        print_json({"party": party, "as_of": on.isoformat(), "values": values,
                    "withheld": list(map(asdict, withheld))})  # fmt: skip
        return
    told = [
        [name, CATALOGUE[name].zh, _plain(value, CATALOGUE[name].unit), CATALOGUE[name].unit]
        for name, value in values.items()
        if value is not None
    ]
    print_table(f"{party} on {on} 经营画像", ["fact", "", "value", "unit"], told, right=[2])
    need = "records that are not here" + ("" if rates else ", or a --rate where amounts are not in CNY")
    out.print(f"{len(told)} of {len(values)} facts can be said; the others need {need}")
    _print_withheld(withheld)


def quality(
    party: Annotated[str, typer.Argument(help="The business's id.", metavar="PARTY")],
    as_of: Annotated[str, typer.Option(help="The day; today if not given.")] = "",
    months: Annotated[int, typer.Option(min=1, max=60, help="The window, in months.")] = 12,
    as_json: Json = False,
) -> None:
    """What its records are worth: coverage, freshness, gaps, agreement in themselves and with each other. 数据质量"""
    with open_platform() as platform:
        on = day(as_of) if as_of else platform.today()
        measured, between = quality_of(
            books=platform, by=platform.actor, parties=[party], as_of=on, months=months
        )  # fmt: skip
        withheld = withheld_of(books=platform, by=platform.actor, party=party)
    kinds = [one for one in measured.of(party) if one.rows or one.coverage is not None]
    pairs = [one for one in between.of(party) if one.months_used]
    if as_json:
        print_json({"party": party, "as_of": on.isoformat(), "kinds": list(map(asdict, kinds)),
                    "agreements": list(map(asdict, pairs)), "withheld": list(map(asdict, withheld))})  # fmt: skip
        return
    rows = [
        [KINDS[one.kind].zh, one.kind, f"{one.rows:,}", _share(one.coverage), _whole(one.freshness_days),
         _whole(one.longest_gap_days), f"{one.held:,} / {one.tried:,}", one.weakest_check or "", _share(one.score)]
        for one in kinds
    ]  # fmt: skip
    columns = ["", "kind", "rows", "coverage", "days old", "longest gap", "checks hold", "weakest", "score"]
    print_table(f"{party}, {months} months to {on} 数据质量", columns, rows, right=[2, 3, 4, 5, 6, 8])
    if pairs:
        told = [
            [f"{one.one} / {one.other}", str(one.months_used), _share(one.ratio), one.verdict, one.because]
            for one in pairs
        ]
        print_table("Between sources 来源互验", ["pair", "months", "ratio", "", "because"], told, right=[1, 2])
    for one in kinds:
        if one.foreign:
            out.print(
                f"{one.kind}: {one.foreign:,} rows are not in CNY; facts in 元 need a rate (features --rate) 外币"
            )
    _print_withheld(withheld)


def _print_withheld(withheld: list[Withheld]) -> None:
    """Why kinds of record that were here once say nothing any more."""
    for one in withheld:
        deleted = f", what came under it is deleted by {one.delete_by}" if one.delete_by else ""
        zh = "已撤回授权" if one.because == "withdrawn" else "授权到期"
        out.print(f"{one.kind}: consent {one.because} on {one.ended_on}{deleted} {zh}")


def _rate(written: str) -> tuple[str, float]:
    code, _, yuan = written.partition("=")
    try:
        found = float(Decimal(yuan))
    except InvalidOperation:
        found = math.nan
    if len(code) != 3 or not code.isalpha() or not 0 < found < 1e6:
        raise BadInput("bad_rate", f"{written!r} is no rate", hint="元 for a unit of the currency, as USD=7.10")
    return code.upper(), found


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _whole(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _plain(value: float, unit: str) -> str:
    """元 to the 分, whole numbers as they are, shares and ratios to four places."""
    if unit == "元":
        return f"{value:,.2f}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4f}"
