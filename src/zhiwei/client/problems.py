"""What can go wrong in a call, as exceptions with the API's stable codes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2


class ZhiweiError(Exception):
    """All that this package raises of calls. `key` is the Idempotency-Key of the write that it is about."""

    key = ""


class Unreachable(ZhiweiError):
    """No answer came back, however often it was asked. A write may have happened: ask again with the same `key`."""

    def __init__(self, message: str, *, request_id: str = "") -> None:
        super().__init__(message)
        self.request_id = request_id


class Unreadable(ZhiweiError):
    """An answer came back that is none of the API's: another server answers, or a newer one in another language."""


class BadWebhook(ZhiweiError):
    """What came in was not signed with our secret, or is too old: answer it with 400 and do nothing."""


class ApiProblem(ZhiweiError):
    """The API's answer when something cannot be done (RFC 9457). `code` is stable; `hint` says what to do.

    `errors` name each place and what is wrong there. `request_id` names this call on both sides.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, hint: str = "", errors: Sequence[Mapping[str, str]] = (),
        request_id: str = "",
    ) -> None:  # fmt: skip
        super().__init__(status, code, detail)
        self.status, self.code, self.detail, self.hint = status, code, detail, hint
        self.errors, self.request_id = tuple(errors), request_id

    def __str__(self) -> str:
        places = "".join("\n  " + " ".join(map(str, one.values())) for one in self.errors)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.status} {self.code}: {self.detail}{hint} [request {self.request_id}]{places}"


class NotProved(ApiProblem):
    """401: who calls is not proved."""


class NotAllowed(ApiProblem):
    """403: the client's terms do not have it."""


class NotFound(ApiProblem):
    """404: not there, or another client's."""


class Conflict(ApiProblem):
    """409, 412: not possible as things stand."""


class Wrong(ApiProblem):
    """400, 413, 415, 422: understood, and wrong."""


class TooMany(ApiProblem):
    """429: more calls than agreed."""


class Down(ApiProblem):
    """5xx: their side, or something outside of it, is down."""


_BY_STATUS: dict[int, type[ApiProblem]] = {
    400: Wrong, 401: NotProved, 403: NotAllowed, 404: NotFound, 409: Conflict, 412: Conflict, 413: Wrong, 415: Wrong,
    422: Wrong, 429: TooMany,
}  # fmt: skip


def problem_of(reply: httpx2.Response) -> ApiProblem:
    """Of an answer of 400 and more, also of one that a proxy gave in its own words."""
    status = reply.status_code
    said: dict[str, Any] = {}
    if "json" in reply.headers.get("content-type", ""):
        try:
            read = json.loads(reply.content)
            said = read if isinstance(read, dict) else {}
        except ValueError:
            pass
    kind = _BY_STATUS.get(status, Down if status >= 500 else ApiProblem)
    return kind(
        status, str(said.get("code") or f"http_{status}"), str(said.get("detail") or reply.reason_phrase),
        hint=str(said.get("hint", "")), errors=said.get("errors", ()),
        request_id=reply.headers.get("x-request-id", ""),
    )  # fmt: skip
