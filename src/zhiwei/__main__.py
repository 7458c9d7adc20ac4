"""The command line: `zhiwei --help`."""

from collections.abc import Callable
from typing import Annotated

import typer

from zhiwei import __version__
from zhiwei.commands import deciding, demo, lab, lend, money, products, records
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
PANELS: list[tuple[str, Callable[..., None]]] = [
    (CREDIT, deciding.decide),
    (MONEY, money.accept),
    (MONEY, money.draw),
    (MONEY, money.repay),
    (MONEY, money.settle),
    (MONEY, money.close_days),
    (MONEY, money.statement),
    (MONEY, money.lines),
    (MONEY, money.funders),
    (MONEY, money.books),
    (MONEY, money.doctor),
    (PRODUCT, products.check),
    (PRODUCT, lab.lab),
]
for panel, command in PANELS:
    app.command(rich_help_panel=panel)(command)
app.add_typer(records.app, name="import", rich_help_panel=CREDIT)
app.add_typer(lend.app, name="lend", rich_help_panel=CREDIT)
app.add_typer(products.app, name="product", rich_help_panel=PRODUCT)


def main() -> None:
    """Entry point of the `zhiwei` script."""
    with troubles():
        app()


if __name__ == "__main__":
    main()
