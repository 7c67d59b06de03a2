"""The pools: which connection a call uses, how long it may wait for one, and which stay open."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
import threading
import time
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    GOOD,
    Call,
    Script,
    call_at_once,
    call_sync,
    eventually,
    limited,
    loopback,
    open_client,
)
from tests.client.http_library import httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import errors


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets a minute pass for the pools."""
    now = time.monotonic() + 61
    clock = SimpleNamespace(monotonic=lambda: now)
    return lambda: monkeypatch.setattr(f"{PACKAGE}._pool.time", clock)


async def are_open(sandbox: Sandbox, count: int) -> bool:
    """Whether that many connections are open, after a moment."""
    return await asyncio.to_thread(eventually, lambda: sandbox.open_connections == count)


class TestIdle:
    """Connections that no call uses."""

    def test_next_call_takes_one(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            async with open_client(own_sandbox.base_url) as client:
                for each in [client, client.with_timeout(5)] * 3:
                    await call_at_once(each, 3)

        asyncio.run(main())

        assert own_sandbox.connections == 3

    @pytest.mark.parametrize(
        ("limits", "count"),
        [
            ({"max_keepalive_connections": 0}, 0),
            ({"max_keepalive_connections": 2}, 2),
            ({"keepalive_expiry": None}, 6),
        ],
        ids=["none", "two", "all"],
    )
    def test_limited_number_stays_open(
        self, own_sandbox: Sandbox, limits: dict[str, Any], count: int
    ) -> None:
        async def main() -> bool:
            async with limited(own_sandbox.base_url, **limits) as client:
                await call_at_once(client, 6)
                return await are_open(own_sandbox, count)

        assert asyncio.run(main())

    def test_old_ones_are_closed(self, own_sandbox: Sandbox, later: Callable[[], None]) -> None:
        async def main() -> bool:
            async with limited(own_sandbox.base_url, keepalive_expiry=60) as client:
                await call_at_once(client, 6)
                later()
                await call_at_once(client, 1)
                return await are_open(own_sandbox, 1)

        assert asyncio.run(main())

    def test_surplus_and_old_ones_of_threads_are_closed(
        self, own_sandbox: Sandbox, later: Callable[[], None]
    ) -> None:
        limits: dict[str, Any] = {"max_keepalive_connections": 2, "keepalive_expiry": 60}
        client = limited(own_sandbox.base_url, **limits)
        with client, contextlib.ExitStack() as stack:
            own = client.get_httpx_client()
            streams = [own.stream("GET", own_sandbox.base_url) for _ in range(6)]
            for response in [stack.enter_context(stream) for stream in streams]:
                response.read()
            assert eventually(lambda: own_sandbox.open_connections == 2)
            later()
            call_sync(client)
            assert eventually(lambda: own_sandbox.open_connections == 1)

        assert own_sandbox.connections == 6

    def test_connection_that_the_server_has_closed_is_replaced_without_a_retry(
        self, call_in_one_loop: Call
    ) -> None:
        answer = (200, {"Set-Cookie": "a=1"}, GOOD.content)
        with (
            loopback(lambda _: answer, longest_idle=0.2) as server,
            open_client(server.url, max_retries=0) as client,
        ):
            for _ in range(2):
                call_in_one_loop(client)
                assert eventually(lambda: server.closed == len(server.seen))

        # The first call goes straight to the pool. It brings a cookie, so the second does not.
        assert [seen.headers.get("Cookie") for seen in server.seen] == [None, "a=1"]


class TestInUse:
    """Connections that calls use."""

    def test_limit_holds_for_the_users_own_requests(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            async with limited(own_sandbox.base_url, max_connections=2) as client:
                http = client.get_async_httpx_client()
                requests = (http.get(own_sandbox.base_url) for _ in range(20))
                await asyncio.gather(*requests, call_at_once(client, 20))

        asyncio.run(main())

        assert own_sandbox.peak_connections == 2

    @pytest.mark.timeout(20)  # a call without a free connection waits for ever
    def test_response_that_has_no_connection_frees_its_slot(self, call_in_one_loop: Call) -> None:
        client = Script().client(httpx_args={"limits": httpx.Limits(max_connections=1)})

        activities = [call_in_one_loop(client) for _ in range(2)]

        assert [len(activity.data) for activity in activities] == [1, 1]

    @pytest.mark.timeout(20)  # a thread that waits for itself waits for ever
    @pytest.mark.parametrize(
        ("kind", "method"),
        [(httpx.HTTPTransport, "__init__"), (threading.Condition, "__enter__")],
        ids=["connection is made", "slot is taken"],
    )
    def test_forgotten_one_may_be_collected_while_a(
        self, monkeypatch: pytest.MonkeyPatch, own_sandbox: Sandbox, kind: Any, method: str
    ) -> None:
        original = getattr(kind, method)

        def collecting(*arguments: Any, **options: Any) -> Any:
            returned = original(*arguments, **options)
            gc.collect()
            return returned

        with open_client(own_sandbox.base_url) as client:
            forgotten = [iter(client.analytics.get_user_activity_iter())]
            next(forgotten[0])
            forgotten.append(cast("Any", forgotten))  # only the garbage collector can find it
            del forgotten
            monkeypatch.setattr(kind, method, collecting)

            assert call_sync(client).data

    def test_with_block_of_the_httpx_clients_closes_them(self, own_sandbox: Sandbox) -> None:
        async def main() -> bool:
            client = open_client(own_sandbox.base_url)
            with client.get_httpx_client():
                call_sync(client)
            async with client.get_async_httpx_client():
                await call_at_once(client, 3)
            return await are_open(own_sandbox, 0)

        assert asyncio.run(main())
        assert own_sandbox.connections == 4

    @pytest.mark.parametrize("steps", range(1, 8))
    def test_closing_ends_connections_that_still_connect(
        self, own_sandbox: Sandbox, steps: int
    ) -> None:
        async def main() -> list[object]:
            async with open_client(own_sandbox.base_url, max_retries=0) as client:
                calls = [asyncio.ensure_future(call_at_once(client, 1)) for _ in range(9)]
                for _ in range(steps):  # of the event loop
                    await asyncio.sleep(0)
            async with asyncio.timeout(5):
                return list(await asyncio.gather(*calls, return_exceptions=True))

        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            outcomes = asyncio.run(main())
            gc.collect()

        assert [] == [str(warning.message) for warning in warned]
        kinds = {errors.APIConnectionError, errors.ConfigurationError}
        assert {type(outcome) for outcome in outcomes} <= kinds


class TestWaiting:
    """Calls that wait for a connection."""

    def test_closing_ends_them_and_the_call_that_they_wait_for(self, own_sandbox: Sandbox) -> None:
        async def main() -> list[object]:
            client = limited(own_sandbox.fault_url("slow-first-byte:30"), max_connections=1)
            calls = [asyncio.ensure_future(call_at_once(client, 1)) for _ in range(4)]
            while not own_sandbox.requests:
                await asyncio.sleep(0.001)
            async with asyncio.timeout(5):
                await client.aclose()
                return list(await asyncio.gather(*calls, return_exceptions=True))

        first, *others = asyncio.run(main())

        assert type(first) is errors.APIConnectionError
        assert {type(error) for error in others} == {errors.ConfigurationError}
        assert len(own_sandbox.requests) == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_closing_ends_those_of_threads(self, own_sandbox: Sandbox) -> None:
        client = limited(own_sandbox.fault_url("slow-first-byte:1"), max_connections=1)

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            calls = [threads.submit(call_sync, client) for _ in range(4)]
            assert eventually(lambda: bool(own_sandbox.requests))
            client.close()
            failed, _ = concurrent.futures.wait(calls, timeout=0.8)

        assert {type(each.exception()) for each in failed} == {errors.ConfigurationError}
        assert (len(failed), len(own_sandbox.requests)) == (3, 1)
        assert [len(each.result().data) for each in calls if each not in failed] == [1]
        assert eventually(lambda: own_sandbox.open_connections == 0)

    @pytest.mark.parametrize("seconds", [0, 0.02])
    def test_wait_can_be_limited(self, own_sandbox: Sandbox, seconds: float) -> None:
        client = limited(own_sandbox.base_url, max_connections=1)
        timeout = httpx.Timeout(5, pool=seconds)

        with (
            client.get_httpx_client().stream("GET", own_sandbox.base_url),
            pytest.raises(errors.APITimeoutError, match=r"timed out \(PoolTimeout\)$"),
        ):
            call_sync(client, timeout=timeout)
        call_sync(client)
        client.close()

    @pytest.mark.parametrize("seconds", [0, 0.02])
    def test_wait_can_be_limited_in_an_event_loop(
        self, own_sandbox: Sandbox, seconds: float
    ) -> None:
        timeout = httpx.Timeout(5, pool=seconds)

        async def main() -> None:
            async with limited(own_sandbox.base_url, max_connections=1) as client:
                async with client.get_async_httpx_client().stream("GET", own_sandbox.base_url):
                    with pytest.raises(errors.APITimeoutError, match=r"timed out \(PoolTimeout\)$"):
                        await client.analytics.get_user_activity_async(timeout=timeout)
                await call_at_once(client, 1)

        asyncio.run(main())
