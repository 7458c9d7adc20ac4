"""An attribute made when it is first asked for, without the lock that Python 3.11 puts around making it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Made = TypeVar("Made")


class lazy(Generic[Made]):
    """An attribute that is made when it is first asked for: `functools.cached_property` as of Python 3.12.

    That of 3.11 holds one lock for all instances while it makes the attribute of one. A unit of work that waits in
    there for a row that another has locked would keep the other from its own attribute: neither could ever go on.
    """

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "lazy[Made]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Made: ...
    def __get__(self, instance: object | None, owner: type) -> "lazy[Made] | Made":
        if instance is None:
            return self
        made = instance.__dict__[self.name] = self.make(instance)
        return made
