"""The peers of this client, each in the code that its own documentation shows.

behaviour.py and bench.py run them, each peer in a process of its own, whose environment need not
hold more than that peer: nothing else is imported here.
"""

# What a method of a peer is for is said by `Peer`.
# ruff: noqa: ARG002, D102

from __future__ import annotations

import datetime as dt
import importlib
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import GenericAlias
from typing import Any, NamedTuple, Protocol, cast

KEY = "sk-or-v1-" + "sandbox-management-key".ljust(64, "0")
"""The key that the sandbox takes; a test holds it against the sandbox's own."""


class Settings(NamedTuple):
    """What a client is made with; a default is left to the peer."""

    key: str | None = KEY
    timeout: float | None = None
    redirects: bool = False
    retries: bool = True
    debug: bool = False


class Peer(Protocol):
    """A client under observation."""

    def client(self, base_url: str | None, settings: Settings) -> Any:
        """Make a client."""
        ...

    def fetch(
        self,
        client: Any,
        date: dt.date | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Get the activity."""
        ...

    def fetch_async(self, client: Any) -> Any:
        """Get the activity, as an awaitable; None if the peer has no such call."""
        ...

    def post(self, client: Any) -> Any:
        """Call an operation that is a POST; None if the peer has none."""
        ...

    def base_url(self, client: Any) -> str:
        """The base URL that the client uses."""
        ...

    def decode(self, body: bytes) -> Any:
        """What a call makes of the body of its answer."""
        ...

    def dump(self, answer: Any) -> dict[str, Any]:
        """The answer as a JSON object."""
        ...

    def call(self) -> Any:
        """The function that is called, for its annotations."""
        ...

    def holders(self, client: Any) -> list[Any]:
        """The client, and the configuration that it was made of."""
        ...


class ThisClient:
    """The package in generated/, with more arguments for its client if there are any."""

    def __init__(self, **arguments: Any) -> None:
        self._package = importlib.import_module("openrouter_analytics")
        self._operation = importlib.import_module(
            "openrouter_analytics.api.analytics.get_user_activity"
        ).OPERATION
        self._arguments = arguments

    def client(self, base_url: str | None, settings: Settings) -> Any:
        arguments = dict(self._arguments)
        if settings.timeout is not None:
            arguments["timeout"] = settings.timeout
        if not settings.retries:
            arguments["max_retries"] = 0
        return self._package.Client(
            settings.key, base_url=base_url, follow_redirects=settings.redirects, **arguments
        )

    def fetch(
        self,
        client: Any,
        date: dt.date | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return client.analytics.get_user_activity(date=date, headers=headers)

    def fetch_async(self, client: Any) -> Any:
        return client.analytics.get_user_activity_async()

    def post(self, client: Any) -> Any:
        # The document has no POST; this is what a generated method would do for one.
        parts = [
            importlib.import_module(f"openrouter_analytics._{n}") for n in ("operation", "encode")
        ]
        operation = parts[0].Operation(method="POST", path="/activity", success={}, errors={})
        return client.call(operation, parts[1].Arguments("/activity"), {})

    def base_url(self, client: Any) -> str:
        return repr(client).split("'")[1]  # it shows nothing else

    def decode(self, body: bytes) -> Any:
        return self._operation.read_success(200, body, "utf-8")

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", answer.to_dict())

    def call(self) -> Any:
        return self._package.Client(KEY).analytics.get_user_activity

    def holders(self, client: Any) -> list[Any]:
        return [client]


class Stock:
    """What openapi-python-client generates without our templates."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openrouter_analytics")
        self._module = importlib.import_module(
            "openrouter_analytics.api.analytics.get_user_activity"
        )

    def client(self, base_url: str | None, settings: Settings) -> Any:
        arguments: dict[str, Any] = {}
        if base_url is not None:
            arguments["base_url"] = base_url
        if settings.key is not None:
            arguments["token"] = settings.key
        if settings.timeout is not None:
            arguments["timeout"] = importlib.import_module("httpx").Timeout(settings.timeout)
        return self._package.AuthenticatedClient(follow_redirects=settings.redirects, **arguments)

    def fetch(
        self,
        client: Any,
        date: dt.date | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        if headers is not None:
            client = client.with_headers(headers)
        arguments = {} if date is None else {"date": date}
        return self._module.sync(client=client, **arguments)

    def fetch_async(self, client: Any) -> Any:
        return self._module.asyncio(client=client)

    def post(self, client: Any) -> Any:
        return None

    def base_url(self, client: Any) -> str:
        return str(client.get_httpx_client().base_url)

    def decode(self, body: bytes) -> Any:
        return self._module.ActivityResponse.from_dict(json.loads(body))

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", answer.to_dict())

    def call(self) -> Any:
        return self._module.sync

    def holders(self, client: Any) -> list[Any]:
        return [client]


class OfficialSdk:
    """The package openrouter from PyPI."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openrouter")
        self._components = importlib.import_module("openrouter.components")
        self._serializers = importlib.import_module("openrouter.utils.serializers")

    def client(self, base_url: str | None, settings: Settings) -> Any:
        arguments: dict[str, Any] = {}
        if settings.timeout is not None:
            arguments["timeout_ms"] = int(settings.timeout * 1000)
        if not settings.retries:
            arguments["retry_config"] = None
        if settings.debug:
            arguments["debug_logger"] = logging.getLogger("openrouter")
        return self._package.OpenRouter(api_key=settings.key, server_url=base_url, **arguments)

    def fetch(
        self,
        client: Any,
        date: dt.date | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        arguments: dict[str, Any] = {}
        if date is not None:
            # Its type is a string; a date is written as one, the rest as it comes.
            arguments["request"] = {"date_": date.isoformat() if type(date) is dt.date else date}
        return client.analytics.get_user_activity(http_headers=headers, **arguments)

    def fetch_async(self, client: Any) -> Any:
        return client.analytics.get_user_activity_async()

    def post(self, client: Any) -> Any:
        return client.analytics.query_analytics(metrics=["usage"])

    def base_url(self, client: Any) -> str:
        return str(client.sdk_configuration.get_server_details()[0])

    def decode(self, body: bytes) -> Any:
        return self._serializers.unmarshal_json(body.decode(), self._components.ActivityResponse)

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", answer.model_dump(by_alias=True))

    def call(self) -> Any:
        return importlib.import_module("openrouter.analytics").Analytics.get_user_activity

    def holders(self, client: Any) -> list[Any]:
        return [client, client.sdk_configuration]


class OpenApiGenerator:
    """What openapi-generator generates for Python."""

    def __init__(self) -> None:
        self._package = importlib.import_module("openapi_generator_client")
        self._decoder = self._package.ApiClient()

    def client(self, base_url: str | None, settings: Settings) -> Any:
        configuration = self._package.Configuration(
            host=base_url, access_token=settings.key, debug=settings.debug or None
        )
        client = self._package.ApiClient(configuration)
        client.timeout_of_calls = settings.timeout  # it has no such setting: each call is given it
        return client

    def fetch(
        self,
        client: Any,
        date: dt.date | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return self._package.AnalyticsApi(client).get_user_activity(
            var_date=date, _headers=headers, _request_timeout=client.timeout_of_calls
        )

    def fetch_async(self, client: Any) -> Any:
        return None

    def post(self, client: Any) -> Any:
        return None

    def base_url(self, client: Any) -> str:
        return str(client.configuration.host)

    def decode(self, body: bytes) -> Any:
        name = "AnalyticsGetUserActivityResponse200"
        return self._decoder.deserialize(body.decode(), name, "application/json")

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", answer.to_dict())

    def call(self) -> Any:
        return self._package.AnalyticsApi.get_user_activity

    def holders(self, client: Any) -> list[Any]:
        return [client, client.configuration]


class Httpx:
    """httpx by hand: what a client is written for to replace."""

    def __init__(self) -> None:
        self._package = importlib.import_module("httpx")

    def client(self, base_url: str | None, settings: Settings) -> Any:
        return self._package.Client(**self._arguments(base_url, settings))

    def client_async(self, base_url: str | None, settings: Settings) -> Any:
        return self._package.AsyncClient(**self._arguments(base_url, settings))

    def _arguments(self, base_url: str | None, settings: Settings) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {settings.key}"}
        return {"base_url": base_url or "", "headers": headers}

    def fetch(self, client: Any) -> Any:
        return client.get("/activity").json()

    async def fetch_async(self, client: Any) -> Any:
        return (await client.get("/activity")).json()

    def decode(self, body: bytes) -> Any:
        return json.loads(body)

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", answer)


class Floor:
    """msgspec alone, into classes made for it: checked, but days as text, no unknown fields."""

    def __init__(self) -> None:
        self._package = importlib.import_module("msgspec")
        texts = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
        numbers = (
            *("usage", "byok_usage_inference", "requests"),
            *("prompt_tokens", "completion_tokens", "reasoning_tokens"),
        )
        fields = [*((name, str) for name in texts), *((name, float) for name in numbers)]
        item: Any = self._package.defstruct("Item", fields)
        answer = self._package.defstruct("Answer", [("data", GenericAlias(list, (item,)))])
        self._decoder = self._package.json.Decoder(answer)

    def decode(self, body: bytes) -> Any:
        return self._decoder.decode(body)

    def dump(self, answer: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", self._package.to_builtins(answer))


def stock_command(scripts: Path, document: Path, config: Path, output: Path) -> list[str]:
    """The command that generates the stock client, as the package ``output``."""
    return [
        str(scripts / "openapi-python-client"),
        *("generate", "--path", str(document), "--meta", "none", "--overwrite"),
        *("--config", str(config), "--output-path", str(output)),
    ]


def openapi_generator_command(
    scripts: Path, document: Path, package: str, folder: Path
) -> list[str]:
    """The command that has openapi-generator generate a package into ``folder``."""
    return [
        str(scripts / "openapi-generator-cli"),
        *("generate", "-i", str(document), "-g", "python", "-o", str(folder)),
        *("--package-name", package),
    ]


def generate(command: list[str]) -> str | None:
    """Run a command of the above: why it made nothing, or None if it did."""
    if "openapi-generator-cli" in command[0] and shutil.which("java") is None:
        return "no Java on this machine"
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(  # noqa: S603 - commands of ours
            command,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    except subprocess.TimeoutExpired as error:
        return f"no end after {error.timeout:g} s"
    if done.returncode == 0:
        return None
    reason = (done.stderr or done.stdout).strip().splitlines()
    return reason[-1] if reason else "its generator failed"


def environment() -> dict[str, str]:
    """A peer's environment: nothing of this process's, above all no key and no proxy."""
    kept = ("HOME", "PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
