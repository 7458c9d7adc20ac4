"""The command line: `zhiwei --help`."""

from typing import Annotated

import typer

from zhiwei import __version__
from zhiwei.commands import deciding, lab, money, products, records
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


CREDIT, MONEY, PRODUCT = "Records and decisions", "Lines and money", "Products and models"
app.add_typer(records.app, name="import", rich_help_panel=CREDIT)
app.command(rich_help_panel=CREDIT)(deciding.decide)
for command in (money.accept, money.draw, money.repay, money.settle, money.close_days, money.statement):
    app.command(rich_help_panel=MONEY)(command)
for command in (money.lines, money.funders, money.books, money.doctor):
    app.command(rich_help_panel=MONEY)(command)
app.command(rich_help_panel=PRODUCT)(products.check)
app.command(rich_help_panel=PRODUCT)(lab.lab)
app.add_typer(products.app, name="product", rich_help_panel=PRODUCT)


def main() -> None:
    """Entry point of the `zhiwei` script."""
    with troubles():
        app()


if __name__ == "__main__":
    main()
