"""What goes wrong, as problem details (RFC 9457) with the stable codes of the catalogue."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from zhiwei.values import BadInput, Breach, Outage, Refusal

MEDIA = "application/problem+json"
TYPE = "/problems/"  # relative to where the API is: the page of the code
_CODES = {400: "not_json", 404: "no_such_address", 405: "no_such_method", 413: "body_too_large", 415: "wrong_media"}
MOST_NAMED = 100  # places of one problem
RETRY_AFTER = 5  # seconds, after an outage of something outside


class NotAllowed(Refusal):
    """Who calls did not prove who it is (401); `challenge` says what the proof is to be."""

    status = 401

    def __init__(self, code: str, message: str, *, hint: str = "", challenge: str = "DPoP") -> None:
        super().__init__(code, message, hint=hint)
        self.challenge = challenge


class BadRequest(Refusal):
    """The request is not one: a header is missing, or its body cannot be read (400)."""

    status = 400


class TooMany(Refusal):
    """More calls than agreed (429); `wait` seconds until the next may be made."""

    status = 429

    def __init__(self, code: str, message: str, *, wait: int, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.wait = wait


class Changed(Refusal):
    """If-Match names what is no longer so (412)."""

    status = 412


def problem(
    status: int, code: str, message: str, *, hint: str = "", errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    body: dict[str, Any] = {"type": TYPE + code, "title": code.replace("_", " "), "status": status, "code": code,
                            "detail": message}  # fmt: skip
    if hint:
        body["hint"] = hint
    if errors:
        body["errors"] = list(errors)
    return Response(json.dumps(body, ensure_ascii=False), status, headers, MEDIA)


def problem_of(error: Exception) -> Response | None:
    """The answer to what was raised; None where nobody foresaw it."""
    match error:
        case NotAllowed():
            challenge = f'{error.challenge} error="{_oauth(error.code)}"'
            return _refused(error, {"WWW-Authenticate": challenge})
        case TooMany():
            return _refused(error, {"Retry-After": str(error.wait)})
        case BadInput() | Refusal():
            return _refused(error, {})
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return problem(error.status_code, _CODES.get(error.status_code, "bad_request"), str(error.detail),
                           headers=error.headers)  # fmt: skip
        case Outage():
            return problem(
                503, "outage", "something outside does not answer; nothing is lost",
                hint="ask again with the same Idempotency-Key", headers={"Retry-After": str(RETRY_AFTER)},
            )  # fmt: skip
        case Breach():
            return problem(500, "breach", "an invariant does not hold: the call was stopped, and nothing of it stays")
    return None


def _refused(error: Refusal, headers: Mapping[str, str]) -> Response:
    return problem(error.status, error.code, error.message, hint=error.hint, headers=headers,
                   errors=_named(error.facts.get("errors", ())))  # fmt: skip


def _named(places: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    """(place, column, message) of each row that is wrong; of what has no row, or no column, the place is ''."""
    return [{"in": "body", "place": place, "column": column, "message": said}
            for place, column, said in places[:MOST_NAMED]]  # fmt: skip


def _oauth(code: str) -> str:
    return code if code in ("invalid_token", "invalid_dpop_proof", "insufficient_scope") else "invalid_request"


def _invalid(error: RequestValidationError) -> Response:
    """Each thing that is wrong by its place: never its value, which may be somebody's number."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "not_json", "the body is no JSON", hint="see the position in errors", errors=_places(found))
    return problem(422, "bad_request_body", "the request does not fit its schema", errors=_places(found),
                   hint="see /openapi.json for what is expected")  # fmt: skip


def _places(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {"in": str(one["loc"][0]), "pointer": "/" + "/".join(str(part) for part in one["loc"][1:]),
         "message": str(one["msg"]).partition(", got")[0]}
        for one in found[:20]
    ]  # fmt: skip
