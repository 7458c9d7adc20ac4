"""A tenant's own chart of accounts: adopted from a file, whole or not at all."""

from zhiwei.journeys.ports import Books
from zhiwei.shelf.chart import read_chart
from zhiwei.values import Actor, BadInput, canonical


def adopt_chart(*, books: Books, by: Actor, file: str, content: str) -> int:
    """Put what the TOML file says beside or in place of the chart in force; -> accounts changed.

    BadInput lists what is wrong with it, by line. Numbers and names change, sides never, and no account goes.
    """
    with books.unit(by.tenant) as unit:
        accounts, problems = read_chart(file, content, unit.charts.chart())
        if problems:
            raise BadInput("bad_chart", "; ".join(map(str, problems[:10])), hint="nothing of the file was taken")
        changed = unit.charts.adopt(accounts, by.person)
        if changed:
            unit.steps.audit(by, "adopt_chart", [canonical({"file": file, "content": content})])
        return changed
