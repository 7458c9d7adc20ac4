"""Key adapters under one contract: files, and files whose keys a KMS wrapped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zhiwei.adapters.keys import FileKeys, KmsKeys

from .fake_kms import FakeKms

Opener = Callable[[], FileKeys]


@pytest.fixture(params=["file", "kms"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def opener(kind: str, folder: Path) -> Opener:
    """Makes an adapter of the kind as another process would: it remembers nothing, the folder and the KMS are one."""
    return lambda: FileKeys(folder) if kind == "file" else KmsKeys(folder, FakeKms())


@pytest.fixture
def keys(opener: Opener) -> FileKeys:
    return opener()
