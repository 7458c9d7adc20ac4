"""Which of many parties may be one and the same: proposals with reasons and a score. Nothing is ever merged here.

Rows are grouped by the normal form of their value and joined with themselves; parties are never compared pair by pair.
Parties that share a strong identifier are almost surely one. A name, a phone or an address says less, and less again
the more parties share it; what more than `most` parties share (an agent's phone, the address of a business park)
proposes nothing and is listed. Two parties that both have a USCC, an organisation code or an identity number and share
none are probably two, unless they share what names one organisation. Scores order a queue; they are no probabilities.
"""

from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from zhiwei.borrower.identity.forms import SPACES_AND_DASHES, WIDE
from zhiwei.borrower.identity.masks import mask
from zhiwei.values import BadInput

MOST = 50
LEAST = 0.25
STRONG = {
    "uscc": 0.98, "id_card": 0.98, "organisation_code": 0.95, "taxpayer_no": 0.95, "family_farm_code": 0.95,
    "bank_card": 0.8, "account": 0.8,
}  # fmt: skip
"""Weight of sharing one; a card or an account may be a relative's."""
WEAK = {"company_name": 0.6, "mobile": 0.5, "phone": 0.4, "address": 0.3}
"""Weight of sharing one when two parties do; with n parties it is divided by the root of n - 1."""
ONE_EACH = ("uscc", "organisation_code", "id_card")
"""A party has one of these at most, so that two different ones speak against."""
SETTLES = ("uscc", "organisation_code", "taxpayer_no", "family_farm_code")
"""Sharing one of these names one organisation, even where the people given for it differ."""
_TELLING = (*STRONG, *WEAK)
AGAINST = 0.2  # what is left of a score where something speaks against and nothing settles it

_LEGAL_FORM = (
    r"(?:股份有限公司|有限责任公司|有限公司|股份公司|集团公司|公司)$"
    r"|(?:个体工商户|个人独资企业|有限合伙企业|普通合伙企业|合伙企业(?:有限合伙|普通合伙|特殊普通合伙)?|有限合伙|普通合伙)$"
)
_EMPTY = r"^(.)?$|^0+$|^9+$|^1+$|^X+$|^(?:无|暂无|没有|不详|未知|空|NULL|NONE|NAN|NA|TEST|测试)$"
_PERSON = r"^[1-8][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}[0-9X](?:[0-9]{2})?$"


@dataclass(frozen=True, slots=True)
class Likeness:
    """`proposals`: left, right, score, reasons (list of text), against (list of text); best first, left < right.

    `capped`: kind, value (masked), parties - shared by too many to say anything. `ignored`: kinds of identifier that
    say nothing about who a party is, with their rows.
    """

    proposals: pl.DataFrame
    capped: pl.DataFrame
    ignored: dict[str, int]


def same_parties(rows: pl.DataFrame | pa.Table, *, most: int = MOST, least: float = LEAST) -> Likeness:
    """Proposals among the parties of `rows`: party_id, kind_of_identifier, value, all text.

    BadInput where a column is missing. `most`: parties that may share a value; `least`: score of a proposal.
    """
    table = _rows(rows)
    other = table.filter(~pl.col("kind").is_in(_TELLING)).group_by("kind").len().sort("kind")
    keys = _compared(table)
    shared = keys.with_columns(pl.len().over("kind", "key").alias("parties")).filter(pl.col("parties") > 1)
    capped = shared.filter(pl.col("parties") > most).group_by("kind", "key").agg(pl.col("parties").first())
    pairs = _pairs(shared.filter(pl.col("parties") <= most))
    return Likeness(proposals=_proposals(pairs, keys, least), capped=_shown(capped), ignored=dict(other.iter_rows()))


def compared(rows: pl.DataFrame | pa.Table) -> pl.DataFrame:
    """party_id, kind, key: what parties are compared by, from rows as above; each value in one form, once."""
    return _compared(_rows(rows))


def _compared(table: pl.DataFrame) -> pl.DataFrame:
    return _derived(_keys(table.filter(pl.col("kind").is_in(_TELLING))))


def _rows(rows: pl.DataFrame | pa.Table) -> pl.DataFrame:
    table = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(pl.from_arrow(rows))
    missing = {"party_id", "kind_of_identifier", "value"} - set(table.columns)
    if missing:
        hint = "party_id, kind_of_identifier, value"
        raise BadInput("missing_column", f"no column {', '.join(sorted(missing))}", hint=hint)
    text = [pl.col(name).cast(pl.String) for name in ("party_id", "value")]
    return table.select(text[0], pl.col("kind_of_identifier").cast(pl.String).alias("kind"), text[1]).drop_nulls()


def _keys(table: pl.DataFrame) -> pl.DataFrame:
    """party_id, kind, key: values in the one form in which they are compared, each once, without empty ones."""
    plain = (
        pl.col("value")
        .str.replace_many({chr(wide): narrow for wide, narrow in WIDE.items()})
        .str.replace_all(SPACES_AND_DASHES, "")
        .str.to_uppercase()
    )
    bare = pl.col("key").str.replace_all(r"[()\[\]{}【】〔〕《》<>\"'“”‘’·•.,，。、;；:：/\\]", "")
    short = bare.str.replace(_LEGAL_FORM, "").str.replace(_LEGAL_FORM, "")
    name = pl.when(short.str.len_chars() >= 2).then(short).otherwise(bare)
    phone = (
        pl.col("key").str.replace_all(r"[^0-9]", "").str.replace(r"^(?:0086|86)(1[3-9][0-9]{9}|0[0-9]{9,11})$", "$1")
    )
    key = (
        pl.when(pl.col("kind") == "company_name").then(name)
        .when(pl.col("kind").is_in(["mobile", "phone"])).then(phone)
        .when(pl.col("kind") == "address").then(bare)
        .otherwise(pl.col("key"))
    )  # fmt: skip
    shortest = pl.when(pl.col("kind").is_in(list(STRONG))).then(6).when(pl.col("kind") == "company_name").then(2)
    return (
        table.with_columns(plain.alias("key"))
        .with_columns(key.alias("key"))
        .filter(~pl.col("key").str.contains(_EMPTY), pl.col("key").str.len_chars() >= shortest.otherwise(5))
        .select("party_id", "kind", "key")
    )


def _derived(keys: pl.DataFrame) -> pl.DataFrame:
    """Strong identifiers inside others as rows of their own: a taxpayer number is a USCC, an identity number or holds
    an organisation code; a USCC holds one. A mobile under `phone` is a mobile.
    """
    key, long = pl.col("key"), pl.col("key").str.len_chars()
    tax = pl.col("kind") == "taxpayer_no"
    person = key.str.contains(_PERSON)
    kind = (
        pl.when(tax & person).then(pl.lit("id_card"))
        .when(tax & (long == 18)).then(pl.lit("uscc"))
        .when((pl.col("kind") == "phone") & key.str.contains(r"^1[3-9][0-9]{9}$")).then(pl.lit("mobile"))
        .otherwise(pl.col("kind"))
    )  # fmt: skip
    read = keys.with_columns(kind.alias("kind"), pl.when(tax & person).then(key.str.slice(0, 18)).otherwise(key))
    inside = pl.concat(
        [
            read.filter(pl.col("kind") == "uscc", long == 18).with_columns(key.str.slice(8, 9)),
            read.filter(tax, long == 15).with_columns(key.str.slice(6, 9)),
        ]
    ).with_columns(pl.lit("organisation_code").alias("kind"))
    return pl.concat([read, inside]).unique()


def _pairs(shared: pl.DataFrame) -> pl.DataFrame:
    """left, right, kind, parties: who shares a value of which kind; the rarest value of a kind counts."""
    side = shared.select("kind", "key", "parties", pl.col("party_id").alias("left"))
    other = shared.select("kind", "key", pl.col("party_id").alias("right"))
    joined = side.join(other, on=["kind", "key"]).filter(pl.col("left") < pl.col("right"))
    return joined.group_by("left", "right", "kind").agg(pl.col("parties").min())


def _against(pairs: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """left, right, kind: pairs of which both have a kind of ONE_EACH and share no value of it."""
    found = []
    for kind in ONE_EACH:
        values = keys.filter(pl.col("kind") == kind).group_by("party_id").agg(pl.col("key"))
        both = pairs.join(values, left_on="left", right_on="party_id").join(
            values, left_on="right", right_on="party_id", suffix="_right"
        )
        apart = both.filter(pl.col("key").list.set_intersection("key_right").list.len() == 0)
        found.append(apart.select("left", "right", pl.lit(kind).alias("kind")))
    return pl.concat(found)


def _proposals(pairs: pl.DataFrame, keys: pl.DataFrame, least: float) -> pl.DataFrame:
    """Scores first, as numbers; the words only for those that remain."""
    weight = pl.col("kind").replace_strict({**STRONG, **WEAK}, return_dtype=pl.Float64)
    fading = pl.when(pl.col("kind").is_in(list(WEAK))).then((pl.col("parties") - 1).sqrt()).otherwise(1.0)
    # The organisation code inside a shared USCC is no second reason.
    whole = pairs.filter(pl.col("kind") == "uscc").select("left", "right", pl.lit("organisation_code").alias("kind"))
    told = pairs.join(whole, on=["left", "right", "kind"], how="anti").with_columns(weight=weight / fading)
    likely = (
        told.group_by("left", "right")
        .agg(score=1 - (1 - pl.col("weight")).product(), settled=pl.col("kind").is_in(SETTLES).any())
        .filter(pl.col("score") >= least)
    )
    against = _against(likely.select("left", "right"), keys)
    apart = against.group_by("left", "right").agg(against=pl.format("different {}", "kind").sort())
    doubted = pl.col("against").is_not_null() & ~pl.col("settled")
    kept = (
        likely.join(apart, on=["left", "right"], how="left")
        .with_columns(score=(pl.col("score") * pl.when(doubted).then(AGAINST).otherwise(1.0)).round(4))
        .with_columns(pl.col("against").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .filter(pl.col("score") >= least)
    )
    reasons = (
        told.join(kept, on=["left", "right"], how="semi")
        .sort("weight", "kind", descending=[True, False])
        .group_by("left", "right", maintain_order=True)
        .agg(reasons=pl.format("same {}, shared by {}", "kind", "parties"))
    )
    return (
        kept.join(reasons, on=["left", "right"])
        .select("left", "right", "score", "reasons", "against")
        .sort(["score", "left", "right"], descending=[True, False, False])
    )


def _shown(capped: pl.DataFrame) -> pl.DataFrame:
    shown = capped.sort(["parties", "kind", "key"], descending=[True, False, False]).rename({"key": "value"})
    values = [mask(kind, value) for kind, value in shown.select("kind", "value").iter_rows()]
    return shown.with_columns(pl.Series("value", values, dtype=pl.String)).select("kind", "value", "parties")
