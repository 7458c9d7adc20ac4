"""Where saying nothing could help: kinds of record whose absence might turn out better than what they could show.

A product may want that (nobody is declined for a court search that was not made), but then it says so, [[silence]] in
borrower.toml, with the reason. Where nothing is granted without a kind, its absence cannot help. The rest is found
without trying facts: a rule that lets pass what is not known, a bin that gives a missing value more points than the
worst known one, a card that is left out when its anchor is not known, a table of the product's own that has an answer
for what is missing. A term that cannot be computed refers, and so never helps.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from zhiwei.borrower.features import CATALOGUE, COMPARED
from zhiwei.credit.underwriting import Fusion, Policy, Scorecard
from zhiwei.shelf.needs import Needs
from zhiwei.shelf.product import Product
from zhiwei.tables import MICRO, CompiledTable, Document, Rule

_SEVERITY = {"decline": 2, "refer": 1}
Kinds = Callable[[str], Iterable[str]]  # a fact -> the kinds of record it is made of


def kinds_of(fact: str, needs: Needs) -> tuple[str, ...]:
    """The kinds of record of a product that a fact is made of; what lies between sources, of any of them."""
    if fact in needs.figures():
        return (fact.partition(".")[0],)
    known = CATALOGUE.get(fact)
    if known is None:
        return ()
    return tuple(kind for kind in needs.kinds if kind in COMPARED) if known.kind == "across" else (known.kind,)


def check_silence(product: Product, borrower: Document) -> None:
    """Where not showing something may help, the product says that it wants that; and nowhere else."""
    policy, needs = product.policy, product.needs
    helped = helped_by_silence(policy, lambda fact: kinds_of(fact, needs)) if needs.scopes else {}
    for kind in needs.kinds:
        if kind in helped and kind not in needs.silences:
            hint = f'say why under [[silence]] with kind = "{kind}", or let what is missing count as the worst'
            borrower.problem(("scopes",), f"not showing {kind} may help: {helped[kind][0]}", hint)
    for kind in needs.silences.keys() - helped.keys():
        borrower.problem(("silence",), f"not showing {kind} never helps here: leave its [[silence]] out")


def helped_by_silence(policy: Policy, kinds: Kinds) -> dict[str, list[str]]:
    """Kind -> why its absence may help; kinds of which it never does are not there."""
    found: dict[str, list[tuple[int, str]]] = {}
    given = {name: one.table.names() for one in policy.tables for name in one.table.outputs}

    def say(fact: str, why: str, worth: int = 1) -> None:
        """`worth`: the severity that is avoided."""
        for name in given.get(fact, (fact,)):  # what a table of the product gives rests on what it asks
            for kind in kinds(name):
                found.setdefault(kind, []).append((worth, why))

    for rule in (rule for stage in policy.stages for rule in stage.rules):
        if _missing(rule) < _SEVERITY.get(rule.effect, 0):
            say(rule.fact, f"rule {rule.code} takes what is not known for less than it {rule.effect}s",
                _SEVERITY[rule.effect])  # fmt: skip
    for name, bins in policy.scorecard.bins.items():
        unknown = next(one.points for one in bins if one.cell.null)
        worst = min(one.points for one in bins)
        if unknown > worst:
            say(name, f"no {name} earns {unknown} points, and the worst {worst}")
    if policy.scorecard.fusion:
        for kind, why in _left_out(policy.scorecard, policy.scorecard.fusion, lambda fact: _of(fact, given, kinds)):
            found.setdefault(kind, []).append((1, why))
    for one in policy.tables:
        for name in _answers_null(one):
            say(name, f"table {one.table.name} has an answer where {name} is not known")
    stopped = _stopped(policy, lambda fact: _of(fact, given, kinds))
    helped = {kind: [why for worth, why in some if worth > stopped.get(kind, 0)] for kind, some in found.items()}
    return {kind: whys for kind, whys in helped.items() if whys}


def _stopped(policy: Policy, kinds: Callable[[str], set[str]]) -> dict[str, int]:
    """Kind -> how severe its absence is at least: by a rule that stops what is not known, or a term that needs it."""
    asked = [(rule.fact, _missing(rule)) for stage in policy.stages for rule in stage.rules]
    asked += [(name, 1) for term in (*policy.limit, *policy.price) for name in term.expression.names]
    given = {name for one in policy.tables for name in one.table.outputs}
    found: dict[str, int] = {}
    for fact, severity in asked:
        if fact not in given and len(alone := kinds(fact)) == 1:
            [kind] = alone
            found[kind] = max(found.get(kind, 0), severity)
    return found


def _of(fact: str, given: Mapping[str, set[str]], kinds: Kinds) -> set[str]:
    return {kind for name in given.get(fact, {fact}) for kind in kinds(name)}


def _missing(rule: Rule) -> int:
    """The severity of not knowing."""
    return _SEVERITY.get(rule.effect if rule.cell.null else rule.if_missing, 0)


def _left_out(card: Scorecard, fusion: Fusion, kinds: Callable[[str], set[str]]) -> Iterator[tuple[str, str]]:
    """Kinds without which a whole anchor is unknown, where that may score better than the worst of its card."""
    low, high = _reach(card, fusion)
    for place, anchor in enumerate(fusion.anchors):
        names = [name for name, at in fusion.attributes.items() if at == place]
        alone = set.intersection(*(kinds(name) for name in names))
        if alone and any(
            _gain(fusion, known, place, low, high) > 0 for known in range(len(fusion.weights)) if known >> place & 1
        ):
            for kind in sorted(alone):
                yield kind, f"without {anchor.name} the other anchors may score better than with its worst"


def _reach(card: Scorecard, fusion: Fusion) -> tuple[list[int], list[int]]:
    """The least and most that each anchor's card says, in micro-points from where it says nothing."""
    ends = []
    for best in (min, max):
        points = {name: best(one.points for one in bins) for name, bins in card.bins.items()}
        pairs = zip(fusion.scores(points), fusion.anchors, strict=True)
        ends.append([score * MICRO - anchor.neutral for score, anchor in pairs])
    return ends[0], ends[1]


def _gain(fusion: Fusion, known: int, place: int, low: list[int], high: list[int]) -> int:
    """The most that the fused score gains when a known anchor at its worst becomes unknown."""
    with_it, without = fusion.weights[known], fusion.weights[known & ~(1 << place)]
    gain = (without.shift - with_it.shift) * MICRO - with_it.of[place] * low[place]
    for at, (more, less) in enumerate(zip(without.of, with_it.of, strict=True)):
        if at != place and known >> at & 1:
            gain += max((more - less) * low[at], (more - less) * high[at])
    return gain


def _answers_null(one: CompiledTable) -> Iterator[str]:
    """Inputs for which a row that holds without them gives something."""
    for place, name in enumerate(one.table.inputs):
        for entry in one.entries:
            cell = entry.tests[place]
            if (cell.null or cell.any) and any(output.source for output in entry.outputs):
                yield name
                break
