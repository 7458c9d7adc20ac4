"""Policy data that ships inside the package: read once, and a breach where it is damaged."""

from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

from zhiwei.tables.parameters import Parameter, read_parameters
from zhiwei.tables.table import Problem
from zhiwei.tables.toml import Document
from zhiwei.values import Breach

T = TypeVar("T")


def shipped(package: str, file: str, read: Callable[[str, str, list[Problem]], T]) -> T:
    """What `read(file, content, problems)` makes of a file that lies beside a package's modules."""
    problems: list[Problem] = []
    found = read(file, files(package).joinpath(file).read_text("utf-8"), problems)
    if problems:
        raise Breach(f"{package}: {problems[0]}")
    return found


def shipped_parameters(package: str, file: str) -> tuple[Parameter, ...]:
    """The [[parameter]] blocks of such a file."""
    return shipped(package, file, lambda name, content, problems: read_parameters(Document(name, content, problems)))
