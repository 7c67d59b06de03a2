"""A connection pool for asyncio that is faster than that of httpcore.

Whenever a request begins or ends, httpcore 1.0 goes through all connections, once more for each
idle one, and asks the operating system about them: 30 calls at once take twice as long. In this
pool, each connection is an httpx transport of its own, and a request takes the one last used.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Self

from .errors import ConfigurationError


class AsyncPool:
    """A transport for an ``httpx.AsyncClient``.

    Args:
        library: ``httpx`` or ``httpx2``.
        verify: The TLS settings.
        limits: The most connections, the most idle ones, and how long one may stay idle.
    """

    def __init__(self, library: Any, *, verify: Any, limits: Any) -> None:
        self._make = library.AsyncHTTPTransport
        self._options: dict[str, Any] = {
            "verify": verify,
            "limits": library.Limits(keepalive_expiry=limits.keepalive_expiry),
        }
        self._stream = type("_BorrowedStream", (_Borrowed, library.AsyncByteStream), {})
        self._slots = asyncio.Semaphore(limits.max_connections) if limits.max_connections else None
        self._most_idle = limits.max_keepalive_connections
        self._longest_idle = limits.keepalive_expiry
        self._closed = False
        self._all: set[Any] = set()
        self._idle: deque[tuple[float, Any]] = deque()

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request. Its connection is released when the response is closed."""
        if self._slots:
            await self._slots.acquire()
            if self._closed:  # while this request waited
                self._slots.release()
                raise ConfigurationError("this client is closed: make a new one")
        transport = self._acquire()
        try:
            response = await transport.handle_async_request(request)
            if self._closed:
                # The transport was closed while it connected, and has forgotten the connection.
                await response.extensions["network_stream"].aclose()
                raise ConfigurationError("this client is closed: make a new one")
        except BaseException:
            await self._release(transport)
            raise
        response.stream = self._stream(response.stream, self._release, transport)
        return response

    def _acquire(self) -> Any:
        if self._idle:
            return self._idle.pop()[1]
        transport = self._make(**self._options)
        self._all.add(transport)
        return transport

    async def _release(self, transport: Any) -> None:
        """Keep a connection for the next request, and close idle ones beyond the limits."""
        if self._slots:
            self._slots.release()
        if self._closed:
            await transport.aclose()
            return
        now = time.monotonic()
        self._idle.append((now, transport))
        if self._slots and self._slots.locked():
            return  # a waiting request takes it
        while self._idle and (
            (self._most_idle is not None and len(self._idle) > self._most_idle)
            or (self._longest_idle is not None and now - self._idle[0][0] > self._longest_idle)
        ):
            oldest = self._idle.popleft()[1]
            self._all.discard(oldest)
            await oldest.aclose()

    async def aclose(self) -> None:
        """Close all connections, and refuse the requests that wait for one."""
        self._closed = True
        self._idle.clear()
        while self._all:
            await self._all.pop().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Borrowed:
    """The body of a response, which releases its connection when it is closed."""

    def __init__(self, stream: Any, release: Any, transport: Any) -> None:
        self._stream = stream
        self._release = release
        self._transport = transport

    def __aiter__(self) -> AsyncIterator[bytes]:
        body: AsyncIterator[bytes] = self._stream.__aiter__()
        return body

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            await self._release(self._transport)
