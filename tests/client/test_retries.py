"""Temporary failures are retried, within the limits of the client."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    BUSY,
    GOOD,
    Call,
    Clock,
    Script,
    call_at_once,
    call_sync,
    caught,
    limited,
    open_client,
)
from tests.client.http_library import httpx
from tests.client.package import Arguments, Operation, bytes_body, errors

TEMPORARY = {408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}
IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}

FAILURES = [
    httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.ReadTimeout, httpx.WriteError,
    httpx.WriteTimeout, httpx.PoolTimeout, httpx.RemoteProtocolError, httpx.ProxyError,
    httpx.DecodingError,
]  # fmt: skip


def busy(retry_after: str) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": retry_after})


class TestWhat:
    """The failures that are retried."""

    @pytest.mark.parametrize("status", range(300, 600))
    def test_statuses(self, clock: Clock, status: int) -> None:
        script = Script(httpx.Response(status), GOOD)
        client = script.client()

        with contextlib.suppress(errors.APIStatusError):
            call_sync(client)

        assert len(script.requests) == (2 if status in TEMPORARY else 1)
        assert len(clock.waits) == len(script.requests) - 1

    @pytest.mark.parametrize("kind", FAILURES)
    def test_failures(self, clock: Clock, call: Call, kind: type[httpx.RequestError]) -> None:
        script = Script(kind("failed"), kind("failed"), GOOD)

        activity = call(script.client())

        assert len(activity.data) == 1
        assert len(script.requests) == 3
        assert clock.jitters == [(0, 0.5), (0, 1.0)]

    @pytest.mark.parametrize(
        "content", [b'{"data":1}', b"<html>", b"", b'{"error":{"code":503,"message":"Busy"}}']
    )
    def test_success_is_final(self, clock: Clock, call: Call, content: bytes) -> None:
        script = Script(httpx.Response(200, content=content))

        caught(call, script.client())

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

        with contextlib.suppress(errors.APIError):
            assert client.call(operation, arguments, {}) == GOOD.content

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

    @pytest.mark.parametrize("limit", [0, 1, 5])
    @pytest.mark.parametrize("place", ["client", "copy", "call"])
    def test_limit(self, clock: Clock, call: Call, place: str, limit: int) -> None:
        script = Script(BUSY)
        client = script.client(max_retries=limit if place == "client" else 3)
        if place == "copy":
            client = client.with_max_retries(limit)
        options = {"max_retries": limit} if place == "call" else {}

        caught(call, client, **options)

        assert len(script.requests) == limit + 1
        assert len(clock.waits) == limit

    def test_each_call_has_two_by_default(self, clock: Clock, call: Call) -> None:
        script = Script(BUSY)
        client = script.client()

        for _ in range(3):
            caught(call, client)

        assert len(script.requests) == 9
        assert clock.jitters == [(0, 0.5), (0, 1)] * 3

    def test_last_error_is_the_one_that_is_raised(self, clock: Clock, call: Call) -> None:
        script = Script(BUSY, httpx.ReadTimeout("slow"), httpx.Response(404))

        error = caught(call, script.client(max_retries=5))

        assert type(error) is errors.NotFoundError
        assert error.__context__ is None
        assert len(script.requests) == 3


class TestHowLong:
    """Exponential backoff with full jitter, unless the server sends ``Retry-After``."""

    def test_jitter_doubles_up_to_its_cap(self, clock: Clock, call: Call) -> None:
        caught(call, Script(BUSY).client(max_retries=8))

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
        call(Script(busy(retry_after), GOOD).client())

        assert clock.waits == [seconds]
        assert clock.jitters == []

    @pytest.mark.parametrize(
        ("retry_after", "seconds"),
        [
            ("61", 61),
            ("86400", 86400),
            ("Mon, 24 Aug 2026 12:01:01 GMT", 61),
            ("9" * 400, float("inf")),
        ],
        ids=["61", "86400", "date", "infinite"],
    )
    def test_longer_retry_after_ends_the_call(
        self, clock: Clock, call: Call, retry_after: str, seconds: float
    ) -> None:
        script = Script(busy(retry_after))

        error = caught(call, script.client(max_retries=5))

        assert error.retry_after == seconds
        assert (len(script.requests), clock.waits) == (1, [])

    def test_retry_after_does_not_restart_the_backoff(self, clock: Clock, call: Call) -> None:
        call(Script(BUSY, busy("3"), BUSY, GOOD).client(max_retries=5))

        assert clock.waits == [0.5, 3, 1]

    def test_total_is_bounded(self, clock: Clock, call: Call) -> None:
        script = Script(busy("50"))

        caught(call, script.client(max_retries=100))

        assert clock.waits == [50, 50]
        assert len(script.requests) == 3

    def test_waiting_calls_take_no_slot(self, clock: Clock, own_sandbox: Sandbox) -> None:
        async def main() -> None:
            url = own_sandbox.fault_url("flaky:3:slot")
            async with limited(url, max_retries=3, max_connections=1) as client:
                await call_at_once(client, 3)

        asyncio.run(main())

        assert own_sandbox.peak_connections == 1
        assert len(own_sandbox.requests) == 6


def test_waits_are_real_without_the_clock(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: low)

    activity = call(Script(BUSY, busy("0"), GOOD).client())

    assert len(activity.data) == 1
