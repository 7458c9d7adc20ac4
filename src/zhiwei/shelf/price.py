"""A product's price as a whole: a demand curve it can be searched against, and caps inside the law."""

from collections.abc import Collection, Mapping, Sequence

from zhiwei.credit.underwriting import Demand, Scorecard, Term, possible_scores, read_demand
from zhiwei.credit.underwriting.pricing import MOST_SCORES, lender_kinds, over_the_law, searchable
from zhiwei.credit.underwriting.terms import TERM_COLUMNS
from zhiwei.shelf.product import Product
from zhiwei.tables import Document, Parameter, Problem, did_you_mean, read_rows, text
from zhiwei.values import Refusal

DEMAND, PRICE = "underwriting/demand.toml", "underwriting/price.csv"


def demand_of(
    files: Mapping[str, str], card: Scorecard, grades: Collection[str], price: Sequence[Term], facts: Collection[str],
    problems: list[Problem],
) -> Demand | None:  # fmt: skip
    """The product's demand; None for a product without the file, whose prices are the sums of their terms."""
    if DEMAND not in files:
        return None
    lines = {row["term"]: row.line for row in read_rows(PRICE, files[PRICE], TERM_COLUMNS, [])}
    for term in price:
        for name in searchable([term], facts):
            message = f"prices are searched by score ({DEMAND}), and {name} is no part of it"
            problems.append(Problem(PRICE, lines.get(term.name, 1), "value", message, "take pd, score and parameters"))
    document = Document(DEMAND, files[DEMAND], problems)
    try:
        possible_scores(card, MOST_SCORES)
    except Refusal as refusal:
        document.problem((), refusal.message, refusal.hint)
    return read_demand(document, grades)


def lawful(files: Mapping[str, str], product: Product, problems: list[Problem]) -> None:
    """Every dated rate_cap of decisions and of campaigns is what its lead funder may charge.

    A check before publication, not a part of loading: what was published stays readable when the law changes.
    """
    lead = product.programme.funders[0]
    if lead.kind not in lender_kinds():
        hint = did_you_mean(lead.kind, lender_kinds()) or f"one of {', '.join(lender_kinds())}"
        message = f"no cap on rates is known for lenders of the kind {lead.kind!r}"
        Document("funding.toml", files["funding.toml"], problems).problem(("funder", 0, "kind"), message, hint)
    places = {"underwriting/parameters.toml": product.policy.parameters, "campaign.toml": product.campaign}
    for file, parameters in places.items():
        for parameter, day, cap in over_the_law(parameters, lead.kind):
            document = Document(file, files[file], problems)
            said = f"rate_cap {text(parameter.value)} is above {cap.said(day)}, all a {lead.kind} may charge from {day}"
            document.problem(place_of(document, parameter), said, f"{cap.because}; date a lower value")


def place_of(document: Document, parameter: Parameter) -> tuple[str | int, ...]:
    """Where the value of a parameter stands."""
    for index, block in enumerate(document.tables("parameter")):
        if (block.get("name"), block.get("from")) == (parameter.name, parameter.since):
            return "parameter", index, "value"
    return ()
