"""The command line: `zhiwei --help`."""

from collections.abc import Callable
from typing import Annotated

import typer

from zhiwei import __version__
from zhiwei.commands import books, demo, keeping, lab, lend, money, new, products, schedule, serve, servicing
from zhiwei.commands.borrower import (
    consents,
    importing,
    mapping,
    merging,
    network,
    parties,
    picture,
    pulling,
    receiving,
)
from zhiwei.commands.deciding import advise, decide, group, letter, price, tasks
from zhiwei.commands.partners import clients, sandboxes, webhooks
from zhiwei.commands.show import troubles

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="""Zhiwei 知微: credit for the smallest businesses, from their records to money and back.

    Data lives in $ZHIWEI_DATA (default ~/.zhiwei) or on the server of $ZHIWEI_DATABASE_URL. Amounts are 元, dates
    YYYY-MM-DD. Exit codes: 0 done, 1 refused, 2 bad input, 3 something outside failed, 4 an invariant broke.""",
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


app.command()(demo.demo)
CREDIT, MONEY, PRODUCT = "Records and decisions", "Lines and money", "Products and models"
KEEPING, PARTNERS = "Keeping the book", "Partners and the open API"
PANELS: list[tuple[str, Callable[..., None]]] = [
    (CREDIT, receiving.receive),
    (CREDIT, pulling.pull),
    (CREDIT, pulling.providers),
    (CREDIT, picture.quality),
    (CREDIT, picture.features),
    (CREDIT, decide.decide),
    (CREDIT, letter.letter),
    (CREDIT, tasks.tasks),
    (CREDIT, tasks.rule),
    (CREDIT, tasks.rulings),
    (CREDIT, network.findings),
    (MONEY, money.accept),
    (MONEY, money.draw),
    (MONEY, money.repay),
    (MONEY, money.settle),
    (MONEY, servicing.quote),
    (MONEY, servicing.amend),
    (MONEY, servicing.line),
    (MONEY, servicing.proposals),
    (MONEY, servicing.approve),
    (MONEY, servicing.close_day),
    (MONEY, money.statement),
    (MONEY, money.lines),
    (KEEPING, books.books),
    (KEEPING, books.account),
    (KEEPING, books.chart),
    (KEEPING, books.funders),
    (KEEPING, books.reconcile),
    (KEEPING, books.differences),
    (KEEPING, books.resolve),
    (KEEPING, books.doctor),
    (KEEPING, keeping.backup),
    (KEEPING, keeping.restore),
    (PARTNERS, serve.serve),
    (PARTNERS, serve.openapi),
    (PARTNERS, serve.problems),
    (PRODUCT, products.check),
    (PRODUCT, price.price),
    (PRODUCT, lab.lab),
]
for panel, command in PANELS:
    app.command(rich_help_panel=panel)(command)
app.command("close-days", hidden=True)(servicing.close_days)  # as 0.1 called it
app.command(rich_help_panel=MONEY, cls=schedule.FileMayFollow)(schedule.schedule)
app.add_typer(advise.app, name="advise", rich_help_panel=CREDIT)
app.add_typer(importing.app, name="import", rich_help_panel=CREDIT)
app.add_typer(mapping.app, name="mapping", rich_help_panel=CREDIT)
merging.register(parties.app)
app.add_typer(parties.app, name="party", rich_help_panel=CREDIT)
app.add_typer(consents.app, name="consent", rich_help_panel=CREDIT)
app.add_typer(keeping.app, name="keys", rich_help_panel=KEEPING)
app.add_typer(clients.app, name="client", rich_help_panel=PARTNERS)
app.add_typer(network.app, name="network", rich_help_panel=CREDIT)
app.add_typer(group.app, name="group", rich_help_panel=CREDIT)
app.add_typer(lend.app, name="lend", rich_help_panel=CREDIT)
app.add_typer(sandboxes.app, name="sandbox", rich_help_panel=PARTNERS)
app.add_typer(webhooks.app, name="webhook", rich_help_panel=PARTNERS)
app.add_typer(new.app, name="new", rich_help_panel=PRODUCT)
app.add_typer(products.app, name="product", rich_help_panel=PRODUCT)


def main() -> None:
    """Entry point of the `zhiwei` script."""
    with troubles():
        app()


if __name__ == "__main__":
    main()
