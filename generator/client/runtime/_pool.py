"""A connection pool for threads and one for asyncio, both faster than those of httpcore.

Whenever a request begins or ends, httpcore 1.0 goes through all connections, and through all
requests that wait for one: many at once take long. Among threads, it sometimes gives a connection
to two requests that have waited, and one of them fails. In these pools, each connection is an httpx
transport of its own, a request takes the one last used, and transports never have to wait.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from ._http import httpx
from .errors import ConfigurationError

CLOSED = "this client is closed: make a new one"
ALL_BUSY = "all connections are in use"


class _Transports:
    """The transports of a pool, each for one request at a time.

    Args:
        library: The library of the transports.
        make: Makes a transport.
        limits: The most requests at once, the most idle transports, and how long one may stay idle.
        shared: The transport of all requests, in place of those that ``make`` makes.
        note: What to add to errors of the transports: which proxy they use.
    """

    def __init__(
        self, library: Any, make: Callable[[], Any], limits: Any, shared: Any, note: str = ""
    ) -> None:
        self._library = library
        self._most_busy = limits.max_connections or sys.maxsize
        most_idle, longest_idle = limits.max_keepalive_connections, limits.keepalive_expiry
        self._make = make
        self._note = note
        self._shared = shared
        self._most_idle = sys.maxsize if most_idle is None else most_idle
        self._longest_idle = sys.maxsize if longest_idle is None else longest_idle
        self._closed = False
        self._lock = threading.RLock()  # not a Lock: see _Slots
        self._busy: set[Any] = set()
        self._idle: deque[tuple[float, Any]] = deque()

    def _annotate(self, error: BaseException) -> None:
        if self._note:
            error.add_note(self._note)

    def _take(self) -> Any:
        """A transport for a request."""
        with self._lock:
            if self._closed:
                raise ConfigurationError(CLOSED)
            if self._shared is not None:
                return self._shared
            transport = self._idle.pop()[1] if self._idle else self._make()
            self._busy.add(transport)
            return transport

    def _put_back(self, transport: Any, *, reusable: bool) -> list[Any]:
        """Keep a transport for the next request; return the transports to close."""
        with self._lock:
            if transport is self._shared:
                return []  # the user's transport, which may be of any type
            self._busy.discard(transport)
            if self._closed or not reusable:
                return [transport]
            now = time.monotonic()
            self._idle.append((now, transport))
            surplus: list[Any] = []
            while self._idle and (
                len(self._idle) > self._most_idle or now - self._idle[0][0] > self._longest_idle
            ):
                surplus.append(self._idle.popleft()[1])
            return surplus

    def _end(self) -> list[Any]:
        """Refuse all further requests; return the transports to close, which no request uses."""
        with self._lock:
            self._closed = True
            idle = [transport for _, transport in self._idle]
            self._idle.clear()
            return idle if self._shared is None else [self._shared]


class _Borrowed:
    """The body of a response, which gives its transport back when it is closed."""

    def __init__(self, stream: Any, release: Callable[..., Any], transport: Any) -> None:
        self._stream = stream
        self._release = release
        self._transport = transport
        self._complete = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream
        self._complete = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk
        self._complete = True

    def close(self) -> None:
        reusable = False
        try:
            self._stream.close()
            reusable = self._complete
        finally:
            self._release(self._transport, reusable=reusable)

    async def aclose(self) -> None:
        reusable = False
        try:
            await self._stream.aclose()
            reusable = self._complete
        finally:
            await self._release(self._transport, reusable=reusable)


class _Slots:
    """A semaphore, whose holder may release it while its own thread acquires it.

    The garbage collector closes forgotten responses, in any thread and at any moment. With the
    locks of ``threading.Semaphore``, such a thread would wait for itself.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = threading.Condition()  # has an RLock

    def acquire(self, timeout: float | None) -> bool:
        with self._changed:
            acquired = self._changed.wait_for(lambda: self._free > 0, timeout)
            if acquired:
                self._free -= 1
            return acquired

    def release(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify()


class Pool(_Transports, httpx.BaseTransport):
    """A transport for an ``httpx.Client``."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._stream = type("_BorrowedStream", (_Borrowed, self._library.SyncByteStream), {})
        self._slots = _Slots(self._most_busy)

    def handle_request(self, request: Any) -> Any:
        """Send a request. Its transport is released when the response is closed."""
        if not self._slots.acquire(_longest_wait(request)):
            raise self._library.PoolTimeout(ALL_BUSY)
        transport = None
        try:
            transport = self._take()
            response = transport.handle_request(request)
        except BaseException as error:
            self._annotate(error)
            self._release(transport, reusable=False)
            raise
        if response.is_closed:
            self._release(transport, reusable=True)
        else:
            response.stream = self._stream(response.stream, self._release, transport)
        return response

    def _release(self, transport: Any, *, reusable: bool) -> None:
        closing = [] if transport is None else self._put_back(transport, reusable=reusable)
        self._slots.release()
        _close(closing)

    def close(self) -> None:
        """Close the idle connections, and refuse further requests, even those that wait.

        A connection in use closes with its response, since another thread may be reading from it.
        """
        closing = self._end()
        self._slots.release()  # a request that is refused releases the next one
        _close(closing)


class AsyncPool(_Transports, httpx.AsyncBaseTransport):
    """A transport for an ``httpx.AsyncClient``."""

    def __init__(self, *arguments: Any) -> None:
        import asyncio  # slow to import, and sync calls do not need it

        super().__init__(*arguments)
        self._timeout = asyncio.timeout
        self._stream = type("_BorrowedStream", (_Borrowed, self._library.AsyncByteStream), {})
        self._slots = asyncio.Semaphore(self._most_busy)

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request. Its transport is released when the response is closed."""
        try:
            async with self._timeout(_longest_wait(request)):
                await self._slots.acquire()
        except TimeoutError:
            raise self._library.PoolTimeout(ALL_BUSY) from None
        transport = None
        try:
            transport = self._take()
            response = await transport.handle_async_request(request)
            if self._closed and "network_stream" in response.extensions:
                # The transport was closed while it connected, and has forgotten the connection.
                await response.extensions["network_stream"].aclose()
                raise ConfigurationError(CLOSED)
        except BaseException as error:
            self._annotate(error)
            await self._release(transport, reusable=False)
            raise
        if response.is_closed:
            await self._release(transport, reusable=True)
        else:
            response.stream = self._stream(response.stream, self._release, transport)
        return response

    async def _release(self, transport: Any, *, reusable: bool) -> None:
        closing = [] if transport is None else self._put_back(transport, reusable=reusable)
        self._slots.release()
        await _aclose(closing)

    async def aclose(self) -> None:
        """Close all connections, and refuse further requests, even those that wait."""
        closing = [*self._end(), *self._busy]
        self._slots.release()  # a request that is refused releases the next one
        await _aclose(closing)


def _longest_wait(request: Any) -> float | None:
    """How many seconds a request may wait for others to end."""
    longest: float | None = request.extensions.get("timeout", {}).get("pool")
    return longest


def _close(transports: Sequence[Any]) -> None:
    """Close all, even if one of them fails."""
    if transports:
        with contextlib.ExitStack() as closing:
            for transport in transports:
                closing.callback(transport.close)


async def _aclose(transports: Sequence[Any]) -> None:
    if transports:
        async with contextlib.AsyncExitStack() as closing:
            for transport in transports:
                closing.push_async_callback(transport.aclose)
