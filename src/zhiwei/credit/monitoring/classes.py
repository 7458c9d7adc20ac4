"""The five classes, and days past due -> class, for one loan or a population (TV 6.1)."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
ZH = dict(zip(CLASSES, ("正常", "关注", "次级", "可疑", "损失"), strict=True))
BAD = CLASSES[2:]  # 不良


@dataclass(frozen=True, slots=True)
class ClassRules:
    """More than `above[i]` days past due -> CLASSES[i + 1]; up to `technical` days of technical overdue stay normal.

    `above` may end early: a pledge keeps a small firm's loan out of loss, however late (银监发〔2007〕63号).
    """

    since: date
    above: tuple[int, ...]
    technical: int

    def __post_init__(self) -> None:
        if not 0 < len(self.above) < len(CLASSES) or self.above[0] < 0 or sorted(set(self.above)) != [*self.above]:
            raise ValueError("thresholds rise from special_mention (0 or more) to loss")
        if self.technical < 0:
            raise ValueError("technical is 0 or more days")

    def classify(self, days_past_due: int, *, technical: bool = False) -> str:
        if technical and days_past_due <= self.technical:
            return CLASSES[0]
        return CLASSES[sum(days_past_due > limit for limit in self.above)]

    def over(self, days_past_due: NDArray[np.int64], technical: NDArray[np.bool_] | None = None) -> NDArray[np.int8]:
        """The same over a population: the place of each loan's class in CLASSES."""
        places = np.searchsorted(np.array(self.above), days_past_due, side="left").astype(np.int8)
        if technical is not None:
            places[technical & (days_past_due <= self.technical)] = 0
        return places

    def next_change(self, days_past_due: int) -> int | None:
        """Days until the class gets worse if nothing is paid; None when days alone make it no worse."""
        ahead = [limit + 1 - days_past_due for limit in self.above if limit >= days_past_due]
        return ahead[0] if ahead else None
