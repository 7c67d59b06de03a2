"""The connections of a client: kept open between calls, and shared with its copies."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import threading
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ._http import Library, Verify, httpx, is_a, library
from ._httpx_args import checked_httpx_args, fitting
from ._package import PROJECT, __version__
from ._pool import CLOSED, AsyncPool, Pool
from ._proxies import Proxy, environment_proxies
from ._sender import AsyncSender, Sender
from ._settings import checked_verify
from ._tls import environment_names_files, ssl_context
from .errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

USER_AGENT = f"{PROJECT}/{__version__} Python/{platform.python_version()}"

_CONNECTING = {"http1", "http2", "limits", "verify"}
"""The arguments of an httpx client that are for its transports."""

_forked = threading.Lock()
"""Held while a session starts again in a forked child."""

_inherited: list[Any] = []
"""A forked child's references to the connections of its parent, which keep them open."""


def _running_loop() -> asyncio.AbstractEventLoop:
    import asyncio  # slow to import, and sync calls do not need it

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError(
            "no event loop of asyncio is running: await async calls inside of asyncio.run()"
        ) from None


class Session:
    """The httpx clients of a client and its copies: one for threads, one for each event loop.

    Args:
        http_library: Which library to use.
        verify_ssl: How to verify servers.
        base_url: The URL of the API. If it is plain http, only a redirect can need TLS.
        httpx_args: More arguments of the library's clients.

    Raises:
        ConfigurationError: An argument or an environment variable cannot be used.
    """

    def __init__(
        self,
        *,
        http_library: Library,
        verify_ssl: Verify,
        base_url: str,
        httpx_args: Mapping[str, Any] | None,
    ) -> None:
        self._library: Any = library(http_library)
        self._verify = checked_verify(verify_ssl)
        self._plain = base_url.lower().startswith("http:")
        self._args = checked_httpx_args(self._library, httpx_args)
        self._trust_env = self._args.pop("trust_env", True)
        # httpx ignores the proxies of the environment beside these arguments.
        ignored = not self._trust_env or self._args.keys() & {"proxy", "transport"}
        self._proxies = {} if ignored else environment_proxies(self._library, base_url)
        self._closed = False
        self._reset()
        named = self._verify is True and not self._plain and environment_names_files()
        if named or isinstance(self._verify, Path):
            self._httpx_options()  # fails now if a file cannot be read

    def _reset(self, *, left_in_parent: bool = False) -> None:
        self._lock = threading.Lock()
        self._options: dict[str, Any] | None = None
        self._own: Sender | None = None
        self._sender: Sender | None = None
        self._async_sender: AsyncSender | None = None
        self._by_loop: dict[asyncio.AbstractEventLoop, _LoopSender] = {}
        self._left_in_parent = left_in_parent
        self._process = os.getpid()  # set last, because other threads read it

    def _leave_to_parent(self) -> None:
        """Start again in a forked child: it must not use or close the connections of its parent.

        The process number tells, since ``os.register_at_fork`` misses the forks of uWSGI.
        """
        if self._process == os.getpid():
            return
        with _forked:
            if self._process != os.getpid():  # no other thread was first
                _inherited.append((self._own, self._sender, self._async_sender, self._by_loop))
                set_by_user = self._sender is not self._own or self._async_sender is not None
                self._reset(left_in_parent=self._left_in_parent or set_by_user)

    def set_client(self, client: httpx.Client) -> None:
        """Use ``client`` for sync calls."""
        _check_kind(client, "Client")
        self._leave_to_parent()
        self._sender = Sender(self._library, client)
        self._left_in_parent = False

    def set_async_client(self, client: httpx.AsyncClient) -> None:
        """Use ``client`` for async calls."""
        _check_kind(client, "AsyncClient")
        self._leave_to_parent()
        self._async_sender = AsyncSender(self._library, client)
        self._left_in_parent = False

    def _check(self) -> None:
        """Refuse a closed session, and one whose httpx client belongs to the parent process."""
        self._leave_to_parent()
        if self._left_in_parent:
            raise ConfigurationError(
                "the httpx client belongs to the parent process: set one of this process"
            )
        if self._closed:
            raise ConfigurationError(CLOSED)

    def _httpx_options(self) -> dict[str, Any]:
        """The arguments of both kinds of client, made on first use: to set up TLS is slow."""
        if self._options is None:
            headers = self._library.Headers({"User-Agent": USER_AGENT})
            headers.update(self._args.get("headers"))
            self._options = {
                "verify": ssl_context(
                    self._library, self._verify, trust_env=self._trust_env, defer=self._plain
                ),
                # Keep every connection open: to open one takes longer than a call.
                "limits": self._library.Limits(max_connections=100, max_keepalive_connections=100),
                **self._args,
                "headers": headers,
                "trust_env": False,  # the other options have what the environment says
            }
        return self._options

    def _made(self, kind: Literal["", "Async"]) -> Any:
        """A sender. ``kind`` is the prefix of the library's classes that it uses."""
        library, transport = self._library, getattr(self._library, f"{kind}HTTPTransport")
        options = fitting(library, self._httpx_options(), is_async=kind == "Async")
        connecting = {name: options[name] for name in _CONNECTING & options.keys()}
        limits = connecting["limits"]
        own = library.Limits(keepalive_expiry=limits.keepalive_expiry)
        pool = {"": Pool, "Async": AsyncPool}[kind]

        def pooled(shared: Any = None, note: str = "", **arguments: Any) -> Any:
            make = functools.partial(transport, **connecting, **arguments)
            if shared is None and connecting.get("http2"):
                shared = make()  # its connection serves many requests at once
            return pool(library, functools.partial(make, limits=own), limits, shared, note)

        proxies = self._proxies
        if "proxy" in options:
            proxies = {"all://": Proxy(options.pop("proxy"), "the argument httpx_args")}
        mounts = {
            pattern: proxy and pooled(proxy=proxy.url, note=proxy.note(library))
            for pattern, proxy in proxies.items()
        }
        for pattern, mounted in options.pop("mounts", {}).items():
            mounts[pattern] = mounted and pooled(mounted)
        main = pooled(options.pop("transport", None))
        client = getattr(library, f"{kind}Client")(transport=main, mounts=mounts, **options)
        sender = {"": Sender, "Async": AsyncSender}[kind]
        return sender(library, client, None if mounts else main)

    def sender(self) -> Sender:
        """What sends the requests of sync calls, made on first use."""
        self._check()
        with self._lock:
            sender = self._sender
            if sender is None:
                self._own = self._sender = sender = self._made("")
            return sender

    def client(self) -> httpx.Client:
        """The client for sync calls."""
        return self.sender().client

    def async_sender(self) -> AsyncSender:
        """What sends the requests of async calls from the running event loop."""
        self._check()
        if self._async_sender is not None:
            return self._async_sender
        loop = _running_loop()
        with self._lock:
            if loop not in self._by_loop:
                for ended in [known for known in self._by_loop if known.is_closed()]:
                    del self._by_loop[ended]
                self._by_loop[loop] = _LoopSender(self._made("Async"))
            return self._by_loop[loop].sender

    def async_client(self) -> httpx.AsyncClient:
        """The client for async calls from the running event loop."""
        return self.async_sender().client

    def close(self) -> None:
        """Close the connections of sync calls; those of an event loop close with the loop."""
        self._leave_to_parent()
        self._closed = True
        for sender in filter(None, {self._sender, self._own}):
            sender.client.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop and of sync calls."""
        self.close()
        with self._lock:  # another thread may be looking for loops that have ended
            mine = self._by_loop.pop(_running_loop(), None)
        if self._async_sender is not None:
            await self._async_sender.client.aclose()
        if mine is not None:
            await mine.aclose()


def _check_kind(client: object, name: str) -> None:
    if not is_a(client, name):
        raise ConfigurationError(f"expected an httpx.{name}, received {type(client).__name__}")


class _LoopSender:
    """An ``AsyncSender`` that closes with the event loop that its connections belong to.

    Before an event loop ends, it closes the asynchronous generators that were started in it. The
    generator of this class closes the sender's client at that moment.
    """

    def __init__(self, sender: AsyncSender) -> None:
        self.sender = sender
        self._closer = self._close()
        # Up to its `yield` the generator awaits nothing, so it can be started without `await`.
        with contextlib.suppress(StopIteration):
            self._closer.asend(None).send(None)

    async def _close(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self.sender.client.aclose()

    async def aclose(self) -> None:
        """Close the client now."""
        await self._closer.aclose()
