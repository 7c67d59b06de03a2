"""The key, the base URL and other arguments of a client: their sources, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import httpx as first_library
import httpx2
import pytest

from tests.client.conftest import KEY, Call, Script, call_sync, refusal, sent
from tests.client.http_library import httpx
from tests.client.package import BASE_URL_VARIABLE, Client, errors

MANAGEMENT_VARIABLE, KEY_VARIABLE = "OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_API_KEY"
PLACEHOLDER = "placeholder-4711"


class TestKey:
    """The sources of the key, and the keys that are refused."""

    def test_sources_in_their_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(KEY_VARIABLE, "second")
        second = sent(api_key=None)
        monkeypatch.setenv(MANAGEMENT_VARIABLE, "")
        empty = sent(api_key=None)
        monkeypatch.setenv(MANAGEMENT_VARIABLE, "first")
        first = sent(api_key=None)
        given = sent(api_key="given")

        keys = [each.headers["Authorization"] for each in (second, empty, first, given)]
        assert keys == ["Bearer second", "Bearer second", "Bearer first", "Bearer given"]

    @pytest.mark.parametrize("variables", [(), (MANAGEMENT_VARIABLE, KEY_VARIABLE)])
    def test_none_is_refused_with_what_to_do(
        self, monkeypatch: pytest.MonkeyPatch, variables: tuple[str, ...]
    ) -> None:
        for name in variables:
            monkeypatch.setenv(name, "")

        told = refusal(api_key=None)

        assert f"pass api_key=…, or set {MANAGEMENT_VARIABLE} or {KEY_VARIABLE}" in told
        assert "https://openrouter.ai/settings/management-keys" in told

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
        told = refusal(api_key=key)

        assert told.startswith("the key of the argument api_key ")
        assert words in told
        assert "4711" not in told

    def test_malformed_names_its_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(KEY_VARIABLE, f"{PLACEHOLDER}\n")

        told = refusal(api_key=None)

        assert told.startswith(f"the key of the environment variable {KEY_VARIABLE} ")
        assert PLACEHOLDER not in told


class TestBaseURL:
    """The base URL."""

    def test_sources_in_their_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        documented = sent()
        monkeypatch.setenv(BASE_URL_VARIABLE, "")
        empty = sent()
        monkeypatch.setenv(BASE_URL_VARIABLE, "https://environment.test/v2")
        from_environment = sent()
        given = sent(base_url="https://argument.test/v3/")

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
        assert str(sent(base_url=base_url).url) == url

    @pytest.mark.parametrize(
        "base_url",
        [
            "", "openrouter.ai/api/v1", "/api/v1", "ftp://example.test", "https://", "https:///api",
            "https://example.test:port", "https://example.test:0", "https://example.test:65536",
            "https://[::1", "https://exa mple.test", "https://example.test/a b",
            "https://example.test\n", "https://example.test/\tapi", "https://user@example.test",
            "https://user:pass@example.test", "https://example.test/?a=b", "https://example.test/?",
            "https://example.test/#part", "https://example.test/#", "https://example..test",
            f"https://{'a' * 64}.test", b"https://example.test", 443,
            httpx.URL("https://example.test"),
        ],
        ids=repr,
    )  # fmt: skip
    def test_refused(self, base_url: Any) -> None:
        assert refusal(base_url=base_url).startswith("base_url: ")

    @pytest.mark.parametrize(
        "base_url",
        [
            "http://openrouter.ai/api/v1", "http://10.0.0.1", "http://0.0.0.0", "http://[::2]",
            "http://localhost.example.test", "http://127.0.0.1.example.test", "http://2130706433",
        ],
    )  # fmt: skip
    def test_plain_http_is_for_loopback_alone(self, base_url: str) -> None:
        told = refusal(base_url=base_url)

        assert told.startswith("base_url: a key is not sent over plain http")

    @pytest.mark.parametrize("base_url", ["/api", "http://api.test", "https://api.test?a=b"])
    def test_refused_one_of_the_environment_names_its_variable(
        self, monkeypatch: pytest.MonkeyPatch, base_url: str
    ) -> None:
        monkeypatch.setenv(BASE_URL_VARIABLE, base_url)

        assert refusal().startswith(f"the environment variable {BASE_URL_VARIABLE}: ")


class TestTimeout:
    """``timeout``: seconds, or an ``httpx.Timeout`` of either library."""

    @pytest.mark.parametrize(
        ("timeout", "connect", "read", "pool"),
        [
            (0.5, 0.5, 0.5, None),
            (7, 7, 7, None),
            (httpx.Timeout(None), None, None, None),
            (first_library.Timeout(5, connect=1, pool=2), 1, 5, 2),
            (httpx2.Timeout(5, connect=1, pool=2), 1, 5, 2),
        ],
        ids=repr,
    )
    def test_taken(self, timeout: Any, connect: object, read: object, pool: object) -> None:
        script = Script()

        call_sync(script.client(timeout=timeout))
        call_sync(script.client(), timeout=timeout)
        call_sync(script.client().with_timeout(timeout))

        expected = {"connect": connect, "read": read, "write": read, "pool": pool}
        timeouts = [request.extensions["timeout"] for request in script.requests]
        assert timeouts == [expected] * 3

    def test_default_is_thirty_seconds(self) -> None:
        timeout = sent().extensions["timeout"]

        assert timeout == {"connect": 30, "read": 30, "write": 30, "pool": None}

    @pytest.mark.parametrize("seconds", ["5", -1, float("nan"), float("inf"), 1e20, True])
    def test_httpx_timeout_with_another_value_is_refused(self, seconds: Any) -> None:
        told = refusal(timeout=httpx.Timeout(5, read=seconds))

        assert told.startswith("timeout: expected seconds")

    def test_none_is_refused_and_says_how_to_wait_without_end(self) -> None:
        assert "pass httpx.Timeout(None)" in refusal(timeout=None)


REFUSED = {
    "timeout": [0, -1, math.nan, math.inf, 1e30, True, "5", (5, 5)],
    "max_retries": [-1, 1.0, True, "2"],
    "headers": [
        {"X-Team": "né"},
        {"X-Team": f"{PLACEHOLDER}\r\nX-Injected: b"},
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
        with pytest.raises(errors.ConfigurationError, match=rf"^{name}: ") as caught:
            use()
        assert PLACEHOLDER not in str(caught.value)
    assert script.requests == []
