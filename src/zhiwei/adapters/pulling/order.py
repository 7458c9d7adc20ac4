"""Companies asked in order, the next one where one is down."""

from collections.abc import Sequence

from zhiwei.adapters.pulling.figures import Figures
from zhiwei.adapters.pulling.provider import Answer, Request
from zhiwei.adapters.pulling.pull import Pull
from zhiwei.values import BadInput, Outage

MOST = 10


class InOrder:
    """A provider made of pulls, the first choice first. Only an Outage leads to the next one: what a company refuses it
    refuses (a consent it finds wanting is not carried on to somebody else), and nothing found is an answer too.
    """

    def __init__(self, pulls: Sequence[Pull]) -> None:
        names = [pull.name for pull in pulls]
        if not 0 < len(names) <= MOST or len(set(names)) < len(names):
            raise BadInput("bad_order", f"1 to {MOST} providers, each once, not {', '.join(names) or 'none'}")
        self.pulls = tuple(pulls)
        self.name = " or ".join(names)

    def fetch(self, request: Request) -> bytes:
        return self.answer(request).content

    def answer(self, request: Request) -> Answer:
        """The first answer; Outage where each of them is down, with what each said."""
        outages = []
        for pull in self.pulls:
            try:
                return pull.answer(request)
            except Outage as outage:
                outages.append(outage)
        if len(outages) == 1:
            raise outages[0]
        raise Outage("; ".join(map(str, outages))) from ExceptionGroup("all of them are down", outages)

    def figures(self) -> list[Figures]:
        """Of each, in order."""
        return [pull.figures() for pull in self.pulls]
