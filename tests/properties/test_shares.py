"""Entries of any life, shared among any funders: each balances by itself and holds its part of the whole."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from lives import Life, lives, visits

from zhiwei.funding import Funder, Programme
from zhiwei.funding.postings import Shares, accrual, postings_of, shared
from zhiwei.ledger.journal import Entry, check
from zhiwei.loans import replay
from zhiwei.loans.accrual import Receivable, running
from zhiwei.loans.postings import Accounts, drafts
from zhiwei.values import split

ACCOUNTS = Accounts()


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=0, max_size=3, unique=True)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Programme(tuple(Funder(f"f{n}", "F", "bank", Decimal(share) / 100) for n, share in enumerate(shares)))


@given(lives(), programmes(), st.data())
def test_every_funder_balances_and_holds_its_share_after_every_entry(
    life: Life, programme: Programme, data: st.DataObject
) -> None:
    """Each entry is zero for each funder; parts are always the split of the whole; what is repaid leaves no cent."""
    names = [funder.funder_id for funder in programme.funders]
    for name, _ in life.contracts:
        held: Shares = defaultdict(int)
        entered, before = 0, Receivable()
        for on in visits(data.draw, life):
            state = replay(life.contracts, life.events, on).loans.get(name)
            if state is None:
                continue
            posted: Shares = defaultdict(int)
            made = list(drafts(name, state.movements, ACCOUNTS))
            for draft in made[entered:]:
                postings = shared(draft, programme)
                check(Entry("e", 0, draft.kind, "line", name, on, postings))
                for posting in postings:
                    posted[posting.account, posting.funder] += posting.amount
            entered, after = len(made), running(state).receivable(on)
            accrued = accrual(before, after, posted, ACCOUNTS, programme)
            if accrued:
                check(Entry("a", 0, "accrued", "line", name, on, postings_of(accrued)))
            before = after
            for sums in (posted, accrued):
                for place, amount in sums.items():
                    held[place] += amount
            book = 0 if state.written_off else state.principal
            for account, amount in (
                ("loan_principal", book), ("interest_receivable", after.interest),
                ("penalty_receivable", after.penalty), ("off_balance_interest", after.off),
                ("written_off_claims", state.principal - book),
            ):  # fmt: skip
                parts = [held[account, funder] for funder in names]
                assert parts == split(amount, programme.shares), (on, account)
            fees = [held["fee_receivable", funder] for funder in names]
            assert sum(fees) == state.balances.fee
            assert sum(fees) or not any(fees), "parts of what is charged less parts of what is paid"
