"""Every form of a call sends the documented request and returns the documented response."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.conftest import GOOD, ITEM, KEY, Call, Script, loopback, open_client
from tests.client.http_library import httpx
from tests.client.package import (
    ActivityItem,
    ActivityResponse,
    Client,
    ErrorResponse,
    Response,
    __version__,
    errors,
    get_user_activity,
)

Detailed = Callable[..., Response[ActivityResponse | ErrorResponse]]


def detailed_sync(client: Client, **arguments: Any) -> Response[ActivityResponse | ErrorResponse]:
    return get_user_activity.sync_detailed(client=client, **arguments)


def detailed_async(client: Client, **arguments: Any) -> Response[ActivityResponse | ErrorResponse]:
    return asyncio.run(get_user_activity.asyncio_detailed(client=client, **arguments))


def module_sync(client: Client, **arguments: Any) -> ActivityResponse:
    return get_user_activity.sync(client=client, **arguments)


def module_async(client: Client, **arguments: Any) -> ActivityResponse:
    return asyncio.run(get_user_activity.asyncio(client=client, **arguments))


MODULE = pytest.mark.parametrize("call", [module_sync, module_async], ids=["sync", "async"])
DETAILED = pytest.mark.parametrize("call", [detailed_sync, detailed_async], ids=["sync", "async"])


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

    @MODULE
    def test_function_returns_the_same(self, sandbox: Sandbox, call: Call) -> None:
        with open_client(sandbox.base_url) as client:
            expected = client.analytics.get_user_activity()

            activity = call(client)

        assert activity == expected

    @DETAILED
    def test_detailed_returns_a_success(self, sandbox: Sandbox, call: Detailed) -> None:
        with open_client(sandbox.base_url) as client:
            response = call(client, date=yesterday())

        assert type(response.status_code) is int
        assert response.status_code == 200
        assert response.headers["CONTENT-TYPE"] == "application/json"
        assert response.parsed == ActivityResponse.from_dict(json.loads(response.content))

    @DETAILED
    def test_detailed_returns_an_error(self, sandbox: Sandbox, call: Detailed) -> None:
        with open_client(sandbox.base_url) as client:
            response = call(client, date="2020-01-01")

        assert response.status_code == 400
        assert isinstance(response.parsed, ErrorResponse)
        assert response.parsed.error.code == 400
        assert response.parsed.error.message.startswith("Date must be within the last 30")

    @pytest.mark.parametrize(
        ("answer", "status"),
        [
            (httpx.Response(520, text="<html>"), 520),
            (httpx.Response(302, headers={"Location": "https://elsewhere.test/"}), 302),
            (httpx.Response(418, json=["another", "JSON"]), 418),
            (httpx.Response(599), 599),
        ],
    )
    @DETAILED
    def test_detailed_returns_an_undocumented_status(
        self, call: Detailed, answer: httpx.Response, status: int
    ) -> None:
        client = Script(answer).client(max_retries=0)

        response = call(client)

        assert (response.status_code, response.content) == (status, answer.content)
        assert response.parsed is None

    @DETAILED
    def test_detailed_raises_without_a_response_and_for_an_invalid_success(
        self, call: Detailed
    ) -> None:
        enveloped = {"error": {"code": 403, "message": "Only management keys"}}
        script = Script(
            httpx.ConnectError("refused"),
            httpx.Response(200, json={"data": 1}),
            httpx.Response(200, json=enveloped),
        )
        client = script.client(max_retries=0)

        with pytest.raises(errors.APIConnectionError):
            call(client)
        with pytest.raises(errors.ResponseValidationError):
            call(client)
        with pytest.raises(errors.PermissionDeniedError):
            call(client)

    def test_async_without_an_event_loop_of_asyncio(self) -> None:
        coroutine = Script().client().analytics.get_user_activity_async()

        with pytest.raises(errors.ConfigurationError, match="no event loop of asyncio is running"):
            coroutine.send(None)  # as trio does


class TestSubclasses:
    """A class of the user's own, which the copies of a client keep."""

    @pytest.mark.parametrize("members", [{}, {"__slots__": ("cost_centre", "team")}])
    def test_copies_have_its_attributes(self, members: dict[str, Any]) -> None:
        kind: Any = type("OwnClient", (Client,), members)
        client = kind(KEY)
        client.team, client.cost_centre = "blue", 7

        copies = [client.with_timeout(1), client.with_max_retries(0), client.with_headers({})]

        assert [(kind, "blue", 7)] * 3 == [
            (type(copy), copy.team, copy.cost_centre) for copy in copies
        ]


class TestDates:
    """The values that ``date=`` accepts, and the text that it sends."""

    @pytest.mark.parametrize(
        ("given", "sent"),
        [
            (dt.date(2026, 8, 23), "2026-08-23"),
            (dt.datetime(2026, 8, 23, 23, 59, 59, tzinfo=dt.UTC), "2026-08-23"),
            (
                dt.datetime(2026, 8, 23, 20, tzinfo=dt.timezone(-dt.timedelta(hours=7))),
                "2026-08-24",
            ),
            (dt.datetime(2026, 8, 23, 5, tzinfo=dt.timezone(dt.timedelta(hours=9))), "2026-08-22"),
            ("2026-08-23", "2026-08-23"),
            ("2026-08-23 00:00:00", "2026-08-23"),
            ("2026-08-23T20:00:00-07:00", "2026-08-24"),
        ],
        ids=str,
    )
    def test_accepted(self, call: Call, given: dt.date | str, sent: str) -> None:
        script = Script()

        call(script.client(), date=given)

        assert script.requests[0].url.query == f"date={sent}".encode()

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
            (
                dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=7))),
                "expected a date",
            ),
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

    def test_none_is_not_given(self, call: Call) -> None:
        script = Script()

        call(script.client(), date=None)

        assert script.requests[0].url.query == b""


class TestOnTheWire:
    """The method, URL, headers and body of a request."""

    def test_request(self, sandbox: Sandbox, call: Call) -> None:
        sandbox.requests.clear()

        with open_client(sandbox.base_url) as client:
            call(client, date=yesterday())

        (request,) = sandbox.requests
        assert request.method == "GET"
        assert request.path == "/api/v1/activity"
        assert request.query == f"date={yesterday()}"
        assert request.headers["authorization"] == f"Bearer {MANAGEMENT_KEY}"
        assert request.headers["accept"] == "application/json"
        assert request.headers["user-agent"].startswith(f"openrouter-analytics/{__version__} ")
        assert "content-type" not in request.headers
        assert request.headers.getlist("authorization") == [f"Bearer {MANAGEMENT_KEY}"]

    def test_names_of_headers_in_their_order(self) -> None:
        with loopback(lambda _: (200, {}, GOOD.content)) as server:
            with open_client(server.url + "/api/v1/", api_key=KEY) as client:
                activity = client.analytics.get_user_activity(date="2026-08-23")

            assert activity.data == [ActivityItem.from_dict(ITEM)]
        (seen,) = server.seen
        assert seen.target == "/api/v1/activity?date=2026-08-23"
        assert sorted(map(str.lower, seen.headers)) == [
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "host",
            "user-agent",
        ]
