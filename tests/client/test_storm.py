"""Many calls at once, of which some fail or are cancelled: none gets the response of another.

STORM_CALLS=10000 makes more of them.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import datetime
import json
import os
import random
import socket
import threading
from collections.abc import Generator, Iterator
from enum import Enum
from typing import Any

from tests.client.conftest import ITEM, PATIENCE, call_at_once, eventually, limited
from tests.client.package import Client, errors

CALLS = int(os.environ.get("STORM_CALLS", "400"))
LONGEST = 20 + CALLS / 50
"""The seconds after which calls count as waiting for ever."""

LIMIT = 12
"""The most connections. There are more threads and tasks than that."""

DATES = [str(datetime.date.fromordinal(700_000 + number)) for number in range(CALLS)]
"""The date of each call, which its response repeats."""


class Fate(Enum):
    """What the server does to a call."""

    GOOD = "responds"
    IN_PIECES = "responds in several pieces"
    LAST = "responds, and closes the connection"
    LATE = "responds when the caller has given up"
    RESET = "resets the connection"
    TRUNCATED = "closes the connection in the middle of the body"


FAILURES = {Fate.LATE, Fate.RESET, Fate.TRUNCATED}


def fate(date: str) -> Fate:
    """The fate of a call, always the same for its date."""
    return random.Random(date).choices(list(Fate), [12, 3, 1, 1, 1, 1])[0]


class Server:
    """A server in a thread of its own.

    Attributes:
        url: Its URL, as soon as it has started.
        connections: The open ones.
    """

    def __init__(self) -> None:
        self.started = threading.Event()
        self.connections: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Serve until ``end`` is set."""
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        self._together = asyncio.Barrier(LIMIT)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.started.set()
        async with server:
            await self.end.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._respond((await reader.readuntil(b"\r\n\r\n")).decode(), writer):
                pass
        self.connections.discard(writer)
        writer.close()

    async def _respond(self, head: str, writer: asyncio.StreamWriter) -> bool:
        """Respond to a request; returns whether the connection stays open."""
        date = head.split()[1].partition("?date=")[2]
        body = json.dumps({"data": [{**ITEM, "model": date}]}).encode()
        doom = fate(date) if date else Fate.GOOD
        if not date:
            await self._together.wait()
        if doom is Fate.RESET:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
            )
            writer.transport.abort()
            return False
        if doom is Fate.LATE:
            await asyncio.sleep(0.3)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
            % (b"Connection: close\r\n" if doom is Fate.LAST else b"", len(body))
        )
        if doom is Fate.IN_PIECES:
            writer.write(body[:40])
            await asyncio.sleep(0.002)
            body = body[40:]
        writer.write(body[:-9] if doom is Fate.TRUNCATED else body)
        await writer.drain()
        return doom not in (Fate.LAST, Fate.TRUNCATED)


@contextlib.contextmanager
def serving() -> Generator[Server]:
    """Run a server of ``LIMIT`` connections."""
    server = Server()
    thread = threading.Thread(target=asyncio.run, args=[server.run()])
    thread.start()
    server.started.wait(PATIENCE)
    try:
        yield server
    finally:
        server.loop.call_soon_threadsafe(server.end.set)
        thread.join(PATIENCE)


def client_of(server: Server) -> Client:
    return limited(server.url, max_connections=LIMIT, max_keepalive_connections=LIMIT)


def timeout(date: str) -> float:
    """The timeout of a call, which ends it before a late response comes."""
    return 0.1 if fate(date) is Fate.LATE else PATIENCE


def check(date: str, outcome: Any) -> None:
    """Check that a call got its own response, or the failure that was its fate."""
    if isinstance(outcome, errors.APIConnectionError):
        assert fate(date) in FAILURES, (date, outcome)
    else:
        assert fate(date) not in FAILURES - {Fate.LATE}, (date, outcome)
        assert outcome.data[0].model == date


def test_threads() -> None:
    def call(date: str) -> Any:
        try:
            return client.analytics.get_user_activity(date=date, timeout=timeout(date))
        except errors.APIError as error:
            return error

    with serving() as server, concurrent.futures.ThreadPoolExecutor(64) as threads:
        with client_of(server) as client:
            outcomes = list(threads.map(call, DATES, timeout=LONGEST))
            # Each slot is left: the server responds only when there are that many requests.
            last = [threads.submit(client.analytics.get_user_activity) for _ in range(LIMIT)]
            assert [len(each.result(PATIENCE).data) for each in last] == [1] * LIMIT
        assert eventually(lambda: not server.connections)

    for date, outcome in zip(DATES, outcomes, strict=True):
        check(date, outcome)


def test_tasks() -> None:
    async def calls(client: Client, dates: Iterator[str], outcomes: dict[str, Any]) -> None:
        for date in dates:
            call = asyncio.ensure_future(
                client.analytics.get_user_activity_async(date=date, timeout=timeout(date))
            )
            chance = random.Random(f"cancelled {date}")
            if chance.random() < 0.2:
                for _ in range(2):
                    await asyncio.sleep(chance.random() * 0.02)
                    call.cancel()
            [outcomes[date]] = await asyncio.gather(call, return_exceptions=True)

    async def main(server: Server) -> dict[str, Any]:
        outcomes: dict[str, Any] = {}
        dates = iter(DATES)
        async with client_of(server) as client:
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(*(calls(client, dates, outcomes) for _ in range(200)))
            async with asyncio.timeout(PATIENCE):
                last = await call_at_once(client, LIMIT)
            assert [len(each.data) for each in last] == [1] * LIMIT
        return outcomes

    with serving() as server:
        outcomes = asyncio.run(main(server))
        assert eventually(lambda: not server.connections)

    assert len(outcomes) == CALLS
    for date, outcome in outcomes.items():
        if not isinstance(outcome, asyncio.CancelledError):
            check(date, outcome)
