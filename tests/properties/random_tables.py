"""Random decision tables and inputs, as text: what `read_table` reads, and facts for it in micro-units and for zen."""

from hypothesis import strategies as st

from zhiwei.tables import micro, text

NUMBERS, WORDS = ("sales", "months"), ("region", "trade")
KNOWN = {**dict.fromkeys(NUMBERS, "number"), **dict.fromkeys(WORDS, "text")}
VALUES = st.sampled_from([0, 1, -1, 2, 3, 1000000, 1500000, -2500000, 3000000])  # few, so that tests are met
NAMES = st.sampled_from(["north", "south", "east"])


@st.composite
def number_tests(draw: st.DrawFn) -> str:
    low, high = sorted((draw(VALUES), draw(VALUES)))
    return draw(st.sampled_from([
        text(low), f"< {text(low)}", f"<= {text(low)}", f"> {text(high)}", f">= {text(high)}", f"!= {text(low)}",
        f"== {text(high)}", f"[{text(low)}..{text(high)}]", f"({text(low)}..{text(high + 2)})",
    ]))  # fmt: skip


def cells(name: str, *, null: bool) -> st.SearchStrategy[str]:
    part = NAMES.map(lambda word: f'"{word}"') if name in WORDS else number_tests()
    parts = st.lists(part | st.just("null") if null else part, min_size=1, max_size=3).map(", ".join)
    return st.just("-") | parts | parts


OUTPUTS = st.one_of(
    VALUES.map(text),
    st.sampled_from(["sales + months", "sales * 0.3 - months", "min(sales, months, 1)", "max(sales, 2) * months",
                     "abs(months)", "sales / months", "-sales", "sales / (months - 1) * 2 + 0.5"]),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn, hit: str, *, null: bool = True, most: int = 9) -> str:
    """CSV of a table of one to three inputs, two outputs, and rows that may overlap or leave gaps."""
    inputs = draw(st.lists(st.sampled_from((*NUMBERS, *WORDS)), min_size=1, max_size=3, unique=True))
    rows = draw(st.integers(1, most))
    head = [*inputs, *(["priority"] if hit == "priority" else []), "-> value", "-> word"]
    lines = [f"# hit: {hit}", ",".join(head)]
    for row in range(rows):
        tests = [_quoted(draw(cells(name, null=null))) for name in inputs]
        ranked = [str(draw(st.integers(-2, 2)))] if hit == "priority" else []
        word = "1.5" if hit == "sum" else f'"row {row}"'
        lines.append(",".join([*tests, *ranked, _quoted(draw(OUTPUTS | st.just(""))), _quoted(word)]))
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def facts(*, missing: bool) -> st.SearchStrategy[dict[str, int | str | None]]:
    nothing = st.none() if missing else st.nothing()
    return st.fixed_dictionaries({
        **dict.fromkeys(NUMBERS, nothing | VALUES | st.integers(-(10**10), 10**10)),
        **dict.fromkeys(WORDS, nothing | NAMES | st.just("elsewhere")),
    })  # fmt: skip


def for_zen(given: dict[str, int | str | None]) -> dict[str, float | str | None]:
    return {name: value / 10**6 if isinstance(value, int) else value for name, value in given.items()}


def from_zen(value: object) -> int | str | None:
    return micro(value) if isinstance(value, int | float) else value  # type: ignore[return-value]
