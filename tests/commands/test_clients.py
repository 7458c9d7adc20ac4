"""zhiwei client as those meet it who let partners in."""

import json
import stat
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from zhiwei.client import KeyPair


def keys(zhiwei, folder: Path, name: str = "client.pem") -> Path:
    """A pair as `keygen` makes it; -> the file with its public half."""
    public = folder / f"{name}.jwks"
    public.write_text(zhiwei("client", "keygen", folder / name, "--kid", name).stdout, "utf-8")
    return public


def test_keygen_keeps_the_private_half_to_its_owner(zhiwei, tmp_path: Path) -> None:
    told = zhiwei("client", "keygen", tmp_path / "client.pem")
    file = tmp_path / "client.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [public] = json.loads(told.stdout)["keys"]
    assert KeyPair.read(file).public == public
    assert "d" not in public
    secret = ECKey.import_key(file.read_bytes()).as_dict(private=True)["d"]
    assert secret not in told.stdout + told.stderr
    before = file.read_bytes()
    assert "cannot_use_file" in zhiwei("client", "keygen", file, code=2).stderr
    assert file.read_bytes() == before


def test_a_client_is_let_in_changed_stopped_and_let_in_again(
    zhiwei, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = keys(zhiwei, tmp_path)
    add = ["client", "add", "shop", "--title", "某某商城", "--jwks", public, "--scope", "lines:read", "--key", "a"]
    proposal = json.loads(zhiwei(*add, "--json").stdout)["proposal"]
    assert proposal in zhiwei("proposals").stdout
    assert "four_eyes" in zhiwei("client", "approve", proposal, code=1).stderr
    second = {"ZHIWEI_PERSON": "second"}
    assert "shop.local" in zhiwei("client", "approve", proposal, env=second).stdout
    assert zhiwei("proposals", "--json").stdout == ""
    shown = zhiwei("client", "show", "shop.local").stdout
    assert "lines:read" in shown
    assert "client.pem" in shown
    for words in (
        ["terms", "shop.local", "--scope", "all", "--per-minute", "50", "--because", "they grow"],
        ["keys", "shop.local", "--jwks", keys(zhiwei, tmp_path, "next.pem"), "--because", "yearly"],
    ):
        done = json.loads(zhiwei("client", *words, "--json").stdout)
        zhiwei("client", "approve", done["proposal"], env=second)
    [now] = json.loads(zhiwei("client", "list", "--json").stdout)
    assert now["terms"]["per_minute"] == 50
    assert [one["kid"] for one in now["terms"]["jwks"]["keys"]] == ["next.pem"]
    assert "draws:write" in now["terms"]["scopes"]
    zhiwei("client", "suspend", "shop.local", "--because", "a key was lost")
    assert "suspended" in zhiwei("client", "list").stdout
    back = json.loads(zhiwei("client", "resume", "shop.local", "--because", "found", "--json").stdout)
    zhiwei("client", "approve", back["proposal"], env=second)
    assert json.loads(zhiwei("client", "show", "shop.local", "--json").stdout)["terms"]["status"] == "active"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", "none.local"], "no_such_client"),
        (["add", "shop", "--title", "t", "--scope", "everything"], "bad_scopes"),
        (["add", "shop", "--title", "t"], "bad_keys"),
        (["add", "Shop!", "--title", "t"], "bad_client"),
        (["keys", "shop.local", "--because", "b"], "bad_keys"),
        (["suspend", "none.local", "--because", "b"], "no_such_client"),
        (["approve", "prop_none"], "no_such_proposal"),
    ],
)
def test_what_cannot_be_done_is_told(zhiwei, words: list[str], code: str) -> None:
    expected = 1 if code.startswith("no_such") else 2
    assert code in zhiwei("client", *words, code=expected).stderr
