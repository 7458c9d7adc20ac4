"""zhiwei letter: what an applicant is told of a decision, in both languages."""

from dataclasses import asdict
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, out, print_json
from zhiwei.journeys import letter_of


def letter(
    decision: Annotated[str, typer.Argument(help="The decision, as `zhiwei decide` names it.")], as_json: Json = False
) -> None:
    """The letter to the applicant: limit and rates, or the main reasons; sources; rights. 告知函

    It tells the reasons that may be told: no fraud check, no points, no probability, nobody else's data. An officer
    reads all of them with `zhiwei decide --replay DECISION --explain`.
    """
    with open_platform() as platform:
        found = letter_of(books=platform, by=platform.actor, decision_id=decision)
    if as_json:
        print_json({**asdict(found), "zh": found.zh, "en": found.en})
        return
    out.print(f"{found.zh}\n\n{found.en}", markup=False)
