"""What we have at stake already limits what we offer: with the party, its group, and those it guarantees."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Change,
    Merging,
    Offer,
    Tie,
    Word,
    accept,
    approve,
    approve_amendment,
    approve_merge,
    change_line,
    close_days,
    decide,
    draw,
    link_parties,
    propose,
    propose_change,
    propose_merge,
    receive,
    replay,
    rule,
)
from zhiwei.journeys.lines.accept import Accepted
from zhiwei.journeys.ports import StoredDecision
from zhiwei.shelf import read_folder
from zhiwei.values import Actor, Refusal, fen

from ...conftest import delivery_of, invoice_rows

ON = date(2024, 3, 1)
SHELF = Path(__file__).parents[3] / "products"
CAP = "1500000"
NAMES = ("exposure_own", "exposure_party", "exposure_group", "exposure_guaranteed")
OTHER = Actor("local", "another")
BESIDE = "exposure_party - exposure_group - exposure_guaranteed"


def capped(product: str, room: str = f"party_cap - {BESIDE}") -> dict[str, str]:
    """tax_credit under another name, within a cap for all that we have at stake beside it; one golden case says so."""
    files = read_folder(SHELF / "tax_credit")
    told = [name for name in NAMES if name in room or name in files["underwriting/limit.csv"]]
    files = {name: content for name, content in files.items() if not name.startswith("cases/")} | {
        "cases/good_trader.toml": re.sub(r"exposure_\w+ = 0\n", "", files["cases/good_trader.toml"])
        .replace("[expect]", "".join(f"{name} = 0\n" for name in told) + "\n[expect]")
    }  # fmt: skip
    files["product.toml"] = files["product.toml"].replace('id = "tax_credit"', f'id = "{product}"')
    files["underwriting/limit.csv"] += f'room,"max({room}, 0)",集团剩余额度,Room under the cap\n'
    files["underwriting/parameters.toml"] += (
        f'\n[[parameter]]\nname = "party_cap"\nfrom = 2016-01-01\nvalue = "{CAP}"\nbecause = "of this test"\n'
        "checked_on = 2026-11-26\nsure = false\n"
    )
    return files


@pytest.fixture
def bank(platform: Platform) -> "Bank":
    bank = Bank(platform)
    for product in ("second_line", "third_line"):
        bank.publish(capped(product))
    return bank


class Bank:
    """Firms like G1 are good for a million 元 alone; every limit here is what the story says, or less."""

    def __init__(self, platform: Platform) -> None:
        self.books, self.by = platform, platform.actor

    def publish(self, files: dict[str, str]) -> None:
        version = propose(books=self.books, by=Actor("local", "maker"), files=files)
        approve(books=self.books, by=Actor("local", "checker"), product=version.product_id, hash_prefix=version.hash)

    def firm(self, *parties: str) -> None:
        rows = [row for party in parties for row in invoice_rows(party, ON)]
        receive(books=self.books, by=self.by, deliveries=[delivery_of(rows)], folder="")

    def decide(self, party: str, product: str = "second_line", on: date = ON) -> StoredDecision:
        [one] = decide(books=self.books, by=self.by, product=product, parties=[party], as_of=on)
        return one

    def accept(self, decision: StoredDecision, limit: str | None = None, on: date = ON) -> Accepted:
        offer = Offer(decision.decision_id, fen(limit) if limit else None)
        return accept(books=self.books, by=self.by, key=f"accept {decision.decision_id}", offer=offer, on=on)

    def line(self, party: str, limit: str, product: str = "tax_credit") -> str:
        return self.accept(self.decide(party, product), limit).line

    def link(self, party: str, kind: str, other: str, share: str | None = None, since: date = date(2020, 1, 1)) -> None:
        tie = Tie(party, kind, other, since, Decimal(share) if share else None)
        link_parties(books=self.books, by=self.by, tie=tie)

    def change(self, line: str, what: str, on: date, limit: str = "0") -> None:
        change = Change(what, "asked", fen(limit))
        change_line(books=self.books, by=self.by, key=f"{what} {line} {on}", line=line, change=change, on=on)

    def propose_raise(self, line: str, limit: str, on: date = ON) -> str:
        change = Change("raise", "it trades more", fen(limit))
        key = f"raise {line} {limit} {on}"
        return propose_change(books=self.books, by=self.by, key=key, line=line, change=change, on=on).proposal_id

    def stake(self, party: str, on: date = ON, product: str = "second_line") -> tuple[str, ...]:
        """(other products, group, guaranteed) as its decision keeps them."""
        facts = json.loads(self.decide(party, product, on).inputs)["facts"]
        return tuple(facts[name] for name in NAMES[1:])


def test_nothing_at_stake_is_zero_and_takes_nothing_away(bank: Bank) -> None:
    bank.firm("G1")
    assert bank.stake("G1") == ("0", "0", "0")
    assert bank.decide("G1").limit == bank.decide("G1", "tax_credit").limit > 0


def test_a_line_under_one_product_leaves_less_under_another(bank: Bank) -> None:
    """900,000.01 元 of 1,500,000: 599,999.99 are left, which are 590,000 in whole steps; and it replays."""
    bank.firm("G1")
    bank.line("G1", "900000.01")
    decided = bank.decide("G1")
    assert bank.stake("G1") == ("900000.01", "0", "0")
    assert (decided.outcome, decided.limit) == ("approve", fen("590000"))
    assert replay(books=bank.books, by=bank.by, decision_id=decided.decision_id) == (decided, True)


def test_its_own_line_does_not_stand_in_its_way(bank: Bank) -> None:
    """Of the same product it is another fact, which a product may use, and second_line does not look at."""
    files = capped("fourth_line", "party_cap - exposure_own")
    version = propose(books=bank.books, by=Actor("local", "maker"), files=files)
    approve(books=bank.books, by=Actor("local", "checker"), product="fourth_line", hash_prefix=version.hash)
    bank.firm("G1")
    bank.line("G1", "900000", "second_line")
    assert bank.stake("G1") == ("0", "0", "0")
    bank.line("G1", "1000000", "fourth_line")
    again = bank.decide("G1", "fourth_line")
    assert json.loads(again.inputs)["facts"]["exposure_own"] == "1000000"
    assert again.limit == fen("500000")


def test_the_owners_second_firm_counts_for_the_first(bank: Bank) -> None:
    """G9 owns half of G1 and all of G2, which guarantees G3 and owes under two products; nobody is tied to G4."""
    bank.firm("G1", "G2", "G3", "G4", "G9")
    bank.link("G9", "owns", "G1", "0.5")
    bank.link("G9", "owns", "G2", "1")
    bank.link("G2", "guarantees", "G3")
    bank.line("G2", "300000")
    bank.line("G2", "200000", "third_line")
    bank.line("G3", "70000")
    assert bank.stake("G1") == ("0", "500000", "0")
    assert bank.stake("G2") == ("500000", "0", "70000")
    assert bank.stake("G9") == ("0", "500000", "0")
    assert bank.stake("G3") == ("70000", "0", "0")
    assert bank.stake("G4") == ("0", "0", "0")


def test_a_tie_counts_on_its_days(bank: Bank) -> None:
    bank.firm("G1", "G2", "G9")
    bank.link("G9", "owns", "G1", "1")
    bank.link("G9", "owns", "G2", "1", since=date(2024, 3, 10))
    bank.line("G2", "300000")
    assert bank.stake("G1", date(2024, 3, 9)) == ("0", "0", "0")
    assert bank.stake("G1", date(2024, 3, 10)) == ("0", "300000", "0")


def test_two_records_of_one_party_are_one_stake(bank: Bank) -> None:
    """G2 is G1 by another name: its line, its guarantee and its sister firm are G1's from then on."""
    bank.firm("G1", "G2", "G3", "G4", "G9")
    bank.link("G9", "owns", "G2", "1")
    bank.link("G9", "owns", "G4", "1")
    bank.link("G2", "guarantees", "G3")
    for party, limit in (("G2", "100000"), ("G3", "30000"), ("G4", "70000")):
        bank.line(party, limit)
    assert bank.stake("G1") == ("0", "0", "0")
    merging = Merging("G1", "G2", "one shop")
    asked = propose_merge(books=bank.books, by=Actor("local", "maker"), key="m", merging=merging)
    approve_merge(books=bank.books, by=Actor("local", "checker"), proposal=asked.proposal)
    assert bank.stake("G1") == ("100000", "70000", "30000")
    assert bank.stake("G4") == ("70000", "100000", "0")


def test_a_line_counts_as_it_was_on_the_day(bank: Bank) -> None:
    """800,000 from 1 March, 300,000 drawn on the 5th, cut to 500,000 on the 7th, frozen on the 9th; looked at later.

    What a person froze is at stake as far as it is owed, what nobody may draw any more too; what is closed is nothing.
    """
    bank.firm("G1")
    line = bank.line("G1", "800000")
    draw(books=bank.books, by=bank.by, key="d", line=line, amount=fen("300000"), on=date(2024, 3, 5))
    bank.change(line, "cut", date(2024, 3, 7), "500000")
    bank.change(line, "freeze", date(2024, 3, 9))
    days = {day: bank.stake("G1", date(2024, 3, day))[0] for day in (1, 6, 7, 8, 9)}
    assert days == {1: "800000", 6: "800000", 7: "500000", 8: "500000", 9: "300000"}


def test_closed_lines_count_nothing(bank: Bank) -> None:
    bank.firm("G1")
    line = bank.line("G1", "800000")
    bank.change(line, "close", date(2024, 3, 4))
    assert bank.stake("G1", date(2024, 3, 3))[0] == "800000"
    assert bank.stake("G1", date(2024, 3, 4))[0] == "0"


def test_what_ran_out_counts_as_far_as_it_is_owed(bank: Bank) -> None:
    """The line of G2 ends on 1 March 2025 with 40,000 unpaid; its owner's other firm is asked about after it."""
    bank.firm("G1", "G2", "G9")
    bank.link("G9", "owns", "G1", "1")
    bank.link("G9", "owns", "G2", "1")
    line = bank.line("G2", "800000")
    draw(books=bank.books, by=bank.by, key="d", line=line, amount=fen("40000"), on=date(2024, 3, 5))
    assert bank.stake("G1", date(2025, 2, 28))[1] == "800000"
    assert bank.stake("G1", date(2025, 3, 1))[1] == "40000"
    close_days(books=bank.books, by=bank.by, since=ON, until=date(2025, 3, 2))
    assert bank.stake("G1", date(2025, 2, 28))[1] == "800000"
    assert bank.stake("G1", date(2025, 3, 3))[1] == "40000"


def test_what_rose_since_the_decision_is_refused_until_decided_again(bank: Bank) -> None:
    """Both decided at zero, 1,500,000 for all: after 900,000 under one, 600,000 under the other is the most."""
    bank.firm("G1")
    one, other = bank.decide("G1"), bank.decide("G1", "third_line")
    bank.accept(one, "900000")
    with pytest.raises(Refusal, match=r"exposure_party was 0 元 and is 900,000\.00 元") as refused:
        bank.accept(other)
    assert (refused.value.code, "decide again" in refused.value.hint) == ("exposure_changed", True)
    with pytest.raises(Refusal):
        bank.accept(other, "600000.01")
    again = bank.decide("G1", "third_line")
    assert again.limit == fen("600000")
    assert bank.accept(again).limit == "600000.00"


def test_what_still_fits_is_accepted_as_decided(bank: Bank) -> None:
    bank.firm("G1")
    one, other = bank.decide("G1"), bank.decide("G1", "third_line")
    bank.accept(one, "900000")
    assert bank.accept(other, "600000").limit == "600000.00"


def test_a_line_that_opened_for_a_later_day_counts_too(bank: Bank) -> None:
    """Accepted for the 9th, then another for the 5th: from the 9th on there would be both."""
    bank.firm("G1")
    one, other = bank.decide("G1"), bank.decide("G1", "third_line")
    bank.accept(one, "900000", date(2024, 3, 9))
    with pytest.raises(Refusal) as refused:
        bank.accept(other, on=date(2024, 3, 5))
    assert refused.value.code == "exposure_changed"


def test_what_a_person_ruled_stands_on_what_that_person_saw(bank: Bank) -> None:
    """Ten yuan more beside it, far below the cap: the officer has to say it again."""
    bank.firm("G1")
    asked = bank.decide("G1")
    word = Word(True, "seen at the shop", fen("100000"))
    ruled = rule(books=bank.books, by=Actor("local", "chief one", "chief"), decision=asked.decision_id, word=word)
    bank.line("G1", "10000")
    with bank.books.unit("local") as unit:
        decision = unit.decisions.get(ruled.decision)
    with pytest.raises(Refusal) as refused:
        bank.accept(decision)
    assert refused.value.code == "exposure_changed"


def test_a_raise_looks_again_at_what_is_beside_it(bank: Bank) -> None:
    """1,500,000 for all: 500,000 of G1 and 700,000 of its owner's other firm leave 300,000 more, and not a fen else."""
    bank.firm("G1", "G2", "G9")
    for firm in ("G1", "G2"):
        bank.link("G9", "owns", firm, "1")
    line = bank.accept(bank.decide("G1"), "500000").line
    bank.line("G2", "700000")
    with pytest.raises(Refusal, match=r"800,000\.01 元 for G1 is more than room leaves") as refused:
        bank.propose_raise(line, "800000.01")
    assert refused.value.code == "over_exposure"
    assert "exposure_group is 700,000.00 元" in refused.value.message
    approve_amendment(books=bank.books, by=OTHER, proposal=bank.propose_raise(line, "800000"))
    with bank.books.unit("local") as unit:
        assert unit.lines.get(line).limit == fen("800000")


def test_what_rose_since_a_raise_was_proposed_is_refused_when_it_is_approved(bank: Bank) -> None:
    bank.firm("G1")
    line = bank.accept(bank.decide("G1"), "500000").line
    asked = bank.propose_raise(line, "900000")
    bank.line("G1", "700000", "third_line")
    with pytest.raises(Refusal) as refused:
        approve_amendment(books=bank.books, by=OTHER, proposal=asked)
    assert refused.value.code == "over_exposure"
    with bank.books.unit("local") as unit:
        assert unit.lines.get(line).limit == fen("500000")


def test_other_lines_of_the_same_product_count_for_a_raise_where_it_asks(bank: Bank) -> None:
    """Nothing but its own is beside it: what the line itself is worth now does not stand in its way."""
    bank.publish(capped("fourth_line", "party_cap - exposure_own"))
    bank.firm("G1")
    line = bank.line("G1", "900000", "fourth_line")
    bank.propose_raise(line, "1500000")
    with pytest.raises(Refusal):
        bank.propose_raise(line, "1500000.01")


@pytest.mark.parametrize("round_", range(3))
def test_a_raise_and_an_offer_at_once_do_not_pass_the_cap_together(bank: Bank, round_: int) -> None:
    bank.firm("G1")
    line = bank.accept(bank.decide("G1"), "100000").line
    asked, other = bank.propose_raise(line, "1000000"), bank.decide("G1", "third_line")
    works = [
        lambda: approve_amendment(books=bank.books, by=OTHER, proposal=asked).limit,
        lambda: bank.accept(other, "1000000").limit,
    ]
    assert at_once(works) in (["1000000.00", "exposure_changed"], ["1000000.00", "over_exposure"])


def at_once(works: list[Callable[[], str]]) -> list[str]:
    """Each in a thread, so on a connection, of its own; -> what each came to, a refusal as its code."""
    together = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        together.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))


@pytest.mark.parametrize("round_", range(3))
def test_two_offers_accepted_at_once_do_not_pass_the_cap_together(bank: Bank, round_: int) -> None:
    """Two products, one party, one cap, a million each: whoever is second is refused, whichever it is."""
    bank.firm("G1")
    offers = [bank.decide("G1"), bank.decide("G1", "third_line")]
    done = at_once([lambda one=one: bank.accept(one, "1000000").limit for one in offers])
    assert done == ["1000000.00", "exposure_changed"]


@pytest.mark.parametrize("round_", range(3))
def test_two_firms_of_one_owner_accepted_at_once_do_not_pass_it_either(bank: Bank, round_: int) -> None:
    """Three firms, and each guarantees the next: nobody waits for ever, and one of them is served."""
    bank.firm("G1", "G2", "G3", "G9")
    for number in (1, 2, 3):
        bank.link("G9", "owns", f"G{number}", "1")
        bank.link(f"G{number}", "guarantees", f"G{number % 3 + 1}")
    offers = [bank.decide(f"G{number}") for number in (1, 2, 3)]
    done = at_once([lambda one=one: bank.accept(one, "1000000").limit for one in offers])
    assert done == ["1000000.00", "exposure_changed", "exposure_changed"]


def test_many_parties_are_asked_about_in_as_many_queries_as_one(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty firms of ten owners, each with a line: the statements sent do not grow with them."""
    from zhiwei.journeys.deciding.exposure import stored_exposures
    from zhiwei.journeys.products import published
    from zhiwei.store.table import Store

    firms = [f"G{number}" for number in range(1, 31)]
    owners = [f"H{number}" for number in range(1, 11)]
    bank.firm(*firms, *owners)
    for number, firm in enumerate(firms):
        bank.link(owners[number % 10], "owns", firm, "1")
    for party in firms[:12]:
        bank.line(party, "100000")
    sent: list[str] = []
    ask = Store.ask

    def counted(self: Store, sql: str, *values: object) -> object:
        sent.append(sql)
        return ask(self, sql, *values)

    monkeypatch.setattr(Store, "ask", counted)
    with bank.books.unit("local") as unit:
        product = published(unit, "second_line")
        sent.clear()
        one = stored_exposures(unit, product, firms[:1], ON)
        alone = len(sent)
        sent.clear()
        all_ = stored_exposures(unit, product, firms, ON)
    assert len(sent) <= alone < 30
    assert all_["G1"] == one["G1"] == {**one["G1"], "exposure_party": "100000", "exposure_group": "100000"}
    assert (all_["G3"]["exposure_group"], all_["G30"]["exposure_group"]) == ("0", "100000")


def test_a_limit_may_not_name_what_is_no_fact(bank: Bank) -> None:
    files = replace_room(capped("fifth_line"), "exposure_grp")
    with pytest.raises(Refusal, match=re.escape("unknown name 'exposure_grp'")):
        propose(books=bank.books, by=bank.by, files=files)


def replace_room(files: dict[str, str], name: str) -> dict[str, str]:
    table = files["underwriting/limit.csv"]
    return files | {"underwriting/limit.csv": table.replace("exposure_group", name)}


def test_a_product_that_does_not_look_keeps_none_of_it(bank: Bank) -> None:
    files = capped("plain_line", "party_cap")
    limit, case = "underwriting/limit.csv", "cases/good_trader.toml"
    files[limit] = re.sub(r"(?m)^exposure,.*\n", "", files[limit])
    files[case] = re.sub(r"exposure_\w+ = 0\n", "", files[case])
    bank.publish(files)
    bank.firm("G1")
    bank.line("G1", "100000", "second_line")
    facts = json.loads(bank.decide("G1", "plain_line").inputs)["facts"]
    assert not any(name.startswith("exposure") for name in facts)
