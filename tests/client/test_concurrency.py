"""Many threads and event loops share a client: its limit holds, and nothing stays open."""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import gc
import threading
import weakref
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    PATIENCE,
    Call,
    Script,
    call_async,
    call_at_once,
    call_sync,
    eventually,
    limited,
    open_client,
)
from tests.client.http_library import httpx
from tests.client.package import ActivityResponse, Client, errors


class TestThreads:
    """Threads share one pool."""

    def test_fresh_client_makes_one_pool(self, own_sandbox: Sandbox) -> None:
        start = threading.Barrier(64)

        def first_call(client: Client) -> object:
            start.wait(PATIENCE)
            made = client.get_httpx_client()
            call_sync(client)
            return made

        with (
            open_client(own_sandbox.base_url) as client,
            concurrent.futures.ThreadPoolExecutor(64) as threads,
        ):
            made = set(threads.map(first_call, [client] * 64))

        assert len(made) == 1
        assert own_sandbox.connections <= 64

    @pytest.mark.parametrize(("limit", "most"), [(2, 2), (None, 16)])
    def test_limit(self, own_sandbox: Sandbox, limit: int | None, most: int) -> None:
        with (
            limited(own_sandbox.base_url, max_connections=limit).with_timeout(2) as client,
            concurrent.futures.ThreadPoolExecutor(16) as threads,
        ):
            activities = list(threads.map(call_sync, [client] * 64))

        assert len(activities) == 64
        assert own_sandbox.connections <= most


class TestEventLoops:
    """All calls in one event loop share a pool. Each event loop has its own."""

    @pytest.mark.parametrize(
        ("arguments", "calls", "most"),
        [
            ({}, 1000, 100),
            ({"httpx_args": {"limits": httpx.Limits(max_connections=5)}}, 1000, 5),
            ({"httpx_args": {"limits": httpx.Limits()}}, 20, 20),
        ],
        ids=["default", "5", "none"],
    )
    def test_limit(
        self, own_sandbox: Sandbox, arguments: dict[str, Any], calls: int, most: int
    ) -> None:
        async def main() -> list[ActivityResponse]:
            async with open_client(own_sandbox.base_url, **arguments) as client:
                return await call_at_once(client, calls)

        activities = asyncio.run(main())

        assert len(activities) == calls
        assert own_sandbox.peak_connections <= most

    def test_several_event_loops_at_once(self, own_sandbox: Sandbox) -> None:
        together = threading.Barrier(8)

        async def main(client: Client) -> int:
            first = await call_at_once(client, 3)
            together.wait(PATIENCE)
            return len(first + await call_at_once(client, 3))

        with (
            open_client(own_sandbox.base_url) as client,
            concurrent.futures.ThreadPoolExecutor(8) as threads,
        ):
            counts = list(threads.map(asyncio.run, [main(client) for _ in range(8)]))

        assert counts == [6] * 8
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_ended_event_loops_are_forgotten(self) -> None:
        client = Script().client()

        async def ours() -> weakref.ref[Any]:
            await client.analytics.get_user_activity_async()
            return weakref.ref(client.get_async_httpx_client())

        first, second = asyncio.run(ours()), asyncio.run(ours())
        gc.collect()

        assert first() is None
        assert second() is not None

    def test_cancelled_call_frees_its_slot(self) -> None:
        arrived = 0

        async def answer(request: httpx.Request) -> httpx.Response:
            nonlocal arrived
            arrived += 1
            if arrived == 1:
                await asyncio.Event().wait()
            return Script()(request)

        async def main() -> ActivityResponse:
            client = Script().client(
                httpx_args={
                    "transport": httpx.MockTransport(answer),
                    "limits": httpx.Limits(max_connections=1),
                }
            )
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await client.analytics.get_user_activity_async()
            async with asyncio.timeout(PATIENCE):
                return await client.analytics.get_user_activity_async()

        assert len(asyncio.run(main()).data) == 1


class TestClosing:
    """A closed client stays closed, and no connection stays open."""

    def test_async_with_block_closes_connections_of_both_kinds(self, own_sandbox: Sandbox) -> None:
        async def main() -> int:
            async with open_client(own_sandbox.base_url) as client:
                await client.analytics.get_user_activity_async()
                call_sync(client)
                return own_sandbox.open_connections

        assert asyncio.run(main()) == 2
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_end_of_an_event_loop_closes_those_of_the_loop(self, own_sandbox: Sandbox) -> None:
        client = open_client(own_sandbox.base_url)

        activities = [call_async(client), call_async(client), call_sync(client)]

        assert activities == [activities[0]] * 3
        assert eventually(lambda: own_sandbox.open_connections == 1)
        client.close()
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_one_loop_does_not_close_the_connections_of_another(self, own_sandbox: Sandbox) -> None:
        client = open_client(own_sandbox.base_url)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(client.analytics.get_user_activity_async())

        asyncio.run(client.aclose())
        still_open = own_sandbox.open_connections
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

        assert still_open == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_one_loop_closes_while_another_makes_its_first_call(self) -> None:
        client = Script().client()
        known, asked, closed = threading.Event(), threading.Event(), threading.Event()

        class Asked(asyncio.SelectorEventLoop):
            def is_closed(self) -> bool:
                if threading.current_thread() is threading.main_thread():
                    asked.set()
                    closed.wait(0.1)
                return super().is_closed()

        async def close() -> None:
            client.get_async_httpx_client()
            known.set()
            asked.wait(PATIENCE)
            await client.aclose()
            closed.set()

        async def first_call() -> object:
            return client.get_async_httpx_client()

        def run() -> None:
            with asyncio.Runner(loop_factory=Asked) as runner:
                runner.run(close())

        with concurrent.futures.ThreadPoolExecutor() as threads:
            closing = threads.submit(run)
            known.wait(PATIENCE)
            made = asyncio.run(first_call())
            closing.result(PATIENCE)

        assert isinstance(made, httpx.AsyncClient)

    def test_closed_client_and_its_copies_are_refused(self, call: Call) -> None:
        client = Script().client()
        before = client.with_timeout(5)
        call(client)

        client.close()

        for each in (client, before, client.with_timeout(5), copy.copy(client)):
            with pytest.raises(errors.ConfigurationError, match="closed: make a new one"):
                call(each)

    @pytest.mark.parametrize("calls", [0, 1])
    def test_closing_twice_is_no_error(self, calls: int) -> None:
        client = Script().client()
        for _ in range(calls):
            call_sync(client)

        async def main() -> None:
            await client.aclose()
            await client.aclose()

        client.close()
        client.close()
        asyncio.run(main())
