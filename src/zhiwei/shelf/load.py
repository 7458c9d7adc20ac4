"""A folder's files -> one Product, or every problem in it with file, line and column."""

import math
import re
from collections.abc import Mapping
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
    Policy,
    Scorecard,
    Stage,
    Term,
    read_authority,
    read_calibration,
    read_grades,
    read_scorecard,
    read_terms,
)
from zhiwei.funding import Funder, Programme
from zhiwei.shelf.lending import amount, read_line
from zhiwei.shelf.needs import Needs, read_needs
from zhiwei.shelf.price import demand_of
from zhiwei.shelf.product import Case, Product
from zhiwei.tables import (
    MICRO,
    Document,
    Parameter,
    Problem,
    Rule,
    did_you_mean,
    micro,
    read_parameters,
    rules_from_csv,
)
from zhiwei.values import BadInput, digest

Files = Mapping[str, str]
REQUIRED = (
    "product.toml", "borrower.toml", "acquisition.toml", "antifraud.toml", "underwriting/rules.csv",
    "underwriting/scorecard.csv", "underwriting/calibration.toml", "underwriting/grades.csv", "underwriting/limit.csv",
    "underwriting/price.csv", "underwriting/parameters.toml", "loans.toml", "funding.toml", "monitoring.toml",
)  # fmt: skip
OPTIONAL = ("campaign.toml", "underwriting/authority.csv", "underwriting/demand.toml")
FACTS = (*CATALOGUE, *found_names(check_names()))  # what a product may look at: records, and what checks found
STAGES = {"data": "borrower.toml", "admission": "acquisition.toml", "antifraud": "antifraud.toml",
          "rules": "underwriting/rules.csv"}  # fmt: skip
FILE_NAME = re.compile(r"(?:[\w-]+/)*[\w.-]+\.(?:toml|csv|md)")  # inside the folder: no .. and no other root
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
        if name not in known and not name.startswith("cases/") and not name.endswith(".md"):
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
    facts = _facts(policy, needs, borrower)
    product = Product(
        head.take(("id",), str), head.take(("version",), str), head.take(("zh",), str), head.take(("en",), str),
        head.take(("anchor",), str), since, digest(dict(files)), needs, facts, policy,
        _authority(files, problems), read_line(loans),
        funding or Programme((Funder("none", "none", "none", Decimal(1)),)),
        read_watch(_document(files, "monitoring.toml", problems)),
        read_parameters(campaign) if campaign else (), tuple(_cases(files, facts, problems)),
    )  # fmt: skip
    if not any(_is_case(name) for name in files):
        problems.append(Problem("cases/", 1, "", "no golden cases: a product that proves nothing cannot be published"))
    return (None if problems else product), sorted(problems)


def _document(files: Files, name: str, problems: list[Problem]) -> Document:
    return Document(name, files[name], problems)


def _facts(policy: Policy, needs: Needs, borrower: Document) -> tuple[str, ...]:
    """The facts of a product, in the order of the catalogue; those of invoices a decision always kept stay with it."""
    if not needs.scopes:
        return FACTS  # what follows from that (nothing is asked for) would only hide it
    used = policy.facts()
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

    stages = (
        Stage("data", demands),
        Stage("admission", read_admission(_document(files, "acquisition.toml", problems), facts)),
        Stage("antifraud", read_checks(_document(files, "antifraud.toml", problems), facts)),
        Stage("rules", rules_from_csv(*table("rules.csv"), facts, problems)),
    )
    _codes_once(stages, problems)
    limit, price = (_terms(*table(name), known, problems, numbers.sound) for name in ("limit.csv", "price.csv"))
    card = Scorecard(
        read_scorecard(*table("scorecard.csv"), facts, problems),
        read_calibration(_document(files, "underwriting/calibration.toml", problems)),
    )
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
        demand_of(files, card, [grade.name for grade in grades], price, facts, problems),
    )


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
        document.only(("expect",), {"outcome", "limit", "annual_rate", "grade", "reasons"})
        facts: dict[str, int | None] = dict.fromkeys(known)
        for fact, value in document.table("facts").items():
            if fact not in known:
                hint = did_you_mean(fact, known)
                said = "this product does not look at" if fact in FACTS else "unknown"
                document.problem(("facts", fact), f"{said} fact {fact!r}", hint)
            elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                document.problem(("facts", fact), f"{fact} must be a number")
            else:
                try:
                    facts[fact] = micro(value)
                except ValueError as error:
                    document.problem(("facts", fact), str(error))
        expect: dict[str, Any] = document.table("expect")
        on = document.day(("as_of",))
        if "outcome" not in expect:
            document.problem(("expect",), "a case says the outcome it expects")
        if "outcome" not in expect or on is None:
            continue
        found.append(Case(name.removeprefix("cases/").removesuffix(".toml"), name, facts, on, expect))
    return found
