"""What drives a call: it sends, sleeps and hands answers back; one that blocks, one that awaits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload
from urllib.parse import urlsplit

import httpx2

from zhiwei.client.asks import Ask, Listing
from zhiwei.client.keys import Given, KeyPair
from zhiwei.client.wire import Options, Pause, Wire

P = ParamSpec("P")
T = TypeVar("T")


class Driver:
    """Who calls. It shows its address and its name, and nothing of its keys."""

    def __init__(
        self, base_url: str, client_id: str = "", *, private_key: Given | KeyPair | None = None, key_id: str = "",
        test_key: str = "", options: Options = Options(),  # noqa: B008 - it is frozen
    ) -> None:  # fmt: skip
        """`client_id` and `private_key` (PEM, a JWK, or a Path of either), or a sandbox's `test_key`.

        `key_id`: the key's `kid` among those registered for the client, where the key itself does not say it.
        """
        if (not test_key) == (private_key is None) or (private_key is not None and not client_id):
            raise ValueError("a client has client_id and private_key, or a sandbox's test_key")
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("base_url is like https://api.example.com")
        key = private_key if isinstance(private_key, KeyPair) or private_key is None else None
        if key is None and private_key is not None:
            key = KeyPair.read(private_key, key_id)  # type: ignore[arg-type]
        self._wire = Wire(str(httpx2.URL(base_url)).rstrip("/"), client_id, key, test_key, options)
        self._open(options.http)

    def _open(self, own: httpx2.Client | httpx2.AsyncClient | None) -> None:
        raise NotImplementedError

    def __repr__(self) -> str:
        wire = self._wire
        return f"<{type(self).__name__} {wire.client_id or 'with a test key'} at {wire.base_url}>"


class Blocking(Driver):
    """Each call waits for its answer. Threads may share it."""

    def _open(self, own: httpx2.Client | httpx2.AsyncClient | None) -> None:
        if own is not None and not isinstance(own, httpx2.Client):
            raise TypeError("http is an httpx2.Client here")
        self._http, self._closes = own or httpx2.Client(), own is None

    def do(self, ask: Ask[T]) -> T:
        talk = self._wire.talk(ask)
        try:
            step = next(talk)
            while True:
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
                    step = next(talk)
                    continue
                try:
                    reply = self._http.send(step)
                except httpx2.TransportError as error:
                    step = talk.throw(error)
                else:
                    step = talk.send(reply)
        except StopIteration as over:
            return over.value  # type: ignore[no-any-return]

    def do_all(self, asks: Iterable[Ask[T]]) -> tuple[T, ...]:
        return tuple(self.do(ask) for ask in asks)

    def all(self, listing: Listing[T]) -> Iterator[T]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.do(listing.page(cursor))
            yield from page.items
            cursor = page.next

    def close(self) -> None:
        if self._closes:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Awaiting(Driver):
    """Each call is awaited; tasks of one loop may share it."""

    def _open(self, own: httpx2.Client | httpx2.AsyncClient | None) -> None:
        if own is not None and not isinstance(own, httpx2.AsyncClient):
            raise TypeError("http is an httpx2.AsyncClient here")
        self._http, self._closes = own or httpx2.AsyncClient(), own is None

    async def do(self, ask: Ask[T]) -> T:
        talk = self._wire.talk(ask)
        try:
            step = next(talk)
            while True:
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    step = next(talk)
                    continue
                try:
                    reply = await self._http.send(step)
                except httpx2.TransportError as error:
                    step = talk.throw(error)
                else:
                    step = talk.send(reply)
        except StopIteration as over:
            return over.value  # type: ignore[no-any-return]

    async def do_all(self, asks: Iterable[Ask[T]]) -> tuple[T, ...]:
        return tuple([await self.do(ask) for ask in asks])

    async def all(self, listing: Listing[T]) -> AsyncIterator[T]:
        cursor: str | None = ""
        while cursor is not None:
            page = await self.do(listing.page(cursor))
            for one in page.items:
                yield one
            cursor = page.next

    async def close(self) -> None:
        if self._closes:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class verb(Generic[P, T]):
    """A method that says what is asked: called on `Client` it gives the answer, on `AsyncClient` one to await."""

    def __init__(self, says: Callable[Concatenate[Any, P], Ask[T]]) -> None:
        self._says, self.__doc__ = says, says.__doc__

    @overload
    def __get__(self, client: Blocking, of: Any) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: Awaiting, of: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: None, of: Any) -> Callable[Concatenate[Any, P], Ask[T]]: ...
    def __get__(self, client: Any, of: Any) -> Any:
        return _bound(client, client and client.do, self._says)


class listed(Generic[P, T]):
    """The same for a list: iterate it, or iterate it with `async for`; pages are fetched as they are reached."""

    def __init__(self, says: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        self._says, self.__doc__ = says, says.__doc__

    @overload
    def __get__(self, client: Blocking, of: Any) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: Awaiting, of: Any) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, client: None, of: Any) -> Callable[Concatenate[Any, P], Listing[T]]: ...
    def __get__(self, client: Any, of: Any) -> Any:
        return _bound(client, client and client.all, self._says)


class parted(Generic[P, T]):
    """The same for much that goes in parts, one after the other, each made when the one before it is in."""

    def __init__(self, says: Callable[Concatenate[Any, P], Iterable[Ask[T]]]) -> None:
        self._says, self.__doc__ = says, says.__doc__

    @overload
    def __get__(self, client: Blocking, of: Any) -> Callable[P, tuple[T, ...]]: ...
    @overload
    def __get__(self, client: Awaiting, of: Any) -> Callable[P, Coroutine[Any, Any, tuple[T, ...]]]: ...
    @overload
    def __get__(self, client: None, of: Any) -> Callable[Concatenate[Any, P], Iterable[Ask[T]]]: ...
    def __get__(self, client: Any, of: Any) -> Any:
        return _bound(client, client and client.do_all, self._says)


def _bound(client: Any, drive: Callable[[Any], Any], says: Callable[..., Any]) -> Any:
    """On a client the method, which drives what it says; on a class what it says."""
    if client is None:
        return says

    @wraps(says)
    def method(*given: Any, **named: Any) -> Any:
        return drive(says(client, *given, **named))

    return method
