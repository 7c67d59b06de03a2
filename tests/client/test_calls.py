"""Every form of a call sends the documented request and returns the documented response."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.conftest import (
    USER_AGENT,
    Call,
    Script,
    function_async,
    function_sync,
    open_client,
)
from tests.client.http_library import httpx
from tests.client.package import ActivityItem, ActivityResponse, ErrorResponse, errors


def yesterday() -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


class TestForms:
    """The method, its async counterpart, and the functions of the module."""

    def test_method_returns_the_rows(self, sandbox: Sandbox, call: Call) -> None:
        with open_client(sandbox.base_url) as client:
            activity = call(client)

        assert type(activity) is ActivityResponse
        assert len(activity.data) == 60
        assert {type(item) for item in activity.data} == {ActivityItem}
        assert activity.data[0].date == yesterday()
        assert activity.data[0].additional_properties.keys() == {"cached_tokens"}

    @pytest.mark.parametrize("function", [function_sync, function_async])
    def test_function_returns_the_same(self, sandbox: Sandbox, function: Call) -> None:
        with open_client(sandbox.base_url) as client:
            assert function(client) == client.analytics.get_user_activity()

    def test_detailed_returns_a_success(self, sandbox: Sandbox, detailed: Call) -> None:
        with open_client(sandbox.base_url) as client:
            response = detailed(client, date=yesterday())

        assert type(response.status_code) is int
        assert response.status_code == 200
        assert response.headers["CONTENT-TYPE"] == "application/json"
        assert response.parsed == ActivityResponse.from_dict(json.loads(response.content))

    def test_detailed_returns_an_error(self, sandbox: Sandbox, detailed: Call) -> None:
        with open_client(sandbox.base_url) as client:
            response = detailed(client, date="2020-01-01")

        assert response.status_code == 400
        assert isinstance(response.parsed, ErrorResponse)
        assert response.parsed.error.code == 400
        assert response.parsed.error.message.startswith("Date must be within the last 30")

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(520, text="<html>"),
            httpx.Response(302, headers={"Location": "https://elsewhere.test/"}),
            httpx.Response(418, json=["another", "JSON"]),
            httpx.Response(599),
        ],
        ids=lambda answer: str(answer.status_code),
    )
    def test_detailed_returns_an_undocumented_status(
        self, detailed: Call, answer: httpx.Response
    ) -> None:
        response = detailed(Script(answer).client(max_retries=0))

        assert (response.status_code, response.content) == (answer.status_code, answer.content)
        assert response.parsed is None

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (httpx.ConnectError("refused"), errors.APIConnectionError),
            (httpx.Response(200, json={"data": 1}), errors.ResponseValidationError),
            (
                httpx.Response(200, json={"error": {"code": 403, "message": "Only"}}),
                errors.PermissionDeniedError,
            ),
        ],
        ids=["no response", "breach", "error under 200"],
    )
    def test_detailed_raises_other_failures(
        self, detailed: Call, answer: Any, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            detailed(Script(answer).client(max_retries=0))

    def test_async_without_an_event_loop_of_asyncio(self) -> None:
        coroutine = Script().client().analytics.get_user_activity_async()

        with pytest.raises(errors.ConfigurationError, match="no event loop of asyncio is running"):
            coroutine.send(None)  # as trio does


WEST, EAST = dt.timezone(-dt.timedelta(hours=7)), dt.timezone(dt.timedelta(hours=9))


class TestDates:
    """The values that ``date=`` accepts, and the query that it sends."""

    @pytest.mark.parametrize(
        ("given", "query"),
        [
            (dt.date(2026, 8, 23), b"date=2026-08-23"),
            (dt.datetime(2026, 8, 23, 23, 59, 59, tzinfo=dt.UTC), b"date=2026-08-23"),
            (dt.datetime(2026, 8, 23, 20, tzinfo=WEST), b"date=2026-08-24"),
            (dt.datetime(2026, 8, 23, 5, tzinfo=EAST), b"date=2026-08-22"),
            ("2026-08-23", b"date=2026-08-23"),
            ("2026-08-23 00:00:00", b"date=2026-08-23"),
            ("2026-08-23T20:00:00-07:00", b"date=2026-08-24"),
            (None, b""),
        ],
        ids=str,
    )
    def test_accepted(self, call: Call, given: dt.date | str | None, query: bytes) -> None:
        script = Script()

        call(script.client(), date=given)

        assert script.requests[0].url.query == query

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (dt.datetime(2026, 8, 23, 12), "without a time zone"),
            ("yesterday", "expected a date such as 2026-08-23, received 'yesterday'"),
            ("2026-02-30", "expected a date"),
            ("2026-08-23T12:00:00", "expected a date"),
            ("20260823", "expected a date"),
            ("", "expected a date"),
            (20260823, "expected a date, received int"),
            (True, "expected a date, received bool"),
            (dt.timedelta(days=1), "expected a date, received timedelta"),
            (dt.datetime.max.replace(tzinfo=WEST), "expected a date"),
        ],
        ids=str,
    )
    def test_refused_before_anything_is_sent(self, call: Call, given: Any, words: str) -> None:
        script = Script()

        with pytest.raises(errors.ConfigurationError) as caught:
            call(script.client(), date=given)

        assert str(caught.value).startswith("date: ")
        assert words in str(caught.value)
        assert script.requests == []


def test_request_on_the_wire(own_sandbox: Sandbox, call: Call) -> None:
    with open_client(f"{own_sandbox.base_url}/") as client:
        call(client, date=yesterday())

    (request,) = own_sandbox.requests
    assert (request.method, request.path) == ("GET", "/api/v1/activity")
    assert request.query == f"date={yesterday()}"
    headers = sorted(request.headers.items())
    names = "accept accept-encoding authorization connection host user-agent"
    assert [name for name, _ in headers] == names.split()
    assert {
        ("accept", "application/json"),
        ("authorization", f"Bearer {MANAGEMENT_KEY}"),
        ("user-agent", USER_AGENT),
    } < {*headers}
