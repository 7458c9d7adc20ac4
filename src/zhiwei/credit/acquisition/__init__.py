"""The first link: who may apply at all."""

from zhiwei.credit.acquisition.admission import read_admission

__all__ = ["read_admission"]
