"""Many clients at once on real PostgreSQL: the limit holds, each key has one answer, nobody waits for ever."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Change,
    Draw,
    Repayment,
    amend,
    change_line,
    draw,
    draw_many,
    examine,
    order_draw,
    pay_out,
    repay,
    repay_many,
)
from zhiwei.loans.events import Reversal
from zhiwei.values import Refusal, fen

MARCH = date(2024, 3, 1)
CLIENTS = 16


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own (so on a connection of its own), started together; what one raises is raised."""
    together = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        together.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def said(answer: Any) -> Any:
    return answer.code if isinstance(answer, Refusal) else answer


def agreed(told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Key -> its answer, a refusal as its code; everyone who asked was told the same."""
    answers: defaultdict[str, set[Any]] = defaultdict(set)
    for one in told:
        for key, answer in one.items():
            answers[key].add(said(answer))
    assert [(key, found) for key, found in answers.items() if len(found) > 1] == []
    return {key: found for key, [found] in answers.items()}


def asking(platform: Platform, draws: Mapping[str, Draw], size: int) -> dict[str, Any]:
    """Draw them in batches of some size; a plain draw of one goes through `draw`."""
    answers: dict[str, Any] = {}
    keys = list(draws)
    for start in range(0, len(keys), size):
        batch = {key: draws[key] for key in keys[start : start + size]}
        if size == 1 and not any(wanted.under for wanted in batch.values()):
            [(key, wanted)] = batch.items()
            try:
                answers[key] = draw(
                    books=platform, by=platform.actor, key=key, line=wanted.line, amount=wanted.amount, on=wanted.on
                )
            except Refusal as refusal:
                answers[key] = refusal
        else:
            answers |= draw_many(books=platform, by=platform.actor, draws=batch)
    return answers


def some(dice: random.Random, draws: Mapping[str, Any], count: int) -> dict[str, Any]:
    return {key: draws[key] for key in dice.sample(list(draws), count)}


def sound(platform: Platform) -> bool:
    return [finding for finding in examine(books=platform, by=platform.actor) if finding.wrong] == []


def payouts(platform: Platform, line: str) -> dict[str, tuple[int, str]]:
    with platform.unit("local") as unit:
        return {one.payout_id: (one.amount, one.status) for one in unit.lines.payouts(line=line)}


def limit_of(platform: Platform, line: str) -> int:
    with platform.unit("local") as unit:
        return unit.lines.get(line).limit


@pytest.mark.parametrize("under", ["", "partner"])
def test_sixteen_clients_draw_on_one_line(crowded: Platform, bank: Any, lines: Any, under: str) -> None:
    """24 draws of 2.5 times the limit, each asked for by several clients at once, alone and in batches."""
    [line], dice = lines(1), random.Random(16)
    limit = limit_of(crowded, line)
    if under:
        limit //= 3
        change = Change("sub_limit", "a partner's part", limit, under)
        change_line(books=crowded, by=crowded.actor, key="s", line=line, change=change, on=MARCH)
    draws = {f"k{n}": Draw(line, dice.randint(limit // 20, limit // 6), MARCH, under) for n in range(24)}
    told = at_once(*(partial(asking, crowded, some(dice, draws, 12), 1 + n % 4) for n in range(CLIENTS)))
    answers = agreed(told)
    paid = {key: answer for key, answer in answers.items() if not isinstance(answer, str)}
    total = sum(draws[key].amount for key in paid)
    assert total <= limit
    assert set(map(said, answers.values())) - set(paid.values()) == {"over_sub_limit" if under else "over_limit"}
    assert all(draws[key].amount > limit - total for key in answers.keys() - paid.keys()), "nothing refused would fit"
    wanted = {answer.payout: draws[key].amount for key, answer in paid.items()}
    assert len(wanted) == len(paid)
    assert payouts(crowded, line) == {name: (amount, "paid") for name, amount in wanted.items()}
    assert bank.paid == wanted
    with crowded.unit("local") as unit:
        found = unit.lines.get(line)
        assert (found.used, found.held, len(unit.loans.of_lines([line]))) == (total, 0, len(paid))
    assert sound(crowded)


def test_sixteen_clients_draw_and_repay_on_many_lines(crowded: Platform, bank: Any, lines: Any) -> None:
    """Batches over the same lines and the same keys in every order: nobody waits for somebody who waits for them."""
    names, dice = lines(8), random.Random(8)
    limits = {line: limit_of(crowded, line) for line in names}
    draws = {
        f"d{n}": Draw(line, dice.randint(limits[line] // 9, limits[line] // 3), MARCH)
        for n, line in enumerate(names * 8)
    }
    repaid = {f"r{n}": Repayment(names[n % 8], dice.randint(100, 9_000_000), MARCH) for n in range(64)}

    def client(number: int, dice: random.Random) -> dict[str, Any]:
        answers = asking(crowded, some(dice, draws, 16), 8)
        for _ in range(2):
            answers |= repay_many(books=crowded, by=crowded.actor, repayments=some(dice, repaid, 8))
        return answers

    told = at_once(*(partial(client, n, random.Random(n)) for n in range(CLIENTS)))
    answers = agreed([{key: one for key, one in each.items() if not isinstance(one, Refusal)} for each in told])
    paid = {answer.payout: draws[key].amount for key, answer in answers.items() if key in draws}
    assert bank.paid == paid
    for line in names:
        drawn = sum(draws[key].amount for key in answers if key in draws and draws[key].line == line)
        came = sum(repaid[key].amount for key in answers if key in repaid and repaid[key].line == line)
        with crowded.unit("local") as unit:
            found = unit.lines.get(line)
        assert found.used + found.held <= found.limit
        assert (found.used - found.credit, found.held) == (drawn - came, 0)
    assert sound(crowded)


def test_eight_clients_draw_repay_and_take_back_on_one_line(crowded: Platform, lines: Any) -> None:
    """On one day nothing accrues: what is owed is what was drawn less the repayments that were not taken back."""
    [line], by = lines(1), crowded.actor

    def client(number: int) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for turn in range(3):
            own, shared = f"{number}.{turn}", f"{number % 4}.{turn} shared"  # two clients use each shared key at once
            for key in (own, shared):
                amount = 100_000 + 1000 * turn
                answers[f"d{key}"] = draw(books=crowded, by=by, key=f"d{key}", line=line, amount=amount, on=MARCH)
                paid = repay(books=crowded, by=by, key=f"r{key}", line=line, amount=60_000 + turn, on=MARCH)
                answers[f"r{key}"] = paid
                if turn % 2:
                    back = Reversal("", MARCH, "", paid.event)
                    answers[f"b{key}"] = amend(books=crowded, by=by, key=f"b{key}", line=line, event=back)
        return answers

    answers = agreed(at_once(*(partial(client, number) for number in range(8))))
    kinds = defaultdict[str, list[Any]](list)
    for key, answer in answers.items():
        kinds[key[0]].append(answer)
    assert {kind: len(found) for kind, found in kinds.items()} == {"d": 36, "r": 36, "b": 12}
    gone = {back for back in answers if back[0] == "b"}
    net = sum(fen(one.amount) for one in kinds["d"])
    net -= sum(fen(one.amount) for key, one in answers.items() if key[0] == "r" and f"b{key[1:]}" not in gone)
    with crowded.unit("local") as unit:
        found = unit.lines.get(line)
        events = [event for event in unit.loans.events([line])[line] if not isinstance(event, Reversal)]
    assert (found.used - found.credit, found.held) == (net, 0)
    assert len(events) == len({one.event for one in kinds["r"]}) == 36
    assert sound(crowded)


def test_a_payout_overtaken_by_a_later_one(crowded: Platform, lines: Any) -> None:
    """Ordered first, settled last, with a repayment between: it counts as if the bank had answered in order."""
    [line], by = lines(1), crowded.actor
    order = partial(order_draw, books=crowded, by=by, line=line, amount=10_000_000, on=MARCH)
    first, second = order(key="first"), order(key="second")
    pay_out(books=crowded, by=by, payout=second.payout)
    repay(books=crowded, by=by, key="r", line=line, amount=4_000_000, on=MARCH)
    pay_out(books=crowded, by=by, payout=first.payout)
    assert sound(crowded)
    assert repay(books=crowded, by=by, key="r2", line=line, amount=1_000_000, on=MARCH).outstanding == "150000.00"
    assert sound(crowded)
