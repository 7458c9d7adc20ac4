"""zhiwei lend: a budget lent to real firms; the work is in `campaign`, imported only when it is asked for."""

from datetime import date
from typing import Annotated

import typer

from zhiwei.commands.show import Json, amount, day

app = typer.Typer(no_args_is_help=True, help="Lend a budget to the firms of a source. 预算内授信")


@app.command("cumcm2020c")
def lend(
    budget: Annotated[int, typer.Option(parser=amount, metavar="AMOUNT", help="Total of all offers in 元.")],
    product: Annotated[str, typer.Option(help="Product that decides.")] = "tax_credit",
    as_of: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Date of the decisions. Default: end of the records."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the simulated behaviour.")] = 1,
    as_json: Json = False,
) -> None:
    """Question 2 of CUMCM 2020 C: lend a budget to the 302 firms of 附件2, one year, priced against 附件3.

    The product decides; offers of 10万 to 100万 at 4 % to 15 % maximise expected profit within the budget (the sum of
    offers, so that each can be honoured). Who accepts, pays or defaults is then drawn from the demand curve and the PD
    with a seed: simulated, and marked so. It happens in a copy of the database (zhiwei_lend), made anew each time.
    """
    from zhiwei.commands.lend import campaign

    campaign.run(product, budget, as_of, seed, as_json=as_json)
