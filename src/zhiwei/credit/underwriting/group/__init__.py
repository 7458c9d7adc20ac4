"""Several borrowers as one risk: what is at stake with those who hang together, and lending to a group. 联保"""

from zhiwei.credit.underwriting.group.exposure import EXPOSURES, Ties, exposures

__all__ = ["EXPOSURES", "Ties", "exposures"]
