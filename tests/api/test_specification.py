"""The specification is true: a fuzzer calls a server that listens with what it allows, and with what it does not."""

import os
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import httpx2

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.commands.partners.sandboxes import made

HERE = Path(__file__).parent


def test_it(platform: Platform, address: str, tmp_path) -> None:
    key, client = (sandbox := made(platform, "fuzz")).test_key, sandbox.client
    with Tenancy(platform).of(sandbox.sandbox).unit(sandbox.sandbox) as unit:
        terms = unit.clients.terms(client)
        unit.clients.set_terms(replace(terms, per_minute=1_000_000, per_day=10_000_000), "tester", "second")
    http = httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {key}"})

    def post(path, body):
        a = http.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert a.status_code == 201, a.text
        return a.json()

    env = {"ZW_KEY": key}
    env["ZW_CONSENT"] = http.get("/v1/parties/good/consents").json()["items"][0]["consent"]
    applied = post("/v1/applications", {"party": "good", "product": "tax_credit"})
    env["ZW_APPLICATION"], env["ZW_DECISION"] = applied["application"], applied["decision"]
    env["ZW_LINE"] = post(f"/v1/offers/{applied['decision']}/accept", {})["line"]
    env["ZW_DRAW"] = post(f"/v1/lines/{env['ZW_LINE']}/draws", {"amount": {"amount": 3_000_000}})["draw"]
    env["ZW_REPAYMENT"] = post(f"/v1/lines/{env['ZW_LINE']}/repayments", {"amount": {"amount": 1000_000}})["repayment"]
    env["ZW_WEBHOOK"] = post("/v1/webhooks", {"url": "https://shop.example.com/x"})["webhook"]
    env["ZW_DELIVERY"] = post(
        "/v1/parties/good/records/invoices", {"rows": [], "covers": {"from": "2025-12-01", "until": "2025-12-02"}}
    )["delivery"]
    http.close()
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            HERE / "schemathesis.toml",
            "run",
            f"{address}/openapi.json",
            "--checks",
            "all",
            "--exclude-checks",
            "allow_header_conformance",
            "--phases",
            os.environ.get("PH", "examples,coverage,fuzzing,stateful"),
            "-n",
            os.environ.get("NN", "5"),
            "--generation-deterministic",
            "--no-color",
            *os.environ.get("XX", "").split(),
        ],
        env=os.environ
        | env
        | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")])},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=tmp_path,
        check=False,
    )
    Path("/tmp/w/tmp-spec/out.txt").write_text(done.stdout)
    assert done.returncode == 0, done.stdout[-3000:]
