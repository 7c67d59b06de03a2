"""``httpx_args``, the arguments that go to httpx: what they do, and which are refused."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from http.cookiejar import CookieJar
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    GOOD,
    NOWHERE,
    TLS,
    Call,
    Loopback,
    Script,
    call_async,
    call_at_once,
    call_sync,
    open_client,
    refusal,
    sent,
)
from tests.client.http_library import NAME, httpx
from tests.client.package import errors

OTHER: Any = importlib.import_module("httpx2" if NAME == "httpx" else "httpx")
"""The other HTTP library."""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"verify": False}, "instead of 'verify' use verify_ssl="),
        ({"cert": "client.pem"}, "instead of 'cert' use verify_ssl= with an ssl.SSLContext"),
        ({"timeout": 5}, "instead of 'timeout' use timeout="),
        ({"base_url": "http://a"}, "instead of 'base_url' use base_url="),
        ({"follow_redirects": True}, "instead of 'follow_redirects' use follow_redirects="),
        ({"uds": "/run/a.sock"}, "instead of 'uds' use transport= with an httpx.HTTPTransport"),
        ({"http2": True}, "install"),
        ({"limits": None}, f"limits: expected an {NAME}.Limits"),
        ({"limits": httpx.Limits(max_connections=0)}, f"limits: expected an {NAME}.Limits"),
        ({"headers": {"X": "ü"}}, "headers: "),
        ({"headers": {"X": "a\nb"}}, "headers: 'x' must be printable ASCII"),
        ({"headers": {"Content-Length": "5"}}, "'content-length' is set by the client"),
        ({"auth": ["user", "secret"]}, "auth: expected a user name and a password"),
        ({"params": 5}, "params: expected query parameters, received int"),
        ({"cookies": 5}, "cookies: expected a mapping of texts, received int"),
        ({"mounts": {"all": None}}, "mounts: expected transports by URL pattern"),
        ({"mounts": {"all://a": "secret"}}, "mounts: expected transports by URL pattern"),
        ({"transport": "secret"}, f"transport: expected an {NAME}.BaseTransport"),
        (
            {"transport": OTHER.MockTransport(Script())},
            f"or {NAME}.AsyncBaseTransport, received {OTHER.__name__}.MockTransport",
        ),
        ({"event_hooks": {"requests": []}}, "event_hooks: expected lists of functions"),
        ({"event_hooks": {"request": ["secret"]}}, "event_hooks: expected lists of functions"),
        ({"proxy": "socks://user:secret@a"}, "proxy: expected a proxy's URL"),
        ({"trust_env": "no"}, "trust_env: expected a bool, received str"),
        ({"follow": True}, "'follow' is unknown; known are auth, cookies"),
        ({1: 2}, "1 is unknown"),
        (["secret"], "expected a mapping, received list"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refused(arguments: Any, words: str) -> None:
    told = refusal(httpx_args=arguments)

    assert told.startswith("httpx_args: ")
    assert words in told
    assert "secret" not in told


def test_none_is_accepted_where_httpx_accepts_it(api: Loopback, call: Call) -> None:
    nothing = dict.fromkeys(
        ["auth", "cookies", "event_hooks", "headers", "mounts", "params", "proxy", "transport"]
    )

    with open_client(api.url, httpx_args=nothing) as client:
        assert len(call(client).data) == 1


def test_params_and_hooks() -> None:
    hooked: list[httpx.Request] = []
    hooks = {"request": [hooked.append]}

    request = sent(httpx_args={"params": {"tag": "a"}, "event_hooks": hooks})

    assert request.url.query == b"tag=a"
    assert hooked == [request]


def test_mounts(call: Call) -> None:
    everything, mounted = Script(), Script()
    mounts = {"all://mounted.test": httpx.MockTransport(mounted)}
    client = everything.client(base_url="https://mounted.test", httpx_args={"mounts": mounts})

    call(client)

    assert (len(everything.requests), len(mounted.requests)) == (0, 1)


def test_transport_may_be_of_any_class() -> None:
    script = Script()
    transport = SimpleNamespace(handle_request=script)

    call_sync(script.client(httpx_args={"transport": transport}))

    assert len(script.requests) == 1


def test_http2_has_one_transport_for_all_calls(
    monkeypatch: pytest.MonkeyPatch, transports: list[dict[str, Any]], own_sandbox: Sandbox
) -> None:
    monkeypatch.setitem(sys.modules, "h2", ModuleType("h2"))  # plain http does not use it

    async def main() -> None:
        async with open_client(own_sandbox.base_url, httpx_args={"http2": True}) as client:
            await call_at_once(client, 3)

    asyncio.run(main())

    assert (len(transports), len(own_sandbox.requests)) == (1, 3)


def test_transport_of_the_other_kind_of_calls() -> None:
    of_sync = {"transport": httpx.HTTPTransport(verify=TLS)}
    of_async = {"mounts": {"all://": httpx.AsyncHTTPTransport(verify=TLS)}}

    with pytest.raises(errors.ConfigurationError, match="is for sync calls only"):
        call_async(open_client(NOWHERE, httpx_args=of_sync))
    with pytest.raises(errors.ConfigurationError, match="is for async calls only"):
        call_sync(open_client(NOWHERE, httpx_args=of_async))


def test_hooks_of_both_kinds_in_async_calls(api: Loopback) -> None:
    hooked: list[object] = []

    async def hook(response: object) -> None:
        hooked.append(response)

    hooks = {"request": [hooked.append], "response": [hook]}
    client = open_client(api.url, httpx_args={"event_hooks": hooks})

    call_async(client)

    assert [type(each) for each in hooked] == [httpx.Request, httpx.Response]
    with pytest.raises(errors.ConfigurationError, match="hook is for async calls only"):
        call_sync(client)


@pytest.mark.parametrize(
    ("given", "expected"), [(None, "b=2"), ({"c": "3"}, "b=2; c=3")], ids=["none", "one"]
)
def test_cookie_that_no_header_can_send_is_left_out(
    call_in_one_loop: Call, given: object, expected: str
) -> None:
    cookies = [(b"Set-Cookie", value) for value in (b"a=\xe9", b"b=2")]
    script = Script(httpx.Response(200, headers=cookies, content=GOOD.content), GOOD)
    client = script.client(httpx_args={"cookies": given})

    for _ in range(2):
        call_in_one_loop(client)

    assert script.requests[-1].headers["Cookie"] == expected


def test_cookies_go_into_the_jar_of_the_user(call: Call) -> None:
    jar = CookieJar()
    response = httpx.Response(200, headers={"Set-Cookie": "b=2"}, content=GOOD.content)

    call(Script(response).client(httpx_args={"cookies": jar}))

    assert [(cookie.name, cookie.value) for cookie in jar] == [("b", "2")]


class OwnError(Exception):
    """An error of the user's own code."""


def own(value: Any) -> Any:
    """A hook, an ``auth`` or the handler of a transport that fails."""
    raise OwnError(str(value.url))


def own_flow(request: Any) -> Iterator[Any]:
    """The flow of an ``auth`` that fails when it sees the response."""
    yield request
    raise OwnError(str(request.url))


class OwnBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that cannot be closed."""

    def __iter__(self) -> Iterator[bytes]:
        yield GOOD.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield GOOD.content

    def close(self) -> None:
        raise OwnError

    async def aclose(self) -> None:
        raise OwnError


@pytest.mark.parametrize(
    "own_code",
    [
        {"event_hooks": {"request": [own]}},
        {"event_hooks": {"response": [own]}},
        {"auth": own},
        {"auth": type("Auth", (httpx.Auth,), {"auth_flow": staticmethod(own_flow)})()},
        {"transport": httpx.MockTransport(own)},
        {"transport": httpx.MockTransport(lambda _: httpx.Response(200, stream=OwnBody()))},
    ],
    ids=["request", "response", "auth", "auth of the response", "transport", "body"],
)
@pytest.mark.timeout(20)  # a call without a free connection waits for ever
def test_errors_of_own_code_come_as_they_are_and_free_their_connection(
    api: Loopback, call_in_one_loop: Call, own_code: dict[str, Any]
) -> None:
    limits = httpx.Limits(max_connections=1)
    client = open_client(api.url, httpx_args={"limits": limits, **own_code})

    for _ in range(2):
        with pytest.raises(OwnError):
            call_in_one_loop(client)
