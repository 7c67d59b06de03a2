"""A user's code for the first version of the client: it uses all of it, and is strictly typed.

It is type-checked and run against later clients. The responses come as JSON by status.
"""

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Mapping

import httpx
from openrouter_analytics import Client, errors, models
from openrouter_analytics.api.analytics import get_user_activity
from openrouter_analytics.models.activity_item import ActivityItem
from openrouter_analytics.types import Response

URL = "https://openrouter.ai/api/v1/activity"
DAY = dt.date(2026, 8, 23)


def shown(row: ActivityItem) -> tuple[dt.date, str, float]:
    name = f"{row.model} {row.model_permaslug} {row.endpoint_id} {row.provider_name.title()}"
    tokens: float = row.prompt_tokens + row.completion_tokens + row.reasoning_tokens
    return row.date, name, row.usage + row.byok_usage_inference + tokens / max(row.requests, 1)


def estimate(requests: float, share: float) -> ActivityItem:
    """A row that the user makes up, for a forecast."""
    return ActivityItem(
        date=DAY,
        model="example-author/example-model",
        model_permaslug="example-author/example-model-1",
        endpoint_id="none",
        provider_name="Example",
        usage=0.5 * share,
        byok_usage_inference=0,
        requests=requests,
        prompt_tokens=requests * share,
        completion_tokens=requests * share,
        reasoning_tokens=0,
    )


def explained(response: Response[models.ActivityResponse | models.ErrorResponse]) -> str:
    if isinstance(response.parsed, models.ActivityResponse):
        return f"{len(response.parsed.data)} rows"
    if response.parsed is None:
        return f"{response.status_code}: nothing"
    detail: models.ErrorDetail = response.parsed.error
    code: int = detail.code
    return f"{code}: {detail.message} {detail.metadata or ''}"


def caught(client: Client, status: str) -> str:
    """What is raised for a status, as the user tells the errors apart."""
    try:
        client.with_headers({"x-status": status}).analytics.get_user_activity()
    except errors.AuthenticationError as error:
        return f"log in: {error.message}"
    except (errors.BadRequestError, errors.PermissionDeniedError, errors.NotFoundError) as error:
        return f"give up: {error.status_code} {error.code}"
    except errors.InternalServerError as error:
        return f"later: {error.retry_after}"
    except errors.APIStatusError as error:
        return f"unknown: {error.status_code} {error.metadata}"
    return "fine"


async def both(client: Client) -> int:
    async with client:
        days = [
            client.analytics.get_user_activity_async(date=DAY),
            client.analytics.get_user_activity_async(date="2026-08-22", timeout=5.0),
        ]
        return sum(len(activity.data) for activity in await asyncio.gather(*days))


def main(responses: Mapping[str, object]) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert str(request.url.copy_with(query=None)) == URL, request.url
        assert request.headers["authorization"] == "Bearer sk-or-v1-mine"
        status = request.headers.get("x-status", "200")
        return httpx.Response(int(status), json=responses.get(status, {}))

    def client() -> Client:
        transport = httpx.MockTransport(respond)
        return Client("sk-or-v1-mine", max_retries=0, httpx_args={"transport": transport})

    with client() as one:
        activity: models.ActivityResponse = one.analytics.get_user_activity(date=DAY)
        # The user's archive has the fields that the first version knew.
        known = {key: value for key, value in activity.data[0].to_dict().items() if key in FIELDS}
        rows: list[ActivityItem] = [*activity.data, ActivityItem.from_dict(known)]
        assert all(map(shown, rows))
        assert models.ActivityResponse(data=[*rows, estimate(10, 0.25)]).to_dict()["data"]
        for status in ("400", "401", "403", "404", "418", "500", "524"):
            assert caught(one, status) != "fine"
            detailed = get_user_activity.sync_detailed(client=one, headers={"x-status": status})
            assert not status.startswith("4") or explained(detailed)
        assert explained(get_user_activity.sync_detailed(client=one)) == "2 rows"
        assert get_user_activity.sync(client=one, date="2026-08-23") == activity
    assert asyncio.run(both(client())) == 4


FIELDS = estimate(1, 1).to_dict().keys()

if __name__ == "__main__":
    main(json.load(sys.stdin))
