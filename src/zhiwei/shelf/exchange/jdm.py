"""A product's whole decision as a JDM graph, which zen-engine evaluates to our result, and the product read back.

The graph holds the parameters of one day. Its tables of rules.csv, scorecard.csv, grades.csv, limit.csv and price.csv
may be changed in an editor and read back; everything else it says follows from other files of the folder, which go
along as they are, and a change of it in the graph is refused with the name of the file to change instead.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from zhiwei.credit.underwriting import Ladder, Policy, Scorecard, Term, folded, possible_scores
from zhiwei.credit.underwriting.pricing import searched_prices
from zhiwei.shelf.load import FILE_NAME, STAGES, load
from zhiwei.shelf.product import Product
from zhiwei.tables import Cell, DecisionTable, Problem, Rule, parse_cell, text
from zhiwei.tables.decision import Entry, Output, parse_output
from zhiwei.tables.exchange import (
    chain,
    expression_node,
    jdm_table,
    read_jdm_graph,
    read_jdm_table,
    table_node,
)
from zhiwei.values import Refusal

Json = dict[str, Any]
MOST_SCORES = 20_000  # rows of the table from score to probability
ANY = parse_cell("")
RULES, CARD, GRADES, LIMIT, PRICE = (
    f"underwriting/{name}.csv" for name in ("rules", "scorecard", "grades", "limit", "price")
)
OWN = "underwriting/tables/"
_TEXTS = ("zh", "en")


def product_graph(product: Product, files: Mapping[str, str], on: date) -> Json:
    """The graph, with the parameters of a day. Facts are asked for side by side, by their names."""
    policy, numbers = product.policy, product.policy.in_force(on)
    prices = searched_prices(policy, on)
    nodes = [
        expression_node(f"parameters of {on}", {name: text(value) for name, value in sorted(numbers.items())}),
        *(table_node(f"{OWN}{one.table.name}.csv", jdm_table(one.table)) for one in policy.tables),
        *(_stage(stage.name, stage.rules) for stage in policy.stages if stage.rules),
        _card(policy),
        *_score(policy.scorecard),
        _probabilities(policy, numbers["base_rate"]),
        _grades(policy, files[GRADES]),
        _terms(LIMIT, "limit_terms", policy.limit),
        _terms(PRICE, "price_terms", policy.price),
        *([] if prices is None else [_prices(prices)]),
        expression_node("decision", _decision(policy, searched=prices is not None)),
    ]
    others = {name: content for name, content in files.items() if name not in (RULES, CARD, GRADES, LIMIT, PRICE)}
    return {**chain(nodes), "zhiwei": {"product": product.product_id, "on": on.isoformat(), "files": others}}


def product_from_graph(file: str, content: str, problems: list[Problem]) -> dict[str, str]:
    """The files of a product from a graph of `product_graph`, edited or not; {} where anything is wrong."""
    mine: list[Problem] = []
    nodes = {name: body for name, _, body in read_jdm_graph(file, content, mine)}
    try:
        head = json.loads(content)["zhiwei"] if not mine else {}
        others, on = dict(head["files"]), date.fromisoformat(head["on"])
        if not all(FILE_NAME.fullmatch(name) and isinstance(one, str) for name, one in others.items()):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        if not mine:
            hint = "export the product as JDM and edit that; a single table is read by the table's own import"
            mine.append(Problem(file, 1, "zhiwei", "the graph does not hold a product's other files", hint))
        problems += mine
        return {}
    tables = {name: _read(file, name, nodes, mine) for name in (RULES, CARD, GRADES, LIMIT, PRICE)}
    files: dict[str, str] = {}
    if not mine:
        found = {name: table for name, table in tables.items() if table}
        files = {**others, **{name: _csv(name, table, file, mine) for name, table in found.items()}}
        product, wrong = load(files)
        mine += wrong
        if product and not mine:
            mine += _changed(file, nodes, product_graph(product, files, on))
    problems += mine
    return {} if mine else dict(sorted(files.items()))


# --- writing ----------------------------------------------------------------------------------------------------------


def _quoted(words: str) -> Output:
    """A text as an output. Refusal where JDM, which has no way to escape, cannot hold it."""
    mark = "'" if '"' in words else '"'
    if mark in words or "\n" in words:
        said = f"a text with both kinds of quotes, or lines, cannot be written in JDM: {words}"
        raise Refusal("not_in_jdm", said, hint="use “ and ”")
    return parse_output(f"{mark}{words}{mark}")


def _collecting(name: str, inputs: Sequence[str], outputs: Sequence[str], rows: Iterable[Entry]) -> Json:
    return jdm_table(DecisionTable(name, "collect", tuple(inputs), tuple(outputs), tuple(rows)))


def _only(inputs: Sequence[str], fact: str, cell: Cell) -> tuple[Cell, ...]:
    """A row that tests one input."""
    return tuple(cell if name == fact else ANY for name in inputs)


def _stage(name: str, rules: Sequence[Rule]) -> Json:
    """A rule is a row, and a second one where a missing fact has an effect."""
    inputs = list(dict.fromkeys(rule.fact for rule in rules))
    rows = []
    for rule in rules:
        words = (_quoted(rule.if_missing), _quoted(rule.zh), _quoted(rule.en))
        rows.append(Entry(_only(inputs, rule.fact, rule.cell), (_quoted(rule.code), _quoted(rule.effect), *words)))
        if rule.if_missing != "pass" and not rule.cell.null:
            outputs = (_quoted(rule.code), _quoted(rule.if_missing), *words)
            rows.append(Entry(_only(inputs, rule.fact, parse_cell("null")), outputs, note="if missing"))
    content = _collecting(name, inputs, ("code", "effect", "if_missing", *_TEXTS), rows)
    return table_node(STAGES[name], content, into=name)


def _card(policy: Policy) -> Json:
    inputs, fusion = list(policy.scorecard.bins), policy.scorecard.fusion
    rows = []
    for bins in policy.scorecard.bins.values():
        for bin_ in bins:
            words = (parse_output(str(bin_.points)), _quoted(bin_.reason), _quoted(bin_.zh), _quoted(bin_.en))
            anchor = (_quoted(fusion.anchors[fusion.attributes[bin_.attribute]].name),) if fusion else ()
            rows.append(Entry(_only(inputs, bin_.attribute, bin_.cell), (*words, *anchor)))
    outputs = ("points", "reason", *_TEXTS, *(("anchor",) if fusion else ()))
    return table_node(CARD, _collecting("card", inputs, outputs, rows), into="card")


def _score(card: Scorecard) -> list[Json]:
    """The sum of the points; or each anchor's own, and the weights of those that are known."""
    base, fusion = card.calibration.base_points, card.fusion
    if fusion is None:
        return [expression_node("score", {"score": f"{base} + sum(map(card, #.points))"})]
    asked: dict[str, str] = {}
    for place, anchor in enumerate(fusion.anchors):
        names = [name for name, at in fusion.attributes.items() if at == place]
        asked[f"known_{anchor.name}"] = f"{' or '.join(f'{name} != null' for name in names)} ? 1 : 0"
        own = f'sum(map(filter(card, #.anchor == "{anchor.name}"), #.points))'
        asked[f"score_{anchor.name}"] = f"{anchor.calibration.base_points} + {own}"
    rows = tuple(
        Entry(
            tuple(parse_cell(str(known >> place & 1)) for place in range(len(fusion.anchors))),
            tuple(parse_output(text(value)) for value in (weights.shift, *weights.of)),
        )
        for known, weights in enumerate(fusion.weights)
    )
    names = [anchor.name for anchor in fusion.anchors]
    inputs, outputs = (f"known_{name}" for name in names), (f"weight_{name}" for name in names)
    table = DecisionTable("fusion", "first", tuple(inputs), ("shift", *outputs), rows)
    parts = [f"weight_{a.name} * (score_{a.name} - {text(a.neutral)})" for a in fusion.anchors]
    fused = f"{base} + floor(shift + {' + '.join(parts)} + 0.5)"
    return [expression_node("anchors", asked), table_node("fusion", jdm_table(table)),
            expression_node("score", {"score": fused})]  # fmt: skip


def _probabilities(policy: Policy, base_rate: int) -> Json:
    """zen has no exponential: every score that the card can give stands here with its probability."""
    rows = tuple(
        Entry(
            (parse_cell(str(score)),),
            (parse_output(text(policy.scorecard.calibration.probability(score, base_rate))),),
        )
        for score in reversed(possible_scores(policy.scorecard, MOST_SCORES))
    )
    return table_node("probability", jdm_table(DecisionTable("probability", "first", ("score",), ("pd",), rows)))


def _grades(policy: Policy, content: str) -> Json:
    words = {row["grade"]: row for row in csv.DictReader(io.StringIO(content))}
    rows = tuple(
        Entry(
            (grade.cell,), tuple(_quoted(value) for value in (grade.name, *(words[grade.name][key] for key in _TEXTS)))
        )
        for grade in policy.grades
    )
    table = DecisionTable("grades", "first", ("pd",), ("grade", "grade_zh", "grade_en"), rows)
    return table_node(GRADES, jdm_table(table))


def _terms(name: str, into: str, terms: Sequence[Term]) -> Json:
    """A table without tests: every term is a row that always holds."""
    rows = [
        Entry((ANY,), (_quoted(term.name), parse_output(term.expression.source), _quoted(term.zh), _quoted(term.en)))
        for term in terms
    ]
    return table_node(name, _collecting(name, ("score",), ("term", "value", *_TEXTS), rows), into=into)


def _prices(prices: Ladder) -> Json:
    """Prices that were searched against demand, by score; where break-even is above the cap it stands here itself."""
    rows = tuple(
        Entry((parse_cell(str(rung.score)),), (parse_output(text(rung.rate or rung.break_even)),))
        for rung in prices.rungs
        if rung.break_even is not None
    )
    return table_node("prices", jdm_table(DecisionTable("prices", "first", ("score",), ("by_score",), rows)))


def _decision(policy: Policy, *, searched: bool) -> dict[str, str]:
    stages = [stage.name for stage in policy.stages if stage.rules]
    step, smallest = text(policy.limit_step), text(policy.smallest_limit)

    rate = "by_score" if searched else "max([floor(($.cost + 0.00005) * 10000) / 10000, rate_floor])"

    def any_says(effect: str) -> str:
        return " or ".join(f'some({stage}, #.effect == "{effect}")' for stage in stages) or "false"

    return {
        "least": "some(limit_terms, #.value == null) ? null : min(map(limit_terms, #.value))",
        "possible": f"$.least == null ? 0 : floor(max([$.least, 0]) / {step}) * {step}",
        "cost": "some(price_terms, #.value == null) ? null : sum(map(price_terms, #.value))",
        "rate": f"$.cost == null ? null : {rate}",
        "low": f"$.least == null ? false : $.possible < {smallest}",
        "dear": "$.rate == null ? false : $.rate > rate_cap",
        "declined": any_says("decline"),
        "referred": any_says("refer"),
        "outcome": (
            '$.declined or $.low or $.dear ? "decline" : '
            '$.referred or $.least == null or $.rate == null ? "refer" : "approve"'
        ),
        "limit": '$.outcome == "decline" ? 0 : $.possible',
        "annual_rate": '$.outcome == "decline" ? null : $.rate',
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(file: str, name: str, nodes: Mapping[str, Json], problems: list[Problem]) -> DecisionTable | None:
    if name not in nodes:
        problems.append(Problem(file, 1, name, "the graph has no such table", "every table keeps the name of its file"))
        return None
    return read_jdm_table(file, name, nodes[name], problems)


def _csv(name: str, table: DecisionTable, file: str, problems: list[Problem]) -> str:
    header, rows = {RULES: _rules_rows, CARD: _card_rows, GRADES: _grade_rows}.get(name, _term_rows)(
        table, file, problems
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


Sheet = tuple[Sequence[str], list[list[str]]]


def _value(table: DecisionTable, entry: Entry, name: str) -> str:
    """An output as the CSV has it: a text without its quotes."""
    if name not in table.outputs:
        return ""
    output = entry.outputs[table.outputs.index(name)]
    return output.source if output.word is None else output.word


def _tested(table: DecisionTable, entry: Entry, file: str, problems: list[Problem]) -> tuple[str, str]:
    """The one fact that a row tests, and the test."""
    tested = [(name, cell.source) for name, cell in zip(table.inputs, entry.tests, strict=True) if not cell.any]
    if len(tested) != 1:
        message = f"table {table.name}: the row tests {len(tested)} facts, and its file has one for a row"
        problems.append(Problem(file, entry.line, "", message))
        return "", ""
    return tested[0]


def _rules_rows(table: DecisionTable, file: str, problems: list[Problem]) -> Sheet:
    rows: list[list[str]] = []
    for entry in table.entries:
        fact, test = _tested(table, entry, file, problems)
        code, effect, missing, zh, en = (_value(table, entry, name) for name in table.outputs)
        if test == "null" and rows and rows[-1][0] == code:
            if rows[-1][4] != effect:
                message = f"table {table.name}: rule {code} has if_missing {rows[-1][4]}, and this row says {effect}"
                problems.append(Problem(file, entry.line, "if_missing", message))
            continue
        rows.append([code, fact, test, effect, missing, zh, en])
    return ("code", "fact", "test", "effect", "if_missing", "zh", "en"), rows


def _card_rows(table: DecisionTable, file: str, problems: list[Problem]) -> Sheet:
    rows, anchored = [], "anchor" in table.outputs
    for entry in table.entries:
        points, reason, zh, en = (_value(table, entry, name) for name in ("points", "reason", *_TEXTS))
        anchor = [_value(table, entry, "anchor")] if anchored else []
        rows.append([*anchor, *_tested(table, entry, file, problems), points, reason, zh, en])
    return (*(("anchor",) if anchored else ()), "attribute", "bin", "points", "reason", "zh", "en"), rows


def _grade_rows(table: DecisionTable, file: str, problems: list[Problem]) -> Sheet:
    return ("grade", "pd", "zh", "en"), [
        [_value(table, entry, "grade"), entry.tests[0].source or "-",
         *(_value(table, entry, f"grade_{key}") for key in _TEXTS)]
        for entry in table.entries
    ]  # fmt: skip


def _term_rows(table: DecisionTable, file: str, problems: list[Problem]) -> Sheet:
    values = folded([_value(table, entry, "value") for entry in table.entries])
    return ("term", "value", *_TEXTS), [
        [_value(table, entry, "term"), value, *(_value(table, entry, name) for name in _TEXTS)]
        for entry, value in zip(table.entries, values, strict=True)
    ]


def _changed(file: str, nodes: Mapping[str, Json], again: Json) -> list[Problem]:
    """Nodes that say something else than the product's files do, other than by its five tables."""
    found = []
    wanted = {node["name"]: node["content"] for node in again["nodes"]}
    for name in sorted({*wanted, *nodes} - {RULES, CARD, GRADES, LIMIT, PRICE, "request", "response"}):
        if _plain(nodes.get(name)) != _plain(wanted.get(name)):
            hint = f"change {name} in the product's folder" if name.endswith(".toml") else "change the product's folder"
            found.append(Problem(file, 1, name, "what this node says does not come from the product's tables", hint))
    return found


def _plain(content: Json | None) -> Any:
    """What a table or expressions say, whatever identifiers an editor gave their parts; a node of another shape says
    nothing that ours do.
    """
    if content is None:
        return None
    try:
        columns = [
            (column["id"], column.get("field")) for side in ("inputs", "outputs") for column in content.get(side, [])
        ]
        rows = [[(field, rule.get(key, "")) for key, field in columns] for rule in content.get("rules", [])]
        named = [(one.get("key"), one.get("value")) for one in content.get("expressions", [])]
    except (AttributeError, KeyError, TypeError):
        return content
    return content.get("hitPolicy"), rows, named
