"""The example shop, run against the real API in a sandbox: what a merchant presses, and what it sees then."""

import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook
from tests.client.conftest import Line

from zhiwei.bootstrap import Platform
from zhiwei.client import Client, Money
from zhiwei.commands.partners.sandboxes import made

FOLDER = Path(__file__).parents[2] / "examples" / "shop_saas"
SECRET = "whsec_c2VjcmV0IG9mIGEgc2hvcA=="
JOINS = {"mobile": "13800138000", "since": "2022-05-01", "agrees": True}


@pytest.fixture
def module() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("shop", FOLDER / "shop.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules["shop"] = found  # its dataclasses look themselves up
    spec.loader.exec_module(found)
    yield found
    del sys.modules["shop"]


@pytest.fixture
def shop(module: ModuleType, url: str, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Set up as its README says."""
    monkeypatch.setenv("ZHIWEI_URL", url)
    monkeypatch.setenv("ZHIWEI_TEST_KEY", made(platform, "shop").test_key)
    monkeypatch.setenv("ZHIWEI_WEBHOOK_SECRET", SECRET)
    with TestClient(module.application()) as shop:
        yield shop


def pressed(shop: TestClient, button: str, **said: object) -> dict[str, object]:
    answer = shop.post(f"/merchants/某某五金店/{button}", json=said or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_merchant_joins_applies_accepts_draws_and_repays(shop: TestClient, line: Line) -> None:
    assert pressed(shop, "join", **JOINS) == {"state": "may apply"}
    offered = pressed(shop, "apply")
    assert offered["state"] == "offer"
    assert "% a day" in str(offered["price"])
    assert "% a year" in str(offered["price"])
    opened = pressed(shop, "accept")
    assert (opened["state"], opened["used"], opened["next"]) == ("line", "0.00 CNY", "")
    assert opened["available"] == offered["limit"]
    line.faults = ["lost", 503]  # pressed once; on the way it is asked three times
    drawn = pressed(shop, "draw", yuan="30000", order="A-1")
    assert drawn["used"] == "30,000.00 CNY"
    assert pressed(shop, "draw", yuan="30000", order="A-1") == drawn
    assert pressed(shop, "repay", yuan="1000", order="B-1")["used"] in ("29,000.00 CNY", "30,000.00 CNY")


def test_what_cannot_be_done_is_told_in_the_lenders_words(shop: TestClient) -> None:
    assert shop.get("/merchants/nobody").status_code == 404
    assert shop.post("/merchants/x/join", json=JOINS | {"agrees": False}).status_code == 409
    pressed(shop, "join", **JOINS)
    pressed(shop, "apply")
    pressed(shop, "accept")
    told = shop.post("/merchants/某某五金店/draw", json={"yuan": "1", "order": "A-1"})
    assert (told.status_code, told.json()["code"]) == (409, "draw_too_small")
    assert told.json()["request"]


def test_the_webhook_is_believed_when_it_is_signed_and_once(shop: TestClient, url: str) -> None:
    pressed(shop, "join", **JOINS)
    pressed(shop, "apply")
    pressed(shop, "accept")
    line = _line_of(url)
    event = {"specversion": "1.0", "id": "event_1", "source": "zhiwei/x", "type": "line.frozen", "subject": line,
             "time": "2026-01-02T08:00:00+00:00", "businessdate": "2026-01-02", "data": {"line": line}}  # fmt: skip
    body, now = json.dumps(event), datetime.now(UTC)
    headers = {"webhook-id": "event_1", "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": Webhook(SECRET).sign("event_1", now, body)}  # fmt: skip
    assert shop.post("/zhiwei", content=body, headers=headers).json() == {"new": True}
    assert shop.post("/zhiwei", content=body, headers=headers).json() == {"new": False}
    assert shop.post("/zhiwei", content=body + " ", headers=headers).status_code == 400
    assert shop.get("/merchants/某某五金店").json()["news"] == ["line.frozen"]


def _line_of(url: str) -> str:
    """The one line there is, as the lender has it."""
    with Client(url, test_key=os.environ["ZHIWEI_TEST_KEY"]) as api:
        [only] = api.lines()
        return only.line


def test_its_readme_tells_both_languages_and_its_variables() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    for word in ("ZHIWEI_URL", "ZHIWEI_TEST_KEY", "ZHIWEI_WEBHOOK_SECRET", "ZHIWEI_CLIENT", "ZHIWEI_KEY", "商户"):
        assert word in text
    assert len((FOLDER / "shop.py").read_text("utf-8").splitlines()) < 180


def test_the_first_lines_of_the_readme_draw_money(url: str, platform: Platform) -> None:
    """They are run as they stand there, but for where the API is and its key."""
    page = (FOLDER.parents[1] / "README.md").read_text("utf-8")
    [said] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    key = made(platform, "readme").test_key
    names: dict[str, object] = {}
    exec(said.replace("http://127.0.0.1:8700", url).replace("zwtest....", key), names)
    with Client(url, test_key=key) as bank:
        assert bank.line(names["line"].line).used == Money.yuan(30_000)  # type: ignore[attr-defined]
