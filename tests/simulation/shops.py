"""Partners who call at random, and what each of them was told: the model that every later answer must agree with."""

import json
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.api.conftest import Partner
from tests.conftest import invoice_rows

RECORDS_UNTIL = date(2024, 3, 1)
RENEW = 420  # seconds of a token's ten minutes
NOT_ALLOWED = {"invalid_dpop_proof", "invalid_token", "bad_signature", "no_credentials"}


@dataclass
class Drawing:
    """A draw as it was told of: its status is the last that was heard."""

    amount: int
    status: str
    loan: str
    on: date


@dataclass
class Line:
    """What a partner was told of a line of its; all 分."""

    name: str
    party: str
    decision: str
    limit: int
    opened_on: date
    draws: dict[str, Drawing] = field(default_factory=dict)
    repayments: dict[str, int] = field(default_factory=dict)
    principal: int = 0  # repaid, of `parts` told
    credit: int = 0  # paid too much, as told
    closed: bool = False
    slack: int = 0  # how far `owed` may be off

    def drawn(self, status: str = "paid") -> int:
        return sum(one.amount for one in self.draws.values() if one.status == status)

    @property
    def owed(self) -> int:
        """Exact as long as nothing was paid too much; else at most so much.

        A loan that the bank was a day late to pay runs from the day it was asked for: payments since then become its,
        younger loans are repaid later, and a night's interest more is taken out of what was told as principal.
        """
        return self.drawn() - self.principal

    @property
    def held(self) -> int:
        return self.drawn("ordered")

    @property
    def left(self) -> int:
        return self.limit - self.owed - self.held


@dataclass(frozen=True)
class Write:
    """A write that was answered with success."""

    path: str
    content: bytes
    key: str
    status: int
    text: str
    on: date


@dataclass
class Clock:
    """What all partners share: the simulated day, what was found wrong, and how calls ended."""

    today: date
    wrong: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)


class Shop:
    """One partner: `live` makes about so many calls. Its dice are its own, so that a seed gives the same wishes."""

    def __init__(self, partner: Partner, seed: str, clock: Clock) -> None:
        self.partner, self.dice, self.clock = partner, random.Random(seed), clock
        self.others: list[Shop] = []
        self.lines: list[Line] = []
        self.parties: list[str] = []
        self.consents: list[tuple[str, str]] = []
        self.held: dict[str, list[str]] = {kind: [] for kind in ("applications", "decisions", "deliveries")}
        self.told: deque[Write] = deque(maxlen=400)
        self.cursor, self.heard = "", dict[str, tuple[str, dict[str, Any]]]()  # event -> its type, what it says
        self.ends: Counter[str] = Counter()
        self.calls = self.moved = self.number = 0
        self.renewed, self.why = 0.0, ""

    # --- calling ------------------------------------------------------------------------------------------------------

    def found(self, what: str, answer: Any = None) -> None:
        said = "" if answer is None else f": {answer.request.method} {answer.request.url.path} -> " \
            f"{answer.status_code} {answer.text[:300]}"  # fmt: skip
        self.clock.wrong.append(f"{self.partner.client}, call {self.calls}: {what}{said}")
        print(self.clock.wrong[-1], flush=True)

    def send(self, method: str, path: str, body: Any = None, **said: Any) -> Any:
        """One call; whatever its end, it is an answer of the API's own making."""
        answer = self.partner.send(method, "/v1" + path, body, **said)
        self.calls += 1
        if answer.status_code >= 500:
            self.found("the server failed", answer)
        if answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
            self.found("no problem details", answer)
        self.ends[f"{answer.status_code} {code_of(answer)}".strip()] += 1
        return answer

    def read(self, path: str, **query: Any) -> Any:
        """What is this partner's own: always there."""
        answer = self.send("GET", path, query=query)
        if answer.status_code != 200:
            self.found("cannot be read", answer)
            return None
        return answer.json()

    def write(self, path: str, body: Any, *allowed: str, content: bytes | None = None, **said: Any) -> Any:
        """-> what was answered, None where it was refused with a code that is `allowed`."""
        content = json.dumps(body).encode() if content is None else content
        answer = self.send("POST", path, content=content, key=(key := self.name("key")), **said)
        if answer.status_code < 300:
            self.told.append(Write(path, content, key, answer.status_code, answer.text, self.clock.today))
            return answer.json()
        if code_of(answer) not in allowed:
            self.found(f"refused, but not as one of {allowed}", answer)
        self.why = code_of(answer)
        return None

    def refused(self, answer: Any, *codes: str) -> None:
        if not 400 <= answer.status_code < 500 or (codes and code_of(answer) not in codes):
            self.found(f"should be refused as {codes}", answer)

    def name(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    def live(self, calls: int, until: float) -> None:
        """About so many calls more, or until this instant of a monotonic clock."""
        end = self.calls + calls
        if time.monotonic() - self.renewed > RENEW:
            self.partner.token, self.renewed = self.partner.ask_token().json()["access_token"], time.monotonic()
        for line in self.lines:
            for draw, known in line.draws.items():
                if known.status == "ordered" and (now := self.read(f"/draws/{draw}")):
                    known.status = now["status"]
                    if known.status == "paid" and known.on < self.clock.today:
                        line.slack += line.limit // 1000
        while self.calls < end and time.monotonic() < until:
            if not self.lines:
                self.welcome()
                continue
            [act] = self.dice.choices(list(ACTS), list(ACTS.values()))
            act(self)

    # --- a business comes ---------------------------------------------------------------------------------------------

    def welcome(self) -> None:
        """Registered, allowed, pushed, applied for, offered, accepted; some go away on the way."""
        shop = self.name(self.partner.client)
        told = {"name": f"{shop} 五金店", "kind": "sole_trader", "since": "2019-05-01",
                "identifiers": [{"kind": "device", "value": f"till of {shop}"}]}  # fmt: skip
        if not (made := self.write("/parties", told)):
            return
        party = made["party"]
        self.parties.append(party)
        asked = {"party": party, "product": "tax_credit", "channel": "till"}
        if self.dice.random() < 0.1:
            self.refused(self.send("POST", "/applications", asked), "no_consent", "withheld", "no_records")
        words = {"scopes": ["invoices"], "text": "我同意。I agree.", "evidence": shop, "since": "2021-01-01"}
        if given := self.write(f"/parties/{party}/consents", words):
            self.consents += [(party, one["consent"]) for one in given["consents"]]
        self.push(party)
        if self.dice.random() < 0.9:
            self.apply(party, asked)

    def push(self, party: str) -> None:
        rows = [
            {name: f"{value}" if isinstance(value, date) else value for name, value in row.items()
             if name not in ("party_id", "occurrence")}
            for row in invoice_rows(party, RECORDS_UNTIL, 24, self.dice.randint(50, 90) * 1_000_000)
        ]  # fmt: skip
        done = self.write(f"/parties/{party}/records/invoices", {"rows": rows})
        if done:
            self.held["deliveries"].append(done["delivery"])
            if done["rows"] != [{"kind": "invoices", "rows": len(rows)}]:
                self.found(f"pushed {len(rows)} rows, told {done['rows']}")

    def apply(self, party: str, asked: dict[str, Any]) -> None:
        applied = self.write("/applications", asked)
        if not applied:
            return
        self.held["applications"].append(applied["application"])
        self.held["decisions"].append(decision := applied["decision"])
        shown = self.read(f"/decisions/{decision}")
        if shown and shown["outcome"] != applied["outcome"]:
            self.found(f"told {applied['outcome']} and then {shown['outcome']}")
        if applied["outcome"] != "approve":
            return
        offer = self.read(f"/offers/{decision}")
        less = {"limit": money(self.dice.randint(20, 100) * 100_000)} if self.dice.random() < 0.5 else {}
        opened = self.write(f"/offers/{decision}/accept", less)
        if not offer or not opened:
            return
        if opened["limit"] != (less.get("limit") or offer["at_once"]):
            self.found(f"accepted {less or offer['at_once']}, opened with {opened['limit']}")
        limit, day = opened["limit"]["amount"], date.fromisoformat(opened["opened_on"])
        self.lines.append(Line(opened["line"], party, decision, limit, day))
        if self.dice.random() < 0.2:
            self.refused(self.send("POST", f"/offers/{decision}/accept", less))

    # --- money --------------------------------------------------------------------------------------------------------

    def line(self) -> Line:
        """Most calls are about lines that came lately: each has its busy days."""
        those = self.lines[-12:] if self.dice.random() < 0.8 else self.lines
        return self.dice.choice([line for line in those if not line.closed or self.dice.random() < 0.1] or those)

    def draw(self) -> None:
        line = self.line()
        most = max(line.left, 100_000)
        amount = self.dice.choice([100_000, most // 7, most // 3, self.dice.randint(100_000, most), most, most + 1])
        body: dict[str, Any] = {"amount": money(max(amount, 100_000))}
        codes = ["over_limit", "line_frozen"] if not line.closed else ["line_closed"]
        if self.dice.random() < 0.2:
            body["value_date"] = f"{self.clock.today}"
        elif self.dice.random() < 0.05:
            body["value_date"] = f"{self.clock.today - timedelta(days=1)}"
            codes += ["day_closed", "out_of_order", "line_not_open_yet", "line_closed"]
        before = line.left
        done = self.write(f"/lines/{line.name}/draws", body, *codes)
        if done:
            self.drew(line, done, body)
            if line.closed or (line.left < -line.slack and not line.credit):
                self.found(f"{line.name} was drawn beyond its limit or end: {before} was left, drawn {body}")
            return
        if self.why == "over_limit" and body["amount"]["amount"] <= before - line.slack:
            self.found(f"{line.name} has {before} left, and refuses {body}")
        if self.dice.random() < 0.5:
            self.look(line)

    def drew(self, line: Line, done: dict[str, Any], body: dict[str, Any]) -> None:
        self.moved += 1
        line.draws[done["draw"]] = Drawing(body["amount"]["amount"], done["status"], done["loan"],
                                           date.fromisoformat(done["value_date"]))  # fmt: skip
        if (done["line"], done["amount"]) != (line.name, body["amount"]):
            self.found(f"asked {body} of {line.name}, told {done}")

    def repay(self) -> None:
        line = self.line()
        if not line.owed and self.dice.random() < 0.9:
            return self.draw()
        whole, amount = self.dice.random() < 0.15, 0
        if whole and (quoted := self.read(f"/lines/{line.name}/quote")):
            amount = quoted["total"]["amount"]
        if not amount:
            parts = [line.owed // 5, line.owed // 2, self.dice.randint(1, 50_000), self.dice.randint(1, 10**6)]
            parts += [line.owed + 7_777] if self.dice.random() < 0.1 else []
            amount, whole = max(self.dice.choice(parts), 1), False
        body: dict[str, Any] = {"amount": money(amount), "reference": self.name("bank")}
        if not whole and self.dice.random() < 0.04 and line.opened_on < self.clock.today:
            body["value_date"] = f"{self.clock.today - timedelta(days=1)}"  # heard of late
        if (
            not whole
            and self.dice.random() < 0.1
            and (loans := [one for one in line.draws.values() if one.status == "paid"])
        ):
            body |= {"loan": self.dice.choice(loans).loan, "prepay": self.dice.random() < 0.3}
        done = self.write(f"/lines/{line.name}/repayments", body, *(("line_closed",) if line.closed else ()))
        if done:
            self.repaid(line, done, amount)
            if whole and (done["outstanding"]["amount"] or done["credit"]["amount"]):
                self.found(f"{line.name}: {amount} settles it, it was said; {done}")
        return None

    def repaid(self, line: Line, done: dict[str, Any], amount: int) -> None:
        self.moved += 1
        line.repayments[done["repayment"]] = amount
        line.principal += done["principal"]["amount"]
        line.credit += done["credit"]["amount"]
        parts = sum(done[part]["amount"] for part in ("principal", "interest", "penalty", "fee", "credit"))
        if parts != amount or done["amount"]["amount"] != amount:
            self.found(f"repaid {amount} on {line.name}, and the parts are {done}")

    def at_once(self) -> None:
        """The same call four times at once is one call; of two draws of everything one is had at most."""
        line, which = self.line(), self.dice.choice(["draw", "draws", "repayment"])
        if line.closed:
            return self.look(line)
        path = f"/v1/lines/{line.name}/" + ("repayments" if which == "repayment" else "draws")
        keys = [self.name("one"), self.name("other")] if which == "draws" else [self.name("same")] * 4
        amount = {"draw": 100_000, "draws": max(line.left, 100_000), "repayment": max(line.owed // 3, 1)}[which]
        body = {"amount": money(amount)}
        with ThreadPoolExecutor(len(keys)) as pool:
            answers = list(pool.map(lambda key: self.partner.send("POST", path, body, key=key), keys))
        self.calls += len(answers)
        self.ends.update(f"{one.status_code} {code_of(one)}".strip() for one in answers)
        done = {one.text: one.json() for one in answers if one.status_code == 201}
        for one in answers:
            if one.status_code != 201 and code_of(one) not in ("over_limit", "still_running", "line_frozen"):
                self.found("refused at once with others", one)
        for told in done.values():
            if which == "repayment":
                self.repaid(line, told, amount)
            else:
                self.drew(line, told, body)
        room = which == "draws" and (
            line.credit or line.slack or any(one["status"] == "failed" for one in done.values())
        )
        if len(done) > 1 and not room:
            self.found(f"{line.name}: {len(done)} {which} where there is room for one: {done}")
        return self.look(line)

    def close(self) -> None:
        line = self.line()
        empty = not line.owed and not line.held
        if not empty and self.dice.random() < 0.7:
            return
        unsure = line.credit or line.slack
        codes = ("line_in_use",) if not empty or unsure else ("line_closed",) if line.closed else ()
        done = self.write(f"/lines/{line.name}/close", {}, *codes, "line_closed")
        if done:
            if not empty and not unsure:
                self.found(f"{line.name} was closed with {line.owed} owed and {line.held} held")
            line.closed = True

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, line: Line | None = None) -> None:
        """What a line has is what this partner was told, to the cent: what was refused has moved nothing."""
        line = line or self.line()
        shown = self.read(f"/lines/{line.name}")
        if not shown:
            return
        used, held, left, credit, limit = (
            shown[name]["amount"] for name in ("used", "held", "available", "credit", "limit")
        )
        if limit != line.limit or held != line.held or (shown["status"] == "closed") != line.closed:
            self.found(f"{line} is shown as {shown}")
        if shown["status"] == "open" and used + held + left != limit:
            self.found(f"used, held and available are not the limit: {shown}")
        if shown["status"] != "open" and left:
            self.found(f"available though {shown['status']}: {shown}")
        settled = line.owed - used  # by what was paid too much before
        if not -line.slack <= settled <= line.credit - credit + line.slack:
            self.found(f"by what was told {line.owed} is used and {line.credit} kept; shown: {shown}")

    def state(self, line: Line | None = None) -> None:
        """The statement has each 分 that was told as drawn or taken."""
        line = line or self.line()
        shown = self.read(f"/lines/{line.name}/statement")
        if not shown:
            return
        out = sum(row["cash"]["amount"] for row in shown["rows"] if row["kind"] == "drawn")
        back = sum(row["cash"]["amount"] for row in shown["rows"]) - out
        if (-out, back) != (line.drawn(), sum(line.repayments.values())):
            self.found(
                f"{line.name}: told {line.drawn()} out, {sum(line.repayments.values())} back; stated {out} {back}"
            )
        if shown["principal"] != shown["used"] or shown["payoff"]["amount"] < shown["due"]["amount"]:
            self.found(f"{line.name}: the statement does not agree with itself: {shown}")
        if self.dice.random() < 0.3:
            quoted = self.read(f"/lines/{line.name}/quote")
            due = self.read(f"/lines/{line.name}/schedule")
            if quoted and due and sum(one["principal"]["amount"] for one in due["dues"]) > shown["principal"]["amount"]:
                self.found(f"{line.name}: more principal is planned than is owed: {due}")
            if quoted and quoted["total"] != shown["payoff"]:
                self.found(f"{line.name}: {quoted['total']} is quoted, {shown['payoff']} stated")

    def pages(self, path: str, name: str) -> list[Any]:
        cursor, found = "", []
        while cursor is not None:
            page = self.read(path, limit=self.dice.choice([7, 50, 200]), cursor=cursor)
            if not page:
                return found
            found += [one[name] for one in page["items"]]
            cursor = page["next"] if len(found) < 400 else None
        return found

    def list(self) -> None:
        """Lists have all that is this partner's, in order, and nothing else."""
        line = self.line()
        path, name, known = self.dice.choice([
            (f"/lines/{line.name}/draws", "draw", [*line.draws]),
            (f"/lines/{line.name}/repayments", "repayment", [*line.repayments]),
            ("/lines", "line", [one.name for one in self.lines]),
            ("/parties", "party", self.parties),
            ("/applications", "application", self.held["applications"]),
        ])  # fmt: skip
        found = self.pages(path, name)
        expected = known[: len(found)] if len(found) >= 400 else known
        if (sorted(found) != sorted(expected)) if name == "draw" else found != expected:
            self.found(f"{path}: listed {len(found)}, told of {len(known)}: {set(found) ^ set(known)}")

    def read_one(self) -> None:
        kind = self.dice.choice(["applications", "decisions", "deliveries", "draws", "repayments", "parties"])
        line = self.line()
        names = {"draws": [*line.draws], "repayments": [*line.repayments], "parties": self.parties}.get(kind)
        if names := self.held.get(kind, names):
            self.read(f"/{kind}/{self.dice.choice(names)}")

    def hear(self, pages: int = 4) -> None:
        """Reads on from where it was: each event comes once, and none comes before one that was read."""
        self.read("/tasks")
        for _ in range(pages):
            page = self.read("/events", limit=200, cursor=self.cursor)
            if not page:
                return
            for event in page["items"]:
                if event["id"] in self.heard:
                    self.found(f"heard twice: {event}")
                self.heard[event["id"]] = event["type"], event["data"]
            self.cursor = page["next"]
            if not page["more"]:
                return

    def heard_all(self) -> None:
        """By its events a partner that never looked would know the same."""
        self.hear(10**6)
        told: dict[str, list[tuple[str, int]]] = {
            f"draw.{status}": [(name, draw.amount) for line in self.lines for name, draw in line.draws.items()
                               if status in ("ordered", draw.status)]
            for status in ("ordered", "paid", "failed")
        }  # fmt: skip
        told["repayment.received"] = [one for line in self.lines for one in line.repayments.items()]
        for kind, known in told.items():
            name = "repayment" if kind.startswith("repayment") else "draw"
            heard = [(data[name], amount_of(data)) for type_, data in self.heard.values() if type_ == kind]
            if sorted(heard) != sorted(known):
                self.found(f"{kind}: heard of {len(heard)}, told of {len(known)}: {sorted({*heard} ^ {*known})[:4]}")

    # --- the same again, and wrong things -----------------------------------------------------------------------------

    def again(self) -> None:
        """The same key with the same body: the same answer, on whatever day; with another body: refused."""
        one = self.dice.choice(self.told)
        if self.dice.random() < 0.6:
            self.same(one)
        else:
            self.refused(self.send("POST", one.path, content=one.content + b" ", key=one.key), "key_used")

    def same(self, one: Write) -> None:
        answer = self.send("POST", one.path, content=one.content, key=one.key)
        if (answer.status_code, answer.text) != (one.status, one.text):
            self.found(f"answered {one.status} {one.text[:300]} before", answer)

    def strangers(self) -> None:
        """What is another partner's is not there, whoever asks for what."""
        other = self.dice.choice(self.others)
        if not other.lines:
            return
        theirs = self.dice.choice(other.lines)
        paths = [f"/lines/{theirs.name}{more}" for more in ("", "/quote", "/statement", "/schedule", "/draws")]
        paths += [f"/{kind}/{self.dice.choice(names)}" for kind, names in [*other.held.items()] if names]
        paths += [f"/draws/{draw}" for draw in [*theirs.draws][:1]] + [f"/parties/{theirs.party}"]
        paths += [f"/repayments/{name}" for name in [*theirs.repayments][:1]] + [f"/offers/{theirs.decision}"]
        amount = {"amount": money(100_000)}
        writes: list[tuple[str, Any]] = [
            (f"/lines/{theirs.name}/draws", amount), (f"/lines/{theirs.name}/repayments", amount),
            (f"/lines/{theirs.name}/close", {}), (f"/offers/{theirs.decision}/accept", {}),
            ("/applications", {"party": theirs.party, "product": "tax_credit"}),
        ]  # fmt: skip
        if self.dice.random() < 0.5:
            answer = self.send("GET", self.dice.choice(paths))
        else:
            path, body = self.dice.choice(writes)
            answer = self.send("POST", path, body)
        if answer.status_code != 404:
            self.found("another partner's", answer)

    def mistake(self) -> None:
        """A call that cannot be meant: refused, and nothing moves."""
        line, draw = self.line(), self.dice.random() < 0.5
        path = f"/lines/{line.name}/" + ("draws" if draw else "repayments")
        amount = self.dice.choice([0, -5, 1.5, "100", 10**16, True, None, [], {"amount": 1}])
        tomorrow = f"{self.clock.today + timedelta(days=1)}"
        bodies: list[tuple[Any, str]] = [
            ({"amount": {"amount": amount, "currency": "CNY"}}, "bad_request_body"), ({}, "bad_request_body"),
            ({"amount": {"amount": 100_000, "currency": "USD"}}, "bad_request_body"),
            ({"amount": money(100_000), "color": "red"}, "bad_request_body"), ([1], "bad_request_body"),
            ({"amount": money(100_000), "value_date": "yesterday"}, "bad_request_body"),
            ({"amount": money(100_000), "value_date": tomorrow}, "future_date"),
        ]  # fmt: skip
        if draw:
            bodies += [({"amount": money(10**14)}, "over_limit"), ({"amount": money(1)}, "draw_too_small")]
        else:
            before = f"{line.opened_on - timedelta(days=1)}"
            bodies += [({"amount": money(10**14)}, "bad_amount"),
                       ({"amount": money(1000), "value_date": before}, "line_not_open_yet"),
                       ({"amount": money(1000), "loan": "moon"}, "no_such_loan")]  # fmt: skip
        body, code = self.dice.choice(bodies)
        if self.dice.random() < 0.1:
            self.refused(self.send("POST", path, content=b'{"amount":'), "not_json")
        else:
            self.refused(self.send("POST", path, body), code, "line_closed", "line_frozen")
        if self.dice.random() < 0.5:
            self.look(line)

    def forgery(self) -> None:
        """A call whose proof, token, key or signature is not right."""
        line, me = self.line(), self.partner
        path, body = f"/lines/{line.name}/draws", {"amount": money(100_000)}
        other = self.dice.choice(self.others).partner
        key, content = self.name("forged"), json.dumps(body).encode()
        used = me.proof("GET", "/v1/lines", me.token)
        spoils: list[dict[str, str | None]] = [
            {"DPoP": None}, {"DPoP": "x.y.z"}, {"DPoP": me.proof("POST", "/v1" + path, me.token + "x")},
            {"DPoP": me.proof("GET", "/v1" + path, me.token)}, {"Authorization": None},
            {"DPoP": other.proof("POST", "/v1" + path, me.token)}, {"Authorization": f"Bearer {me.token}"},
            {"Authorization": f"DPoP {other.token}"}, {"Authorization": f"DPoP {me.token[:-8]}AAAAAAAA"},
            {"x-jws-signature": None}, {"x-jws-signature": "e30..AA"},
            {"x-jws-signature": me.sign(content + b" ", "POST", "/v1" + path, key)},
            {"x-jws-signature": me.sign(content, "POST", "/v1" + path, key + "!")},
            {"x-jws-signature": other.sign(content, "POST", "/v1" + path, key)},
            {"x-jws-signature": me.sign(content, "POST", f"/v1{path}s", key)},
            {"x-jws-signature": me.sign(content, "POST", "/v1" + path, key, iat=int(time.time()) - 3600)},
        ]  # fmt: skip
        if self.dice.random() < 0.1:
            self.send("GET", "/lines", spoil={"DPoP": used})
            self.refused(self.send("GET", "/lines", spoil={"DPoP": used}), "invalid_dpop_proof")
        elif self.dice.random() < 0.1:
            self.refused(self.send("POST", path, body, spoil={"Idempotency-Key": None}), "no_idempotency_key")
        else:
            answer = self.send("POST", path, key=key, content=content, spoil=self.dice.choice(spoils))
            self.refused(answer, *NOT_ALLOWED)
        if self.dice.random() < 0.3:
            self.look(line)

    def nonsense(self) -> None:
        """Wrong addresses, cursors, shapes and products away from money."""
        party = self.dice.choice(self.parties)
        asked = self.dice.choice([
            ("GET", "/lines?limit=0", None), ("GET", "/lines?cursor=moon", None), ("GET", "/lines/moon", None),
            ("GET", "/moon", None), ("GET", "/draws/moon", None), ("GET", "/lines/%00", None),
            ("POST", "/parties", {"name": "", "since": "2019-05-01", "kind": "moon"}),
            ("POST", "/parties", {"name": "x", "since": "then"}),
            ("POST", "/applications", {"party": party, "product": "moon"}),
            ("POST", f"/parties/{party}/consents", {"scopes": ["moon"], "text": "x", "evidence": "y"}),
            ("POST", f"/parties/{party}/records/invoices", {"rows": [{"direction": "gift"}]}),
            ("POST", f"/parties/{party}/records/invoices", {"rows": "none"}),
            ("POST", f"/parties/{party}/identifiers", {"identifiers": [{"kind": "uscc", "value": "1"}], "since": "x"}),
        ])  # fmt: skip
        method, path, body = asked
        path, _, query = path.partition("?")
        answer = self.send(method, path, body, query=dict([query.split("=")]) if query else None)
        self.refused(answer)

    def more(self) -> None:
        """A party's device, role and tie."""
        party = self.dice.choice(self.parties)
        since = f"{self.clock.today}"
        device = {"kind": "device", "value": self.name(f"phone of {self.partner.client}")}
        which = self.dice.random()
        if which < 0.4:
            self.write(f"/parties/{party}/identifiers", {"identifiers": [device], "since": since})
        elif which < 0.7:
            self.write(f"/parties/{party}/roles", {"role": "supplier", "since": since})
        elif (other := self.dice.choice(self.parties)) != party:
            self.write(f"/parties/{party}/links", {"kind": "supplies", "other": other, "since": since})

    def withdraw(self) -> None:
        """Use ends at once: no push, no new decision; what was lent is owed as before."""
        if not self.consents or len(self.consents) < 3:
            return
        party, consent = self.consents.pop(self.dice.randrange(len(self.consents)))
        path = f"/parties/{party}/consents"
        if not self.write(f"{path}/{consent}/withdrawal", {"because": "it wants so"}):
            return
        pushed = self.send("POST", f"/parties/{party}/records/invoices", {"rows": [], "covers": {
            "from": "2024-01-01", "until": "2024-02-01"}})  # fmt: skip
        self.refused(pushed, "no_consent")
        self.refused(self.send("POST", "/applications", {"party": party, "product": "tax_credit"}))
        page = self.read(path)
        if page and any(one["in_force"] for one in page["items"] if one["consent"] == consent):
            self.found(f"{consent} was withdrawn and is in force")


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def amount_of(data: dict[str, Any]) -> int:
    said = data["amount"]
    return int(said["amount"] if isinstance(said, dict) else said)


def code_of(answer: Any) -> str:
    return str(answer.json().get("code", "")) if answer.status_code >= 400 else ""


ACTS: dict[Callable[[Shop], Any], float] = {
    Shop.draw: 30, Shop.repay: 34, Shop.look: 8, Shop.state: 4, Shop.list: 3, Shop.read_one: 4, Shop.hear: 1,
    Shop.again: 9, Shop.strangers: 5, Shop.mistake: 5, Shop.forgery: 4, Shop.nonsense: 2, Shop.more: 1.5,
    Shop.at_once: 1.5, Shop.close: 1.5, Shop.welcome: 1.2, Shop.withdraw: 0.4,
}  # fmt: skip
