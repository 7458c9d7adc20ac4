"""The fourth link: what the days do to a line: classes, freezing and freeing."""

from zhiwei.credit.monitoring.classes import CLASSES, ZH, ClassRules, Watch, read_watch

__all__ = ["CLASSES", "ZH", "ClassRules", "Watch", "read_watch"]
