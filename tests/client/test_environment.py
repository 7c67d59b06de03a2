"""Environments and arguments: what cannot be used is refused when the client is made."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import certifi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.conftest import GOOD, KEY, TLS, Call, Loopback, Script, loopback, open_client
from tests.client.http_library import NAME, httpx
from tests.client.package import BASE_URL_VARIABLE, Client, errors

NOWHERE = "http://127.0.0.1:1"

OTHER: Any = importlib.import_module("httpx2" if NAME == "httpx" else "httpx")
"""The other HTTP library."""


@pytest.fixture(scope="module")
def api() -> Iterator[Loopback]:
    """A server whose every response is good."""
    with loopback(lambda _: (200, {}, GOOD.content)) as running:
        yield running


def refusal(**arguments: Any) -> str:
    """Why a client cannot be made with these arguments."""
    options: dict[str, Any] = {"base_url": NOWHERE, "http_library": NAME, **arguments}
    with pytest.raises(errors.ConfigurationError) as caught:
        Client(KEY, **options)
    return str(caught.value)


class TestProxies:
    """The proxies of the environment."""

    @pytest.mark.parametrize(
        "entry",
        [
            "localhost,127.0.0.1,[::1]", "fd07::/64,127.0.0.1", "::1,127.0.0.1/32", "127.0.0.0/8",
            "*", "[,*.test,127.0.0.1", "[127.0.0.1]", "a b,%,a:b,127.0.0.1",
        ],
    )  # fmt: skip
    def test_no_proxy(
        self, monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call, entry: str
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", NOWHERE)
        monkeypatch.setenv("NO_PROXY", entry)

        with open_client(api.url, max_retries=0) as client:
            assert len(call(client).data) == 1

    @pytest.mark.parametrize("entry", ["", "fd07::/64", "10.0.0.0/8", "[::1]", "test"])
    def test_no_proxy_of_other_hosts(
        self, monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call, entry: str
    ) -> None:
        monkeypatch.setenv("http_proxy", NOWHERE)
        monkeypatch.setenv("no_proxy", entry)

        with (
            open_client(api.url, max_retries=0) as client,
            pytest.raises(errors.APIConnectionError),
        ):
            call(client)

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("http://user:secret@127.0.0.1:1/", "http://127.0.0.1:1"),
            ("127.0.0.1:1", "http://127.0.0.1:1"),
            ("http://[::1]:1", "http://[::1]:1"),
        ],
    )
    @pytest.mark.parametrize("given", ["HTTPS_PROXY", "all_proxy", "httpx_args"])
    def test_connection_error_names_the_proxy(
        self, monkeypatch: pytest.MonkeyPatch, call: Call, given: str, url: str, told: str
    ) -> None:
        source, arguments = f"the environment variable {given}", {}
        if given == "httpx_args":
            url = url if "://" in url else f"http://{url}"
            source, arguments = "the argument httpx_args", {given: {"proxy": url}}
        else:
            monkeypatch.setenv(given, url)

        with (
            open_client("https://api.test", max_retries=0, **arguments) as client,
            pytest.raises(errors.APIConnectionError) as caught,
        ):
            call(client)

        assert str(caught.value).endswith(f"(ConnectError, through the proxy {told} of {source})")
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTPS_PROXY", "http_proxy"])
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("socks://127.0.0.1:7890", "begins with http://, https://, socks5://, socks5h://"),
            ("http://user:secret@[::1", "expected a proxy's URL"),
            ("http://[", "expected a proxy's URL"),
            ("http://127.0.0.1:secret", "expected a proxy's URL"),
            ("http://127.0.0.1:99999", "expected a proxy's URL"),
            ("socks5://user:secret@127.0.0.1:1", f"pip install '{NAME}[socks]'"),
        ],
    )
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, url: str, words: str
    ) -> None:
        monkeypatch.setenv(variable, url)

        told = refusal()

        assert told.startswith(f"the environment variable {variable}: ")
        assert words in told
        assert "secret" not in told

    def test_one_that_no_url_can_use_is_not_refused(
        self, monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call
    ) -> None:
        monkeypatch.setenv("all_proxy", "socks://127.0.0.1:1")
        monkeypatch.setenv("http_proxy", api.url)
        monkeypatch.setenv("https_proxy", api.url)

        with open_client("http://localhost:1/api") as client:
            assert len(call(client).data) == 1


class TestHttpxArgs:
    """``httpx_args``: an argument that cannot be used is named, and what to use instead."""

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
    def test_refused(self, arguments: Any, words: str) -> None:
        told = refusal(httpx_args=arguments)

        assert told.startswith("httpx_args: ")
        assert words in told
        assert "secret" not in told

    def test_what_none_means_to_httpx_is_taken(self, api: Loopback, call: Call) -> None:
        nothing = dict.fromkeys(
            ["auth", "cookies", "event_hooks", "headers", "mounts", "params", "proxy", "transport"]
        )

        with open_client(api.url, httpx_args=nothing) as client:
            assert len(call(client).data) == 1

    def test_transport_of_the_other_kind_of_calls(self) -> None:
        of_sync = {"transport": httpx.HTTPTransport(verify=TLS)}
        of_async = {"mounts": {"all://": httpx.AsyncHTTPTransport(verify=TLS)}}

        with pytest.raises(errors.ConfigurationError, match="is for sync calls only"):
            asyncio.run(
                open_client(NOWHERE, httpx_args=of_sync).analytics.get_user_activity_async()
            )
        with pytest.raises(errors.ConfigurationError, match="is for async calls only"):
            open_client(NOWHERE, httpx_args=of_async).analytics.get_user_activity()

    def test_hooks_of_both_kinds_in_async_calls(self, api: Loopback) -> None:
        hooked: list[object] = []

        async def hook(response: object) -> None:
            hooked.append(response)

        hooks = {"request": [hooked.append], "response": [hook]}
        client = open_client(api.url, httpx_args={"event_hooks": hooks})

        asyncio.run(client.analytics.get_user_activity_async())

        assert [type(each) for each in hooked] == [httpx.Request, httpx.Response]
        with pytest.raises(errors.ConfigurationError, match="hook is for async calls only"):
            client.analytics.get_user_activity()


class TestCookies:
    """Cookies of the user and of the server, which go with later requests."""

    @pytest.mark.parametrize("given", [None, {"c": "3"}], ids=["none", "one"])
    @pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
    def test_one_that_no_header_can_send_is_left_out(self, given: object, is_async: bool) -> None:
        cookies = [(b"Set-Cookie", value) for value in (b"a=\xe9", b"b=2")]
        script = Script(httpx.Response(200, headers=cookies, content=GOOD.content), GOOD)
        client = script.client(httpx_args={"cookies": given})

        async def call_async() -> None:
            for _ in range(2):
                await client.analytics.get_user_activity_async()

        if is_async:
            asyncio.run(call_async())
        else:
            for _ in range(2):
                client.analytics.get_user_activity()

        assert ("b=2; c=3" if given else "b=2") == script.requests[-1].headers["Cookie"]


class OwnError(Exception):
    """An error of the user's own code."""


def own(value: Any) -> Any:
    """A hook, an ``auth`` or the handler of a transport that fails."""
    raise OwnError(str(value.url))


def own_flow(request: Any) -> Iterator[Any]:
    """The flow of an ``auth`` that fails when it sees the response."""
    yield request
    raise OwnError(str(request.url))


class TestOwnErrors:
    """Exceptions of the user's own code in ``httpx_args``."""

    @pytest.mark.parametrize(
        "own_code",
        [
            {"event_hooks": {"request": [own]}},
            {"event_hooks": {"response": [own]}},
            {"auth": own},
            {"auth": type("Auth", (httpx.Auth,), {"auth_flow": staticmethod(own_flow)})()},
            {"transport": httpx.MockTransport(own)},
        ],
        ids=["request", "response", "auth", "auth of the response", "transport"],
    )
    @pytest.mark.timeout(20)  # a call without a free connection waits for ever
    def test_come_as_they_are_and_free_their_connection(
        self, api: Loopback, own_code: dict[str, Any]
    ) -> None:
        limits = httpx.Limits(max_connections=1)
        client = open_client(api.url, httpx_args={"limits": limits, **own_code})

        async def call_async() -> None:
            for _ in range(2):
                with pytest.raises(OwnError):
                    await client.analytics.get_user_activity_async()
            await client.aclose()

        for _ in range(2):
            with pytest.raises(OwnError):
                client.analytics.get_user_activity()
        asyncio.run(call_async())


class TestOwnClients:
    """httpx clients of the user."""

    def test_other_objects_are_refused(self) -> None:
        client: Any = open_client(NOWHERE)

        with pytest.raises(errors.ConfigurationError, match=r"an httpx.Client, received Async"):
            client.set_httpx_client(httpx.AsyncClient(verify=TLS))
        with pytest.raises(errors.ConfigurationError, match=r"an httpx.AsyncClient, received None"):
            client.set_async_httpx_client(None)

    def test_closed_one_is_refused(self, call: Call) -> None:
        client = open_client(NOWHERE)
        http, async_http = httpx.Client(verify=TLS), httpx.AsyncClient(verify=TLS)
        http.close()
        asyncio.run(async_http.aclose())
        client.set_httpx_client(http).set_async_httpx_client(async_http)

        with pytest.raises(errors.ConfigurationError, match="closed"):
            call(client)

    @pytest.mark.parametrize("name", ["cookies", "params"])
    def test_what_makes_no_request_is_refused(self, name: str) -> None:
        arguments: dict[str, Any] = {name: {"a": "\ud800"}}
        client = open_client(NOWHERE).set_httpx_client(httpx.Client(verify=TLS, **arguments))

        with pytest.raises(errors.ConfigurationError, match="the arguments make no request"):
            client.analytics.get_user_activity()


class TestFiles:
    """The files for TLS that the environment names."""

    @pytest.mark.parametrize("verify", ["True", "file", "folder"])
    def test_key_log_is_blamed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verify: str
    ) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", "/nonexistent/keys.log")
        choices = {"True": True, "file": certifi.where(), "folder": tmp_path}

        told = refusal(base_url="https://api.test", verify_ssl=choices[verify])

        assert told.startswith("the environment variable SSLKEYLOGFILE: ")
        assert "/nonexistent/keys.log" in told

    def test_key_log_is_written(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))

        Client(KEY, base_url="https://api.test")

        assert (tmp_path / "keys.log").exists()

    def test_certificates_are_read_when_the_client_is_made(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))

        told = refusal(base_url="https://api.test")

        assert told.startswith("the environment variable SSL_CERT_FILE: ")


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


class TestAnything:
    """Whatever the environment and the arguments are."""

    @settings(
        max_examples=200,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(environment=ENVIRONMENTS, arguments=ARGUMENTS, options=OPTIONS)
    def test_nothing_is_raised_but_the_tree(
        self,
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
