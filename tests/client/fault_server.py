"""A loopback server with the sandbox's faults, for the operations of any API."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.faults import PREFIX, FaultMiddleware
from sandbox.server import Sandbox, listen, make_server

PATIENCE = 10.0
"""The seconds in which the server must start or stop."""


@dataclass
class FaultServer:
    """The next responses of the server.

    Attributes:
        url: The base URL of the server.
        fault: The fault of the next responses, as in ``sandbox.FAULTS``.
        status: The status of the healthy response, to which the fault is applied.
        body: The body of the healthy response.
        media_type: The media type of that body.
    """

    url: str
    fault: str = ""
    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"

    def __post_init__(self) -> None:
        self._faulty = FaultMiddleware(self._healthy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.fault:
            scope = {**scope, "path": f"{PREFIX}{self.fault}{scope['path']}"}
        await self._faulty(scope, receive, send)

    async def _healthy(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(self.body, self.status, media_type=self.media_type)(scope, receive, send)


@contextlib.contextmanager
def serve_faults() -> Generator[FaultServer]:
    """Run the server in a thread until the block ends."""
    with listen() as listener:
        # asyncio does this itself only for sockets that have the protocol's number.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listener.getsockname()[1]
        faults = FaultServer(f"http://127.0.0.1:{port}")
        server = make_server(faults, Sandbox(port))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline:
                    raise RuntimeError("the server did not start")
                time.sleep(0.001)
            yield faults
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
