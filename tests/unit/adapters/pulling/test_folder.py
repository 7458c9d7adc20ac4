"""A company that puts files into a folder: the contract, and folders that are not as described."""

from dataclasses import replace
from pathlib import Path

import pytest

from zhiwei.adapters.pulling import FolderCompany
from zhiwei.testing import Case, ProviderContract
from zhiwei.values import BadInput, NotFound, Refusal

from .conftest import REQUEST
from .test_contract import ANSWERS, EMPTY, STRANGER, WITHOUT


def put(folder: Path, name: str, content: bytes = b"data") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class TestAFolder(ProviderContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> Case:
        for request, content in ANSWERS.items():
            put(tmp_path, f"up/{request.party}/{request.label}/{request.since}_{request.until}.csv", content)
        put(tmp_path, "up/consents.txt", b"con_0\ncon_1\n")
        up, down = (FolderCompany("folder", tmp_path / name) for name in ("up", "down"))
        return Case(up, ANSWERS, EMPTY, STRANGER, WITHOUT, down)


@pytest.fixture
def company(tmp_path: Path) -> FolderCompany:
    put(tmp_path, "secret/bank_flow/2024-01-01_2024-04-01.csv")
    put(tmp_path, f"up/{REQUEST.party}/bank_flow/2024-01-01_2024-04-01.csv")
    return FolderCompany("folder", tmp_path / "up", largest=10)


def test_without_a_list_of_consents_each_will_do(company: FolderCompany) -> None:
    assert company.fetch(replace(REQUEST, consents=("any",))) == b"data"


def test_several_kinds_of_one_file_have_a_folder_of_both(company: FolderCompany) -> None:
    put(company.folder, f"{REQUEST.party}/bureau_accounts+bureau_queries/2024-01-01_2024-04-01.json", b"both")
    assert company.fetch(replace(REQUEST, kinds=("bureau_accounts", "bureau_queries"))) == b"both"


@pytest.mark.parametrize("party", ["../secret", "..", ".", "a/b", "/etc", "a\\..\\b"])
def test_nobody_leaves_the_folder(company: FolderCompany, party: str) -> None:
    with pytest.raises(NotFound, match="no_such_party"):
        company.fetch(replace(REQUEST, party=party))


def test_a_link_out_of_the_folder_is_not_followed(company: FolderCompany, tmp_path: Path) -> None:
    (company.folder / "P9").symlink_to(tmp_path / "secret")
    with pytest.raises(NotFound):
        company.fetch(replace(REQUEST, party="P9"))
    place = company.folder / REQUEST.party / "meters"
    place.mkdir()
    (place / "2024-01-01_2024-04-01.csv").symlink_to(tmp_path / "secret/bank_flow/2024-01-01_2024-04-01.csv")
    with pytest.raises(Refusal, match="outside_folder"):
        company.fetch(replace(REQUEST, kinds=("meters",)))


def test_two_files_of_one_window_are_no_answer(company: FolderCompany) -> None:
    put(company.folder, f"{REQUEST.party}/bank_flow/2024-01-01_2024-04-01.xlsx")
    with pytest.raises(Refusal, match="ambiguous: folder has 2 files"):
        company.fetch(REQUEST)


def test_a_large_file_is_not_read(company: FolderCompany) -> None:
    put(company.folder, f"{REQUEST.party}/bank_flow/2024-01-01_2024-04-01.csv", b"x" * 11)
    with pytest.raises(BadInput, match="answer_too_large"):
        company.fetch(REQUEST)
