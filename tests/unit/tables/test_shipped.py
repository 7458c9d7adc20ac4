"""Policy data beside a package's modules: read, or a breach that says file and line."""

from pathlib import Path

import pytest

from zhiwei.tables.shipped import shipped, shipped_parameters
from zhiwei.values import Breach


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "policy_room").mkdir()
    (tmp_path / "policy_room" / "__init__.py").touch()
    (tmp_path / "policy_room" / "good.toml").write_text(
        '[[parameter]]\nname = "rate"\nfrom = 2024-01-01\nvalue = 0.5\nbecause = "中文"\n'
        "checked_on = 2024-01-01\nsure = true\n",
        "utf-8",
    )
    (tmp_path / "policy_room" / "bad.toml").write_text('[[parameter]]\nname = "rate"\nvalue = 0.5\n', "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "policy_room"


def test_what_lies_there_is_read(package: str) -> None:
    (parameter,) = shipped_parameters(package, "good.toml")
    assert (parameter.name, parameter.value, parameter.because) == ("rate", 500_000, "中文")
    assert shipped(package, "bad.toml", lambda file, content, problems: (file, len(content))) == ("bad.toml", 40)


def test_what_is_damaged_is_a_breach(package: str) -> None:
    with pytest.raises(Breach, match=r"policy_room: bad\.toml:"):
        shipped_parameters(package, "bad.toml")
