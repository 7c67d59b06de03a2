"""A server of canned answers, on the loopback interface and in a process of its own.

It does as little as a server can, so that what is timed is the client:

    python -m benchmarks.server FOLDER

prints its port, and answers each request whose path begins with /NAME/ with FOLDER/NAME.json,
over connections that it keeps, until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """Answers the requests of one connection; they are GETs and have no body."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what the answers are written to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        *requests, self._received = (self._received + data).split(END)
        for request in requests:
            name = request.split(b"/", 2)[1]
            self._transport.write(self._answers[name])


def answer(body: bytes) -> bytes:
    """A complete answer with that body."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d" % len(body) + END + body
    )


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    answers = {path.stem.encode(): answer(path.read_bytes()) for path in folder.glob("*.json")}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answers), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
