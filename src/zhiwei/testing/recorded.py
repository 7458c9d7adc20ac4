"""The outside company on paper: answers that were recorded in a folder, given as the company gave them.

`answers.toml` in the folder says who is asked and what comes:

    name = "till_company"
    consents = ["con_1"]        # optional: any other is refused with no_consent

    [[answer]]
    kinds = ["acquiring"]
    party = "898310148160001"
    since = 2024-01-01          # optional, both or none; without a window it answers those that no other one does
    until = 2024-04-01
    file = "first_quarter.csv"  # or empty = true, or refusal = "code", or outage = "words"

Answers to the same request come in the order of the file, and the last of them for ever: so a company that fails
twice and then works is written down too.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from zhiwei.adapters.pulling import Request
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput, NotFound, Outage, Refusal

INDEX = "answers.toml"
_SHAPE = {
    "kinds": list, "party": str, "since": date, "until": date, "file": str, "empty": bool, "refusal": str, "outage": str
}  # fmt: skip
_WHAT = ("file", "empty", "refusal", "outage")
Asked = tuple[tuple[str, ...], str, tuple[date, date] | None]


@dataclass(frozen=True, slots=True)
class _Given:
    """`what` is file | empty | refusal | outage; `content` its bytes, `words` its code or words."""

    what: str
    content: bytes = b""
    words: str = ""


class Recorded:
    """A provider. `asked` is every request so far, in order. BadInput where the recording is not as described."""

    def __init__(self, folder: Path) -> None:
        index = _index(folder / INDEX)
        self.name: str = index["name"]
        self._consents: list[str] | None = index.get("consents")
        self._answers: dict[Asked, list[_Given]] = {}
        for number, said in enumerate(index.get("answer", []), 1):
            asked, given = _answer(folder, f"{folder / INDEX}, answer {number}", said)
            self._answers.setdefault(asked, []).append(given)
        self._parties = {party for _, party, _ in self._answers}
        self._lock = Lock()
        self.asked: list[Request] = []

    def fetch(self, request: Request) -> bytes:
        """Refusal `not_recorded` where the recording knows the party and not what is asked about it."""
        with self._lock:
            self.asked.append(request)
            given = self._next(request)
        if given.what == "refusal":
            raise _refused(given.words, f"{self.name} refuses")
        if given.what == "outage":
            raise Outage(f"{self.name}: {given.words}")
        return given.content

    def _next(self, request: Request) -> _Given:
        if self._consents is not None and not set(request.consents) <= set(self._consents):
            return _Given("refusal", words="no_consent")
        if request.party not in self._parties:
            return _Given("refusal", words="no_such_party")
        for window in ((request.since, request.until), None):
            if answers := self._answers.get((request.kinds, request.party, window)):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        raise Refusal(
            "not_recorded", f"{self.name} has no answer on {request.label} from {request.since} to {request.until}",
            hint=f"record it in {INDEX}; empty = true where the company has nothing",
        )  # fmt: skip


def _refused(code: str, message: str) -> Refusal:
    return (NotFound if code == "no_such_party" else Refusal)(code, message)


def _index(path: Path) -> dict[str, Any]:
    try:
        index = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("bad_recording", f"{path} is not there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("bad_recording", f"{path} is not TOML: {error}") from None
    _typed(str(path), index, {"name": str, "consents": list, "answer": list})
    if not index.get("name"):
        raise BadInput("bad_recording", f"{path} does not say the company's name")
    return index


def _answer(folder: Path, place: str, said: Any) -> tuple[Asked, _Given]:
    if not isinstance(said, dict):
        raise BadInput("bad_recording", f"{place} is no table")
    _typed(place, said, _SHAPE)
    what = [name for name in _WHAT if said.get(name)]
    days = [said[name] for name in ("since", "until") if name in said]
    window = (days[0], days[1]) if len(days) == 2 else None
    kinds = tuple(said.get("kinds", ()))
    asked = kinds and all(isinstance(kind, str) and kind in KINDS for kind in kinds) and said.get("party")
    askable = asked and (not days or (window and days[0] < days[1]))
    if not askable or len(what) != 1:
        raise BadInput(
            "bad_recording", f"{place} does not say what it answers",
            hint=f"kinds of record, a party, a window or none, and one of {', '.join(_WHAT)}",
        )  # fmt: skip
    given = _Given(what[0], words=str(said[what[0]]))
    if what == ["file"]:
        given = _Given("file", _content(folder, place, said["file"]))
    return (kinds, said["party"], window), given


def _content(folder: Path, place: str, name: str) -> bytes:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadInput("bad_recording", f"{place}: no file {name!r} in the folder of the recording")
    return path.read_bytes()


def _typed(place: str, table: Mapping[str, Any], shape: Mapping[str, type]) -> None:
    for key, value in table.items():
        if key not in shape or type(value) is not shape[key]:
            raise BadInput("bad_recording", f"{place}: {key} is unknown, or not of its type", hint=", ".join(shape))
