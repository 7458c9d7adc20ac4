"""Days past due -> five-category class, by dated thresholds (2023 办法, per loan for 小微; TV 6.1)."""

from dataclasses import dataclass
from datetime import date

from zhiwei.tables import Document
from zhiwei.values import Refusal

CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
ZH = dict(zip(CLASSES, ("正常", "关注", "次级", "可疑", "损失"), strict=True))
THRESHOLDS = ("special_mention", "substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class ClassRules:
    """More than `above[i]` days past due -> CLASSES[i + 1]; up to `technical` days of technical overdue stay normal."""

    since: date
    above: tuple[int, int, int, int]
    technical: int

    def classify(self, days_past_due: int, *, technical: bool = False) -> str:
        if technical and days_past_due <= self.technical:
            return CLASSES[0]
        return CLASSES[sum(days_past_due > limit for limit in self.above)]

    def next_change(self, days_past_due: int) -> int | None:
        """Days until the class gets worse if nothing is paid; None when it is the worst already."""
        ahead = [limit + 1 - days_past_due for limit in self.above if limit >= days_past_due]
        return ahead[0] if ahead else None


@dataclass(frozen=True, slots=True)
class Watch:
    """What the product does about late payers: class rules by date, and when a line is frozen."""

    classes: tuple[ClassRules, ...]
    freeze_above_days: int

    def rules(self, on: date) -> ClassRules:
        in_force = [rules for rules in self.classes if rules.since <= on]
        if not in_force:
            raise Refusal("no_parameter", f"no class rules are in force on {on}", hint="add a dated [[classes]] block")
        return max(in_force, key=lambda rules: rules.since)


def read_watch(document: Document) -> Watch:
    document.only((), {"freeze_above_days", "classes"})
    found = []
    for index in range(len(document.tables("classes"))):
        path = ("classes", index)
        document.only(path, {"from", "because", "checked_on", "technical", *THRESHOLDS})
        document.take((*path, "because"), str)
        above = [document.take((*path, name), int) for name in THRESHOLDS]
        if above[0] < 0 or sorted(set(above)) != above:
            document.problem(
                (*path, "special_mention"), "thresholds must rise from special_mention (0 or more) to loss"
            )
        since, checked = (document.day((*path, key)) for key in ("from", "checked_on"))
        if since is None or checked is None:
            continue
        found.append(
            ClassRules(since, (above[0], above[1], above[2], above[3]), document.take((*path, "technical"), int))
        )
    if not document.tables("classes"):
        document.problem(("classes",), "a product needs at least one dated [[classes]] block")
    freeze = document.take(("freeze_above_days",), int)
    if freeze < 0:
        document.problem(("freeze_above_days",), "freeze_above_days is 0 or more")
    return Watch(tuple(found), freeze)
