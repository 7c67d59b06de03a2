"""For any environment and any arguments, a call raises only errors of the client's tree."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from unittest.mock import patch

import certifi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.conftest import KEY, TLS, Loopback, Script
from tests.client.http_library import NAME, httpx
from tests.client.package import BASE_URL_VARIABLE, Client, errors


def some(kinds: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """At most so many of the names, each with a value of its kind."""
    names = st.lists(st.sampled_from(sorted(kinds)), max_size=most, unique=True)
    return names.flatmap(lambda names: st.fixed_dictionaries({name: kinds[name] for name in names}))


URLS = st.sampled_from(["http", "https", "socks", "socks5", "", "HTTP", "ü"]).flatmap(
    lambda scheme: st.sampled_from(
        ["127.0.0.1:1", "[::1]:1", "[::1", "u:p@127.0.0.1:1", ":1", "127.0.0.1:0", "a b", "*", "%",
         "localhost:99999", "ü.test:1", "127.0.0.1:x", "x" * 70 + ".test"]
    ).map(lambda rest: f"{scheme}://{rest}" if scheme else rest)
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
HOSTS = st.lists(
    TEXTS | st.sampled_from(
        ["*", "[::1]", "::1", "fd07::/64", "127.0.0.1", "127.0.0.0/8", "10.0.0.0/99", "[::1]:80",
         "http://[", "http://10.0.0.0/99", "a.test", ".test", "*.test", "@", ":"]
    )
).map(",".join)  # fmt: skip
VARIABLES = {"OPENROUTER_MANAGEMENT_KEY": "api_key", BASE_URL_VARIABLE: "base_url"}
FILES = st.sampled_from(["", "/nonexistent/file", "/", "/dev/null", __file__, certifi.where()])
ENVIRONMENTS = some(
    {
        **dict.fromkeys(["HTTP_PROXY", "https_proxy", "ALL_PROXY"], URLS | TEXTS),
        **dict.fromkeys(["NO_PROXY", "no_proxy"], HOSTS),
        **dict.fromkeys(["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"], FILES),
        **dict.fromkeys(VARIABLES, URLS | TEXTS),
        "REQUEST_METHOD": st.just("GET"),
    },
    most=4,
)
NUMBERS = st.none() | st.integers(-1, 3) | st.floats() | st.booleans() | TEXTS


def same(value: Any) -> Any:
    """A hook, and an ``auth``, that changes nothing."""
    return value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=5)
    | st.sampled_from([Script(), httpx.MockTransport(Script()), object(), same, TLS])
    | st.builds(httpx.Limits, max_connections=NUMBERS, max_keepalive_connections=NUMBERS,
                keepalive_expiry=NUMBERS)
    | st.builds(httpx.Timeout, NUMBERS),
    lambda inner: st.lists(inner, max_size=2) | st.tuples(inner, inner)
    | st.dictionaries(st.sampled_from(["request", "all://", "http://[", "X", "é", ""]), inner,
                      max_size=2),
    max_leaves=4,
)  # fmt: skip
HTTPX_ARGS = st.dictionaries(
    st.sampled_from(
        ["auth", "base_url", "cert", "cookies", "default_encoding", "event_hooks", "headers",
         "http1", "http2", "limits", "max_redirects", "mounts", "params", "proxies", "proxy",
         "retries", "timeout", "transport", "trust_env", "uds", "verify"]
    ),
    VALUES | URLS,
    max_size=2,
)  # fmt: skip
ARGUMENTS = some(
    {
        "api_key": VALUES,
        "base_url": VALUES | URLS,
        "follow_redirects": st.booleans(),
        "headers": VALUES,
        "http_library": VALUES,
        "httpx_args": HTTPX_ARGS,
        "max_retries": VALUES,
        "timeout": VALUES,
        "verify_ssl": FILES | VALUES,
    },
    most=2,
)
OPTIONS = some(
    dict.fromkeys(["date", "extra_query", "headers", "max_retries", "timeout"], VALUES), most=1
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(environment=ENVIRONMENTS, arguments=ARGUMENTS, options=OPTIONS)
def test_only_errors_of_the_tree_are_raised(
    monkeypatch: pytest.MonkeyPatch,
    api: Loopback,
    clock: object,
    environment: dict[str, str],
    arguments: dict[str, Any],
    options: dict[str, Any],
) -> None:
    made: dict[str, Any] = {"api_key": KEY, "base_url": api.url, "max_retries": 0, **arguments}
    made = {"timeout": 1, "http_library": NAME, **made}
    for variable, argument in VARIABLES.items():
        if variable in environment:
            made.pop(argument)

    async def call_async(client: Client) -> None:
        async with client:
            await client.analytics.get_user_activity_async(**options)

    with patch.dict("os.environ", environment), contextlib.suppress(errors.ConfigurationError):
        client = Client(**made)
        with contextlib.suppress(errors.APIError, errors.ConfigurationError):
            client.analytics.get_user_activity(**options)
        with contextlib.suppress(errors.APIError, errors.ConfigurationError):
            asyncio.run(call_async(client))
