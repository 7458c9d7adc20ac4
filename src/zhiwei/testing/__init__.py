"""Fakes of outside companies and what any provider has to pass, for our tests and for those who embed the platform."""

from zhiwei.testing.contract import Case, ProviderContract
from zhiwei.testing.recorded import Recorded

__all__ = ["Case", "ProviderContract", "Recorded"]
