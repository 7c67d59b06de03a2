"""Redirects are followed only on request, and never with the key to another origin.

`test_key_safety.py` checks the latter over sockets.
"""

from __future__ import annotations

import logging

import pytest

from tests.client.conftest import BUSY, GOOD, KEY, Call, Clock, Script, caught, limited, loopback
from tests.client.http_library import httpx
from tests.client.package import NAME, errors


def redirect(location: str) -> httpx.Response:
    return httpx.Response(307, headers={"Location": location})


@pytest.mark.parametrize(
    "location", ["/v2", "https://openrouter.ai:443/v2", "https://OPENROUTER.ai/v2"]
)
def test_same_origin_gets_the_key(call: Call, location: str) -> None:
    script = Script(redirect(location), GOOD)

    call(script.client(follow_redirects=True), date="2026-08-23")

    first, second = script.requests
    assert second.url == "https://openrouter.ai/v2"
    assert second.headers["Authorization"] == first.headers["Authorization"]


@pytest.mark.parametrize(
    ("base_url", "location"),
    [
        (None, "https://elsewhere.test/api/v1/activity"),
        (None, "https://api.openrouter.ai/api/v1/activity"),
        (None, "https://openrouter.ai:8443/api/v1/activity"),
        (None, "http://openrouter.ai/api/v1/activity"),
        (None, "//elsewhere.test/"),
        ("http://localhost", "https://localhost/activity"),
    ],
)
def test_another_origin_gets_no_key(call: Call, base_url: str | None, location: str) -> None:
    script = Script(redirect(location), GOOD)

    call(script.client(base_url=base_url, follow_redirects=True))

    assert "Authorization" not in script.requests[1].headers


def test_a_redirect_loop_ends_and_sends_the_key_once(clock: Clock, call: Call) -> None:
    script = Script(redirect("https://elsewhere.test/"), redirect("https://openrouter.ai/"))

    error = caught(call, script.client(follow_redirects=True, max_retries=0))

    assert isinstance(error, errors.APIConnectionError)
    assert error.message == "too many redirects"
    assert error.request is not None
    keys = ["Authorization" in request.headers for request in script.requests]
    assert keys == [True] + [False] * 19


def test_retry_begins_at_the_first_url(clock: Clock, call: Call) -> None:
    script = Script(redirect("/v2"), BUSY, redirect("/v2"), GOOD)

    activity = call(script.client(follow_redirects=True))

    assert len(activity.data) == 1
    paths = [request.url.path for request in script.requests]
    assert paths == ["/api/v1/activity", "/v2"] * 2


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (f"https://name:word@other.test/{KEY}/a?b={KEY}#c", "https://other.test/[key]/a"),
        ("/moved?b=c", "https://openrouter.ai/moved"),
    ],
    ids=["elsewhere", "relative"],
)
def test_error_and_log_name_the_target_without_what_may_be_secret(
    caplog: pytest.LogCaptureFixture, call: Call, location: str, target: str
) -> None:
    caplog.set_level(logging.DEBUG, NAME)
    script = Script(redirect(location))

    error = caught(call, script.client())
    call(Script(redirect(location), GOOD).client(follow_redirects=True))

    assert isinstance(error, errors.APIStatusError)
    assert (error.status_code, len(script.requests)) == (307, 1)
    assert str(error).endswith(
        f" — It redirects to {target}, which only a client with follow_redirects=True follows."
    )
    assert caplog.record_tuples[-1] == (NAME, logging.DEBUG, f"GET {target}: status 200")
    assert KEY not in str([vars(record) for record in caplog.records])


def test_error_after_a_redirect_names_where_without_the_user(call: Call) -> None:
    script = Script(redirect("https://name:word@other.test/a?b=c"), httpx.Response(404))

    error = caught(call, script.client(follow_redirects=True))

    assert str(error).startswith("GET https://other.test/a answered 404")
    assert error.request.url == "https://other.test/a?b=c"


@pytest.mark.timeout(20)  # a call without a free connection waits for ever
@pytest.mark.parametrize("location", ["http://host:port/", "http://host:65536/"])
def test_redirect_to_an_invalid_url_frees_its_connection(
    call_in_one_loop: Call, location: str
) -> None:
    with (
        loopback(lambda _: (302, {"Location": location}, b"")) as server,
        limited(server.url, max_connections=1) as client,
    ):
        failures = [caught(call_in_one_loop, client) for _ in range(2)]

    # httpx fails on this header before it returns the response, so the status is lost.
    assert [type(failure) for failure in failures] == [errors.APIConnectionError] * 2
    assert "Invalid URL in location header" in str(failures[0])


def test_redirect_to_an_invalid_host_is_an_error_of_the_tree(call: Call) -> None:
    script = Script(redirect("http://a..b/"))
    mounts = {"all://openrouter.ai": httpx.MockTransport(script)}
    arguments = {"transport": None, "mounts": mounts}
    client = script.client(max_retries=0, follow_redirects=True, httpx_args=arguments)

    error = caught(call, client)

    assert isinstance(error, errors.APIConnectionError)
