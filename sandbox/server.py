"""The sandbox on a loopback socket."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
import threading
import time
from collections import deque
from collections.abc import Generator
from typing import NamedTuple
from urllib.parse import quote

import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.app import BASE_PATH, create_app
from sandbox.faults import PREFIX, TRANSPORT, validate

_PATIENCE = 10.0
"""Seconds within which a server in a thread starts, and stops."""


class Request(NamedTuple):
    """One request as the server received it.

    Attributes:
        method: Such as `GET`.
        path: Decoded, a fault's prefix included.
        query: As it was sent, without the question mark.
        headers: Names in any case; repeated ones are kept.
    """

    method: str
    path: str
    query: str
    headers: Headers


class Sandbox:
    """A running sandbox, and what it has received.

    Attributes:
        base_url: `http://127.0.0.1:PORT/api/v1`.
        requests: The last 10,000 requests, oldest first. `requests.clear()` forgets them.
        connections: How many connections were accepted.
        open_connections: How many of them are open now.
        peak_connections: How many were open at once, at most.
    """

    def __init__(self, port: int) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self.base_url = self._origin + BASE_PATH
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.connections = 0
        self.open_connections = 0
        self.peak_connections = 0

    def fault_url(self, fault: str) -> str:
        """The base URL under which every call has this fault.

        Args:
            fault: `name` or `name:argument`, as in `sandbox.FAULTS`.

        Raises:
            ValueError: There is no such fault, or its argument is wrong.

        Example:
            >>> with serve() as sandbox:
            ...     httpx.get(sandbox.fault_url("status:503:html") + "/activity").status_code
            503
        """
        validate(fault)
        if "/" in fault:
            raise ValueError("a fault in a path cannot hold a slash")
        return f"{self._origin}{PREFIX}{quote(fault, safe=':')}{BASE_PATH}"


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback, on a free port for 0."""
    if not 0 <= port <= 65535:
        raise ValueError(f"port must be from 0 to 65535, not {port}")
    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    # asyncio does this for its own sockets only. Else a second write would wait for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def make_server(app: ASGIApp, sandbox: Sandbox) -> uvicorn.Server:
    """A server for the application that records requests and connections in `sandbox`."""

    class Protocol(H11Protocol):
        """Counts connections, and gives their transport to faults that write to the socket."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.app_state = {**self.app_state, TRANSPORT: transport}
            sandbox.connections += 1
            sandbox.open_connections += 1
            sandbox.peak_connections = max(sandbox.peak_connections, sandbox.open_connections)

        def connection_lost(self, exc: Exception | None) -> None:
            sandbox.open_connections -= 1
            super().connection_lost(exc)

    async def recorder(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query: bytes = scope["query_string"]
            sandbox.requests.append(
                Request(
                    scope["method"], scope["path"], query.decode("latin-1"), Headers(scope=scope)
                )
            )
        await app(scope, receive, send)

    class Server(uvicorn.Server):
        """Stops without waiting for slow responses."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for listener in self.servers:
                listener.close()
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        recorder,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        backlog=2048,
        timeout_graceful_shutdown=1,
    )
    return Server(config)


@contextlib.contextmanager
def serve(
    *,
    port: int = 0,
    rows: int | None = None,
    seed: int = 0,
    today: dt.date | None = None,
    fault: str | None = None,
) -> Generator[Sandbox]:
    """Run the sandbox in a thread of this process for as long as the block lasts.

    Args:
        port: The port on 127.0.0.1; 0 for a free one.
        rows: How many rows the account has in all, from 0 to 1,000,000; None for a natural account.
        seed: Another seed, another account.
        today: The UTC date of today; None for the real one.
        fault: A fault for every request without one in its path.

    Yields:
        The running sandbox. It responds from the first line of the block on.

    Raises:
        ValueError: `rows` is out of range, or there is no such fault.
        OSError: The port is taken.

    Example:
        >>> with serve(rows=60) as sandbox:
        ...     httpx.get(sandbox.base_url + "/activity").status_code
        401
    """
    app = create_app(rows=rows, seed=seed, today=today, fault=fault)
    with listen(port) as listener:
        sandbox = Sandbox(listener.getsockname()[1])
        server = make_server(app, sandbox)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="sandbox", daemon=True
        )
        thread.start()
        try:
            _await_start(server, thread)
            yield sandbox
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
            if thread.is_alive():
                raise RuntimeError(f"the sandbox did not stop within {_PATIENCE:g} s")


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.001)
