"""Temporary failures are retried, within the limits of the client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import GOOD, Call, Clock, Script, call_sync, open_client
from tests.client.http_library import httpx
from tests.client.package import Arguments, Operation, bytes_body, errors

TEMPORARY = {408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}
IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}
BUSY = httpx.Response(503)

FAILURES = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("slow"),
    httpx.WriteError("reset"),
    httpx.WriteTimeout("slow"),
    httpx.PoolTimeout("busy"),
    httpx.RemoteProtocolError("closed"),
    httpx.ProxyError("refused"),
    httpx.DecodingError("no gzip"),
]


def busy(retry_after: str) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": retry_after})


class TestWhat:
    """The failures that are retried."""

    @pytest.mark.parametrize("status", range(300, 600))
    def test_statuses(self, clock: Clock, status: int) -> None:
        script = Script(httpx.Response(status), GOOD)
        client = script.client()

        if status in TEMPORARY:
            call_sync(client)
        else:
            with pytest.raises(errors.APIStatusError):
                call_sync(client)

        assert len(script.requests) == (2 if status in TEMPORARY else 1)
        assert len(clock.waits) == len(script.requests) - 1

    @pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
    def test_failures(self, clock: Clock, call: Call, failure: Exception) -> None:
        script = Script(failure, failure, GOOD)

        activity = call(script.client())

        assert len(activity.data) == 1
        assert len(script.requests) == 3
        assert clock.jitters == [(0, 0.5), (0, 1.0)]

    @pytest.mark.parametrize(
        "content", [b'{"data":1}', b"<html>", b"", b'{"error":{"code":503,"message":"Busy"}}']
    )
    def test_success_is_final(self, clock: Clock, call: Call, content: bytes) -> None:
        script = Script(httpx.Response(200, content=content))

        with pytest.raises(errors.APIError):
            call(script.client())

        assert len(script.requests) == 1

    @pytest.mark.parametrize(
        "method", [*sorted(IDEMPOTENT), "POST", "PATCH", "CONNECT", "FROBNICATE"]
    )
    @pytest.mark.parametrize("failure", [BUSY, httpx.ConnectError("refused")], ids=["503", "error"])
    def test_methods(self, clock: Clock, method: str, failure: httpx.Response | Exception) -> None:
        operation = Operation[bytes, None](
            method=method, path="/", success={"2XX": bytes_body}, errors={}
        )
        script = Script(failure, GOOD)
        client = script.client()
        arguments = Arguments("/")
        arguments.content = b"body"

        if method in IDEMPOTENT:
            assert client.call(operation, arguments, {}) == GOOD.content
        else:
            with pytest.raises(errors.APIError):
                client.call(operation, arguments, {})

        assert len(script.requests) == (2 if method in IDEMPOTENT else 1)
        assert {(each.method, each.content) for each in script.requests} == {(method, b"body")}

    def test_flaky_server(self, clock: Clock, own_sandbox: Sandbox, call: Call) -> None:
        for fault in ("status:502", "close", "truncated", "rate-limit:3"):
            token = fault.replace(":", "-")
            with open_client(own_sandbox.fault_url(f"flaky:2:{token}:{fault}")) as client:
                activity = call(client)

            assert len(activity.data) == 1
        assert len(own_sandbox.requests) == 12
        assert clock.waits[-2:] == [3, 3]


class TestHowOften:
    """``max_retries`` of the client, a copy or a call."""

    @pytest.mark.parametrize(
        ("place", "limit"),
        [("default", 2), *((place, n) for place in ("client", "copy", "call") for n in (0, 1, 5))],
    )
    def test_limit(self, clock: Clock, call: Call, limit: int, place: str) -> None:
        script = Script(BUSY)
        client = script.client() if place == "default" else script.client(max_retries=3)
        if place == "client":
            client = script.client(max_retries=limit)
        if place == "copy":
            client = client.with_max_retries(limit)
        options: dict[str, Any] = {"max_retries": limit} if place == "call" else {}

        with pytest.raises(errors.InternalServerError):
            call(client, **options)

        assert len(script.requests) == limit + 1
        assert len(clock.waits) == limit

    def test_each_call_has_its_own_retries(self, clock: Clock, call: Call) -> None:
        script = Script(BUSY)
        client = script.client(max_retries=1)

        for _ in range(3):
            with pytest.raises(errors.InternalServerError):
                call(client)

        assert len(script.requests) == 6
        assert clock.jitters == [(0, 0.5)] * 3

    def test_last_error_is_the_one_that_is_raised(self, clock: Clock, call: Call) -> None:
        script = Script(BUSY, httpx.ReadTimeout("slow"), httpx.Response(404))

        with pytest.raises(errors.NotFoundError) as raised:
            call(script.client(max_retries=5))

        assert raised.value.__context__ is None
        assert len(script.requests) == 3


class TestHowLong:
    """Exponential backoff with full jitter, unless the server sends ``Retry-After``."""

    def test_jitter_doubles_up_to_its_cap(self, clock: Clock, call: Call) -> None:
        with pytest.raises(errors.InternalServerError):
            call(Script(BUSY).client(max_retries=8))

        tops = [0.5, 1, 2, 4, 8, 8, 8, 8]
        assert clock.jitters == [(0, top) for top in tops]
        assert clock.waits == tops

    @pytest.mark.parametrize(
        ("retry_after", "seconds"),
        [("0", 0), ("1", 1), ("60", 60), ("Mon, 24 Aug 2026 12:00:45 GMT", 45)],
    )
    def test_retry_after_in_seconds(
        self, clock: Clock, call: Call, retry_after: str, seconds: int
    ) -> None:
        script = Script(busy(retry_after), GOOD)

        call(script.client())

        assert clock.waits == [seconds]
        assert clock.jitters == []

    @pytest.mark.parametrize(
        ("retry_after", "seconds"),
        [("61", 61), ("86400", 86400), ("Mon, 24 Aug 2026 12:01:01 GMT", 61), ("9" * 400, None)],
    )
    def test_longer_one_is_for_the_caller(
        self, clock: Clock, call: Call, retry_after: str, seconds: float | None
    ) -> None:
        script = Script(busy(retry_after))

        with pytest.raises(errors.RateLimitError) as raised:
            call(script.client(max_retries=5))

        assert raised.value.retry_after == (float("inf") if seconds is None else seconds)
        assert (len(script.requests), clock.waits) == (1, [])

    def test_backoff_goes_on_where_it_was(self, clock: Clock, call: Call) -> None:
        call(Script(BUSY, busy("3"), BUSY, GOOD).client(max_retries=5))

        assert clock.waits == [0.5, 3, 1]

    def test_total_is_bounded(self, clock: Clock, call: Call) -> None:
        script = Script(busy("50"))

        with pytest.raises(errors.RateLimitError):
            call(script.client(max_retries=100))

        assert clock.waits == [50, 50]
        assert len(script.requests) == 3

    def test_waiting_calls_take_no_slot(self, clock: Clock, own_sandbox: Sandbox) -> None:
        arguments = {"httpx_args": {"limits": httpx.Limits(max_connections=1)}}
        url = own_sandbox.fault_url("flaky:3:slot")

        async def main() -> None:
            async with open_client(url, max_retries=3, **arguments) as client:
                calls = (client.analytics.get_user_activity_async() for _ in range(3))
                await asyncio.gather(*calls)

        asyncio.run(main())

        assert own_sandbox.peak_connections == 1
        assert len(own_sandbox.requests) == 6


def redirect(location: str) -> httpx.Response:
    return httpx.Response(307, headers={"Location": location})


class TestRedirects:
    """Redirects are followed only on request, and never with the key to another origin."""

    def test_not_followed(self, call: Call) -> None:
        script = Script(redirect("/elsewhere"), GOOD)

        with pytest.raises(errors.APIStatusError) as raised:
            call(script.client())

        assert raised.value.status_code == 307
        assert raised.value.headers["Location"] == "/elsewhere"
        assert len(script.requests) == 1

    @pytest.mark.parametrize(
        "location", ["/v2", "https://openrouter.ai:443/v2", "https://OPENROUTER.ai/v2"]
    )
    def test_followed_if_asked_and_the_same_origin_gets_the_key(
        self, call: Call, location: str
    ) -> None:
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
    def test_another_origin_gets_no_key(
        self, call: Call, base_url: str | None, location: str
    ) -> None:
        script = Script(redirect(location), GOOD)

        call(script.client(base_url=base_url, follow_redirects=True))

        assert "Authorization" not in script.requests[1].headers

    def test_way_back_has_no_key_either(self, call: Call) -> None:
        script = Script(redirect("https://elsewhere.test/"), redirect("https://openrouter.ai/"))

        with pytest.raises(errors.APIConnectionError):
            call(script.client(follow_redirects=True, max_retries=0))

        keys = ["Authorization" in request.headers for request in script.requests]
        assert keys == [True] + [False] * 19

    def test_over_sockets(self, sandbox: Sandbox, call: Call) -> None:
        with serve(rows=1, fault="no-key-check") as other:
            host = other.base_url.removeprefix("http://").removesuffix("/api/v1")
            url = sandbox.fault_url(f"redirect:{host}")
            with open_client(url, follow_redirects=True) as client:
                activity = call(client)

        assert len(activity.data) == 1
        (request,) = other.requests
        assert "authorization" not in request.headers
        assert MANAGEMENT_KEY not in str(request)

    def test_loop_ends(self, clock: Clock, own_sandbox: Sandbox, call: Call) -> None:
        url = own_sandbox.fault_url("redirect")
        with (
            open_client(url, follow_redirects=True, max_retries=1) as client,
            pytest.raises(errors.APIConnectionError, match="too many redirects") as raised,
        ):
            call(client)

        assert raised.value.request is not None
        assert len(own_sandbox.requests) <= 40

    def test_last_response_counts(self, clock: Clock, call: Call) -> None:
        script = Script(redirect("/v2"), BUSY, redirect("/v2"), GOOD)

        activity = call(script.client(follow_redirects=True))

        assert len(activity.data) == 1
        paths = [request.url.path for request in script.requests]
        assert paths == ["/api/v1/activity", "/v2"] * 2

    def test_call_that_fails_after_a_redirect_names_where(self, call: Call) -> None:
        script = Script(redirect("https://elsewhere.test/gone"), httpx.Response(404))

        with pytest.raises(errors.NotFoundError, match=r"GET https://elsewhere.test/gone answered"):
            call(script.client(follow_redirects=True))


def test_waits_are_real_without_the_clock(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def shortest(low: float, high: float) -> float:
        return low

    monkeypatch.setattr("random.uniform", shortest)
    script = Script(BUSY, busy("0"), GOOD)

    activity = call(script.client())

    assert len(activity.data) == 1
