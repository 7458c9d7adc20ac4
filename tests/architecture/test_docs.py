"""Docs that can rot are tested: links lead somewhere, commands exist."""

import re
from pathlib import Path

import pytest

from zhiwei.borrower.features import catalogue_page
from zhiwei.credit.antifraud import check_names
from zhiwei.credit.underwriting.group import BOOK
from zhiwei.interfaces.api import catalogue
from zhiwei.values.happenings import events_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("products/**/*.md")])

LINK = re.compile(r"\[[^\]]*\]\(<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
COMMAND = re.compile(r"(?<![\w./])\./dev ([a-z][\w-]*)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_exist(page: Path) -> None:
    unknown = set(COMMAND.findall(page.read_text(encoding="utf-8"))) - commands()
    assert not unknown, f"./dev has no {', '.join(sorted(unknown))}"


def test_the_catalogue_of_facts_is_the_one_in_force() -> None:
    """`./dev run features --page > docs/reference/features.md` after a change."""
    page = (ROOT / "docs" / "reference" / "features.md").read_text(encoding="utf-8")
    assert page == catalogue_page(BOOK.values())


def test_the_page_of_events_is_the_one_in_force() -> None:
    """`./dev run webhook events --page > docs/reference/events.md` after a change."""
    page = (ROOT / "docs" / "reference" / "events.md").read_text(encoding="utf-8")
    assert page == events_page()


def test_every_check_on_fraud_has_its_figures_in_the_reference() -> None:
    """`python bench/fraud.py --keep docs/reference/fraud.md` after a change of checks, plants or the town."""
    page = (ROOT / "docs" / "reference" / "fraud.md").read_text(encoding="utf-8")
    assert {name for name in check_names() if page.count(f"| `{name}` |") < 2} == {"near_bad_party"}


def test_the_commands_are_found() -> None:
    assert {"demo", "test", "check", "run", "bench", "lock"} <= commands()


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").touch()
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md#part) [b](gone.md) [c](https://example.org/x) [d](#here) `[e](code.md)` ![f](gone.svg)"
    )
    assert broken_links(page) == ["gone.md", "gone.svg"]


def broken_links(page: Path) -> list[str]:
    """Relative targets that do not exist; what stands in code is an example, not a link."""
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(prose) if not ELSEWHERE.match(target)]
    return [target for target in targets if not (page.parent / target.partition("#")[0]).exists()]


def commands() -> set[str]:
    """The words ./dev answers to: the labels of its one `case`."""
    dev = (ROOT / "dev").read_text(encoding="utf-8")
    return set(re.findall(r"^    ([a-z]+)\) ", dev, re.MULTILINE))


def test_the_page_of_problems_is_what_the_code_raises() -> None:
    """`zhiwei problems --page > docs/reference/problems.md` makes it anew."""
    assert (ROOT / "docs/reference/problems.md").read_text("utf-8") == catalogue.page()
