"""The network and the checks from the command line, on a made town in which somebody ran away."""

import json
from datetime import date

from zhiwei.bootstrap import Platform
from zhiwei.economy import build_town
from zhiwei.economy.living import delivery
from zhiwei.journeys import receive

ON = date(2024, 3, 1)


def test_built_asked_and_marked(zhiwei, platform: Platform) -> None:
    town = build_town(seed=1, businesses=100, until=ON, months=14)
    receive(books=platform, by=platform.actor, deliveries=[delivery(town, ON)], folder="")
    [pair, other] = [one.party_id for one in town.businesses if one.scheme.startswith("pair")][:2]
    assert "no_network" in zhiwei("network", "ask", pair, code=1).stderr
    built = json.loads(zhiwei("network", "build", "--as-of", str(ON), "--json").stdout)
    assert built["edges"] > 0
    mark = ["network", "mark", other, "--why", "走逃户", "--evidence", "notice 7", "--since", str(ON), "--json"]
    first = json.loads(zhiwei(*mark).stdout)
    assert json.loads(zhiwei(*mark).stdout) == {**first, "new": False}

    asked = json.loads(zhiwei("network", "ask", pair, "--json").stdout)
    said = {one["question"]: one["yes"] for one in asked["answers"]}
    assert (said["near_bad_party"], said["in_circle"], said["in_guarantee_ring"]) == (True, True, False)
    told = zhiwei("network", "ask", pair).stdout
    assert "走逃户" in told
    assert "是" in told
    [listed] = json.loads(zhiwei("network", "marks", "--as-of", str(ON), "--json").stdout)
    assert (listed["party"], listed["why"]) == (other, "走逃户")

    found = json.loads(zhiwei("findings", pair, "--as-of", str(ON), "--json").stdout)
    checks = {one["check"]: one for one in found["findings"]}
    assert checks["circular_invoicing"]["evidence"][0]["ids"]
    assert found["facts"]["found_circular_invoicing"] == checks["circular_invoicing"]["value"]
    assert found["facts"]["found_balance_break"] is None, "no statement is here to look at"
    words = zhiwei("findings", pair, "--as-of", str(ON)).stdout
    assert "闭环开票" in words
    assert "circles of invoices" in words


def test_a_mark_ends_by_two(zhiwei) -> None:
    mark = json.loads(zhiwei("network", "mark", "S1", "--why", "x", "--evidence", "y", "--json").stdout)["mark"]
    proposal = json.loads(zhiwei("network", "unmark", mark, "--because", "cleared", "--json").stdout)["proposal"]
    assert "four_eyes" in zhiwei("network", "approve", proposal, code=1).stderr
    assert "no_such_mark" in zhiwei("network", "unmark", "nothing", "--because", "x", code=1).stderr


def test_what_an_application_came_with_is_given_to_decide_and_shown_nowhere(zhiwei, platform: Platform) -> None:
    town = build_town(seed=1, businesses=20, until=ON, months=14)
    receive(books=platform, by=platform.actor, deliveries=[delivery(town, ON)], folder="")
    firms = [one.party_id for one in town.businesses[:3]]
    for firm in firms:
        words = ["--came-with", "device=fp-31415", "--came-with", "channel=app"]
        done = zhiwei("decide", "--product", "tax_credit", "--party", firm, "--as-of", str(ON), *words)
        assert "fp-31415" not in done.stdout + done.stderr
    found = json.loads(zhiwei("findings", firms[0], "--as-of", str(ON), "--json").stdout)
    assert found["facts"]["found_velocity_device"] == 3
    several = ["--party", firms[0], "--party", firms[1], "--came-with", "device=x"]
    zhiwei("decide", "--product", "tax_credit", "--as-of", str(ON), *several, code=2)


def test_findings_on_staff(zhiwei) -> None:
    told = json.loads(zhiwei("findings", "--staff", "--json").stdout)
    assert (told["findings"], told["looked"]) == ([], ["early_defaults"])
    assert "1 checks could look" in zhiwei("findings", "--staff").stdout
    zhiwei("findings", code=2)
    zhiwei("findings", "G1", "--staff", code=2)
