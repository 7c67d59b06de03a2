"""A client on httpx2 behaves as on httpx, and returns httpx's types."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Callable
from typing import Any, cast

import httpx
import httpx2
import pytest

from sandbox import Sandbox
from tests.client.conftest import KEY, Call, Clock, call_sync, open_client
from tests.client.package import Client, errors, get_user_activity

BODY = b'{"data": []}'


def script(*answers: int | Exception) -> Callable[[httpx2.Request], httpx2.Response]:
    """Responds with each status once, and then always with a success."""
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        status = left.pop(0) if left else 200
        if isinstance(status, Exception):
            raise status
        return httpx2.Response(status, content=BODY, headers={"X-Seen": type(request).__module__})

    return answer


def own(**arguments: Any) -> Any:
    """A sync httpx2 client of the user."""
    return httpx2.Client(verify=False, **arguments)


class TestOptIn:
    """``http_library`` is checked when the client is made."""

    def test_default_is_httpx(self) -> None:
        with Client(KEY, base_url="http://localhost:1") as client:
            assert type(client.get_httpx_client()) is httpx.Client

    def test_httpx2(self) -> None:
        async def async_client(client: Client) -> object:
            async with client:
                return client.get_async_httpx_client()

        client = Client(KEY, base_url="http://localhost:1", http_library="httpx2")

        assert type(cast("object", client.get_httpx_client())) is httpx2.Client
        assert type(asyncio.run(async_client(client))) is httpx2.AsyncClient

    def test_without_the_extra_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "httpx2", None)

        with pytest.raises(
            errors.ConfigurationError, match=r"pip install 'openrouter-analytics\[httpx2\]'"
        ):
            Client(KEY, http_library="httpx2")

    @pytest.mark.parametrize("http_library", ["httpx3", "", None, httpx2], ids=repr)
    def test_other_value_is_refused(self, http_library: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^http_library: expected 'httpx' or"):
            Client(KEY, http_library=http_library)


class TestTypes:
    """The user gets httpx's types."""

    def test_headers(self, sandbox: Sandbox) -> None:
        with open_client(sandbox.base_url, http_library="httpx2") as client:
            response = get_user_activity.sync_detailed(client=client)

        assert type(response.headers) is httpx.Headers

    def test_error(self, sandbox: Sandbox, call: Call) -> None:
        url = sandbox.fault_url("status:403")
        with (
            open_client(url, http_library="httpx2") as client,
            pytest.raises(errors.PermissionDeniedError) as raised,
        ):
            call(client)

        assert type(raised.value.headers) is httpx.Headers
        assert type(raised.value.request) is errors.Request
        assert b"httpx2" not in pickle.dumps(raised.value)

    @pytest.mark.parametrize("http_library", ["httpx", "httpx2"])
    @pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
    def test_timeouts_of_both_are_taken(
        self, sandbox: Sandbox, call: Call, library: Any, http_library: str
    ) -> None:
        timeout = library.Timeout(5, connect=1)
        sent: list[Any] = []

        def hook(request: Any) -> None:
            sent.append(request.extensions["timeout"])

        hooks = {"request": [hook]}

        with open_client(
            sandbox.base_url, http_library=http_library, httpx_args={"event_hooks": hooks}
        ) as client:
            call_sync(client, timeout=timeout)
            call_sync(client.with_timeout(timeout))

        assert sent == [{"connect": 1, "read": 5, "write": 5, "pool": 5}] * 2


class TestHandedOver:
    """An httpx2 client that the user made, with or without the argument."""

    def test_sync(self, clock: Clock) -> None:
        client = Client(KEY)
        with own(transport=httpx2.MockTransport(script(503, httpx2.ReadError("reset")))) as http:
            client.set_httpx_client(http)

            response = get_user_activity.sync_detailed(client=client)

        assert response.headers["X-Seen"] == "httpx2"
        assert len(clock.waits) == 2

    def test_async(self, clock: Clock) -> None:
        client = Client(KEY)
        transport = httpx2.MockTransport(script(503, httpx2.ReadTimeout("slow")))
        http: Any = httpx2.AsyncClient(transport=transport, verify=False)

        async def main() -> Any:
            async with client.set_async_httpx_client(http):
                return await get_user_activity.asyncio_detailed(client=client)

        assert asyncio.run(main()).headers["X-Seen"] == "httpx2"
        assert len(clock.waits) == 2

    @pytest.mark.parametrize(
        ("failure", "expected"),
        [
            (httpx2.ConnectError("refused"), errors.APIConnectionError),
            (httpx2.ConnectTimeout("slow"), errors.APITimeoutError),
            (httpx2.InvalidURL("no URL"), errors.APIConnectionError),
        ],
        ids=lambda value: getattr(value, "__name__", type(value).__name__),
    )
    def test_errors(self, failure: Exception, expected: type[errors.APIError]) -> None:
        client = Client(KEY, max_retries=0)
        client.set_httpx_client(own(transport=httpx2.MockTransport(script(failure))))

        with client, pytest.raises(errors.APIConnectionError) as raised:
            call_sync(client)

        assert type(raised.value) is expected

    def test_redirect_to_no_url(self) -> None:
        def answer(_: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(302, headers={"Location": "http://host:port/"})

        client = Client(KEY, max_retries=0)
        client.set_httpx_client(own(transport=httpx2.MockTransport(answer)))

        with client, pytest.raises(errors.APIConnectionError, match="Invalid URL in location"):
            call_sync(client)
