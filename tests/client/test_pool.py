"""The asyncio pool: the number of connections, and the one that a call uses."""

from __future__ import annotations

import asyncio
import gc
import time
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import eventually, open_client
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
