"""Many threads and event loops share a client, which leaves nothing open."""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.conftest import (
    KEY,
    PATIENCE,
    Call,
    Script,
    call_async,
    call_sync,
    eventually,
    open_client,
)
from tests.client.http_library import NAME, httpx
from tests.client.package import BASE_URL_VARIABLE, SITE, ActivityResponse, Client, errors, renamed

NOWHERE = "http://127.0.0.1:1"


async def gather(client: Client, count: int) -> list[ActivityResponse]:
    return await asyncio.gather(*(client.analytics.get_user_activity_async() for _ in range(count)))


class TestThreads:
    """Threads share one pool."""

    def test_fresh_client_makes_one_pool(
        self, monkeypatch: pytest.MonkeyPatch, own_sandbox: Sandbox
    ) -> None:
        made: list[httpx.Client] = []
        start = threading.Barrier(64)
        make = httpx.Client

        def count(**arguments: Any) -> httpx.Client:
            made.append(make(**arguments))
            return made[-1]

        def first_call(client: Client) -> ActivityResponse:
            start.wait(PATIENCE)
            return call_sync(client)

        monkeypatch.setattr(httpx, "Client", count)
        with (
            open_client(own_sandbox.base_url, verify_ssl=False) as client,
            concurrent.futures.ThreadPoolExecutor(64) as threads,
        ):
            activities = list(threads.map(first_call, [client] * 64))

        assert len(made) == 1
        assert activities == [activities[0]] * 64
        assert own_sandbox.connections <= 64

    def test_few_connections_serve_many_threads(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=2)}}

        with (
            open_client(own_sandbox.base_url, max_retries=0, timeout=2, **arguments) as client,
            concurrent.futures.ThreadPoolExecutor(16) as threads,
        ):
            calls = [threads.submit(call_sync, client) for _ in range(64)]
        failures = [failure for call in calls if (failure := call.exception())]

        assert failures == []
        assert own_sandbox.connections <= 2

    def test_no_limit(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits()}}

        with (
            open_client(own_sandbox.base_url, max_retries=0, **arguments) as client,
            concurrent.futures.ThreadPoolExecutor(8) as threads,
        ):
            activities = list(threads.map(call_sync, [client] * 16))

        assert len(activities) == 16
        assert own_sandbox.connections <= 8


class TestEventLoops:
    """All calls in one event loop share a pool. Each event loop has its own."""

    @pytest.mark.parametrize(
        ("arguments", "limit"),
        [({}, 100), ({"httpx_args": {"limits": httpx.Limits(max_connections=5)}}, 5)],
        ids=["default", "5"],
    )
    def test_a_thousand_calls_keep_the_limit(
        self, own_sandbox: Sandbox, arguments: dict[str, Any], limit: int
    ) -> None:
        async def main() -> list[ActivityResponse]:
            async with open_client(own_sandbox.base_url, **arguments) as client:
                return await gather(client, 1000)

        activities = asyncio.run(main())

        assert len(activities) == 1000
        assert own_sandbox.peak_connections <= limit

    def test_no_limit(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits()}}

        async def main() -> list[ActivityResponse]:
            async with open_client(own_sandbox.base_url, **arguments) as client:
                return await gather(client, 20)

        assert len(asyncio.run(main())) == 20

    def test_one_after_the_other(self, own_sandbox: Sandbox) -> None:
        client = open_client(own_sandbox.base_url)

        activities = [call_async(client), call_async(client), call_sync(client)]

        client.close()
        assert activities == [activities[0]] * 3
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_several_at_once(self, own_sandbox: Sandbox) -> None:
        together = threading.Barrier(8)

        async def main(client: Client) -> int:
            first = await gather(client, 3)
            together.wait(PATIENCE)
            return len(first + await gather(client, 3))

        with (
            open_client(own_sandbox.base_url) as client,
            concurrent.futures.ThreadPoolExecutor(8) as threads,
        ):
            counts = list(threads.map(asyncio.run, [main(client) for _ in range(8)]))

        assert counts == [6] * 8
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_ended_loops_are_forgotten(self) -> None:
        client = Script().client()

        async def ours() -> Any:
            await client.analytics.get_user_activity_async()
            return client.get_async_httpx_client()

        first, second = asyncio.run(ours()), asyncio.run(ours())

        assert first is not second
        assert (first.is_closed, second.is_closed) == (True, True)

    def test_same_loop_keeps_its_pool(self, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            async with open_client(own_sandbox.base_url) as client:
                await client.analytics.get_user_activity_async()
                await client.with_timeout(5).analytics.get_user_activity_async()

        asyncio.run(main())

        assert own_sandbox.connections == 1

    def test_closing_in_one_loop_leaves_the_others_connections_to_their_loop(
        self, own_sandbox: Sandbox
    ) -> None:
        client = open_client(own_sandbox.base_url)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(client.analytics.get_user_activity_async())

        asyncio.run(client.aclose())
        still_open = own_sandbox.open_connections
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

        assert still_open == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_cancelled_call_frees_its_place(self, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=1)}}

        async def main() -> ActivityResponse:
            async with open_client(
                own_sandbox.fault_url("slow-first-byte:30"), **arguments
            ) as slow:
                calls = [
                    asyncio.ensure_future(slow.analytics.get_user_activity_async())
                    for _ in range(3)
                ]
                while not own_sandbox.requests:
                    await asyncio.sleep(0.001)
                for call in calls:
                    call.cancel()
                outcomes = await asyncio.gather(*calls, return_exceptions=True)
                assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}
                return await quick(slow)

        async def quick(slow: Client) -> ActivityResponse:
            healthy = open_client(own_sandbox.base_url)
            healthy.set_async_httpx_client(slow.get_async_httpx_client())
            async with asyncio.timeout(PATIENCE):
                return await healthy.analytics.get_user_activity_async()

        assert len(asyncio.run(main()).data) == 1

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

    def test_with_block_closes_its_connections(self, own_sandbox: Sandbox) -> None:
        with open_client(own_sandbox.base_url) as client:
            call_sync(client)
            open_inside = own_sandbox.open_connections

        assert open_inside == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_async_with_block_closes_those_of_both_kinds(self, own_sandbox: Sandbox) -> None:
        async def main() -> int:
            async with open_client(own_sandbox.base_url) as client:
                await client.analytics.get_user_activity_async()
                call_sync(client)
                return own_sandbox.open_connections

        assert asyncio.run(main()) == 2
        assert eventually(lambda: own_sandbox.open_connections == 0)

    def test_asyncio_run_closes_what_nobody_closed(self, own_sandbox: Sandbox) -> None:
        client = open_client(own_sandbox.base_url)

        call_async(client)

        assert own_sandbox.connections == 1
        assert eventually(lambda: own_sandbox.open_connections == 0)

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


class TestCopies:
    """The ways to copy a client, and those that are refused."""

    @pytest.mark.parametrize("way", [pickle.dumps, copy.deepcopy])
    def test_pickle_and_deep_copy_are_refused(self, way: Callable[[object], object]) -> None:
        client = Client(KEY)

        with pytest.raises(TypeError, match="holds a key and connections, and cannot be pickled"):
            way(client)
        with pytest.raises(TypeError, match="cannot be pickled"):
            way(client.analytics)


def run_script(script: str, sandbox: Sandbox) -> str:
    """Run a script with every warning as an error, and return its output."""
    script = script.replace("Client()", f"Client(http_library={NAME!r})")
    script = script.replace("import httpx\n", f"import {NAME} as httpx\n")
    process = subprocess.run(
        [sys.executable, "-B", "-X", "dev", "-W", "error", "-c", QUIET + renamed(script)],
        env={
            "PYTHONPATH": str(SITE),
            "OPENROUTER_MANAGEMENT_KEY": MANAGEMENT_KEY,
            BASE_URL_VARIABLE: sandbox.base_url,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, ""), process.stdout
    return process.stdout


QUIET = """
import logging

logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of what takes long in dev mode
"""

TIDY = """
import asyncio, gc
from openrouter_analytics import Client

def sync():
    with Client() as client:
        client.analytics.get_user_activity()
        client.with_timeout(5).analytics.get_user_activity()

async def with_block():
    async with Client() as client:
        await client.analytics.get_user_activity_async()

async def without():
    await shared.analytics.get_user_activity_async()

sync()
asyncio.run(with_block())
shared = Client()
asyncio.run(without())
asyncio.run(without())
del shared
gc.collect()
print("done")
"""

FORK = """
import os, sys
import httpx
from openrouter_analytics import Client, errors

def in_child(test):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            test()
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

"""

OWN_CONNECTION = (
    FORK
    + """
import asyncio

with Client() as client:
    client.analytics.get_user_activity()
    before = client.get_httpx_client()

    def test():
        client.analytics.get_user_activity()
        assert client.get_httpx_client() is not before
        asyncio.run(client.analytics.get_user_activity_async())
        client.close()

    print(in_child(test), in_child(client.close))
    client.analytics.get_user_activity()
    assert client.get_httpx_client() is before
"""
)

INSIDE_A_LOOP = (
    FORK
    + """
import asyncio

async def main():
    async with Client() as client:
        await client.analytics.get_user_activity_async()

        def test():
            client.analytics.get_user_activity()

        print(in_child(test))
        await client.analytics.get_user_activity_async()

asyncio.run(main())
"""
)


@pytest.fixture
def become_child(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes this process look like a forked child."""
    return lambda: monkeypatch.setattr(os, "getpid", lambda: -1)


class TestChild:
    """A client in a forked child, tested without a fork."""

    def test_makes_its_own_pools(self, become_child: Callable[[], None]) -> None:
        client = Script().client()
        call_sync(client)
        inherited = client.get_httpx_client()

        become_child()
        call_sync(client)
        call_async(client)
        own = client.get_httpx_client()
        client.close()

        assert own is not inherited
        assert (own.is_closed, inherited.is_closed) == (True, False)

    def test_closes_nothing_of_its_parents(self, become_child: Callable[[], None]) -> None:
        async def main() -> tuple[httpx.Client, httpx.AsyncClient]:
            client = Script().client()
            call_sync(client)
            await client.analytics.get_user_activity_async()
            inherited = client.get_httpx_client(), client.get_async_httpx_client()
            become_child()
            await client.aclose()
            assert not inherited[0].is_closed
            assert not inherited[1].is_closed
            return inherited

        asyncio.run(main())

    def test_refuses_what_was_handed_over(
        self, become_child: Callable[[], None], call: Call
    ) -> None:
        script = Script()
        client = open_client(NOWHERE)
        client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(script)))

        become_child()

        for _ in range(2):
            with pytest.raises(errors.ConfigurationError, match="of this process"):
                call(client)
        assert script.requests == []

    def test_takes_a_new_one(self, become_child: Callable[[], None]) -> None:
        parents, own = Script(), Script()
        client = open_client(NOWHERE)
        client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(parents)))

        become_child()
        client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(own)))
        call_sync(client)

        assert (len(parents.requests), len(own.requests)) == (0, 1)

    def test_threads_that_come_first_at_once_make_one_pool(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = open_client(NOWHERE)
        client.get_httpx_client()
        asked, made = threading.Event(), threading.Event()

        def getpid() -> int:
            if threading.current_thread() is not threading.main_thread():
                asked.set()
                made.wait(PATIENCE)  # the other thread makes its pool meanwhile
            return -1

        monkeypatch.setattr(os, "getpid", getpid)
        with concurrent.futures.ThreadPoolExecutor() as threads:
            late = threads.submit(client.get_httpx_client)
            asked.wait(PATIENCE)
            early = client.get_httpx_client()
            made.set()

        assert late.result() is early


class TestProcesses:
    """Tests that need their own process."""

    def test_nothing_is_left_to_the_garbage_collector(self, own_sandbox: Sandbox) -> None:
        assert run_script(TIDY, own_sandbox) == "done\n"
        assert own_sandbox.connections == 4

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.parametrize(
        ("script", "printed", "connections"),
        [(OWN_CONNECTION, "0 0\n", 3), (INSIDE_A_LOOP, "0\n", 2)],
        ids=["own connection", "inside a loop"],
    )
    def test_forked_child_shares_no_connection(
        self, own_sandbox: Sandbox, script: str, printed: str, connections: int
    ) -> None:
        assert run_script(script, own_sandbox) == printed
        assert own_sandbox.connections == connections
