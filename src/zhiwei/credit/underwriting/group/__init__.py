"""Several borrowers as one risk: what is at stake with those who hang together, and lending to a group. 联保"""

from zhiwei.credit.underwriting.group.advice import LEAST, MOST, Advice, Pair, Place, Year, advise
from zhiwei.credit.underwriting.group.exposure import BOOK, EXPOSURES, JOINT_SHARE, Ties, exposures
from zhiwei.credit.underwriting.group.likeness import SHARED, Alike, Member, Numbers, alike, numbers_on

__all__ = [
    "BOOK", "EXPOSURES", "JOINT_SHARE", "LEAST", "MOST", "SHARED", "Advice", "Alike", "Member", "Numbers", "Pair",
    "Place", "Ties", "Year", "advise", "alike", "exposures", "numbers_on",
]  # fmt: skip
