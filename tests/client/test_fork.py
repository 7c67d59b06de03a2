"""Clients in their own processes: a forked child shares no connection; exits close them all."""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools
import os
import threading
from collections.abc import Callable

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.conftest import (
    NOWHERE,
    PATIENCE,
    Call,
    Script,
    call_sync,
    open_client,
    run_program,
)
from tests.client.http_library import NAME, httpx
from tests.client.package import BASE_URL_VARIABLE, errors


def run_on(sandbox: Sandbox, script: str) -> str:
    """The output of a script whose clients call the sandbox."""
    script = script.replace("Client()", f"Client(http_library={NAME!r})")
    environment = {"OPENROUTER_MANAGEMENT_KEY": MANAGEMENT_KEY, BASE_URL_VARIABLE: sandbox.base_url}
    return run_program(QUIET + script, **environment)


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

FORKED = """
import asyncio, ctypes, os
from openrouter_analytics import Client

def in_child(test, fork=os.fork):
    child = fork()
    if child == 0:
        try:
            test()
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

with Client() as client:
    client.analytics.get_user_activity()
    before = client.get_httpx_client()

    def test():
        client.analytics.get_user_activity()
        assert client.get_httpx_client() is not before
        asyncio.run(client.analytics.get_user_activity_async())
        client.close()

    print(in_child(test), in_child(client.close))
    without_hooks = ctypes.PyDLL(None).fork  # that of uWSGI, which does not tell Python
    print(in_child(test, without_hooks), in_child(client.close, without_hooks))
    client.analytics.get_user_activity()
    assert client.get_httpx_client() is before

async def main():
    async with Client() as client:
        await client.analytics.get_user_activity_async()
        print(in_child(client.analytics.get_user_activity))
        await client.analytics.get_user_activity_async()

asyncio.run(main())
"""


def test_nothing_is_left_to_the_garbage_collector(own_sandbox: Sandbox) -> None:
    assert run_on(own_sandbox, TIDY) == "done"
    assert own_sandbox.connections == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_forked_child_shares_no_connection(own_sandbox: Sandbox) -> None:
    assert run_on(own_sandbox, FORKED) == "0 0\n0 0\n0"
    assert own_sandbox.connections == 7


@pytest.fixture
def become_child(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes this process look like a forked child."""
    processes = itertools.count(-1, -1)

    def become() -> None:
        process = next(processes)
        monkeypatch.setattr(os, "getpid", lambda: process)

    return become


class TestChild:
    """A client in a forked child, tested without a fork."""

    def test_closes_no_client_of_its_parent(self, become_child: Callable[[], None]) -> None:
        async def main() -> list[bool]:
            client = Script().client()
            call_sync(client)
            await client.analytics.get_user_activity_async()
            inherited = client.get_httpx_client(), client.get_async_httpx_client()
            become_child()
            await client.aclose()
            return [each.is_closed for each in inherited]

        assert asyncio.run(main()) == [False, False]

    def test_child_refuses_the_httpx_client_of_its_parent(
        self, become_child: Callable[[], None], call: Call
    ) -> None:
        script = Script()
        client = open_client(NOWHERE)
        client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(script)))

        for _ in range(2):
            become_child()  # and then a child of it

            with pytest.raises(errors.ConfigurationError, match="of this process"):
                call(client)
        assert script.requests == []

    def test_child_may_get_a_new_httpx_client(self, become_child: Callable[[], None]) -> None:
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
