"""The measured clients, each used as its own documentation shows.

Each client runs in a process whose environment has no other client. So this module imports each
client only when it is used. A class lacks the methods for what its client lacks:

- `client` makes a client.
- `fetch` and `fetch_async` get the activity.
- `decode` decodes a body as a call does.
- `dump` gives the activity as a JSON object.
"""

# The docstring of the module documents the methods of all classes.
# ruff: noqa: D102

from __future__ import annotations

import importlib
import json
import os
from types import GenericAlias
from typing import Any

KEY = "sk-or-v1-" + "sandbox-management-key".ljust(64, "0")
"""The key that the sandbox accepts."""


class ThisClient:
    """The package in generated/."""

    def __init__(self, **arguments: Any) -> None:
        self._package = importlib.import_module("openrouter_analytics")
        self._operation = importlib.import_module(
            "openrouter_analytics.api.analytics.get_user_activity"
        ).OPERATION
        self._arguments = arguments

    def client(self, base_url: str) -> Any:
        return self._package.Client(KEY, base_url=base_url, **self._arguments)

    def fetch(self, client: Any) -> Any:
        return client.analytics.get_user_activity()

    def fetch_async(self, client: Any) -> Any:
        return client.analytics.get_user_activity_async()

    def decode(self, body: bytes) -> Any:
        return self._operation.read_success(200, body, "application/json")

    def dump(self, activity: Any) -> Any:
        return activity.to_dict()


class Stock:
    """The client that openapi-python-client generates with its own templates."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openrouter_analytics")
        self._module = importlib.import_module(
            "openrouter_analytics.api.analytics.get_user_activity"
        )

    def client(self, base_url: str) -> Any:
        return self._package.AuthenticatedClient(base_url=base_url, token=KEY)

    def fetch(self, client: Any) -> Any:
        return self._module.sync(client=client)

    def fetch_async(self, client: Any) -> Any:
        return self._module.asyncio(client=client)

    def decode(self, body: bytes) -> Any:
        return self._module.ActivityResponse.from_dict(json.loads(body))

    def dump(self, activity: Any) -> Any:
        return activity.to_dict()


class OfficialSdk:
    """OpenRouter's own package `openrouter`."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openrouter")
        self._components = importlib.import_module("openrouter.components")
        self._serializers = importlib.import_module("openrouter.utils.serializers")

    def client(self, base_url: str) -> Any:
        return self._package.OpenRouter(api_key=KEY, server_url=base_url)

    def fetch(self, client: Any) -> Any:
        return client.analytics.get_user_activity()

    def fetch_async(self, client: Any) -> Any:
        return client.analytics.get_user_activity_async()

    def decode(self, body: bytes) -> Any:
        return self._serializers.unmarshal_json(body.decode(), self._components.ActivityResponse)

    def dump(self, activity: Any) -> Any:
        return activity.model_dump(by_alias=True)


class OpenApiGenerator:
    """The client that openapi-generator generates; it has no asynchronous calls by default."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openapi_generator_client")
        self._decoder = self._package.ApiClient()

    def client(self, base_url: str) -> Any:
        configuration = self._package.Configuration(host=base_url, access_token=KEY)
        return self._package.ApiClient(configuration)

    def fetch(self, client: Any) -> Any:
        return self._package.AnalyticsApi(client).get_user_activity()

    def decode(self, body: bytes) -> Any:
        name = "AnalyticsGetUserActivityResponse200"
        return self._decoder.deserialize(body.decode(), name, "application/json")

    def dump(self, activity: Any) -> Any:
        return activity.to_dict()


class Httpx:
    """httpx without a generated client."""

    def __init__(self) -> None:
        self._package = importlib.import_module("httpx")

    def client(self, base_url: str) -> Any:
        return self._package.Client(base_url=base_url, headers={"Authorization": f"Bearer {KEY}"})

    def client_async(self, base_url: str) -> Any:
        headers = {"Authorization": f"Bearer {KEY}"}
        return self._package.AsyncClient(base_url=base_url, headers=headers)

    def fetch(self, client: Any) -> Any:
        return client.get("/activity").json()

    async def fetch_async(self, client: Any) -> Any:
        return (await client.get("/activity")).json()

    def decode(self, body: bytes) -> Any:
        return json.loads(body)

    def dump(self, activity: Any) -> Any:
        return activity


class Floor:
    """msgspec alone, with classes made for the body: days are text, and unknown fields are lost."""

    def __init__(self) -> None:
        self._package = importlib.import_module("msgspec")
        texts = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
        numbers = (
            *("usage", "byok_usage_inference", "requests"),
            *("prompt_tokens", "completion_tokens", "reasoning_tokens"),
        )
        fields = [*((name, str) for name in texts), *((name, float) for name in numbers)]
        item: Any = self._package.defstruct("Item", fields)
        activity = self._package.defstruct("Activity", [("data", GenericAlias(list, (item,)))])
        self._decoder = self._package.json.Decoder(activity)

    def decode(self, body: bytes) -> Any:
        return self._decoder.decode(body)

    def dump(self, activity: Any) -> Any:
        return self._package.to_builtins(activity)


def environment() -> dict[str, str]:
    """The environment variables of a measured process, without keys and proxies."""
    kept = ("HOME", "PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
