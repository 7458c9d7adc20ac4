"""The methods of both clients, in the order in which a partner meets them."""

from collections.abc import Mapping, Sequence
from datetime import date

from zhiwei.client.asks import Ask, Listing, at, listing, write
from zhiwei.client.drivers import Awaiting, Blocking, listed, verb
from zhiwei.client.shapes import Drawn, Held, Money, Registered


class Verbs:
    """Each says what is asked; `Client` answers, `AsyncClient` lets the answer be awaited."""

    @verb
    def register_party(
        self, name: str, *, since: date, kind: str = "", identifiers: Mapping[str, str] | None = None,
        roles: Sequence[str] = (), key: str = "",
    ) -> Ask[Registered]:  # fmt: skip
        """Make a business or a person known. `identifiers`: {"uscc": ..., "phone": ...}. 登记主体"""
        body = {
            "name": name, "since": since, "kind": kind, "roles": roles,
            "identifiers": [{"kind": of, "value": value} for of, value in (identifiers or {}).items()],
        }  # fmt: skip
        return write(at("parties"), Registered, body, key)

    @listed
    def parties(self) -> Listing[Held]:
        """Those you brought. 主体列表"""
        return listing(at("parties"), Held)

    @verb
    def draw(self, line: str, amount: Money, *, value_date: date | None = None, key: str = "") -> Ask[Drawn]:
        """Draw on a line; today, where no day is named. 提款"""
        body = {"amount": amount, "value_date": value_date}
        return write(at("lines", line, "draws"), Drawn, body, key, money=True)


class Client(Verbs, Blocking):
    """Each call waits for its answer. Threads may share it."""


class AsyncClient(Verbs, Awaiting):
    """Each call is awaited; tasks of one loop may share it."""
