"""zhiwei advise: one question at a time to a product, of a business or of facts in a file; nothing is stored."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform, product_folders, shelf_folder
from zhiwei.commands.deciding.decide import OUTCOMES, print_reasons
from zhiwei.commands.show import Json, day, out, print_json, print_table, probability
from zhiwei.credit.monitoring import ACTIONS_ZH, Warned, warn
from zhiwei.credit.underwriting import TermValue, admit, advise_limit, assess, price
from zhiwei.journeys import Asked, LineWarned, Watched, asked_about, asked_of, warnings_of
from zhiwei.shelf import Product, load, read_folder, read_given
from zhiwei.shelf.load import FACTS
from zhiwei.tables import text, unscaled
from zhiwei.values import BadInput, Reason, grouped, yuan

app = typer.Typer(
    no_args_is_help=True,
    help="""Ask a product one question alone: admission, assessment, limit, price, warning. 单项服务

    Of a business on record (--party, under the consents that a decision needs), or of facts in a file (--facts, which
    needs no database). Nothing is stored. How a question is answered is in the product's folder.""",
)
LARGEST_FILE = 2**20  # bytes: facts of one business
STANDARD_INPUT = "-"


Which = Annotated[
    str,
    typer.Option("--product", help="A product's id; with --facts a shipped one's, or a product folder."),
]
Party = Annotated[str | None, typer.Option(help="A business on record.")]
AsOf = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Default: the file's as_of, or today.")
]  # fmt: skip
File = Annotated[
    str | None,
    typer.Option("--facts", metavar="FILE", help=r"\[facts] as in a product's cases/, TOML or JSON; - reads stdin."),
]
Pd = Annotated[
    int | None,
    typer.Option(parser=probability, metavar="PD", help="A probability of default instead of the card's, 0.02."),
]


def _head(asked: Asked, question: str) -> dict[str, Any]:
    product = asked.product
    return {"question": question, "product": product.product_id, "product_hash": product.hash, "party": asked.party,
            "as_of": asked.on.isoformat()}  # fmt: skip


@app.command()
def admission(
    product: Which, party: Party = None, as_of: AsOf = None, facts: File = None, as_json: Json = False
) -> None:  # fmt: skip
    """May it apply: demands on data, admission, fraud checks and rules, with every reason. 准入"""
    asked = _asked(product, party, as_of, facts)
    found = admit(asked.product.policy, asked.facts, asked.on)
    if as_json:
        print_json({**_head(asked, "admission"), "outcome": found.outcome, **_told(found.reasons, found.trace)})
        return
    _print_outcome("admission 准入", found.outcome)
    _print_reasons(found.reasons)


@app.command()
def assessment(
    product: Which, party: Party = None, as_of: AsOf = None, facts: File = None, as_json: Json = False
) -> None:  # fmt: skip
    """How good is it: score, probability of default, grade, and what held the score down. 信用评估"""
    asked = _asked(product, party, as_of, facts)
    found = assess(asked.product.policy, asked.facts, asked.on)
    if as_json:
        print_json({**_head(asked, "assessment"), "score": found.score, "pd": text(found.pd), "grade": found.grade,
                    **_told(found.reasons, found.trace)})  # fmt: skip
        return
    out.print(f"score 评分 {found.score}   PD 违约概率 {unscaled(found.pd):.2%}   grade 等级 {found.grade}\n")
    _print_reasons(found.reasons)


@app.command()
def limit(
    product: Which, party: Party = None, as_of: AsOf = None, facts: File = None, pd: Pd = None, as_json: Json = False
) -> None:
    """How much at most: every term of the limit, and the one that binds. 额度建议"""
    asked = _asked(product, party, as_of, facts, enough=pd is not None)
    found = advise_limit(asked.product.policy, asked.facts, asked.on, pd)
    if as_json:
        print_json({**_head(asked, "limit"), "outcome": found.outcome, "limit": text(found.limit),
                    "at_once": None if found.at_once is None else text(found.at_once), "binding": found.binding,
                    **_terms(found.terms), **_told(found.reasons, found.trace)})  # fmt: skip
        return
    _print_outcome(f"limit 额度 {_money(found.limit)} 元", found.outcome)
    if found.at_once is not None:
        out.print(f"before security is registered 登记前可用 {_money(found.at_once)} 元\n")
    rows = [["*" if one.name == found.binding else "", one.name, _money(one.value), one.zh, one.en]
            for one in found.terms]  # fmt: skip
    print_table("Terms 额度构成 (* binds 起约束)", ["", "term", "元", "构成", "what"], rows, right=[2])
    _print_reasons(found.reasons)


@app.command("price")
def price_(
    product: Which, party: Party = None, as_of: AsOf = None, facts: File = None, pd: Pd = None, as_json: Json = False
) -> None:
    """At which rate a year: every term of the price, its floor and its cap. 风险定价"""
    asked = _asked(product, party, as_of, facts, enough=pd is not None)
    found = price(asked.product.policy, asked.facts, asked.on, pd)
    if as_json:
        rate = None if found.annual_rate is None else text(found.annual_rate)
        print_json({**_head(asked, "price"), "outcome": found.outcome, "annual_rate": rate, "floor": text(found.floor),
                    "cap": text(found.cap), **_terms(found.terms), **_told(found.reasons, found.trace)})  # fmt: skip
        return
    bounds = f"floor 下限 {_rate(found.floor)}, cap 上限 {_rate(found.cap)}"
    _print_outcome(f"rate 年利率 {_rate(found.annual_rate)} a year ({bounds})", found.outcome)
    rows = [[one.name, _rate(one.value), one.zh, one.en] for one in found.terms]
    print_table("Terms 定价构成", ["term", "a year", "构成", "what"], rows, right=[1])
    _print_reasons(found.reasons)


@app.command()
def warning(
    product: Which, party: Party = None, as_of: AsOf = None, facts: File = None, as_json: Json = False
) -> None:  # fmt: skip
    r"""What warns of running lines, the most money at risk first: of --party, or of all. 预警

    Facts now are put beside those of the decision that opened the line; the product's monitoring.toml says when to
    warn. With --facts the earlier ones stand in a table \[before]. It only tells people where to look: no line is
    frozen or cut, and nobody is called, by this. 只提示，不自动处置
    """
    if facts is not None:
        asked = _asked(product, party, as_of, facts)
        warned = warn(asked.product.watch.warnings, asked.before, asked.facts, asked.on)
        if as_json:
            print_json({**_head(asked, "warning"), **_warned(warned)})
            return
        _print_warnings([("", "", "-", warned)])
        return
    with open_platform() as platform:
        on = as_of or platform.today()
        parties = [party] if party else None
        found = warnings_of(books=platform, by=platform.actor, product=product, parties=parties, as_of=on)
    if as_json:
        lines = [_line(one) for one in found.lines]
        print_json({"question": "warning", "product": product, "as_of": on, "lines": lines, "unseen": found.unseen})
        return
    _print_watched(found)


def _asked(product: str, party: str | None, as_of: date | None, facts: str | None, enough: bool = False) -> Asked:
    """What is asked about; `enough`: a probability is given, so that nothing else may be known."""
    if (party is not None) == (facts is not None) and not (enough and party is None):
        raise typer.BadParameter("give either --party or --facts")
    if party is not None:
        with open_platform() as platform:
            on = as_of or platform.today()
            return asked_about(books=platform, by=platform.actor, product=product, party=party, as_of=on)
    known, today = _shelved(product), datetime.now(UTC).astimezone().date()
    if facts is None:
        return asked_of(known, as_of or today)
    given = read_given("stdin" if facts == STANDARD_INPUT else facts, content_of(facts), known.facts, FACTS)
    return asked_of(known, today, replace(given, as_of=as_of or given.as_of))


def _shelved(product: str) -> Product:
    """A product folder, or a shipped product: no database is asked."""
    folder = Path(product)
    if not (folder / "product.toml").is_file():
        shipped = {path.name: path for path in product_folders(shelf_folder())}
        if product not in shipped:
            hint = f"a product folder, or one of {', '.join(shipped)}; `zhiwei product export` writes a published one"
            raise BadInput("no_such_product", f"no product folder {product!r}", hint=hint)
        folder = shipped[product]
    loaded, problems = load(read_folder(folder))
    if loaded is None:
        raise BadInput("product_not_sound", "; ".join(map(str, problems[:10])), hint="see `zhiwei check`")
    return loaded


def content_of(file: str) -> str:
    """The text of a file of facts, or of standard input."""
    if file == STANDARD_INPUT:
        found = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        with Path(file).open("rb") as opened:
            found = opened.read(LARGEST_FILE + 1)
    if len(found) > LARGEST_FILE:
        raise BadInput("file_too_large", f"{file} is larger than {LARGEST_FILE:,} bytes")
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("not_utf8", f"{file} is not UTF-8", hint="save it as UTF-8") from None


# --- what is printed


def _plain(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    found = [reason.as_dict() for reason in reasons]
    for one in found:
        del one["weight"]
    return found


def _told(reasons: Sequence[Reason], trace: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"reasons": _plain(reasons), "trace": list(trace)}


def _terms(terms: Sequence[TermValue]) -> dict[str, Any]:
    return {"terms": {one.name: None if one.value is None else text(one.value) for one in terms}}


def _warned(warned: Warned) -> dict[str, Any]:
    return {"action": warned.action, "warnings": [asdict(one) for one in warned.warnings],
            "unknown": list(warned.unknown), "trace": list(warned.trace)}  # fmt: skip


def _line(one: LineWarned) -> dict[str, Any]:
    return {"line": one.line, "party": one.party, "decision": one.decision, "since": one.since, "used": yuan(one.used),
            **_warned(one.warned)}  # fmt: skip


def _print_outcome(said: str, outcome: str) -> None:
    zh, colour = OUTCOMES[outcome]
    out.print(f"[bold]{said}[/]  [{colour}]{zh} {outcome}[/]\n")


def _print_reasons(reasons: Sequence[Reason]) -> None:
    print_reasons(_plain(reasons))


def _print_watched(found: Watched) -> None:
    _print_warnings([(one.line, one.party, grouped(one.used), one.warned) for one in found.lines])
    if found.unseen:
        said = f"not looked at, for want of consent 未获授权: {', '.join(found.unseen)}"
        out.print(said, markup=False)


def _print_warnings(lines: Sequence[tuple[str, str, str, Warned]]) -> None:
    rows = [
        [line, party, used, f"{ACTIONS_ZH[one.action]} {one.action}", one.code, f"{one.zh} · {one.en}",
         f"{one.fact} {one.before or '-'} -> {one.value or '-'}"]
        for line, party, used, warned in lines
        for one in warned.warnings
    ]  # fmt: skip
    columns = ["line", "party", "used 已用 元", "action 建议", "code", "why 原因", "then -> now 授信时 -> 现在"]
    print_table(f"{len(rows)} warnings of {len(lines)} lines 预警", columns, rows, right=[2])
    if unknown := sorted({fact for _, _, _, warned in lines for fact in warned.unknown}):
        out.print(f"not known 无数据: {', '.join(unknown)}", style="dim", markup=False)


def _money(value: int | None) -> str:
    return "-" if value is None else f"{unscaled(value):,.2f}"


def _rate(value: int | None) -> str:
    return "-" if value is None else f"{unscaled(value):.2%}"
