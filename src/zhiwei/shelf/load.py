"""A folder's files -> one Product, or every problem in it with file, line and column."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhiwei.borrower.features import CATALOGUE, PICTURED
from zhiwei.credit.acquisition import read_admission
from zhiwei.credit.antifraud import check_names, found_names, read_checks
from zhiwei.credit.monitoring import read_watch
from zhiwei.credit.underwriting import (
    ALWAYS,
    Authority,
    Fusion,
    Policy,
    Scorecard,
    Stage,
    Term,
    read_anchors,
    read_authority,
    read_calibration,
    read_fusion,
    read_grades,
    read_scorecard,
    read_terms,
)
from zhiwei.credit.underwriting.group import BOOK
from zhiwei.funding import Funder, Programme
from zhiwei.shelf.given import facts_of_table
from zhiwei.shelf.lending import amount, read_line
from zhiwei.shelf.needs import Needs, read_needs
from zhiwei.shelf.price import demand_of
from zhiwei.shelf.product import Case, Product
from zhiwei.tables import (
    MICRO,
    CompiledTable,
    Document,
    Parameter,
    Problem,
    Rule,
    compile_table,
    did_you_mean,
    micro,
    read_parameters,
    read_table,
    rules_from_csv,
)
from zhiwei.values import BadInput, digest

Files = Mapping[str, str]
REQUIRED = (
    "product.toml", "borrower.toml", "acquisition.toml", "antifraud.toml", "underwriting/rules.csv",
    "underwriting/scorecard.csv", "underwriting/calibration.toml", "underwriting/grades.csv", "underwriting/limit.csv",
    "underwriting/price.csv", "underwriting/parameters.toml", "loans.toml", "funding.toml", "monitoring.toml",
)  # fmt: skip
OPTIONAL = ("campaign.toml", "underwriting/authority.csv", "underwriting/fusion.csv", "underwriting/at_once.csv",
            "underwriting/demand.toml")  # fmt: skip
OWN_TABLE = re.compile(r"underwriting/tables/[a-z][a-z0-9_]*\.csv")
MOST_FUSED = 100_000  # points that the cards of a fused score can reach, so that its sums fit 64 bits
FACTS = (*CATALOGUE, *found_names(check_names()), *BOOK)
"""What a product may look at: records, what checks found, and what our own book says."""
STAGES = {"data": "borrower.toml", "admission": "acquisition.toml", "antifraud": "antifraud.toml",
          "rules": "underwriting/rules.csv"}  # fmt: skip
FILE_NAME = re.compile(r"(?:[\w-]+/)*[\w.-]+\.(?:toml|csv|md)")  # inside the folder: no .. and no other root
OUTPUT = re.compile(r"[a-z][a-z0-9_]*")
LARGEST_FOLDER = 2**22  # bytes of text: a product is read by people


def read_folder(folder: Path) -> dict[str, str]:
    """The folder's text files by relative path; README and cases included, anything else in it too."""
    if not folder.is_dir():
        raise BadInput("no_such_product", f"there is no product folder {folder}")
    files, size = {}, 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BadInput("symbolic_link", f"{path} is a link", hint="a product folder holds its files itself")
        if path.is_file() and path.suffix in (".toml", ".csv", ".md"):
            size += path.stat().st_size
            if size > LARGEST_FOLDER:
                raise BadInput("product_too_large", f"{folder} holds more than {LARGEST_FOLDER:,} bytes")
            try:
                files[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                raise BadInput(
                    "not_utf8", f"{path}:{line}: byte {error.start} of the file is not UTF-8", hint="save it as UTF-8"
                ) from None
    return files


def load(files: Files) -> tuple[Product | None, list[Problem]]:
    """The product, and what is wrong with its files; None when anything is."""
    problems = [Problem(name, 1, "", "the file is missing") for name in REQUIRED if name not in files]
    known = {*REQUIRED, *OPTIONAL}
    for name in files:
        if not (name in known or name.startswith("cases/") or name.endswith(".md") or OWN_TABLE.fullmatch(name)):
            problems.append(Problem(name, 1, "", "nothing reads this file", did_you_mean(name, known)))
    if problems:
        return None, problems
    head = _document(files, "product.toml", problems)
    head.only((), {"id", "version", "zh", "en", "segment", "anchor", "from", "system"})
    since = head.day(("from",)) or date.max
    borrower = _document(files, "borrower.toml", problems)
    needs, demands = read_needs(borrower)
    funding = _programme(_document(files, "funding.toml", problems))
    loans = _document(files, "loans.toml", problems)
    campaign = _document(files, "campaign.toml", problems) if "campaign.toml" in files else None
    policy = _policy(files, demands, loans, problems)
    watch = read_watch(_document(files, "monitoring.toml", problems), FACTS)
    facts = _facts(policy.facts() | watch.facts(), needs, borrower)
    product = Product(
        head.take(("id",), str), head.take(("version",), str), head.take(("zh",), str), head.take(("en",), str),
        head.take(("anchor",), str), since, digest(dict(files)), needs, facts, policy,
        _authority(files, problems), read_line(loans),
        funding or Programme((Funder("none", "none", "none", Decimal(1)),)),
        watch,
        read_parameters(campaign) if campaign else (), tuple(_cases(files, facts, problems)),
        head.take(("segment",), str, ""),
    )  # fmt: skip
    if not any(_is_case(name) for name in files):
        problems.append(Problem("cases/", 1, "", "no golden cases: a product that proves nothing cannot be published"))
    return (None if problems else product), sorted(problems)


def _document(files: Files, name: str, problems: list[Problem]) -> Document:
    return Document(name, files[name], problems)


def _facts(used: set[str], needs: Needs, borrower: Document) -> tuple[str, ...]:
    """The facts of a product, in the order of the catalogue; those of invoices a decision always kept stay with it."""
    if not needs.scopes:
        return FACTS  # what follows from that (nothing is asked for) would only hide it
    for name in sorted(used & CATALOGUE.keys()):
        kind = CATALOGUE[name].kind
        if kind != "across" and kind not in needs.kinds:
            message = f"fact {name} is made of {kind}, which is neither in scopes nor in optional"
            borrower.problem(("scopes",), message, f"add {kind!r}, and consent to it is asked for")
    kept = used | set(PICTURED if "invoices" in needs.kinds else ())
    return (*(name for name in FACTS if name in kept), *needs.figures())


def _authority(files: Files, problems: list[Problem]) -> tuple[Authority, ...]:
    """Nobody decides instead of a policy that says nothing of it."""
    name = "underwriting/authority.csv"
    return read_authority(name, files[name], problems) if name in files else ()


def _policy(files: Files, demands: tuple[Rule, ...], loans: Document, problems: list[Problem]) -> Policy:
    facts = dict.fromkeys(FACTS).keys()
    numbers = _document(files, "underwriting/parameters.toml", problems)
    parameters = _parameters(numbers)
    known = {*facts, *(parameter.name for parameter in parameters), "pd", "score"}

    def table(name: str) -> tuple[str, str]:
        return f"underwriting/{name}", files[f"underwriting/{name}"]

    tables = _own_tables(files, {*facts, *(parameter.name for parameter in parameters)}, problems)
    given = [name for one in tables for name in one.table.outputs]
    known |= set(given)
    facts = dict.fromkeys((*FACTS, *given)).keys()
    stages = (
        Stage("data", demands),
        Stage("admission", read_admission(_document(files, "acquisition.toml", problems), facts)),
        Stage("antifraud", read_checks(_document(files, "antifraud.toml", problems), facts)),
        Stage("rules", rules_from_csv(*table("rules.csv"), facts, problems)),
    )
    _codes_once(stages, problems)
    limit, price = (_terms(*table(name), known, problems, numbers.sound) for name in ("limit.csv", "price.csv"))
    card = _scorecard(files, facts, problems)
    grades = read_grades(*table("grades.csv"), problems)
    return Policy(
        stages,
        card,
        grades,
        limit,
        price,
        parameters,
        amount(loans, "limit_step") * MICRO // 100,
        amount(loans, "smallest_limit") * MICRO // 100,
        tables,
        _terms(*table("at_once.csv"), known, problems, numbers.sound) if "underwriting/at_once.csv" in files else (),
        demand_of(files, card, [grade.name for grade in grades], price, facts, problems),
    )


def _own_tables(files: Files, known: Collection[str], problems: list[Problem]) -> tuple[CompiledTable, ...]:
    """underwriting/tables/: each gives facts of its own names, whole numbers or none, by its first row that holds."""
    found: list[CompiledTable] = []
    taken = {*known, "pd", "score"}
    for name in sorted(files):
        if not OWN_TABLE.fullmatch(name):
            continue
        table = read_table(name, files[name], known, problems)
        if table is None:
            continue
        for output in table.outputs:
            if output in taken or not OUTPUT.fullmatch(output):
                message = f"output {output!r} is a fact, a parameter or another table's, or no name for one"
                problems.append(Problem(name, 1, output, message, "lower case letters, digits and _"))
            taken.add(output)
        if table.hit == "collect":
            problems.append(Problem(name, 1, "", "a table that collects gives no single fact", "use first or sum"))
        for entry in table.entries:
            for output, one in zip(table.outputs, entry.outputs, strict=True):
                if one.word is not None:
                    problems.append(Problem(name, entry.line, output, "a fact is a number, not a text"))
        found.append(compile_table(table))
    return tuple(found)


def _scorecard(files: Files, facts: Collection[str], problems: list[Problem]) -> Scorecard:
    """One card, or those of several anchors where fusion.csv says how they are weighed."""
    name, fused = "underwriting/scorecard.csv", "underwriting/fusion.csv"
    document = _document(files, "underwriting/calibration.toml", problems)
    bins = read_scorecard(name, files[name], facts, problems, anchored=fused in files)
    if fused not in files:
        return Scorecard(bins, read_calibration(document)[0])
    anchors = {one: anchor for one, anchor in read_anchors(name, files[name]).items() if one in bins}
    whole, cards = read_calibration(document, dict.fromkeys(anchors.values()))
    fusion: Fusion | None = read_fusion(fused, files[fused], cards, anchors, problems) if anchors else None
    if sum(max(abs(one.points) for one in some) for some in bins.values()) > MOST_FUSED:
        problems.append(Problem(name, 1, "points", f"cards that are fused reach at most {MOST_FUSED:,} points"))
    return Scorecard(bins, whole, fusion)


def _parameters(document: Document) -> tuple[Parameter, ...]:
    """underwriting/parameters.toml: what every decision needs is there, and nothing hides a fact."""
    for index, block in enumerate(document.tables("parameter")):
        path, name = ("parameter", index), block.get("name")
        if isinstance(name, str) and name in (*FACTS, "pd", "score"):
            document.problem((*path, "name"), f"{name} is a fact, no parameter can have its name")
        if name == "base_rate" and not 0 < _micro(block.get("value")) < MICRO:
            document.problem((*path, "value"), "base_rate is a probability between 0 and 1, neither of them included")
    parameters = read_parameters(document)
    for name in sorted(ALWAYS - {parameter.name for parameter in parameters}):
        document.problem((), f"[[parameter]] {name} is missing")
    return parameters


def _micro(value: Any) -> int:
    try:
        return micro(value)
    except ValueError:
        return 1  # not a number: read_parameters says so


def _terms(file: str, content: str, known: set[str], problems: list[Problem], sound: bool) -> tuple[Term, ...]:
    """Where the parameters could not be read at all, their names are not reported as unknown."""
    found: list[Problem] = []
    terms = read_terms(file, content, known, found)
    problems += [problem for problem in found if sound or not problem.message.startswith("unknown name")]
    return terms


def _codes_once(stages: tuple[Stage, ...], problems: list[Problem]) -> None:
    seen: dict[str, tuple[str, int]] = {}
    for stage in stages:
        for rule in stage.rules:
            place = (stage.name, rule.line)
            if seen.setdefault(rule.code, place) != place:  # a demand on quality may be several rules
                message = f"reason code {rule.code} is used twice"
                problems.append(Problem(STAGES[stage.name], rule.line, "code", message))


def _programme(document: Document) -> Programme | None:
    document.only((), {"funder"})
    funders = []
    for index in range(len(document.tables("funder"))):
        path = ("funder", index)
        document.only(path, {"id", "name", "kind", "share"})
        try:
            share = Decimal(document.take((*path, "share"), str) or "x")
            sound = 0 < share <= 1
        except ArithmeticError:
            sound = False
        if not sound:
            document.problem((*path, "share"), 'share must be a decimal in (0, 1] written as text, such as "0.70"')
            return None
        funder_id, name, kind = (document.take((*path, key), str) for key in ("id", "name", "kind"))
        funders.append(Funder(funder_id, name, kind, share))
    try:
        return Programme(tuple(funders))
    except ValueError as error:
        document.problem(("funder",), str(error))
        return None


def _is_case(name: str) -> bool:
    return name.startswith("cases/") and name.endswith(".toml")


def _cases(files: Files, known: tuple[str, ...], problems: list[Problem]) -> list[Case]:
    found = []
    for name in sorted(files):
        if not _is_case(name):
            continue
        document = _document(files, name, problems)
        document.only((), {"about", "as_of", "facts", "expect"})
        document.only(("expect",), {"outcome", "limit", "at_once", "annual_rate", "grade", "reasons"})
        facts = dict.fromkeys(known) | facts_of_table(document, "facts", known, FACTS)
        expect: dict[str, Any] = document.table("expect")
        on = document.day(("as_of",))
        if "outcome" not in expect:
            document.problem(("expect",), "a case says the outcome it expects")
        if "outcome" not in expect or on is None:
            continue
        found.append(Case(name.removeprefix("cases/").removesuffix(".toml"), name, facts, on, expect))
    return found
