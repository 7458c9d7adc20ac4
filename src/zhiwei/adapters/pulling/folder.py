"""A company that puts files into a folder, by SFTP say: the simplest real one.

    consents.txt                                  optional: an id a line, and under no other is anything given
    PARTY/KINDS/2024-01-01_2024-04-01.csv         KINDS as meters, or bureau_accounts+bureau_queries; any ending

A file is given for exactly its window. A party without a folder is not known; one without the file has nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from zhiwei.borrower.reading.files import LARGEST
from zhiwei.journeys.providers import Request
from zhiwei.values import BadInput, NotFound, Outage, Refusal

CONSENTS = "consents.txt"


@dataclass(frozen=True)
class FolderCompany:
    """A file is to be put there whole: written beside it, then renamed."""

    name: str
    folder: Path
    largest: int = LARGEST

    def fetch(self, request: Request) -> bytes:
        try:
            return self._found(request)
        except OSError as error:  # its words hold the path, and so the party
            raise Outage(f"{self.name}: {error.strerror or type(error).__name__}") from None

    def _found(self, request: Request) -> bytes:
        if not self.folder.is_dir():
            raise Outage(f"{self.name}: its folder is not there")
        known = self.folder / CONSENTS
        if known.is_file() and not set(request.consents) <= set(known.read_text("utf-8").split()):
            raise Refusal("no_consent", f"{self.name} finds the consent wanting")
        party = self.folder / request.party
        if party.name != request.party or not self._inside(party) or not party.is_dir():
            raise NotFound("no_such_party", f"{self.name} does not know the party")
        window = f"{request.since}_{request.until}"
        files = [path for path in party.joinpath(request.label).glob(f"{window}.*") if path.is_file()]
        if len(files) > 1:
            raise Refusal("ambiguous", f"{self.name} has {len(files)} files of {request.label} {window}")
        if not files:
            return b""
        if not self._inside(files[0]):
            raise Refusal("outside_folder", f"{self.name}: what lies there leads out of its folder")
        with files[0].open("rb") as file:
            content = file.read(self.largest + 1)
        if len(content) > self.largest:
            raise BadInput(
                "answer_too_large", f"{self.name} gives more than {self.largest:,} bytes", hint="a shorter window"
            )
        return content

    def _inside(self, path: Path) -> bool:
        folder = self.folder.resolve()
        return path.resolve() != folder and path.resolve().is_relative_to(folder)
