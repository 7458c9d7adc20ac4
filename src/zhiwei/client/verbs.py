"""The methods of both clients, in the order in which a partner meets them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zhiwei.client.asks import Ask, Listing, at, get, lines_of, listing, own_key, raw, write
from zhiwei.client.decoding import plain
from zhiwei.client.drivers import Awaiting, Blocking, listed, parted, verb
from zhiwei.client.shapes.data import (
    Agreed,
    Consent,
    ConsentsGiven,
    Delivered,
    Party,
    PartyHeld,
    PartyKnown,
    Withdrawn,
)
from zhiwei.client.shapes.lending import (
    Application,
    Applied,
    Closed,
    Decision,
    Drawn,
    Letter,
    Line,
    Offer,
    Opened,
    Quote,
    Repaid,
    Repayment,
    Schedule,
    Statement,
    Task,
    Toward,
    Ways,
)
from zhiwei.client.shapes.money import Money
from zhiwei.client.shapes.sandboxes import Sandbox, SandboxSeen, TimePassed
from zhiwei.client.shapes.telling import (
    ClientTerms,
    Events,
    KeysSet,
    Replayed,
    SecretRotated,
    Webhook,
    WebhookSecret,
    WebhookStatus,
)

LINES, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"
Days = tuple[date, date] | None


class Verbs:
    """Each says what is asked; `Client` answers, `AsyncClient` lets the answer be awaited.

    `key` is the Idempotency-Key of a write: your own name of it, so that after a crash it can be asked again and
    happens once. Where none is given one is made, which serves the tries of one call.
    """

    @verb
    def register_party(self, party: Party, *, key: str = "") -> Ask[PartyKnown]:
        """Make a business or a person known. 登记主体"""
        return write(at("parties"), PartyKnown, party.said(), key)

    @listed
    def parties(self) -> Listing[PartyHeld]:
        """Those you brought. 主体列表"""
        return listing(at("parties"), PartyHeld)

    @verb
    def give_consent(self, party: str, agreed: Agreed, *, key: str = "") -> Ask[ConsentsGiven]:
        """Tell what it agreed to: one consent for each kind of record. 授权"""
        return write(at("parties", party, "consents"), ConsentsGiven, agreed, key)

    @listed
    def consents(self, party: str) -> Listing[Consent]:
        """Those given through you, withdrawn ones too. 授权列表"""
        return listing(at("parties", party, "consents"), Consent)

    @verb
    def withdraw_consent(self, party: str, consent: str, *, because: str, key: str = "") -> Ask[Withdrawn]:
        """Use ends at once; what came under it is deleted within 30 days. 撤回授权"""
        return write(at("parties", party, "consents", consent, "withdrawal"), Withdrawn, {"because": because}, key)

    @verb
    def push_records(
        self, party: str, kind: str, rows: Sequence[Mapping[str, Any]], *, covers: Days = None, key: str = ""
    ) -> Ask[Delivered]:
        """Up to 1,000 rows of a kind; `covers` (first day, first day no more): they are all there was. 推送"""
        said = None if covers is None else {"from": covers[0], "until": covers[1]}
        return write(at("parties", party, "records", kind), Delivered, {"rows": list(rows), "covers": said}, key)

    @parted
    def push_lines(
        self, kind: str, rows: Iterable[Mapping[str, Any]], *, covers: Days = None, key: str = ""
    ) -> Iterator[Ask[Delivered]]:
        """Any number of rows of any parties, each with a `party`: as NDJSON, in parts, of which one is in memory.

        Broken off, the same rows under the same `key` go on where it was. 批量推送
        """
        key, days = own_key(key), _days(covers)
        for number, part in enumerate(lines_of(rows), 1):
            yield raw(at("records", kind), Delivered, part, LINES, own_key(f"{key}-{number}"), **days)

    @verb
    def push_arrow(self, kind: str, stream: bytes, *, covers: Days = None, key: str = "") -> Ask[Delivered]:
        """An Arrow IPC stream of up to 200,000 rows, each with a `party`. 批量推送"""
        return raw(at("records", kind), Delivered, stream, ARROW, key, **_days(covers))

    @verb
    def push_file(
        self, party: str, source: str, content: bytes, *, name: str = "file", covers: Days = None, key: str = ""
    ) -> Ask[Delivered]:
        """A file of a known source as it is: an e-invoice, camt.053, MT940, a table. 推送文件"""
        query = {"source": source, "name": name, **_days(covers)}
        return raw(at("parties", party, "files"), Delivered, content, "application/octet-stream", key, **query)

    @verb
    def apply(
        self, party: str, product: str, *, channel: str = "", came_with: Mapping[str, str] | None = None, key: str = ""
    ) -> Ask[Applied]:
        """Ask for a product; it is decided at once. `came_with`: {"device": ..., "ip": ...}, against fraud. 申请"""
        things = [{"kind": kind, "value": value} for kind, value in (came_with or {}).items()]
        body = {"party": party, "product": product, "channel": channel, "came_with": things}
        return write(at("applications"), Applied, body, key)

    @verb
    def application(self, application: str) -> Ask[Application]:
        """With the decision on it as it stands. 申请"""
        return get(at("applications", application), Application)

    @listed
    def applications(self) -> Listing[Application]:
        """Yours, in the order in which they were made. 申请列表"""
        return listing(at("applications"), Application)

    @listed
    def tasks(self, *, waiting: bool = False) -> Listing[Task]:
        """Those of your applications that a person looks at, and what came of it. 待办"""
        return listing(at("tasks"), Task, waiting="true" if waiting else "")

    @verb
    def decision(self, decision: str) -> Ask[Decision]:
        """The outcome, and the reasons that the applicant is entitled to. 决定"""
        return get(at("decisions", decision), Decision)

    @verb
    def letter(self, decision: str) -> Ask[Letter]:
        """What the applicant is to be told, in both languages. 告知书"""
        return get(at("decisions", decision, "letter"), Letter)

    @verb
    def ways(self, decision: str) -> Ask[Ways]:
        """What would change the answer. 如何获批"""
        return get(at("decisions", decision, "ways"), Ways)

    @verb
    def offer(self, decision: str) -> Ask[Offer]:
        """Of an approved decision: what it costs, and until when it may be accepted. 要约"""
        return get(at("offers", decision), Offer)

    @verb
    def accept(
        self, decision: str, *, limit: Money | None = None, value_date: date | None = None, key: str = ""
    ) -> Ask[Opened]:
        """A line is opened, at the rate that was offered; with less than the limit, where less is wanted. 接受要约"""
        body = {"limit": limit, "value_date": value_date}
        return write(at("offers", decision, "accept"), Opened, body, key, money=True)

    @verb
    def line(self, line: str) -> Ask[Line]:
        """What may be drawn, and what is used. 额度"""
        return get(at("lines", line), Line)

    @listed
    def lines(self) -> Listing[Line]:
        """Of your customers, in the order in which they were opened. 额度列表"""
        return listing(at("lines"), Line)

    @verb
    def draw(
        self, line: str, amount: Money, *, value_date: date | None = None, under: str = "", key: str = ""
    ) -> Ask[Drawn]:
        """Money to the borrower; today, where no day is named. 提款"""
        body = {"amount": amount, "value_date": value_date, "under": under}
        return write(at("lines", line, "draws"), Drawn, body, key, money=True)

    @verb
    def drawn(self, draw: str) -> Ask[Drawn]:
        """How a draw stands: ordered until the bank has said. 提款状态"""
        return get(at("draws", draw), Drawn)

    @listed
    def draws(self, line: str) -> Listing[Drawn]:
        """Of a line, in the order in which they were asked for. 提款列表"""
        return listing(at("lines", line, "draws"), Drawn)

    @verb
    def repay(
        self, line: str, amount: Money, *, value_date: date | None = None, reference: str = "",
        toward: Toward = Toward(), key: str = "",  # noqa: B008 - it is frozen
    ) -> Ask[Repaid]:  # fmt: skip
        """Money that came from the borrower: what is due comes first. `reference`: the bank's number of it. 还款"""
        body = {"amount": amount, "value_date": value_date, "reference": reference}
        return write(at("lines", line, "repayments"), Repaid, {**body, **plain(toward)}, key, money=True)

    @verb
    def repayment(self, repayment: str) -> Ask[Repayment]:
        """As it came in, and whether it was taken back since. 还款"""
        return get(at("repayments", repayment), Repayment)

    @listed
    def repayments(self, line: str) -> Listing[Repayment]:
        """Of a line, in the order in which they were heard of. 还款列表"""
        return listing(at("lines", line, "repayments"), Repayment)

    @verb
    def quote(self, line: str, *, on: date | None = None) -> Ask[Quote]:
        """What settles a line on a day, also one to come. 结清试算"""
        return get(at("lines", line, "quote"), Quote, on=on)

    @verb
    def statement(self, line: str, *, on: date | None = None) -> Ask[Statement]:
        """What happened, what is owed, what it costs, at the end of a day. 对账单"""
        return get(at("lines", line, "statement"), Statement, on=on)

    @verb
    def schedule(self, line: str, *, on: date | None = None) -> Ask[Schedule]:
        """What is due when, the earliest first. 还款计划"""
        return get(at("lines", line, "schedule"), Schedule, on=on)

    @verb
    def close_line(self, line: str, *, key: str = "") -> Ask[Closed]:
        """The borrower wants the line no more. 结束额度"""
        return write(at("lines", line, "close"), Closed, {}, key)

    @verb
    def events(self, *, after: str = "", types: Sequence[str] = (), limit: int = 50) -> Ask[Events]:
        """What happened to what is yours, the oldest first: read on with `next`, now or later. 事件"""
        return get(at("events"), Events, cursor=after, type=list(types), limit=limit)

    @verb
    def register_webhook(
        self, url: str, *, types: Sequence[str] = (), description: str = "", key: str = ""
    ) -> Ask[WebhookStatus]:
        """Be called there with what happens; of all types, where none is named. 登记回调"""
        body = {"url": url, "types": types, "description": description}
        return write(at("webhooks"), WebhookStatus, body, key)

    @listed
    def webhooks(self) -> Listing[Webhook]:
        """All of yours. 回调列表"""
        return listing(at("webhooks"), Webhook)

    @verb
    def set_webhook(self, webhook: str, *, status: str, key: str = "") -> Ask[WebhookStatus]:
        """paused: nothing waits for it; active: it is called again. 暂停与恢复"""
        return write(at("webhooks", webhook), WebhookStatus, {"status": status}, key, method="PATCH")

    @verb
    def delete_webhook(self, webhook: str, *, key: str = "") -> Ask[WebhookStatus]:
        """It is called no more. 删除回调"""
        return write(at("webhooks", webhook), WebhookStatus, None, key, method="DELETE")

    @verb
    def webhook_secret(self, webhook: str) -> Ask[WebhookSecret]:
        """What its calls are signed with. 签名密钥"""
        return get(at("webhooks", webhook, "secret"), WebhookSecret)

    @verb
    def rotate_secret(self, webhook: str, *, overlap_hours: int = 24, key: str = "") -> Ask[SecretRotated]:
        """A new secret; the old one signs as well for a while. 更换密钥"""
        return write(at("webhooks", webhook, "secret"), SecretRotated, {"overlap_hours": overlap_hours}, key)

    @verb
    def replay(
        self, webhook: str, *, event: str = "", since: datetime | None = None, delivered_too: bool = False,
        key: str = "",
    ) -> Ask[Replayed]:  # fmt: skip
        """Be told again: one event, or all since a time. 重新推送"""
        body = {"event": event, "since": since, "delivered_too": delivered_too}
        return write(at("webhooks", webhook, "replays"), Replayed, body, key)

    @verb
    def terms(self) -> Ask[ClientTerms]:
        """What you are allowed, and your public keys. 本方约定"""
        return get(at("client"), ClientTerms)

    @verb
    def set_keys(self, keys: Sequence[Mapping[str, Any]], *, key: str = "") -> Ask[KeysSet]:
        """Your public keys from now on, all of them: `KeyPair.public` of each. 更换密钥

        It is signed by the key that you have: send that along, and drop it when the new one is in use.
        """
        return write(at("client", "keys"), KeysSet, {"keys": list(keys)}, key, method="PUT", money=True)

    @verb
    def make_sandbox(self, name: str = "trial", *, starts_on: date | None = None, key: str = "") -> Ask[Sandbox]:
        """A tenant of its own, with a simulated today and a plain test key. 建沙箱"""
        return write(at("sandboxes"), Sandbox, {"name": name, "starts_on": starts_on}, key)

    @verb
    def sandbox(self) -> Ask[SandboxSeen]:
        """The one you call from: its today, and who lives there. 当前沙箱"""
        return get(at("sandbox"), SandboxSeen)

    @verb
    def pass_time(self, to: date, *, key: str = "") -> Ask[TimePassed]:
        """Until the morning of a day; each day before it is closed. 拨快时钟"""
        return write(at("sandbox", "clock"), TimePassed, {"to": to}, key)


def _days(covers: Days) -> dict[str, date]:
    return {} if covers is None else {"from": covers[0], "until": covers[1]}


class Client(Verbs, Blocking):
    """Each call waits for its answer. Threads may share it."""


class AsyncClient(Verbs, Awaiting):
    """Each call is awaited; tasks of one loop may share it."""
