"""What the platform tells those who embed it: every type of event, what it says, and its schema.

An event holds ids, days, amounts of minor units with their currency, and words of a list: never a name or a number of
a person. Facts may be added to a type; none is taken away or changes its meaning.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei.values.canonical import identifier
from zhiwei.values.money import CURRENCY
from zhiwei.values.trouble import Breach

ID, DAY, MONEY, COUNT, RATE, WORD, WORDS = "id", "day", "money", "count", "rate", "word", "words"
_MONEY = {
    "type": "object",
    "properties": {"amount": {"type": "integer"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    "required": ["amount", "currency"],
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    ID: {"type": "string"},
    DAY: {"type": "string", "format": "date"},
    MONEY: _MONEY,
    COUNT: {"type": "integer"},
    RATE: {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
    WORD: {"type": "string"},
    WORDS: {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an event says. `one_of`: the words it can be. `open`: it may be null, where there is none."""

    name: str
    kind: str
    en: str
    zh: str
    one_of: tuple[str, ...] = ()
    open: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        found = dict(_SCHEMAS[self.kind], description=self.en)
        if self.one_of:
            found["enum"] = [*self.one_of, *([None] if self.open else [])]
        if self.open:
            found["type"] = [found["type"], "null"]
        return found


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event. `begins`: a party or line begins with it, so whoever was given that one is told of it.

    `about`: what of a party it is about, by the name of the fact: told to who holds that, not to all with the party.
    """

    type: str
    en: str
    zh: str
    facts: tuple[Fact, ...]
    begins: bool = False
    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its data. What is not in it today may come: who reads an event passes over what is new."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": self.urn, "title": self.type,
            "description": self.en, "type": "object", "properties": {one.name: one.schema for one in self.facts},
            "required": [one.name for one in self.facts],
        }  # fmt: skip

    @property
    def urn(self) -> str:
        return f"urn:zhiwei:event:{self.type}:1"


_PARTY = Fact("party", ID, "the party", "主体")
_LINE = Fact("line", ID, "the line", "额度")
_LOAN = Fact("loan", ID, "the loan", "借据")
_DECISION = Fact("decision", ID, "the decision", "审批决定")
_PRODUCT = Fact("product", ID, "the product", "产品")
_TASK = Fact("task", ID, "the task", "待办")
_VALUE_DATE = Fact("value_date", DAY, "the day from which it counts", "起息日")
_LIMIT = Fact("limit", MONEY, "the limit", "授信额度")
_OUTCOME = Fact("outcome", WORD, "what was decided", "结论", ("approve", "decline", "refer"))
_RATE = Fact("annual_rate", RATE, "the yearly rate, as a decimal", "年利率", open=True)
_OUTSTANDING = Fact("outstanding", MONEY, "what the line owes after it", "之后全部欠款")
_DRAW = (
    Fact("draw", ID, "the draw", "提款"), _LINE, _LOAN, Fact("amount", MONEY, "how much", "金额"), _VALUE_DATE
)  # fmt: skip

KINDS = {
    kind.type: kind
    for kind in (
        Kind("party.registered", "A party became known.", "主体登记", (_PARTY,), begins=True),
        Kind("consent.given", "A party allowed us to see a kind of record.", "授权生效", (
            _PARTY, Fact("consent", ID, "the consent", "授权"), Fact("scope", WORD, "the kind of record", "数据种类"),
            Fact("purpose", WORD, "for what", "用途"), Fact("since", DAY, "the first day", "起"),
            Fact("until", DAY, "the day on which it ends", "止", open=True),
        ), about="consent"),
        Kind("consent.withdrawn", "A party allows it no more; what came under it is used no more.", "授权撤回", (
            _PARTY, Fact("consent", ID, "the consent", "授权"), Fact("withdrawn_on", DAY, "since when", "撤回日"),
            Fact("delete_by", DAY, "the day by which what came under it is deleted", "最迟删除日"),
        ), about="consent"),
        Kind("records.received", "Records of a party came in.", "数据到达", (
            _PARTY, Fact("delivery", ID, "what they came in", "批次"),
            Fact("kinds", WORDS, "kinds of record", "数据种类"), Fact("rows", COUNT, "how many", "条数"),
        ), about="delivery"),
        Kind("application.received", "A party asked for a product.", "收到申请", (
            _PARTY, Fact("application", ID, "the application", "申请"), _PRODUCT,
            Fact("applied_on", DAY, "the day", "申请日"),
        ), about="application"),
        Kind("decision.made", "It was decided on a party, by the policy or by a person.", "作出审批决定", (
            _PARTY, _DECISION, _PRODUCT, Fact("as_of", DAY, "what was known by this day", "数据截止日"), _OUTCOME,
            _LIMIT, _RATE,
        ), about="decision"),
        Kind("task.opened", "A decision waits for a person.", "转人工", (
            _TASK, _DECISION, _PARTY, _PRODUCT,
        ), about="decision"),
        Kind("task.settled", "A person ruled on a decision.", "人工审批完成", (
            _TASK, _DECISION, Fact("became", ID, "the decision that it became", "新的审批决定"), _PARTY, _OUTCOME,
        ), about="decision"),
        Kind("line.opened", "An offer was accepted: a line can be drawn on.", "额度生效", (
            _LINE, _PARTY, _PRODUCT, _DECISION, _LIMIT, _RATE, Fact("opened_on", DAY, "the first day", "起"),
            Fact("expires_on", DAY, "the day on which it lends no more", "到期日"),
        ), begins=True),
        Kind("line.frozen", "A line lends no more for now.", "额度冻结", (
            _LINE, Fact("because", WORD, "why", "原因", ("late", "written_off", "person")),
        )),
        Kind("line.changed", "A line was freed, cut, raised, divided, or ended.", "额度变更", (
            _LINE, Fact("status", WORD, "how it stands now", "状态", ("open", "frozen", "expired", "closed")), _LIMIT,
            Fact("available", MONEY, "what may be drawn now", "可用额度"),
        )),
        Kind("line.amended", "A fee, a waiver, a new rate or plan, a write-off, a reversal: by a person.", "人工调整", (
            _LINE, Fact("loan", ID, "the loan", "借据", open=True), Fact("event", ID, "what it is called by", "事件"),
            Fact("kind", WORD, "what it is", "种类"), _VALUE_DATE, _OUTSTANDING,
        )),
        Kind("draw.ordered", "Money is on its way to the borrower.", "提款受理", _DRAW),
        Kind("draw.paid", "The bank paid it out: the loan has begun.", "放款成功", _DRAW),
        Kind("draw.failed", "The bank could not pay it out: nothing is owed.", "放款失败", _DRAW),
        Kind("repayment.received", "A repayment was taken on a line.", "收到还款", (
            Fact("repayment", ID, "the repayment", "还款"), _LINE, Fact("amount", MONEY, "how much", "金额"),
            _VALUE_DATE, Fact("fee", MONEY, "of it, for fees", "费用"), Fact("penalty", MONEY, "for penalties", "罚息"),
            Fact("interest", MONEY, "for interest", "利息"), Fact("principal", MONEY, "for principal", "本金"),
            Fact("credit", MONEY, "kept for the borrower", "溢缴"), _OUTSTANDING,
        )),
        Kind("loan.overdue", "Something of a loan was not paid when it fell due.", "贷款逾期", (
            _LOAN, _LINE, Fact("oldest_due", DAY, "since when", "最早逾期应还日"),
            Fact("days_past_due", COUNT, "for how many days", "逾期天数"),
        )),
        Kind("loan.settled", "Nothing of a loan is owed any more.", "贷款结清", (_LOAN, _LINE)),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, of a type, on a business day. Its id follows from what it is: told twice it is one."""

    event_id: str
    type: str
    party: str
    line: str
    on: date
    data: Mapping[str, Any]


def happening(
    type: str, of: object, on: date, facts: Mapping[str, Any], *, party: str = "", line: str = ""
) -> Happening:  # fmt: skip
    """`of` is what the id follows from; facts are plain: minor units, days, rates. Breach where they do not fit it."""
    said = {**facts}
    if party:
        said["party"] = party
    if line:
        said["line"] = line
    try:
        data = {fact.name: _said(fact, said[fact.name]) for fact in KINDS[type].facts}
    except (KeyError, TypeError, ValueError) as error:
        raise Breach(f"{type} does not say what it should: {error}") from error
    if len(data) != len(said):
        raise Breach(f"{type} does not say {', '.join(sorted(said.keys() - data.keys()))}")
    return Happening(identifier("event", type, of), type, party, line, on, data)


def _said(fact: Fact, value: Any) -> Any:
    if value is None:
        if not fact.open:
            raise ValueError(f"no {fact.name}")
        return None
    if fact.one_of and value not in fact.one_of:
        raise ValueError(f"{fact.name} {value!r}")
    return _PLAIN[fact.kind](value)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    ID: str,
    DAY: lambda value: (value if isinstance(value, date) else date.fromisoformat(value)).isoformat(),
    MONEY: lambda value: {"amount": int(value), "currency": CURRENCY},
    COUNT: int,
    RATE: lambda value: format(Decimal(value).normalize(), "f"),
    WORD: str,
    WORDS: list,
}


def events_page() -> str:
    """docs/reference/events.md."""
    parts = [_PAGE.format(types=len(KINDS))]
    for kind in KINDS.values():
        parts.append(
            f"\n### {kind.type}\n\n{kind.zh} · {kind.en}\n\n| fact | 中文 | what | form |\n|---|---|---|---|\n"
        )
        parts += [f"| `{fact.name}` | {fact.zh} | {fact.en} | {_form(fact)} |\n" for fact in kind.facts]
    return "".join(parts)


def _form(fact: Fact) -> str:
    words = " or ".join(f"`{word}`" for word in fact.one_of) or _FORMS[fact.kind]
    return f"{words}, or null" if fact.open else words


_FORMS = {
    ID: "id", DAY: "day, `2024-03-01`", MONEY: '`{"amount": 分, "currency": "CNY"}`', COUNT: "whole number",
    RATE: "decimal text, `0.0985`", WORD: "word", WORDS: "list of words",
}  # fmt: skip
_PAGE = """# Events · 事件

Made by `zhiwei webhook events --page`: {types} types. `zhiwei webhook events --json` prints the JSON Schema of each.

## How they come · 如何接收

A client is told what it holds: an event of a line goes to the clients that hold the line, one about a consent, a
delivery, an application or a decision to the client it came or was made through, any other to those that hold the
party, from the moment they were given it. It can read on (`GET /v1/events`, as a page or as a stream), or be called
(a webhook). Both give the same CloudEvents 1.0 as JSON:

```json
{{"specversion": "1.0", "id": "event_...", "source": "zhiwei/local", "type": "draw.paid", "subject": "line_...",
  "time": "2024-03-01T02:03:04.567890+00:00", "businessdate": "2024-03-01", "datacontenttype": "application/json",
  "dataschema": "urn:zhiwei:event:draw.paid:1", "data": {{"draw": "pay_...", "...": "..."}}}}
```

- A call is signed as [Standard Webhooks](https://www.standardwebhooks.com) says: verify `webhook-signature` with the
  secret before anything else, and take no call whose `webhook-timestamp` is old. While a secret is exchanged there are
  two signatures; one that fits is enough.
- Answer 2xx within 15 seconds and do the work later. Anything else is tried again, after 5 seconds and then three times
  as long each time, at most 8 hours, for three days; `Retry-After` is kept to. 410 ends it: the webhook is disabled. A
  webhook that took nothing for three days is paused. Redirects are not followed.
- An event comes at least once, always under the same `webhook-id`, which is its `id`: keep those you have seen.
- Events of one line come in order: the next waits until the one before arrived or was given up. So do those of a party
  that are of no line. Between lines there is no order.
- What was missed is sent again on demand: one event, or all since a time.
- `businessdate` is the day of the books. Facts may be added to a type; pass over what you do not know.

## Types · 类型
"""
