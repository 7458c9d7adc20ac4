"""Who else pledged the same thing: what other parties let us see of pledges is compared with what these let us see."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from zhiwei.borrower import allowed
from zhiwei.borrower.collateral.things import things_of
from zhiwei.journeys.borrower.members import everybody, members_of
from zhiwei.journeys.borrower.pictures import Reading
from zhiwei.journeys.ports import Unit

PURPOSES = ("credit_assessment",)
"""Research is no reason to hold one party's pledge against another."""


def with_others(unit: Unit, pledges: pa.Table, parties: Sequence[str], as_of: date, today: date) -> pa.Table:
    """These pledges, and those of the same things by parties that are not one with these and allow it on both days."""
    things = frozenset[str]().union(*things_of(pledges))
    if not things:
        return pledges
    own = set(everybody(members_of(unit, parties)))
    others = [party for party in unit.batches.pledgors(sorted(things)) if party not in own]
    willing = sorted(allowed(unit.parties.consents(others), "pledges", PURPOSES, as_of, today)) if others else []
    if not willing:
        return pledges
    theirs = Reading(unit, members_of(unit, willing), as_of).rows({"pledges": willing})["pledges"]
    shared = [not things.isdisjoint(one) for one in things_of(theirs)]
    return pa.concat_tables([pledges, theirs.filter(pa.array(shared, pa.bool_()))])
