"""The settings of a client: argument, then environment, then document."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import math
import platform
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    GOOD,
    KEY,
    TLS,
    Call,
    Script,
    call_async,
    call_sync,
    loopback,
    open_client,
)
from tests.client.http_library import httpx
from tests.client.package import BASE_URL_VARIABLE, SITE, Client, __version__, errors, renamed

MANAGEMENT_VARIABLE = "OPENROUTER_MANAGEMENT_KEY"
KEY_VARIABLE = "OPENROUTER_API_KEY"
USER_AGENT = f"openrouter-analytics/{__version__} Python/{platform.python_version()}"
PLACEHOLDER = "placeholder-4711"


def sent(script: Script, **arguments: Any) -> httpx.Request:
    """The request that a new client sends."""
    call_sync(script.client(**arguments))
    return script.requests[-1]


class TestKey:
    """The sources of the key, and the keys that are refused."""

    @pytest.mark.parametrize(
        ("argument", "environment", "expected"),
        [
            ("given", {MANAGEMENT_VARIABLE: "first", KEY_VARIABLE: "second"}, "given"),
            (None, {MANAGEMENT_VARIABLE: "first", KEY_VARIABLE: "second"}, "first"),
            (None, {MANAGEMENT_VARIABLE: "", KEY_VARIABLE: "second"}, "second"),
            (None, {KEY_VARIABLE: "second"}, "second"),
        ],
        ids=["argument", "first variable", "empty is unset", "second variable"],
    )
    def test_sources_in_their_order(
        self,
        monkeypatch: pytest.MonkeyPatch,
        argument: str | None,
        environment: dict[str, str],
        expected: str,
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        request = sent(Script(), api_key=argument)

        assert request.headers["Authorization"] == f"Bearer {expected}"

    @pytest.mark.parametrize("environment", [{}, {MANAGEMENT_VARIABLE: "", KEY_VARIABLE: ""}])
    def test_none_is_refused_with_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        with pytest.raises(errors.ConfigurationError, match=r"pass api_key=…") as caught:
            Client()

        assert MANAGEMENT_VARIABLE in str(caught.value)
        assert KEY_VARIABLE in str(caught.value)
        assert "https://openrouter.ai/settings/management-keys" in str(caught.value)

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("", "is blank"),
            (" \t\n", "is blank"),
            (f"{PLACEHOLDER}\n", "white space"),
            (f" {PLACEHOLDER}", "white space"),
            (f"{PLACEHOLDER} {PLACEHOLDER}", "white space"),
            (f"{PLACEHOLDER}\r\nX-Injected: 1", "white space"),
            (f"{PLACEHOLDER}\0", "control character"),
            (f"{PLACEHOLDER}\x7f", "control character"),
            (f"{PLACEHOLDER}é", "not ASCII"),
            (f"{PLACEHOLDER}\u200b", "not ASCII"),
            (f"Bearer {PLACEHOLDER}", "begins with 'Bearer'"),
            (f"bearer {PLACEHOLDER}", "begins with 'Bearer'"),
            (PLACEHOLDER.encode(), "must be a str, not bytes"),
            (4711, "must be a str, not int"),
            ([PLACEHOLDER], "must be a str, not list"),
        ],
        ids=repr,
    )
    def test_malformed_is_refused_without_being_shown(self, key: Any, words: str) -> None:
        with pytest.raises(errors.ConfigurationError, match=words) as caught:
            Client(key)

        assert "the key of the argument api_key" in str(caught.value)
        assert "4711" not in str(caught.value)

    def test_malformed_names_its_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(KEY_VARIABLE, f"{PLACEHOLDER}\n")

        with pytest.raises(errors.ConfigurationError, match=f"variable {KEY_VARIABLE} ") as caught:
            Client()

        assert PLACEHOLDER not in str(caught.value)


class TestBaseURL:
    """The base URL."""

    def test_sources_in_their_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        documented = sent(Script())
        monkeypatch.setenv(BASE_URL_VARIABLE, "")
        empty = sent(Script())
        monkeypatch.setenv(BASE_URL_VARIABLE, "https://environment.test/v2")
        from_environment = sent(Script())
        given = sent(Script(), base_url="https://argument.test/v3/")

        assert str(documented.url) == "https://openrouter.ai/api/v1/activity"
        assert empty.url == documented.url
        assert str(from_environment.url) == "https://environment.test/v2/activity"
        assert str(given.url) == "https://argument.test/v3/activity"

    @pytest.mark.parametrize(
        ("base_url", "url"),
        [
            ("https://example.test", "https://example.test/activity"),
            ("https://example.test/", "https://example.test/activity"),
            ("https://example.test:8443/api//", "https://example.test:8443/api/activity"),
            ("HTTPS://EXAMPLE.test/API", "https://example.test/API/activity"),
            ("https://192.0.2.1", "https://192.0.2.1/activity"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example/activity"),
            ("http://localhost:8000/api", "http://localhost:8000/api/activity"),
            ("http://LOCALHOST", "http://localhost/activity"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1/activity"),
            ("http://127.255.1.2", "http://127.255.1.2/activity"),
            ("http://[::1]:8000/", "http://[::1]:8000/activity"),
        ],
    )
    def test_taken(self, base_url: str, url: str) -> None:
        assert str(sent(Script(), base_url=base_url).url) == url

    @pytest.mark.parametrize(
        "base_url",
        [
            "",
            "openrouter.ai/api/v1",
            "/api/v1",
            "ftp://example.test",
            "https://",
            "https:///api",
            "https://example.test:port",
            "https://example.test:0",
            "https://example.test:65536",
            "https://[::1",
            "https://exa mple.test",
            "https://example.test/a b",
            "https://example.test\n",
            "https://example.test/\tapi",
            "https://user@example.test",
            "https://user:pass@example.test",
            "https://example.test/?a=b",
            "https://example.test/?",
            "https://example.test/#part",
            "https://example.test/#",
            "https://example..test",
            f"https://{'a' * 64}.test",
            b"https://example.test",
            443,
            httpx.URL("https://example.test"),
        ],
        ids=repr,
    )
    def test_refused(self, base_url: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^base_url: "):
            Client(KEY, base_url=base_url)

    @pytest.mark.parametrize(
        "base_url",
        [
            "http://openrouter.ai/api/v1",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://localhost.example.test",
            "http://127.0.0.1.example.test",
            "http://[::2]",
            "http://2130706433",
        ],
    )
    def test_plain_http_is_for_loopback_alone(self, base_url: str) -> None:
        with pytest.raises(errors.ConfigurationError, match="not sent over plain http"):
            Client(KEY, base_url=base_url)

    @pytest.mark.parametrize("base_url", ["/api", "http://api.test", "https://api.test?a=b"])
    def test_a_wrong_one_names_what_gave_it(
        self, monkeypatch: pytest.MonkeyPatch, base_url: str
    ) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^base_url: "):
            Client(KEY, base_url=base_url)

        monkeypatch.setenv(BASE_URL_VARIABLE, base_url)

        with pytest.raises(
            errors.ConfigurationError, match=f"^the environment variable {BASE_URL_VARIABLE}: "
        ):
            Client(KEY)


class TestTimeout:
    """``timeout``: seconds, or an ``httpx.Timeout``."""

    @pytest.mark.parametrize(
        ("timeout", "expected"),
        [
            (0.5, {"connect": 0.5, "read": 0.5, "write": 0.5, "pool": None}),
            (7, {"connect": 7, "read": 7, "write": 7, "pool": None}),
            (httpx.Timeout(None), {"connect": None, "read": None, "write": None, "pool": None}),
            (
                httpx.Timeout(5, connect=1, pool=2),
                {"connect": 1, "read": 5, "write": 5, "pool": 2},
            ),
        ],
        ids=repr,
    )
    def test_taken(self, timeout: float | httpx.Timeout, expected: dict[str, float | None]) -> None:
        script = Script()
        client = script.client(timeout=timeout)

        call_sync(client)
        call_sync(script.client(), timeout=timeout)
        call_sync(script.client().with_timeout(timeout))

        timeouts = [request.extensions["timeout"] for request in script.requests]
        assert timeouts == [expected] * 3

    @pytest.mark.parametrize("seconds", ["5", -1, float("nan"), float("inf"), 1e20, True])
    def test_httpx_timeout_with_another_value_is_refused(self, seconds: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match=r"^timeout: expected seconds"):
            Client(KEY, timeout=httpx.Timeout(5, read=seconds))

    def test_default_is_thirty_seconds(self) -> None:
        timeout = sent(Script()).extensions["timeout"]

        assert timeout == {"connect": 30, "read": 30, "write": 30, "pool": None}

    def test_none_is_refused_and_says_how_to_wait_without_end(self) -> None:
        none: Any = None

        with pytest.raises(errors.ConfigurationError, match=r"pass httpx.Timeout\(None\)"):
            Client(KEY, timeout=none)


REFUSED = {
    "timeout": [0, -1, math.nan, math.inf, 1e30, True, "5", (5, 5)],
    "max_retries": [-1, 1.0, True, "2"],
    "headers": [
        {"X-Team": "né"},
        {"X-Team": "a\r\nX-Injected: b"},
        {"X-Team": 1},
        {"X-Team": None},
        {1: "a"},
        {"X-Té": "a"},
        {"": "a"},
        {"X Team": "a"},
        {"X-Team:": "a"},
        {"X-Team": " a"},
        {"X-Team": "a "},
        [("X-Team", "a")],
        "X-Team",
    ],
}
"""Invalid values, by the name of the argument."""


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in REFUSED.items() for value in values],
    ids=repr,
)
def test_invalid_values_are_refused_by_client_copy_and_call(
    name: str, value: Any, call: Call
) -> None:
    script = Script()
    client = script.client()

    uses: list[Callable[[], Any]] = [
        lambda: Client(KEY, **{name: value}),
        lambda: getattr(client, f"with_{name}")(value),
        lambda: call(client, **{name: value}),
    ]
    for use in uses:
        with pytest.raises(errors.ConfigurationError, match=rf"^{name}: "):
            use()
    assert script.requests == []


class TestHeaders:
    """Headers of the client, of a copy and of a call."""

    def test_user_agent(self, call: Call) -> None:
        script = Script()

        call(script.client())

        assert script.requests[0].headers["User-Agent"] == USER_AGENT

    def test_user_agent_can_be_replaced(self) -> None:
        by_client = sent(Script(), headers={"user-agent": "ours/1"})
        by_httpx = sent(Script(), httpx_args={"headers": {"user-agent": "ours/2"}})
        beside = sent(Script(), httpx_args={"headers": {"X-Team": "ours"}})

        assert by_client.headers.get_list("User-Agent") == ["ours/1"]
        assert by_httpx.headers.get_list("User-Agent") == ["ours/2"]
        assert (beside.headers["X-Team"], beside.headers["User-Agent"]) == ("ours", USER_AGENT)

    def test_call_wins_over_copy_and_copy_over_client(self, call: Call) -> None:
        script = Script()
        client = script.client(headers={"X-A": "client", "X-B": "client", "X-C": "client"})
        copy = client.with_headers({"X-B": "copy", "X-C": "copy"})

        call(copy, headers={"X-C": "call"})
        call(copy)
        call(client)

        names = ("X-A", "X-B", "X-C")
        seen = [[request.headers[name] for name in names] for request in script.requests]
        assert seen == [
            ["client", "copy", "call"],
            ["client", "copy", "copy"],
            ["client", "client", "client"],
        ]

    def test_names_are_the_same_in_any_case(self, call: Call) -> None:
        script = Script()
        client = script.client(headers={"X-Team": "client"})

        call(client, headers={"x-team": "call", "accept": "text/plain"})
        call(client.with_headers({"x-TEAM": "copy"}))

        first, second = script.requests
        assert first.headers.get_list("X-Team") == ["call"]
        assert first.headers.get_list("Accept") == ["text/plain"]
        assert second.headers.get_list("X-Team") == ["copy"]

    def test_refused_without_the_value(self) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            Client(KEY, headers={"X-Secret": f"{PLACEHOLDER}\n"})

        assert PLACEHOLDER not in str(caught.value)


class TestVerifySSL:
    """``verify_ssl``: the certificates that servers are checked against."""

    @pytest.fixture
    def contexts(self, monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
        """The TLS settings of the httpx clients."""
        made: list[ssl.SSLContext] = []

        def record(kind: type[Any]) -> Callable[..., Any]:
            def make(**arguments: Any) -> Any:
                made.append(arguments["verify"])
                return kind(**arguments)

            return make

        monkeypatch.setattr(httpx, "Client", record(httpx.Client))
        monkeypatch.setattr(httpx, "AsyncClient", record(httpx.AsyncClient))
        return made

    def test_context_is_used_as_it_is(self, contexts: list[ssl.SSLContext], call: Call) -> None:
        call(Script().client(verify_ssl=TLS))

        assert contexts == [TLS]

    def test_true_verifies_and_false_does_not(self, contexts: list[ssl.SSLContext]) -> None:
        call_sync(Script().client(verify_ssl=True))
        call_sync(Script().client(verify_ssl=False))

        assert [made.verify_mode for made in contexts] == [ssl.CERT_REQUIRED, ssl.CERT_NONE]

    @pytest.mark.parametrize("kind", [str, Path])
    def test_file_and_folder(
        self, contexts: list[ssl.SSLContext], kind: Callable[[str], str | Path], tmp_path: Path
    ) -> None:
        call_sync(Script().client(verify_ssl=kind(certifi.where())))
        call_sync(Script().client(verify_ssl=kind(str(tmp_path))))

        from_file, from_folder = contexts
        assert from_file.cert_store_stats()["x509_ca"] > 0
        assert from_folder.cert_store_stats()["x509_ca"] == 0
        assert from_folder.verify_mode == ssl.CERT_REQUIRED

    @pytest.mark.parametrize("verify_ssl", ["missing.pem", "", 1, None, b"missing.pem"], ids=repr)
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verify_ssl: Any
    ) -> None:
        monkeypatch.chdir(tmp_path)

        with pytest.raises(errors.ConfigurationError, match=r"^verify_ssl: "):
            Client(KEY, verify_ssl=verify_ssl)

    def test_file_without_certificates_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.pem"
        path.touch()

        with pytest.raises(errors.ConfigurationError, match=r"^verify_ssl: "):
            open_client("https://127.0.0.1:1", verify_ssl=path)


class TestCertificates:
    """Reading certificates is slow: once for sync and async calls, and never for plain http."""

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
        """The TLS settings that the HTTP library has made."""
        made: list[ssl.SSLContext] = []
        make = httpx.create_ssl_context

        def record(**arguments: Any) -> ssl.SSLContext:
            made.append(make(**arguments))
            return made[-1]

        monkeypatch.setattr(httpx, "create_ssl_context", record)
        return made

    def test_read_once_for_both_kinds_and_all_copies(self, made: list[ssl.SSLContext]) -> None:
        with open_client("https://127.0.0.1:1", verify_ssl=True, max_retries=0) as client:
            before = len(made)
            for call in (call_sync, call_async, call_async):
                with pytest.raises(errors.APIConnectionError):
                    call(client.with_timeout(5))

        assert (before, len(made)) == (0, 1)

    def test_not_read_for_plain_http(
        self, made: list[ssl.SSLContext], sandbox: Sandbox, call: Call
    ) -> None:
        with open_client(sandbox.base_url, verify_ssl=True) as client:
            call(client)

        assert made == []

    def test_read_for_a_redirect_from_plain_http(
        self, made: list[ssl.SSLContext], sandbox: Sandbox, call: Call
    ) -> None:
        secure = sandbox.base_url.replace("http:", "https:")
        with (
            loopback(lambda _: (307, {"Location": secure}, b"")) as server,
            open_client(
                server.url, verify_ssl=True, follow_redirects=True, max_retries=0
            ) as client,
        ):
            for _ in range(2):
                with pytest.raises(errors.APIConnectionError, match="SSL"):
                    call(client)

        assert [context.verify_mode for context in made] == [ssl.CERT_REQUIRED]

    @pytest.mark.parametrize("base_url", ["https://127.0.0.1:1", "redirect"])
    def test_environment_that_names_no_certificates(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: Call, base_url: str
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
        with loopback(lambda _: (307, {"Location": "https://127.0.0.1:1"}, b"")) as server:
            url = server.url if base_url == "redirect" else base_url
            arguments = {"verify_ssl": True, "follow_redirects": True, "max_retries": 0}
            # No proxies, whatever the environment says.
            untrusting = open_client(url, httpx_args={"trust_env": False}, **arguments)
            with untrusting, pytest.raises(errors.APIConnectionError):
                call(untrusting)
            # No server is at that port, but httpcore connects before it reads the settings.
            if base_url != "redirect":
                with pytest.raises(errors.ConfigurationError, match="SSL_CERT_FILE"):
                    open_client(url, **arguments)


class TestHttpxArgs:
    """``httpx_args``, which go to httpx."""

    def test_proxy(self, call: Call) -> None:
        with loopback(lambda _: (200, {}, GOOD.content)) as proxy:
            with open_client(
                "http://localhost:1/api", api_key=KEY, httpx_args={"proxy": proxy.url}
            ) as client:
                activity = call(client)

            assert len(activity.data) == 1
        assert [seen.target for seen in proxy.seen] == ["http://localhost:1/api/activity"]

    def test_mounts(self, call: Call) -> None:
        everything, mounted = Script(), Script()
        client = everything.client(
            base_url="https://mounted.test",
            httpx_args={"mounts": {"all://mounted.test": httpx.MockTransport(mounted)}},
        )

        call(client)

        assert (len(everything.requests), len(mounted.requests)) == (0, 1)

    def test_params_and_hooks(self) -> None:
        hooked: list[httpx.Request] = []

        request = sent(
            Script(),
            httpx_args={"params": {"tag": "a"}, "event_hooks": {"request": [hooked.append]}},
        )

        assert request.url.query == b"tag=a"
        assert hooked == [request]


class TestEnvironmentProxies:
    """The client uses the proxies of the environment like httpx, for every attempt."""

    def test_used_for_each_attempt(
        self, monkeypatch: pytest.MonkeyPatch, clock: object, call: Call
    ) -> None:
        with loopback(
            lambda _: (503, {}, b"") if len(proxy.seen) < 3 else (200, {}, GOOD.content)
        ) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            with open_client("http://localhost:1/api", api_key=KEY) as client:
                activity = call(client)

            assert len(activity.data) == 1
        assert [seen.target for seen in proxy.seen] == ["http://localhost:1/api/activity"] * 3

    @pytest.mark.parametrize(("no_proxy", "trust_env"), [("127.0.0.1", True), ("", False)])
    def test_ignored_if_asked(
        self,
        monkeypatch: pytest.MonkeyPatch,
        sandbox: Sandbox,
        call: Call,
        no_proxy: str,
        trust_env: bool,
    ) -> None:
        with loopback(lambda _: (500, {}, b"")) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("NO_PROXY", no_proxy)
            with open_client(sandbox.base_url, httpx_args={"trust_env": trust_env}) as client:
                activity = call(client)

        assert len(activity.data) == 60
        assert proxy.seen == []


class TestPerCall:
    """The options of a call apply to that call only."""

    def test_options(self, clock: object, call: Call) -> None:
        script = Script(httpx.Response(503))
        client = script.client(timeout=9, max_retries=1, headers={"X-Team": "client"})

        with pytest.raises(errors.InternalServerError):
            call(client, timeout=3, max_retries=0, headers={"X-Team": "call", "X-More": "1"})
        with pytest.raises(errors.InternalServerError):
            call(client)

        first, *others = script.requests
        assert first.extensions["timeout"]["read"] == 3
        assert (first.headers["X-Team"], first.headers["X-More"]) == ("call", "1")
        assert len(others) == 2
        for request in others:
            assert request.extensions["timeout"]["read"] == 9
            assert request.headers["X-Team"] == "client"
            assert "X-More" not in request.headers

    def test_none_is_the_clients(self, call: Call) -> None:
        script = Script()

        call(script.client(timeout=9), timeout=None, max_retries=None, headers=None)

        assert script.requests[0].extensions["timeout"]["read"] == 9


class TestCopies:
    """``with_…`` returns a copy that shares the pool."""

    def test_original_stays_as_it_was(self, clock: object) -> None:
        script = Script(httpx.Response(503))
        client = script.client(timeout=9, max_retries=0, headers={"X-Team": "client"})

        client.with_timeout(1)
        client.with_max_retries(5)
        client.with_headers({"X-Team": "copy"})
        with pytest.raises(errors.InternalServerError):
            call_sync(client)

        (request,) = script.requests
        assert request.extensions["timeout"]["read"] == 9
        assert request.headers["X-Team"] == "client"

    def test_copies_are_of_the_same_class(self) -> None:
        class Ours(Client):  # type: ignore[misc] # Any, for mypy
            pass

        client = Ours(KEY)

        assert type(client.with_timeout(1)) is Ours
        assert type(client.with_max_retries(1).with_headers({})) is Ours

    def test_one_connection_serves_them_all(self, own_sandbox: Sandbox) -> None:
        with open_client(own_sandbox.base_url) as client:
            for each in (
                client,
                client.with_timeout(5),
                client.with_max_retries(0),
                client.with_headers({"X-Team": "a"}),
                client.with_extra_query({"team": "a"}),
                copy.copy(client),
            ):
                call_sync(each)

        assert (len(own_sandbox.requests), own_sandbox.connections) == (6, 1)


class TestOwnHttpxClients:
    """httpx clients of the user, and access to those of the client."""

    def test_sync(self) -> None:
        script = Script()
        client = Client(KEY)
        copy = client.with_timeout(5)

        with httpx.Client(transport=httpx.MockTransport(script)) as own:
            returned = client.set_httpx_client(own)
            call_sync(client)
            call_sync(copy)
            got = client.get_httpx_client()

        assert returned is client
        assert got is own
        assert len(script.requests) == 2
        assert script.requests[0].headers["Authorization"] == f"Bearer {KEY}"

    def test_async(self) -> None:
        script = Script()
        client = Client(KEY)
        copy = client.with_timeout(5)

        async def main() -> None:
            async with httpx.AsyncClient(transport=httpx.MockTransport(script)) as own:
                assert client.set_async_httpx_client(own) is client
                await client.analytics.get_user_activity_async()
                await copy.analytics.get_user_activity_async()
                assert client.get_async_httpx_client() is own

        asyncio.run(main())

        assert len(script.requests) == 2

    def test_ours_is_the_one_that_calls_use(self) -> None:
        script = Script()
        client = script.client()

        async def main() -> None:
            client.get_async_httpx_client().headers["X-Seen"] = "async"
            await client.analytics.get_user_activity_async()

        client.get_httpx_client().headers["X-Seen"] = "sync"
        call_sync(client)
        asyncio.run(main())

        assert [request.headers["X-Seen"] for request in script.requests] == ["sync", "async"]

    def test_closing_closes_them(self) -> None:
        own, own_async = httpx.Client(verify=TLS), httpx.AsyncClient(verify=TLS)

        async def main() -> None:
            async with Client(KEY) as client:
                client.set_httpx_client(own).set_async_httpx_client(own_async)

        asyncio.run(main())

        assert own.is_closed
        assert own_async.is_closed

    def test_one_that_comes_later_leaves_no_connection_behind(self, own_sandbox: Sandbox) -> None:
        client = open_client(own_sandbox.base_url)
        call_sync(client)

        with contextlib.closing(client.get_httpx_client()) as ours:
            client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(Script())))
            client.close()
            closed = ours.is_closed

        assert closed


PROBE = """
import os, sys

opened, read = [], []

def hook(event, arguments):
    if event.startswith("socket."):
        opened.append(event)
    elif event == "open" and isinstance(arguments[0], str):
        if not arguments[0].endswith((".py", ".pyc")) and "__pycache__" not in arguments[0]:
            opened.append(arguments[0])

class Spy(dict):
    def __getitem__(self, name):
        read.append(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        read.append(name)
        return super().get(name, default)
    def __contains__(self, name):
        read.append(name)
        return super().__contains__(name)

import attrs, dateutil.parser, httpx, uuid  # their imports do not count

os.environ = Spy(os.environ)
os.getenv = os.environ.get
sys.addaudithook(hook)
import openrouter_analytics
import openrouter_analytics.api.analytics.get_user_activity
imported = list(opened), list(read)
openrouter_analytics.Client()
assert read, "the spy sees nothing"
open(sys.argv[1]).close()
assert opened, "the hook sees nothing"
print(imported)
"""


def test_import_opens_nothing_and_reads_no_environment(tmp_path: Path) -> None:
    path = tmp_path / "opened"
    path.touch()

    process = subprocess.run(
        [sys.executable, "-B", "-c", renamed(PROBE), str(path)],
        env={"PYTHONPATH": str(SITE), KEY_VARIABLE: KEY},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (process.stdout, process.stderr) == ("([], [])\n", "")
