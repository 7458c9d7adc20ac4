"""What schemathesis cannot know of this API, and which refusals of what a schema allows are right."""

import copy
import itertools
from typing import Any

import schemathesis

from zhiwei.borrower.particulars import HOLDABLE

_numbers = itertools.count(1)
_turns: dict[str, int] = {}

# Rules that JSON Schema cannot say. A request that breaks one fits its schema and is refused with 422: any other 422
# of a request that fits its schema means that the schema is not true.
BEYOND_SCHEMAS = {
    "bad_period": "two days, one after the other", "line_not_open_yet": "a day since the line was opened",
    "future_date": "a day until today", "bad_terms": "a day after another", "too_far": "400 days at once",
    "rate_out_of_bounds": "the bounds are the product's", "amount_too_small": "the bounds are the product's",
    "bad_limit": "the bounds are the offer's", "bad_facts": "each fact has bounds of its own",
    "whose": "either of two fields", "bad_replay": "either of two fields", "nothing_to_know_by": "either of two fields",
    "no_kind": "either of two fields", "bad_share": "a field that another one forbids",
    "no_records": "either of two fields", "two_codes": "one of its kind in a list", "bad_rows": "columns together",
    "bad_given": "what each source can be told", "bad_setting": "what each source can be told",
    "kind_differs": "a code that says another kind", "period_to_come": "a day until today",
    "bad_address": "hosts, ports and networks of addresses",
    "bad_keys": "points on curves", "bad_ip": "two notations", "bad_name": "a name that is no number of a person",
    "bad_region": "a code of GB/T 2260", "bad_industry": "a code of GB/T 4754", "bad_text": "halves of characters",
    "bad_agent": "kinds of characters", "bad_wifi": "kinds of characters", "bad_account": "kinds of characters",
    "bad_description": "kinds of characters", "bad_reference": "kinds of characters",
    "bad_day": "a day after another",
} | {f"bad_{kind}": "check digits" for kind in HOLDABLE}  # fmt: skip


@schemathesis.serializer("application/x-ndjson", "application/vnd.apache.arrow.stream")
def as_it_is(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A key names one write: who says the same again is told that it was used. And one random body of three gives way
    to the example of its operation, so that what lies behind the rules above is reached too.
    """
    if not case.meta.generation.mode.is_positive:
        return
    number = next(_numbers)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = f"write {number}"
    if case.meta.phase.name.value == "fuzzing" and case.media_type == "application/json":
        turn = _turns[case.operation.label] = _turns.get(case.operation.label, -1) + 1
        if turn % 3 == 0:
            case.body = _example(case)


def _example(case: Any) -> Any:
    told = case.operation.schema.raw_schema
    content = told["paths"][case.operation.path][case.operation.method]["requestBody"]["content"][case.media_type]
    named = content["schema"].get("$ref", "").rpartition("/")[2]
    return copy.deepcopy(content.get("example") or told["components"]["schemas"][named]["examples"][0])


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Of bytes, a file or a stream, a schema says nothing."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    return case.media_type in (None, "application/json") and response.json().get("code") not in BEYOND_SCHEMAS
