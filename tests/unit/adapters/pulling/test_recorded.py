"""The company on paper: which answer a request gets, and recordings that are not as described."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from zhiwei.adapters.pulling import Pull
from zhiwei.testing import Recorded
from zhiwei.values import BadInput, NotFound, Outage, Refusal

from .conftest import REQUEST, Time

HEAD = 'name = "paper"\n'
ANSWER = f'[[answer]]\nkinds = ["bank_flow"]\nparty = "{REQUEST.party}"\n'


def company(folder: Path, index: str) -> Recorded:
    (folder / "answers.toml").write_text(index, encoding="utf-8")
    return Recorded(folder)


def test_answers_come_in_their_order_and_the_last_for_ever(tmp_path: Path, time: Time) -> None:
    (tmp_path / "a.csv").write_bytes(b"a")
    script = "".join(ANSWER + line for line in ('outage = "asleep"\n', 'outage = "asleep"\n', 'file = "a.csv"\n'))
    paper = company(tmp_path, HEAD + script)
    pull = Pull(paper, clock=time.clock())
    assert [pull.fetch(REQUEST), pull.fetch(REQUEST)] == [b"a", b"a"]
    assert pull.figures().failures == 2
    assert paper.asked == [REQUEST] * 4


def test_a_window_of_its_own_goes_before_any_window(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a")
    window = "since = 2024-01-01\nuntil = 2024-04-01\n"
    paper = company(tmp_path, f'{HEAD}{ANSWER}empty = true\n{ANSWER}{window}file = "a.csv"\n')
    assert paper.fetch(REQUEST) == b"a"
    assert paper.fetch(replace(REQUEST, until=date(2024, 4, 2))) == b""


def test_what_was_not_recorded_is_no_empty_answer(tmp_path: Path) -> None:
    paper = company(tmp_path, f"{HEAD}{ANSWER}since = 2024-01-01\nuntil = 2024-02-01\nempty = true\n")
    with pytest.raises(Refusal, match="not_recorded: paper has no answer on bank_flow from 2024-01-01 to 2024-04-01"):
        paper.fetch(REQUEST)
    with pytest.raises(NotFound, match="no_such_party"):
        paper.fetch(replace(REQUEST, party="P9"))


def test_refusals_and_outages_are_given_as_recorded(tmp_path: Path) -> None:
    index = f'{HEAD}{ANSWER}refusal = "no_consent"\n{ANSWER}refusal = "no_such_party"\n{ANSWER}outage = "status 503"\n'
    paper = company(tmp_path, index)
    with pytest.raises(Refusal, match="no_consent"):
        paper.fetch(REQUEST)
    with pytest.raises(NotFound):
        paper.fetch(REQUEST)
    with pytest.raises(Outage, match="paper: status 503"):
        paper.fetch(REQUEST)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("name = ", "is not TOML"), ("", "does not say the company's name"), ("nam = 'x'", "nam is unknown"),
        ("name = 1", "name is unknown, or not of its type"), (f"{HEAD}answer = [1]", "answer 1 is no table"),
        (HEAD + ANSWER, "answer 1 does not say"), (f"{HEAD}{ANSWER}empty = false\n", "answer 1 does not say"),
        (f"{HEAD}{ANSWER}empty = true\noutage = 'x'\n", "answer 1 does not say"),
        (f"{HEAD}{ANSWER}empty = true\nsince = 2024-01-01\n", "answer 1 does not say"),
        (f"{HEAD}{ANSWER}empty = true\nsince = 2024-01-01\nuntil = 2024-01-01\n", "answer 1 does not say"),
        (f"{HEAD}{ANSWER}empty = true\nsince = '2024-01-01'\n", "since is unknown, or not of its type"),
        (f"{HEAD}{ANSWER}file = 'gone.csv'\n", "no file 'gone.csv'"),
        (f"{HEAD}{ANSWER}file = '../outside.csv'\n", "no file '../outside.csv' in the folder"),
        (f"{HEAD}[[answer]]\nkinds = ['gossip']\nparty = 'P1'\nempty = true\n", "answer 1 does not say"),
    ],
)  # fmt: skip
def test_a_recording_that_is_not_as_described(tmp_path: Path, index: str, said: str) -> None:
    (tmp_path / "outside.csv").write_bytes(b"a")
    folder = tmp_path / "recording"
    folder.mkdir()
    with pytest.raises(BadInput) as caught:
        company(folder, index)
    assert said in str(caught.value)
    assert "answers.toml" in str(caught.value)


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"answers.toml is not there"):
        Recorded(tmp_path)
