"""What type checkers infer of the client. Never run, only checked: tests/test_types.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, assert_type

import httpx
from openrouter_analytics import APIError, Client, RateLimitError, errors, records
from openrouter_analytics.api.analytics import get_user_activity
from openrouter_analytics.models import ActivityItem, ActivityResponse, ErrorDetail, ErrorResponse
from openrouter_analytics.types import Response, Unset


def methods(client: Client, day: dt.date, moment: dt.datetime) -> None:
    assert_type(client.analytics.get_user_activity(), ActivityResponse)
    assert_type(client.analytics.get_user_activity(date=day), ActivityResponse)
    assert_type(client.analytics.get_user_activity(date=moment), ActivityResponse)
    assert_type(client.analytics.get_user_activity(date="2026-08-23"), ActivityResponse)
    assert_type(
        client.analytics.get_user_activity(
            date=None, timeout=httpx.Timeout(5), max_retries=0, headers={"X-Team": "a"}
        ),
        ActivityResponse,
    )
    client.analytics.get_user_activity(extra_query={"since": day, "n": 1, "key": ["a", "b"]})
    client.analytics.get_user_activity(extra_query={"a": {}})  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
    client.analytics.get_user_activity(day)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.analytics.get_user_activity(date=20260823)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def async_methods(client: Client) -> None:
    assert_type(await client.analytics.get_user_activity_async(timeout=5), ActivityResponse)


def functions(client: Client) -> None:
    assert_type(get_user_activity.sync(client=client, timeout=5), ActivityResponse)
    response = get_user_activity.sync_detailed(client=client, max_retries=None)
    assert_type(response, Response[ActivityResponse | ErrorResponse])
    assert_type(response.status_code, int)
    assert_type(response.content, bytes)
    assert_type(response.headers, Mapping[str, str])
    assert_type(response.parsed, ActivityResponse | ErrorResponse | None)
    get_user_activity.sync(client=client, extra_query={"group_by": "workspace"})
    get_user_activity.sync(client=client, retries=5)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


async def async_functions(client: Client) -> None:
    assert_type(await get_user_activity.asyncio(client=client, headers={}), ActivityResponse)
    response = await get_user_activity.asyncio_detailed(client=client)
    assert_type(response, Response[ActivityResponse | ErrorResponse])


class Ours(Client):
    """A class of the user's own."""


def clients(own: httpx.Client, own_async: httpx.AsyncClient) -> None:
    client = Client("key", base_url=None, timeout=5, max_retries=0, verify_ssl=False)
    with client as entered:
        assert_type(entered, Client)
    assert_type(client.with_headers({}), Client)
    assert_type(Ours().with_extra_query({"group_by": None}), Ours)
    assert_type(Ours().with_timeout(httpx.Timeout(None)).with_max_retries(3), Ours)
    assert_type(client.set_httpx_client(own).set_async_httpx_client(own_async), Client)
    assert_type(client.get_httpx_client(), httpx.Client)
    assert_type(client.get_async_httpx_client(), httpx.AsyncClient)
    Client(timeout=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def async_clients() -> None:
    async with Ours() as entered:
        assert_type(entered, Ours)


def models(activity: ActivityResponse, failure: ErrorResponse) -> None:
    assert_type(activity.data, list[ActivityItem])
    item = activity.data[0]
    assert_type(item.date, dt.date)
    assert_type(item.model, str)
    assert_type(item.usage, float)
    assert_type(item.requests, float)
    assert_type(item.additional_properties, dict[str, Any])
    assert_type(item.to_dict(), dict[str, Any])
    assert_type(records(activity.data), list[dict[str, Any]])
    assert_type(ActivityItem.from_dict({}), ActivityItem)
    assert_type(failure.error, ErrorDetail)
    assert_type(failure.error.code, int)
    assert_type(failure.error.metadata, dict[str, Any] | Unset | None)
    assert_type(failure.user_id, str | Unset | None)
    if failure.user_id:
        assert_type(failure.user_id, str)


def raised(
    connection: errors.APIConnectionError,
    status: RateLimitError,
    breach: errors.ResponseValidationError,
) -> None:
    base: APIError = connection
    assert_type(base.message, str)
    assert_type(connection.request, errors.Request | None)
    assert_type(status.status_code, int)
    assert_type(status.code, int | str)
    assert_type(status.retry_after, float | None)
    assert_type(status.headers, Mapping[str, str])
    assert_type(status.content, bytes)
    assert_type(breach.path, str)
    assert_type(breach.expected, str)
    assert_type(breach.received, str)
    assert_type(breach.content, bytes | None)
    assert_type(breach.status_code, int | None)
