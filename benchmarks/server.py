"""A server with fixed responses, on the loopback interface.

    python -m benchmarks.server FOLDER

The server does as little as possible, so that the time of a call is mostly the client's. It prints
its port. The response to a path that begins with /NAME/ has the body FOLDER/NAME.json. The server
keeps connections open, and ends when its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """Responds to the requests of one connection: GETs without a body."""

    def __init__(self, responses: dict[bytes, bytes]) -> None:
        self._responses = responses
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Respond to each complete request."""
        *requests, self._received = (self._received + data).split(END)
        for request in requests:
            name = request.split(b"/", 2)[1]
            self._transport.write(self._responses[name])


def response(body: bytes) -> bytes:
    """A complete response with that body."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d" % len(body) + END + body
    )


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    responses = {path.stem.encode(): response(path.read_bytes()) for path in folder.glob("*.json")}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(responses), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
