"""zhiwei new source: what it writes works, says what it is, and is there whole or not at all."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from zhiwei.borrower.records import KINDS
from zhiwei.commands.new.folder import NUMBERED, looks, written
from zhiwei.values import BadInput

ROOT = Path(__file__).parents[2]
# As __main__ puts it together.
PROGRAM = """
import typer
from zhiwei.commands import new
from zhiwei.commands.show import troubles
app = typer.Typer(pretty_exceptions_enable=False)
app.callback()(lambda: None)
app.add_typer(new.app, name="new")
with troubles():
    app()
"""


def zhiwei(*arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def pytest_on(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, folder.name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python imports from; what came from it is forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_its_tests_pass_right_away(tmp_path: Path) -> None:
    done = zhiwei(
        "new", "source", "till_feed", "--kind", "bank_flow", "--zh", "收银台", "--en", "Till (feed)", cwd=tmp_path
    )
    folder = tmp_path / "till_feed"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "__init__.py", "mapping.toml", "test_till_feed.py",
    ]  # fmt: skip
    assert "python -m pytest till_feed" in done.stdout
    assert "收银台, Till (feed): " in (folder / "__init__.py").read_text(encoding="utf-8")
    assert "# 收银台 / Till (feed)\n" in (folder / "README.md").read_text(encoding="utf-8")
    ran = pytest_on(folder, "-p", "no:randomly")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout


def test_its_tests_notice_a_mapping_that_is_wrong(tmp_path: Path) -> None:
    folder, _ = written("till_feed", "bank_flow", ("", ""), tmp_path)
    mapping = folder / "mapping.toml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("账户余额", "可用余额"), encoding="utf-8")
    ran = pytest_on(folder, "-k", "good or damaged")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "FAILED" in ran.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read(kind: str, importable: Path) -> None:
    folder, package = written(f"{kind}_feed", kind, ("", ""), importable)
    assert package == folder.name
    source: ModuleType = importlib.import_module(package)
    its_tests = importlib.import_module(f"{package}.test_{package}")
    assert list(source.KINDS) == [kind]
    parsed = source.read(its_tests.csv(its_tests.TABLE), "delivery.csv", "P1")
    assert parsed.tables[kind].to_pylist() == its_tests.ROWS
    assert not parsed.problems
    its_tests.test_a_damaged_row_is_named_and_left_out()
    its_tests.test_a_file_does_not_say_whose_it_is()


@pytest.mark.slow
def test_the_tests_of_every_kind_pass(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for kind in KINDS:
        written(f"{kind}_feed", kind, ("", ""), sources)
    ran = pytest_on(sources)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_kind_has_a_header_and_two_values(kind: str) -> None:
    columns = looks(kind)["columns"]
    assert {*columns, *NUMBERED} - {"party_id"} == {*KINDS[kind].schema.names, *NUMBERED} - {"party_id"}
    assert all(len(said) == 3 for said in columns.values())
    assert len({said[0] for said in columns.values()}) == len(columns)
    assert set(looks(kind)["required"]) <= set(columns)


def test_inside_zhiwei_it_is_in_our_style(tmp_path: Path) -> None:
    sources = tmp_path / "src" / "zhiwei" / "borrower" / "sources"
    sources.mkdir(parents=True)
    ours, borrower = sources.parent.parent, sources.parent
    for package in (ours, ours / "values", borrower, borrower / "reading", borrower / "records", sources):
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for kind in KINDS:
        folder, package = written(f"{kind}_feed", kind, ("", ""), sources)
        assert package == f"zhiwei.borrower.sources.{kind}_feed"
        tests = tmp_path / "tests" / folder.name
        tests.mkdir(parents=True)
        (folder / f"test_{kind}_feed.py").rename(tests / f"test_{kind}_feed.py")
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        ruff = Path(sys.executable).parent / "ruff"
        done = subprocess.run([ruff, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    done = zhiwei("new", "source", "till_feed", "--kind", "orders", "--to", str(sources), cwd=tmp_path)
    assert "move test_till_feed.py to tests/unit/borrower/sources/till_feed/" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "", "Till", "9till", "till-feed", "till__feed", "_till", "till_", "../till", "till/feed", "till.feed", "class",
        "match", "list", "json", "zhiwei", "polars", "test_till", "till_utils", "helpers", "t" * 41, "till\n", "银行",
    ],
)  # fmt: skip
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        written(name, "bank_flow", ("", ""), tmp_path)
    assert caught.value.code == "bad_name"
    assert caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "title", ['x"""', "x\nimport os", "a\\", "$kind", "`rm`", "<b>", "{x}", "[link]", "T" * 41, "#", " ", "\u202e."]
)
def test_a_title_is_words_and_never_code(tmp_path: Path, title: str) -> None:
    for titles in ((title, ""), ("", title)):
        with pytest.raises(BadInput, match="cannot be what a source is called"):
            written("till_feed", "bank_flow", titles, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_names_those_there_are(tmp_path: Path) -> None:
    said = zhiwei("new", "source", "till_feed", "--kind", "gossip", cwd=tmp_path, code=2).stderr
    assert "unknown_kind" in said
    assert "bank_flow" in said
    assert "--kind" in zhiwei("new", "source", "till_feed", cwd=tmp_path, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "till_feed").mkdir()
    (tmp_path / "till_feed" / "work.py").write_text("mine", encoding="utf-8")
    said = zhiwei("new", "source", "till_feed", "--kind", "orders", "--json", cwd=tmp_path, code=2).stderr
    assert json.loads(said)["error"] == "folder_exists"
    assert [path.name for path in (tmp_path / "till_feed").iterdir()] == ["work.py"]
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="already exists"):
        written("gone", "orders", ("", ""), tmp_path)


def test_a_place_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    said = zhiwei("new", "source", "till_feed", "--kind", "orders", "--to", "sources", cwd=tmp_path, code=2).stderr
    assert "no_such_folder" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["write_text", "rename"])
def test_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    does, calls = getattr(Path, step), []

    def fails(path: Path, *arguments: object, **options: object) -> object:
        calls.append(path)
        if step == "rename" or len(calls) == 3:
            raise OSError(28, "No space left on device")
        return does(path, *arguments, **options)

    monkeypatch.setattr(Path, step, fails)
    with pytest.raises(OSError, match="No space left"):
        written("till_feed", "orders", ("", ""), tmp_path)
    assert calls
    assert not list(tmp_path.iterdir())


def test_programs_are_told_in_json(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    done = zhiwei("new", "source", "till_feed", "--kind", "meters", "--to", "sources", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {
        "folder": "sources/till_feed",
        "package": "till_feed",
        "files": ["README.md", "__init__.py", "mapping.toml", "test_till_feed.py"],
    }
