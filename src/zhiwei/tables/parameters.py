"""Policy numbers: dated, cited, and marked where nobody is sure of them."""

from dataclasses import dataclass
from datetime import date

from zhiwei.tables.scale import micro
from zhiwei.tables.toml import Document
from zhiwei.values import Refusal

KEYS = {"name", "from", "value", "because", "checked_on", "sure"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value from one day on; `value` is in micro-units, `sure` False marks what must be verified."""

    name: str
    since: date
    value: int
    because: str
    checked_on: date
    sure: bool


def read_parameters(document: Document, block: str = "parameter") -> tuple[Parameter, ...]:
    """All [[parameter]] blocks, oldest first within a name."""
    found: list[Parameter] = []
    for index in range(len(document.tables(block))):
        path = (block, index)
        document.only(path, KEYS)
        because, value = document.take((*path, "because"), str), document.number((*path, "value"))
        since, checked = (document.day((*path, key)) for key in ("from", "checked_on"))
        try:
            amount = micro(value)
        except ValueError as error:
            document.problem((*path, "value"), str(error))
            continue
        if since and checked:
            sure = document.take((*path, "sure"), bool)
            name = document.take((*path, "name"), str)
            if any((other.name, other.since) == (name, since) for other in found):
                document.problem((*path, "from"), f"{name} has two values from {since}")
            found.append(Parameter(name, since, amount, because, checked, sure))
    return tuple(sorted(found, key=lambda parameter: (parameter.name, parameter.since)))


def values_on(parameters: tuple[Parameter, ...], on: date) -> dict[str, int]:
    """Each parameter's value in force on a day; one not yet in force is absent, never assumed."""
    return {parameter.name: parameter.value for parameter in parameters if parameter.since <= on}


def value_on(parameters: tuple[Parameter, ...], name: str, on: date) -> int:
    values = values_on(parameters, on)
    if name not in values:
        raise Refusal(
            "no_parameter", f"no value of {name} is in force on {on}", hint="add a dated value to the product"
        )
    return values[name]
