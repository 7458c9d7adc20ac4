"""Who may call: proofs, scopes, rates and keys; each thing that is wrong is refused by its own code."""



from tests.api.conftest import Partner

PARTY = {"name": "某某五金店", "since": "2020-01-01", "identifiers": [{"kind": "phone", "value": "13800138000"}],
         "kind": "sole_trader"}  # fmt: skip


def test_a_proved_client_registers_a_party_and_lists_it(shop: Partner) -> None:
    made = shop.post("/v1/parties", PARTY)
    assert made.status_code == 201, made.text
    party = made.json()["party"]
    assert made.headers["Location"] == f"/v1/parties/{party}"
    assert shop.get("/v1/parties").json() == {"items": [{"party": party}], "next": None}
