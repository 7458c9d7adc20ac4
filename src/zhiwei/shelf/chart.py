"""A tenant's own accounts as TOML: other numbers and names for those of the standard chart, and accounts beside them.

[cash]                      # an account of the standard chart: number and names, its side stays
number = "1003"
zh = "存放中央银行款项"

[cash_ccb]                  # one of the tenant's own: number, both names and side (contra = true where it is)
number = "100201"
zh = "银行存款——建行"
en = "Cash at CCB"
side = "asset"
"""

from zhiwei.ledger import CHART, Account, Chart, Side
from zhiwei.tables import Document, Problem, did_you_mean

_KEYS = {"number", "zh", "en", "side", "contra"}


def read_chart(file: str, content: str, chart: Chart = CHART) -> tuple[list[Account], list[Problem]]:
    """What the file changes of a chart, and what is wrong with it; nothing where anything is."""
    problems: list[Problem] = []
    document = Document(file, content, problems)
    accounts = [account for name in document.values if (account := _account(document, name, chart))]
    if not problems:
        try:
            chart.changed(accounts)
        except ValueError as error:
            document.problem((), str(error))
    return ([] if problems else accounts), sorted(problems)


def _account(document: Document, name: str, chart: Chart) -> Account | None:
    if not isinstance(document.values[name], dict):
        document.problem((name,), f"{name} must be a table: [{name}]", did_you_mean(name, chart))
        return None
    document.only((name,), _KEYS)
    before = len(document.problems)
    known = chart.get(name)
    number, zh, en, side = (
        document.take((name, key), str, getattr(known, key, None)) for key in ("number", "zh", "en", "side")
    )
    contra = document.take((name, "contra"), bool, known.contra if known else False)
    if side and side not in list(Side):
        document.problem((name, "side"), f"no side {side!r}", f"one of {', '.join(Side)}")
    if len(document.problems) > before:
        return None
    sure = known is not None and known.sure and number == known.number
    try:
        return Account(number, name, zh, en, Side(side), contra, sure)
    except ValueError as error:
        document.problem((name,), str(error))
        return None
