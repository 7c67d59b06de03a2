"""The pools: the number of connections, and the one that a call uses."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
import http.server
import threading
import time
import warnings
from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import GOOD, call_sync, eventually, open_client
from tests.client.http_library import httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import Client, errors


def limited(sandbox: Sandbox, **limits: Any) -> Client:
    """A client with these limits of connections."""
    return open_client(sandbox.base_url, httpx_args={"limits": httpx.Limits(**limits)})


async def call(client: Client, count: int = 1) -> None:
    """Make several calls at once."""
    await asyncio.gather(*(client.analytics.get_user_activity_async() for _ in range(count)))


class TestIdle:
    """Connections that no call uses."""

    def test_calls_one_after_the_other_take_the_same(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            async with limited(own_sandbox, max_connections=10) as client:
                await call(client, 3)
                for _ in range(5):
                    await call(client, 3)

        asyncio.run(main())

        assert own_sandbox.connections == 3

    @pytest.mark.parametrize("most", [0, 2])
    def test_no_more_than_the_limit_stay_open(self, own_sandbox: Sandbox, most: int) -> None:
        async def main() -> bool:
            async with limited(own_sandbox, max_keepalive_connections=most) as client:
                await call(client, 6)
                return await asyncio.to_thread(
                    eventually, lambda: own_sandbox.open_connections == most
                )

        assert asyncio.run(main())

    def test_old_ones_are_closed(
        self, own_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def main() -> bool:
            async with limited(own_sandbox, keepalive_expiry=60) as client:
                await call(client, 6)
                now = time.monotonic() + 61
                later = SimpleNamespace(monotonic=lambda: now)
                monkeypatch.setattr(f"{PACKAGE}._pool.time", later)
                await call(client)
                return await asyncio.to_thread(
                    eventually, lambda: own_sandbox.open_connections == 1
                )

        assert asyncio.run(main())

    def test_all_stay_open_without_limits(self, own_sandbox: Sandbox) -> None:
        async def main() -> int:
            async with limited(own_sandbox, keepalive_expiry=None) as client:
                await call(client, 6)
                return own_sandbox.open_connections

        assert asyncio.run(main()) == 6


class TestInUse:
    """Connections that calls use."""

    def test_limit_holds_for_the_users_own_requests(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            async with limited(own_sandbox, max_connections=2) as client:
                http = client.get_async_httpx_client()
                requests = (http.get(own_sandbox.base_url) for _ in range(20))
                await asyncio.gather(*requests, call(client, 20))

        asyncio.run(main())

        assert own_sandbox.peak_connections == 2

    def test_with_block_of_the_httpx_client_closes_them(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            client = open_client(own_sandbox.base_url)
            async with client.get_async_httpx_client():
                await call(client, 3)
            assert await asyncio.to_thread(eventually, lambda: own_sandbox.open_connections == 0)

        asyncio.run(main())

        assert own_sandbox.connections == 3

    def test_failures_give_their_place_back(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=1)}}

        async def main() -> None:
            async with open_client(
                own_sandbox.fault_url("close"), max_retries=0, **arguments
            ) as client:
                for _ in range(3):
                    async with asyncio.timeout(5):
                        with pytest.raises(errors.APIConnectionError):
                            await call(client)

        asyncio.run(main())

        assert len(own_sandbox.requests) == 3

    def test_closing_closes_them(self, own_sandbox: Sandbox) -> None:
        async def main() -> BaseException | None:
            async with open_client(
                own_sandbox.fault_url("slow-first-byte:30"), max_retries=0
            ) as client:
                waiting = asyncio.ensure_future(call(client))
                while not own_sandbox.requests:
                    await asyncio.sleep(0.001)
            async with asyncio.timeout(5):
                await asyncio.wait([waiting])
            return waiting.exception()

        assert isinstance(asyncio.run(main()), errors.APIConnectionError)
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_closing_ends_the_calls_that_wait_for_one(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=1)}, "max_retries": 0}

        async def main() -> list[Any]:
            client = open_client(own_sandbox.fault_url("slow-first-byte:30"), **arguments)
            calls = [asyncio.ensure_future(call(client)) for _ in range(4)]
            while not own_sandbox.requests:
                await asyncio.sleep(0.001)
            async with asyncio.timeout(5):
                await client.aclose()
                return await asyncio.gather(*calls, return_exceptions=True)

        first, *others = asyncio.run(main())

        assert type(first) is errors.APIConnectionError
        assert {type(error) for error in others} == {errors.ConfigurationError}
        assert len(own_sandbox.requests) == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

    @pytest.mark.parametrize("steps", range(1, 8))
    def test_closing_leaves_none_open_that_still_connects(
        self, own_sandbox: Sandbox, steps: int
    ) -> None:
        async def main() -> list[Any]:
            async with open_client(own_sandbox.base_url, max_retries=0) as client:
                calls = [asyncio.ensure_future(call(client)) for _ in range(9)]
                for _ in range(steps):  # of the event loop
                    await asyncio.sleep(0)
            async with asyncio.timeout(5):
                return await asyncio.gather(*calls, return_exceptions=True)

        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            outcomes = asyncio.run(main())
            gc.collect()

        assert [] == [str(warning.message) for warning in warned]
        kinds = {errors.APIConnectionError, errors.ConfigurationError}
        assert {type(outcome) for outcome in outcomes} <= kinds


class TestThreads:
    """The pool of sync calls, which is of the same design."""

    def test_old_and_surplus_ones_are_closed(
        self, own_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits: dict[str, Any] = {"max_keepalive_connections": 2, "keepalive_expiry": 60}
        with limited(own_sandbox, **limits) as client, contextlib.ExitStack() as stack:
            own = client.get_httpx_client()
            streams = [own.stream("GET", own_sandbox.base_url) for _ in range(6)]
            for response in [stack.enter_context(stream) for stream in streams]:
                response.read()
            assert eventually(lambda: own_sandbox.open_connections == 2)
            now = time.monotonic() + 61
            later = SimpleNamespace(monotonic=lambda: now)
            monkeypatch.setattr(f"{PACKAGE}._pool.time", later)
            call_sync(client)
            assert eventually(lambda: own_sandbox.open_connections == 1)

        assert own_sandbox.connections == 6

    def test_closing_ends_the_calls_that_wait_for_one(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=1)}, "max_retries": 0}
        client = open_client(own_sandbox.fault_url("slow-first-byte:1"), **arguments)

        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            calls = [threads.submit(call_sync, client) for _ in range(4)]
            assert eventually(lambda: bool(own_sandbox.requests))
            client.close()
            failed, _ = concurrent.futures.wait(calls, timeout=0.8)

        assert {type(each.exception()) for each in failed} == {errors.ConfigurationError}
        assert (len(failed), len(own_sandbox.requests)) == (3, 1)
        assert [len(each.result().data) for each in calls if each not in failed] == [1]
        assert eventually(lambda: own_sandbox.open_connections == 0)


async def wait_async(client: Client, url: str, timeout: Any) -> str:
    async with client:
        async with client.get_async_httpx_client().stream("GET", url):
            with pytest.raises(errors.APITimeoutError) as caught:
                await client.analytics.get_user_activity_async(timeout=timeout)
        await call(client)
        return str(caught.value)


def wait(client: Client, url: str, timeout: Any) -> str:
    with client:
        with (
            client.get_httpx_client().stream("GET", url),
            pytest.raises(errors.APITimeoutError) as caught,
        ):
            call_sync(client, timeout=timeout)
        call_sync(client)
        return str(caught.value)


@pytest.mark.parametrize("way", [wait, lambda *given: asyncio.run(wait_async(*given))])
@pytest.mark.parametrize("seconds", [0, 0.02])
def test_wait_for_a_connection_can_be_limited(
    own_sandbox: Sandbox, way: Callable[..., str], seconds: float
) -> None:
    arguments = {"limits": httpx.Limits(max_connections=1)}
    client = open_client(own_sandbox.base_url, max_retries=0, httpx_args=arguments)

    told = way(client, own_sandbox.base_url, httpx.Timeout(5, pool=seconds))

    assert told.endswith("timed out (PoolTimeout)")


@contextlib.contextmanager
def impatient_server() -> Generator[tuple[str, list[str]]]:
    """A server that closes idle connections after a moment, and records what it does."""
    record: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 0.05

        def do_GET(self) -> None:
            record.append(f"cookie {self.headers['Cookie']}")
            self.send_response(200)
            self.send_header("Content-Length", str(len(GOOD.content)))
            self.send_header("Set-Cookie", "a=1")
            self.end_headers()
            self.wfile.write(GOOD.content)

        def finish(self) -> None:
            super().finish()
            record.append("closed")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name upstream
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", record
        finally:
            server.shutdown()
            thread.join()


class TestServerThatCloses:
    """A call on a connection that the server has closed takes a new one, without a retry.

    The first call goes straight to the pool. It brings a cookie, so the second one does not.
    """

    EXPECTED = ("cookie None", "closed", "cookie a=1", "closed")

    def test_sync(self) -> None:
        with impatient_server() as (url, record), open_client(url, max_retries=0) as client:
            for _ in range(2):
                call_sync(client)
                eventually(lambda: record[-1] == "closed")

        assert tuple(record) == self.EXPECTED

    def test_async(self) -> None:
        async def main(url: str) -> None:
            async with open_client(url, max_retries=0) as client:
                for _ in range(2):
                    await call(client)
                    await asyncio.to_thread(eventually, lambda: record[-1] == "closed")

        with impatient_server() as (url, record):
            asyncio.run(main(url))

        assert tuple(record) == self.EXPECTED
