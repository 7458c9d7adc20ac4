"""The specification is true: what it shows works, and a fuzzer that reads it finds nothing else in what is served."""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.borrower import KINDS
from zhiwei.commands.partners.sandboxes import made
from zhiwei.interfaces.api import create_app

HERE = Path(__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SPOKEN = {  # the verbs that operations begin with: clients have a function of this name for each
    "accept", "add", "advance", "ask", "close", "create", "delete", "finish", "get", "give", "identify", "issue",
    "link", "list", "make", "order", "plan", "push", "register", "renew", "replay", "set", "stream", "submit",
    "update", "withdraw",
}  # fmt: skip


@dataclass
class Sandbox:
    """A sandbox with one of everything that an address can name."""

    http: httpx2.Client
    key: str
    ids: dict[str, str]

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        return self.http.post(path, json=body, headers=_key()).raise_for_status().json()


def _key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return create_app(None).openapi()  # type: ignore[arg-type] # nobody calls it


@pytest.fixture
def sandbox(platform: Platform, address: str) -> Iterator[Sandbox]:
    made_now = made(platform, "fuzz")
    with Tenancy(platform).of(made_now.sandbox).unit(made_now.sandbox) as unit:
        terms = unit.clients.terms(made_now.client)
        assert terms is not None
        unit.clients.set_terms(replace(terms, per_minute=1_000_000, per_day=10_000_000), "tester", "second")
    with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {made_now.test_key}"}) as http:
        there = Sandbox(http, made_now.test_key, {"party": "good", "product": "tax_credit", "kind": "invoices"})
        consent = {"scopes": list(KINDS), "text": "Yes.", "evidence": "page 1"}
        there.ids["consent"] = there.post("/v1/parties/late/consents", consent)["consents"][0]["consent"]
        there.post("/v1/parties/good/consents", consent)
        quiet = {"rows": [], "covers": {"from": "2025-12-01", "until": "2025-12-02"}}
        there.ids["delivery"] = there.post("/v1/parties/good/records/orders", quiet)["delivery"]
        applied = there.post("/v1/applications", {"party": "good", "product": "tax_credit"})
        there.ids |= {name: applied[name] for name in ("application", "decision")}
        line = there.post(f"/v1/offers/{applied['decision']}/accept", {})["line"]
        amount = {"amount": {"amount": 3_000_000}}
        there.ids |= {
            "line": line, "draw": there.post(f"/v1/lines/{line}/draws", amount)["draw"],
            "repayment": there.post(f"/v1/lines/{line}/repayments", {"amount": {"amount": 1_000_000}})["repayment"],
            "webhook": there.post("/v1/webhooks", {"url": "https://shop.example.com/all"})["webhook"],
            "another": there.post("/v1/webhooks", {"url": "https://shop.example.com/another"})["webhook"],
        }  # fmt: skip
        yield there


def operations(told: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def examples(told: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(media type, example) of the body."""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        named = content["schema"].get("$ref", "").rpartition("/")[2]
        yield media, content["example"] if "example" in content else told["components"]["schemas"][named]["examples"][0]


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    assert told["openapi"].startswith("3.1")
    assert [str(one) for one in jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(told)] == []
    for name, schema in told["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema)
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), name  # a type of a client


def test_each_operation_has_a_name_a_chapter_and_words_in_both_languages(told: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(told)]
    assert len(set(names)) == len(names)
    for name in names:
        assert name.partition("_")[0] in SPOKEN, name
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name
    tags = {one["name"]: one["description"] for one in told["tags"]}
    assert {tag for _, _, operation in operations(told) for tag in operation["tags"]} == set(tags)
    for words in (*tags.values(), *(operation["summary"] for _, _, operation in operations(told))):
        assert CHINESE.search(words), words
        assert re.search("[A-Za-z]", words), words


def test_each_body_and_parameter_has_an_example_that_fits_its_schema(told: dict[str, Any]) -> None:
    parts = {"components": told["components"]}
    for path, _, operation in operations(told):
        for parameter in operation.get("parameters", ()):
            jsonschema_rs.validate(parts | parameter["schema"], parameter["example"])
        contents = operation.get("requestBody", {}).get("content", {})
        for media, shown in examples(told, operation):
            jsonschema_rs.validate(parts | contents[media]["schema"], shown)
        assert bool(contents) == ("requestBody" in operation), path


def test_each_response_with_a_body_has_a_schema(told: dict[str, Any]) -> None:
    for path, method, operation in operations(told):
        for status, response in operation["responses"].items():
            assert status == "304" or all(one.get("schema") for one in response["content"].values()), (method, path)


def test_what_it_shows_works_in_a_sandbox(sandbox: Sandbox, told: dict[str, Any]) -> None:
    """Who tries each operation there, with what the page shows, is answered."""
    elsewhere = {
        "issue_token": (401, "invalid_client"),  # it needs a signature of now
        "accept_offer": (409, "already_accepted"),
        "close_line": (409, "line_in_use"),
        "create_sandbox": (409, "inside_a_sandbox"),
        "create_test_key": (404, "no_such_sandbox"),
        "finish_sandbox": (404, "no_such_sandbox"),
        "push_file": (422, "empty_table"),  # the bytes of a file are not shown
    }
    others: dict[str, tuple[int, str]] = {}
    last = {"withdraw_consent", "update_webhook", "delete_webhook", "advance_clock"}  # nothing is as it was after them
    for path, method, operation in sorted(operations(told), key=lambda one: one[2]["operationId"] in last):
        for media, shown in examples(told, operation) if "requestBody" in operation else [("", None)]:
            if media.endswith("arrow.stream"):
                continue
            address = path.format_map({"sandbox": "sandbox-shop"} | sandbox.ids)
            if operation["operationId"] == "withdraw_consent":
                address = address.replace("/good/", "/late/")
            said = {"json" if media == "application/json" else "data" if "form" in media else "content": shown}
            kind = {"Content-Type": media} if media else {}
            query = {"source": "bank_flow"} if "files" in path else {"wait": "0"} if "stream" in path else {}
            answer = sandbox.http.request(
                method, address, headers=_key() | kind, params=query, **(said if media else {})
            )
            if not answer.is_success:
                others[operation["operationId"]] = (answer.status_code, answer.json()["code"])
    assert others == elsewhere


def fuzz(sandbox: Sandbox, folder: Path, most: int, *more: str) -> None:
    """`most` examples of an operation. Left out is one check: Starlette's Allow names one method of several."""
    known = {f"ZHIWEI_{name.upper()}": value for name, value in sandbox.ids.items()} | {"ZHIWEI_KEY": sandbox.key}
    paths = os.pathsep.join([str(HERE.parents[1]), *sys.path])
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
        f"{sandbox.http.base_url}/openapi.json".replace("//openapi", "/openapi"), "--checks", "all",
        "--exclude-checks", "allow_header_conformance", "--phases", "examples,coverage,fuzzing,stateful",
        "--max-examples", str(most), "--generation-deterministic", "--no-color", *more,
    ]  # fmt: skip
    done = subprocess.run(
        command, env=os.environ | known | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=folder, text=True, check=False,
    )  # fmt: skip
    found = done.stdout.find("= ERRORS") if "= ERRORS" in done.stdout else done.stdout.find("= FAILURES")
    assert done.returncode == 0, done.stdout[max(found, 0) :][:20_000]


def test_a_fuzzer_finds_nothing_that_it_does_not_say(sandbox: Sandbox, tmp_path: Path) -> None:
    """Of the kinds of record three: their routes are made by one function, and the longer run has all of them."""
    left_out = "|".join(KINDS.keys() - {"invoices", "bank_flow", "orders"})
    fuzz(sandbox, tmp_path, 3, "--exclude-operation-id-regex", f"push_({left_out})$")


@pytest.mark.slow
def test_a_fuzzer_that_looks_longer_finds_nothing_either(sandbox: Sandbox, tmp_path: Path) -> None:
    fuzz(sandbox, tmp_path, 100)
