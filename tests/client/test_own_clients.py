"""httpx clients of the user in place of the client's own, and access to the latter."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import KEY, NOWHERE, TLS, Call, Script, call_sync, open_client
from tests.client.http_library import httpx
from tests.client.package import Client, errors


def own_client(script: Any) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(script), verify=TLS)


def own_async_client(script: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(script), verify=TLS)


def test_calls_of_client_and_copies_use_them_and_closing_closes_them() -> None:
    script = Script()
    client = Client(KEY)
    own, own_async = own_client(script), own_async_client(script)

    async def main() -> None:
        copy = client.with_timeout(5)
        async with client:
            assert client.set_httpx_client(own).set_async_httpx_client(own_async) is client
            for each in (client, copy):
                call_sync(each)
                await each.analytics.get_user_activity_async()
            assert client.get_httpx_client() is own
            assert client.get_async_httpx_client() is own_async

    asyncio.run(main())

    keys = [request.headers["Authorization"] for request in script.requests]
    assert keys == [f"Bearer {KEY}"] * 4
    assert (own.is_closed, own_async.is_closed) == (True, True)


def test_calls_use_the_httpx_client_that_the_client_returns() -> None:
    script = Script()
    client = script.client()

    async def main() -> None:
        client.get_httpx_client().headers["X-Seen"] = "sync"
        client.get_async_httpx_client().headers["X-Seen"] = "async"
        call_sync(client)
        await client.analytics.get_user_activity_async()

    asyncio.run(main())

    assert [request.headers["X-Seen"] for request in script.requests] == ["sync", "async"]


def test_httpx_client_that_is_set_later_leaves_no_connection_open(own_sandbox: Sandbox) -> None:
    client = open_client(own_sandbox.base_url)
    call_sync(client)

    with contextlib.closing(client.get_httpx_client()) as ours:
        client.set_httpx_client(own_client(Script()))
        client.close()
        closed = ours.is_closed

    assert closed


class TestRefused:
    """What is refused, when it is given or when it is called."""

    def test_other_objects(self) -> None:
        client: Any = open_client(NOWHERE)

        with pytest.raises(errors.ConfigurationError, match=r"an httpx.Client, received Async"):
            client.set_httpx_client(httpx.AsyncClient(verify=TLS))
        with pytest.raises(errors.ConfigurationError, match=r"an httpx.AsyncClient, received None"):
            client.set_async_httpx_client(None)

    def test_closed_httpx_client(self, call: Call) -> None:
        client = open_client(NOWHERE)
        http, async_http = httpx.Client(verify=TLS), httpx.AsyncClient(verify=TLS)
        http.close()
        asyncio.run(async_http.aclose())
        client.set_httpx_client(http).set_async_httpx_client(async_http)

        with pytest.raises(errors.ConfigurationError, match="closed"):
            call(client)

    @pytest.mark.parametrize("name", ["cookies", "params"])
    def test_what_makes_no_request(self, name: str) -> None:
        arguments: dict[str, Any] = {name: {"a": "\ud800"}}
        client = open_client(NOWHERE).set_httpx_client(httpx.Client(verify=TLS, **arguments))

        with pytest.raises(errors.ConfigurationError, match="the arguments make no request"):
            client.analytics.get_user_activity()
