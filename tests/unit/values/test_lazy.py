"""Two units of work make their own attribute at the same time: neither waits for the other's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from zhiwei.values import lazy


class Unit:
    """Makes its vault only while another is making its own, as when one waits for a row that the other has locked."""

    def __init__(self, together: Barrier) -> None:
        self.together, self.made = together, 0

    @lazy
    def vault(self) -> str:
        """What it is."""
        self.together.wait(timeout=30)
        self.made += 1
        return f"vault of {id(self)}"


def test_nobody_waits_for_the_attribute_of_another() -> None:
    together = Barrier(2)
    units = [Unit(together), Unit(together)]
    with ThreadPoolExecutor(2) as pool:
        vaults = list(pool.map(lambda unit: unit.vault, units))
    assert vaults == [unit.vault for unit in units]
    assert [unit.made for unit in units] == [1, 1]


def test_it_says_what_it_is() -> None:
    assert Unit.vault.__doc__ == "What it is."
