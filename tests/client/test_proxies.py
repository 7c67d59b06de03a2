"""Proxies of the environment and of ``httpx_args``."""

from __future__ import annotations

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    GOOD,
    NOWHERE,
    Call,
    Loopback,
    caught,
    loopback,
    open_client,
    refusal,
)
from tests.client.http_library import NAME
from tests.client.package import errors


@pytest.mark.parametrize("given", ["HTTP_PROXY", "httpx_args"])
def test_proxy_is_used_for_each_attempt(
    monkeypatch: pytest.MonkeyPatch, clock: object, call: Call, given: str
) -> None:
    with loopback(
        lambda _: (503, {}, b"") if len(proxy.seen) < 3 else (200, {}, GOOD.content)
    ) as proxy:
        arguments = {"proxy": proxy.url} if given == "httpx_args" else {}
        monkeypatch.setenv("HTTP_PROXY", NOWHERE if arguments else proxy.url)
        with open_client("http://localhost:1/api", httpx_args=arguments) as client:
            activity = call(client)

    assert len(activity.data) == 1
    assert [seen.target for seen in proxy.seen] == ["http://localhost:1/api/activity"] * 3


def test_proxy_of_the_environment_is_ignored_if_asked(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, call: Call
) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)

    with open_client(sandbox.base_url, httpx_args={"trust_env": False}) as client:
        assert len(call(client).data) == 60


@pytest.mark.parametrize(
    "entry",
    [
        "localhost,127.0.0.1,[::1]", "fd07::/64,127.0.0.1", "::1,127.0.0.1/32", "127.0.0.0/8",
        "*", "[,*.test,127.0.0.1", "[127.0.0.1]", "a b,%,a:b,127.0.0.1",
    ],
)  # fmt: skip
def test_no_proxy(monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call, entry: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)
    monkeypatch.setenv("NO_PROXY", entry)

    with open_client(api.url, max_retries=0) as client:
        assert len(call(client).data) == 1


@pytest.mark.parametrize("entry", ["", "fd07::/64", "10.0.0.0/8", "[::1]", "test"])
def test_no_proxy_of_other_hosts(
    monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call, entry: str
) -> None:
    monkeypatch.setenv("http_proxy", NOWHERE)
    monkeypatch.setenv("no_proxy", entry)

    with open_client(api.url, max_retries=0) as client:
        assert type(caught(call, client)) is errors.APIConnectionError


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
    monkeypatch: pytest.MonkeyPatch, call: Call, given: str, url: str, told: str
) -> None:
    source, arguments = f"the environment variable {given}", {}
    if given == "httpx_args":
        url = url if "://" in url else f"http://{url}"
        source, arguments = "the argument httpx_args", {given: {"proxy": url}}
    else:
        monkeypatch.setenv(given, url)

    with open_client("https://api.test", max_retries=0, **arguments) as client:
        error = caught(call, client)

    assert str(error).endswith(f"(ConnectError, through the proxy {told} of {source})")
    assert "secret" not in str(error)


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
def test_refused(monkeypatch: pytest.MonkeyPatch, variable: str, url: str, words: str) -> None:
    monkeypatch.setenv(variable, url)

    told = refusal()

    assert told.startswith(f"the environment variable {variable}: ")
    assert words in told
    assert "secret" not in told


def test_an_unused_proxy_is_not_refused(
    monkeypatch: pytest.MonkeyPatch, api: Loopback, call: Call
) -> None:
    monkeypatch.setenv("all_proxy", "socks://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", api.url)
    monkeypatch.setenv("https_proxy", api.url)

    with open_client("http://localhost:1/api") as client:
        assert len(call(client).data) == 1
