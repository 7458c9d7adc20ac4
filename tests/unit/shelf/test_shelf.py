"""The shipped shelf proves itself, and a product's hash is its content: all of it and nothing else."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from zhiwei.credit.underwriting import underwrite
from zhiwei.shelf import check, load, read_folder
from zhiwei.shelf.check import differences
from zhiwei.values import canonical

SHELF = Path(__file__).parents[3] / "products"
PRODUCTS = sorted(p.name for p in SHELF.iterdir() if p.is_dir() and not p.name.startswith("_"))


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_shipped_shelf_is_sound_and_its_cases_pass(name: str) -> None:
    product, problems = check(read_folder(SHELF / name))
    assert problems == []
    assert product is not None
    assert product.product_id == name
    assert product.cases
    for case in product.cases:
        verdict = underwrite(product.policy, case.facts, case.on)
        assert differences(case, verdict) == []
        assert verdict.outcome == case.expect["outcome"]


def test_the_hash_changes_with_any_file_any_content_and_any_name(folder: Path) -> None:
    """A comment, a README, a rename: whatever people published, they published exactly that."""
    files = read_folder(folder)
    hashes = {_hash(files)}
    for name in files:
        changed = (
            {**files, name: files[name] + "\n# x\n"}
            if not name.endswith(".csv")
            else {**files, name: files[name] + "\n"}
        )
        hashes.add(_hash(changed))
    hashes.add(_hash({**files, "notes.md": ""}))
    hashes.add(_hash({k.replace("good_", "great_"): v for k, v in files.items()}))
    assert len(hashes) == 1 + len(files) + 2


def test_the_hash_does_not_depend_on_the_place_or_the_order(folder: Path, tmp_path: Path) -> None:
    """Nor on a BOM, on Windows line ends or on files that are no part of a product."""
    files = read_folder(folder)
    other = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(folder, other)
    for path in sorted(other.rglob("*.csv"), reverse=True):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (other / ".DS_Store").write_bytes(b"\xff\xfe")
    assert read_folder(other) == files
    assert _hash(dict(reversed(files.items()))) == _hash(files)


def test_a_product_survives_its_canonical_text(folder: Path) -> None:
    """What the database keeps is what was read: same hash, same decision."""
    files = read_folder(folder)
    stored = canonical(files)
    again = json.loads(stored)
    assert canonical(again) == stored
    (first, _), (second, _) = load(files), load(again)
    assert first is not None
    assert second is not None
    assert first.hash == second.hash
    for case in first.cases:
        assert underwrite(first.policy, case.facts, case.on) == underwrite(second.policy, case.facts, case.on)


def _hash(files: dict[str, str]) -> str:
    product, problems = load(files)
    assert product is not None, problems
    return product.hash


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_golden_cases_prove_what_binds_a_limit(name: str) -> None:
    """Every term of a limit but the cap, which risk is never above, decides some case: who loses one is told before
    publication.
    """
    files = read_folder(SHELF / name)
    file = "underwriting/limit.csv"
    head, *rows = csv.reader(io.StringIO(files[file]))
    for row in rows:
        table = io.StringIO()
        loose = [row[0], f"{row[1]} + 1000000000", *row[2:]]
        csv.writer(table).writerows([head, *(loose if one is row else one for one in rows)])
        less, problems = load({**files, file: table.getvalue()})
        assert less is not None, problems
        told = any(differences(case, underwrite(less.policy, case.facts, case.on)) for case in less.cases)
        assert told or row[0] == "cap", f"no case is bound by {row[0]}"


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_rule_speaks_in_a_golden_case(name: str) -> None:
    """Of a fact that is known (of one that is missing, where the rule asks for that), in a case that expects its code:
    who loses a rule or bends it is told before publication.
    """
    product, _ = check(read_folder(SHELF / name))
    assert product is not None
    rules = [rule for stage in product.policy.stages for rule in stage.rules]
    missing = {(rule.code, rule.fact) for rule in rules if rule.cell.null}
    spoke = {
        (reason.code, reason.fact)
        for case in product.cases
        for reason in underwrite(product.policy, case.facts, case.on).reasons
        if reason.code in case.expect.get("reasons", ()) and (reason.value or (reason.code, reason.fact) in missing)
    }
    assert [f"{rule.code} {rule.fact}" for rule in rules if (rule.code, rule.fact) not in spoke] == []
