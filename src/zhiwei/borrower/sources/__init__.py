"""One module per source: reads what an outside party hands over into canonical records. Sources know no one else."""

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def known_sources() -> dict[str, ModuleType]:
    """Every source here that reads a file for one party: it has `read` and the `KINDS` that come of it."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        source = import_module(f"{__name__}.{module.name}")
        if module.ispkg and hasattr(source, "read") and hasattr(source, "KINDS"):
            found[module.name] = source
    return found
