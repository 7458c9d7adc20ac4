"""Vaults over both adapters of keys; one folder of keys for a module, since making them is not what is tested here."""

from collections.abc import Callable

import pytest

from zhiwei.adapters.keys import FileKeys, KmsKeys
from zhiwei.store.secrets import Suite, Vault

from ...adapters.keys.fake_kms import FakeKms

VaultOf = Callable[..., Vault]


@pytest.fixture(scope="module", params=["file", "kms"])
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FileKeys:
    folder = tmp_path_factory.mktemp("vault") / "keys"
    return FileKeys(folder) if request.param == "file" else KmsKeys(folder, FakeKms())


@pytest.fixture(scope="module", params=list(Suite), ids=lambda suite: suite.value)
def suite(request: pytest.FixtureRequest) -> Suite:
    found = request.param
    assert isinstance(found, Suite)
    return found


@pytest.fixture(scope="module")
def vault(keys: FileKeys, suite: Suite) -> Vault:
    return Vault(keys, "local", suite)
