"""Who sold and who bought, row by row of a list of invoices, and the number that names an invoice.

Columns are added to the grid under names that say where they come from, so that problems name what a person sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from zhiwei.borrower.reading import MOST_PROBLEMS, Problem
from zhiwei.borrower.reading.grid import Grid
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.readers import shown
from zhiwei.values import BadInput

SELLER_NO = (
    "销方识别号", "销方税号", "销售方识别号", "销售方税号", "销售方纳税人识别号", "销方纳税人识别号", "销货方识别号",
    "seller_tax_no"
)  # fmt: skip
BUYER_NO = (
    "购方识别号", "购方税号", "购买方识别号", "购买方税号", "购买方纳税人识别号", "购方纳税人识别号", "购货方识别号",
    "buyer_tax_no"
)  # fmt: skip
SELLER = ("销方名称", "销售方名称", "销方企业名称", "销货方名称", "销方单位代号", "seller")
BUYER = ("购方名称", "购买方名称", "购方企业名称", "购货方名称", "购方单位代号", "buyer")
CODES = ("发票代码", "代码")
DIRECTIONS = ("sale", "purchase")
_CITIZEN = r"^[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
"""A citizen's ID: region, day of birth, sequence and check (GB 11643). A firm's number has letters or another start."""


@dataclass(frozen=True, slots=True)
class Side:
    """Headers of one side that the file has; empty where it has none."""

    number: str
    name: str

    def number_expr(self) -> pl.Expr:
        """The tax number in capitals without blanks, null where there is none."""
        if not self.number:
            return pl.lit(None, dtype=pl.String)
        plain = pl.col(self.number).str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
        return plain.replace(["", "-", "--", "/", "无"], None)

    def expr(self) -> pl.Expr:
        """What names the side: a firm's tax number, else its name; a person's ID names nobody."""
        number = self.number_expr()
        firm = pl.when(~number.str.contains(_CITIZEN)).then(number)
        return pl.coalesce(firm, pl.col(self.name)) if self.name else firm


def sides(grid: Grid) -> tuple[Side, Side]:
    """Seller and buyer."""
    return (
        Side(_first(grid, SELLER_NO), _first(grid, SELLER)),
        Side(_first(grid, BUYER_NO), _first(grid, BUYER)),
    )


def _first(grid: Grid, headers: Sequence[str]) -> str:
    return next((header for header in headers if header in grid.header), "")


def with_number(grid: Grid, mapping: Mapping) -> tuple[Grid, Mapping]:
    """One column of numbers: per row the first that is filled, with its code where it has one."""
    present = [header for header in mapping.columns.get("invoice_no", ()) if header in grid.header]
    code = _first(grid, CODES)
    if not present or (len(present) == 1 and not code):
        return grid, mapping
    plain = [
        pl.col(header).str.replace_all(r"\s", "").str.replace(r"\.0$", "") for header in [code or present[0], *present]
    ]
    value = pl.coalesce(plain[1:])
    if code:
        alone = (value.str.len_chars() == 20) | plain[0].is_null() | (plain[0] == "-") | (plain[0] == "--")
        value = pl.when(alone).then(value).otherwise(plain[0] + value)
    name = " + ".join([code, *present] if code else present)
    return _with(grid, mapping, "invoice_no", name, value)


def with_sides(grid: Grid, mapping: Mapping, party_tax_no: str, direction: str) -> tuple[Grid, Mapping, list[Problem]]:
    """Direction and counterparty where the mapping does not name them; rows whose side cannot be said are problems.

    The party's tax number decides; without it `direction` holds for the whole file, and columns of the file that say
    otherwise would be somebody else's. BadInput where nothing says which side the party is on.
    """
    if direction and direction not in DIRECTIONS:
        raise BadInput("bad_direction", f"direction {direction!r} is neither sale nor purchase")
    named = {*mapping.columns, *mapping.constants}
    seller, buyer = sides(grid)
    problems: list[Problem] = []
    if "direction" not in named:
        found = _direction(grid, seller, buyer, party_tax_no, direction)
        grid, problems = _known(grid, found, seller, buyer, party_tax_no)
        found = found.filter(found.is_not_null())
        grid = replace(grid, cells=grid.cells.with_columns(found.alias("direction")))
        mapping = replace(mapping, columns={**mapping.columns, "direction": ("direction",)})
    if "counterparty" not in named:
        sold = pl.lit(mapping.constants["direction"]) if "direction" in mapping.constants else pl.col(
            mapping.columns["direction"][0]
        )  # fmt: skip
        other = pl.when(sold == "sale").then(buyer.expr()).otherwise(seller.expr())
        name = " or ".join(dict.fromkeys(filter(None, (buyer.number, buyer.name, seller.number, seller.name))))
        grid, mapping = _with(grid, mapping, "counterparty", name or "counterparty", other)
    return grid, mapping, problems


def _with(grid: Grid, mapping: Mapping, target: str, name: str, value: pl.Expr) -> tuple[Grid, Mapping]:
    cells = grid.cells.with_columns(value.alias(name))
    return replace(grid, cells=cells), replace(mapping, columns={**mapping.columns, target: (name,)})


def _direction(grid: Grid, seller: Side, buyer: Side, party_tax_no: str, direction: str) -> pl.Series:
    party = "".join(party_tax_no.split()).upper()
    if not (party and (seller.number or buyer.number)):
        if not direction:
            raise BadInput(
                "no_direction", f"{grid.name}: nothing says whether these are sales or purchases",
                hint="give the party's tax number and a file with 销方识别号 or 购方识别号, or say sale or purchase",
            )  # fmt: skip
        return pl.Series("direction", [direction], dtype=pl.String).new_from_index(0, grid.cells.height)
    sold, bought = ((side.number_expr() == party).fill_null(False) for side in (seller, buyer))
    # A consumer without a number stands opposite: the side that is there is enough.
    said = pl.when(sold & ~bought).then(pl.lit("sale")).when(bought & ~sold).then(pl.lit("purchase"))
    silent = ~sold & ~bought & _one_side_missing(seller, buyer, direction)
    return grid.cells.select(
        pl.when(silent).then(pl.lit(direction or None, dtype=pl.String)).otherwise(said).alias("direction")
    ).to_series()


def _one_side_missing(seller: Side, buyer: Side, direction: str) -> pl.Expr:
    """Is the number that would say it not in the row? Then the word for the whole file may."""
    side = {"sale": seller, "purchase": buyer}.get(direction)
    return side.number_expr().is_null() if side else pl.lit(value=False)


def _known(
    grid: Grid, direction: pl.Series, seller: Side, buyer: Side, party_tax_no: str
) -> tuple[Grid, list[Problem]]:
    unknown = direction.is_null()
    if not unknown.any():
        return grid, []
    if unknown.all():
        raise BadInput(
            "wrong_party", f"{grid.name}: in not one of {grid.cells.height:,} rows the party {shown(party_tax_no)} is "
            "one of the two sides", hint="is it the file of this party?",
        )  # fmt: skip
    column = " / ".join(filter(None, (seller.number, buyer.number)))
    both = grid.cells.select(seller.number_expr().alias("s"), buyer.number_expr().alias("b")).filter(unknown)
    numbers = grid.rows.filter(unknown)
    problems = [
        Problem(
            f"row {row}", column, shown(f"seller {sold or '-'}, buyer {bought or '-'}"),
            "both sides are the party" if sold and sold == bought else "neither side is the party",
        )
        for row, (sold, bought) in zip(numbers.head(MOST_PROBLEMS), both.head(MOST_PROBLEMS).iter_rows(), strict=True)
    ]  # fmt: skip
    return replace(grid, cells=grid.cells.filter(~unknown), rows=grid.rows.filter(~unknown)), problems
