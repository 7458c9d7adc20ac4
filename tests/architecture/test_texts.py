"""What every file keeps to: it names no registry's host and no machine, and a module opens by saying what it is."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {"node_modules", "__pycache__", "dist", "build", "outputs"}
NOT_OURS_AT_ROOT = {".git", ".venv", ".dev", ".zhiwei", ".hypothesis"}

# Hosts are written with [.] so that this file does not mention them either.
TRACES = {
    "a package registry's host": re.compile(
        r"pypi[.]org|pythonhosted[.]org|registry[.](?:npmjs|yarnpkg|npmmirror)|npmmirror[.]com|crates[.]io"
        r"|proxy[.]golang|tuna[.]tsinghua|mirrors[.]aliyun",
        re.IGNORECASE,
    ),
    "a path on somebody's machine": re.compile(r"(?<![\w.~}\])*-])/(?:work|root|Users|home/\w+)/"),
}


def test_no_file_tells_where_it_was_made() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}: {match.group()}" for path in files() for what, match in traces(text(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("line", ["https://" + "pypi" + ".org/simple", "open('/" + "work/main')", "/" + "root/.cache"])
def test_a_trace_is_seen(line: str) -> None:
    assert list(traces(line))


@pytest.mark.parametrize("line", ["docs/work/plan.md", "from zhiwei import work", "https://example.org/root/"])
def test_a_plain_line_is_not(line: str) -> None:
    assert not list(traces(line))


def test_a_public_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "src").rglob("*.py"))
        if is_public(path) and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, "\n".join(["no docstring at the top of:", *silent])


def is_public(path: Path) -> bool:
    return path.stem.startswith("__") or not path.stem.startswith("_")


def traces(content: str) -> Iterator[tuple[str, re.Match[str]]]:
    return ((what, match) for what, pattern in TRACES.items() for match in pattern.finditer(content))


def files() -> Iterator[Path]:
    """Everything in the checkout that somebody wrote, whether git knows it yet or not."""
    for folder, below, names in os.walk(ROOT):
        skipped = NOT_OURS | (NOT_OURS_AT_ROOT if Path(folder) == ROOT else set())
        below[:] = [name for name in below if name not in skipped and not name.endswith("_cache")]
        yield from (Path(folder, name) for name in names)


def text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a picture or a workbook
