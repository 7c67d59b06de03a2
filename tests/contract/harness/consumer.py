"""The consumer's side: what a generated client has to do, whatever document it was made from.

Each check calls a package as its users do, over a transport in memory. The expectations come from
here and from `facts`, not from the document, so that the client of a wrong document fails.
"""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import importlib
import importlib.util
import json
import os
import pkgutil
import ssl
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import httpx

from generator.spec.values import json_type
from tests.contract.harness import facts, samples
from tests.contract.harness.findings import json_path

KEY = "sk-or-v1-" + "contract-tests".ljust(64, "0")
BASE_URL = "http://127.0.0.1:9/api/v1"
"""Nothing is sent there: a transport in memory responds."""

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: loading certificates takes longer than a whole check."""

Handler = Callable[[httpx.Request], httpx.Response]


class Package:
    """A generated client package, under whatever name it was imported."""

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module
        self.errors: Any = self.submodule("errors")
        self.version: str = self.module.__version__

    @cached_property
    def operation(self) -> Any:
        """The module of the operation, whatever the document or the configuration calls it."""
        api = self.submodule("api")
        for found in pkgutil.walk_packages(api.__path__, api.__name__ + "."):
            module: Any = importlib.import_module(found.name)
            operation = getattr(module, "OPERATION", None)
            if operation is not None and operation.path == facts.OPERATION.partition(" ")[2]:
                return module
        raise LookupError(f"the client has no operation {facts.OPERATION}")

    def method(self, client: Any, suffix: str = "") -> Callable[..., Any]:
        """The method of the operation, with the suffix `_async` the one for asyncio."""
        namespace, name = self.operation.__name__.split(".")[-2:]
        method: Callable[..., Any] = getattr(getattr(client, namespace), name + suffix)
        return method

    def submodule(self, name: str) -> Any:
        """One of its modules."""
        return importlib.import_module(f"{self.module.__name__}.{name}")

    def client(self, handler: Handler, **arguments: Any) -> Any:
        """A client whose responses come from a handler."""
        defaults: dict[str, Any] = {"api_key": KEY, "base_url": BASE_URL, "max_retries": 0}
        transport = {"transport": httpx.MockTransport(handler)}
        return self.module.Client(
            **{**defaults, "verify_ssl": _TLS, **arguments}, httpx_args=transport
        )

    def fetch(self, handler: Handler, **arguments: Any) -> Any:
        """Fetch the activity by the method and by its async form, which must agree."""

        async def fetch_async() -> Any:
            async with self.client(handler) as client:
                return await self.method(client, "_async")(**arguments)

        value = self.fetch_once(handler, **arguments)
        assert asyncio.run(fetch_async()) == value
        return value

    def fetch_once(self, handler: Handler, **arguments: Any) -> Any:
        """Fetch the activity by the method."""
        with self.client(handler) as client:
            return self.method(client)(**arguments)

    def load(self, body: Any) -> Any:
        """Load the body of a success."""
        return self.fetch_once(responding(200, body))

    def load_error(self, handler: Handler) -> Any:
        """Load the body of an error; None if it does not have the documented form."""
        with self.client(handler) as client:
            return self.operation.sync_detailed(client=client).parsed

    def refuses(self, body: Any, path: str = "$") -> Any:
        """The error that a success of this body causes. It must name that path."""
        try:
            self.load(body)
        except self.errors.ResponseValidationError as error:
            assert error.path == path  # noqa: PT017 - the class belongs to any package
            return error
        raise AssertionError(f"{body!r:.200} was accepted")

    def raised(self, handler: Handler) -> Any:
        """The error that the method and its async form raise."""
        try:
            self.fetch(handler)
        except self.errors.APIStatusError as error:
            return error
        raise AssertionError("no error was raised")


def installed() -> Package:
    """The installed package, else the one of the repository."""
    return Package(importlib.import_module("openrouter_analytics"))


def responding(status: int, body: Any, content_type: str = "application/json") -> Handler:
    """A handler that gives the same response to every request."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content, headers={"content-type": content_type})


def row(**changes: Any) -> dict[str, Any]:
    """A row as the live API sends it, with changes."""
    return {
        "date": "2026-08-23 00:00:00",
        "model": "openai/gpt-5-mini",
        "model_permaslug": "openai/gpt-5-mini-2025-08-07",
        "endpoint_id": "00000000-0000-4000-8000-000000000001",
        "provider_name": "OpenAI",
        "usage": 0.015,
        "byok_usage_inference": 0,
        "requests": 5,
        "prompt_tokens": 1200,
        "completion_tokens": 340,
        "reasoning_tokens": 100,
        "cached_tokens": 300,
    } | changes


# Requests


def _sent(package: Package, arguments: dict[str, Any] | None = None, **options: Any) -> Any:
    """The request of a call, by a client with these options."""
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return responding(200, {"data": []})(request)

    if options:
        with package.client(handler, **options) as client:
            package.method(client)()
    else:
        package.fetch(handler, **(arguments or {}))
    first, *others = requests
    for other in others:
        assert (first.method, first.url) == (other.method, other.url)
        assert first.headers == other.headers
    return first


def sends_get(package: Package) -> None:
    """It requests the documented path by GET, without a query and without a body."""
    request = _sent(package)

    assert (request.method, str(request.url)) == ("GET", BASE_URL + "/activity")
    assert (request.content, request.headers["accept"]) == (b"", "application/json")


def sends_day_and_key(package: Package) -> None:
    """`date` goes into the query as YYYY-MM-DD, the key into Authorization, and nowhere else."""
    late = dt.datetime(2026, 8, 22, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-4)))
    for given in (dt.date(2026, 8, 23), "2026-08-23", late):
        request = _sent(package, {"date": given})

        assert str(request.url) == f"{BASE_URL}/activity?date=2026-08-23"
        assert "2026-08-23" not in str(request.headers)
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert [name for name, text in request.headers.items() if KEY in text] == ["authorization"]


def refuses_other_than_a_day(package: Package) -> None:
    """Anything else, and a datetime without a zone, is refused before a request is sent."""
    naive = dt.datetime(2026, 8, 23, 1, 2)
    for given in ("yesterday", "", "2026-02-30", naive, True, 20260823, 2.5, ["2026-08-23"]):
        try:
            _sent(package, {"date": given})
        except package.errors.ConfigurationError:
            continue
        raise AssertionError(f"{given!r} was accepted as a day")


def finds_the_key(package: Package) -> None:
    """Without an argument the key comes from the environment; without any, nothing is sent."""
    first, second = facts.KEY_VARIABLES

    def sent(first_key: str, second_key: str) -> str:
        with mock.patch.dict(os.environ, {first: first_key, second: second_key}):
            return str(_sent(package, api_key=None).headers["authorization"])

    assert sent("sk-or-v1-first", "sk-or-v1-second") == "Bearer sk-or-v1-first"
    assert sent("", "sk-or-v1-second") == "Bearer sk-or-v1-second"
    try:
        sent("", "")
    except package.errors.ConfigurationError as error:
        assert first in str(error)  # noqa: PT017 - the class belongs to any package
        return
    raise AssertionError("a request was sent without a key")


def knows_the_server(package: Package) -> None:
    """Without an argument it calls the live API."""
    with mock.patch.dict(os.environ):
        os.environ.pop("OPENROUTER_ANALYTICS_BASE_URL", None)
        request = _sent(package, base_url=None)

    assert str(request.url) == facts.SERVER + "/activity"


def retries_only_idempotent_methods(package: Package) -> None:
    """A failed GET is retried. A POST is not: the server may have acted on it."""
    operation = package.operation
    posting = copy.copy(operation.OPERATION)
    object.__setattr__(posting, "method", "POST")

    def attempts(call: Callable[[Any], Any]) -> int:
        requests: list[httpx.Request] = []

        def handler(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            body = {"error": {"code": 503, "message": "down"}}
            return httpx.Response(503, json=body, headers={"retry-after": "0"})

        with package.client(handler, max_retries=2) as client:
            try:
                call(client)
            except package.errors.InternalServerError:
                return len(requests)
        raise AssertionError("503 was accepted as a success")

    assert attempts(lambda client: package.method(client)()) == 3
    assert attempts(lambda client: client.call(posting, operation.arguments(), {})) == 1


# Successes


def loads_each_field(package: Package) -> None:
    """Each field of a row is an attribute: a date, a string or a number."""
    [item] = package.fetch(responding(200, {"data": [row()]})).data

    assert (type(item.date), item.date) == (dt.date, dt.date(2026, 8, 23))
    for name in facts.STRING_FIELDS[1:] + facts.NUMBER_FIELDS:
        assert (type(getattr(item, name)), getattr(item, name)) == (type(row()[name]), row()[name])


def loads_both_forms_of_a_day(package: Package) -> None:
    """`2026-08-23` and `2026-08-23 00:00:00` are the same day; other texts are refused."""
    for text in ("2026-08-23", "2026-08-23 00:00:00", "2024-02-29 00:00:00"):
        day = package.load({"data": [row(date=text)]}).data[0].date
        assert day == dt.date.fromisoformat(text[:10])
    for text in ("yesterday", "2026-02-29", "2026-13-01", "2026-08-23 07:30:00", "", "23.08.2026"):
        package.refuses({"data": [row(date=text)]}, "$.data[0].date")


def refuses_broken_bodies(package: Package) -> None:
    """A value that is missing or of another type is refused; the error names place and type."""
    for place, value, body in samples.broken({"data": [row(), row()]}):
        error = package.refuses(body, json_path(place))
        received = "nothing" if value is ... else json_type(value)
        assert error.received in {received, "number" if received == "integer" else received}


def refuses_what_is_not_json(package: Package) -> None:
    """Only valid JSON is accepted, and only numbers that a double holds."""
    unnumbered = json.dumps({"data": [row(cached_tokens=float("nan"))]}).encode()
    infinite = json.dumps({"data": [row(usage=12.75)]}).replace("12.75", "1e999").encode()
    package.refuses(infinite, "$.data[0].usage")
    for content in (b"", b"[", b'{"data":[]', b"\xff", b"<html>", unnumbered):
        package.refuses(content)


def keeps_unknown_fields(package: Package) -> None:
    """Undocumented fields are kept at every level, and `to_dict` returns them."""
    body = {"data": [row(surprise={"a": [1, None]})], "next": "page"}
    value = package.fetch(responding(200, body))

    assert value.additional_properties == {"next": "page"}
    assert value.data[0].additional_properties == {
        "cached_tokens": 300,
        "surprise": {"a": [1, None]},
    }
    assert value.to_dict() == normalised(body)


def loads_every_sample(package: Package) -> None:
    """Every recorded body is loaded, or raised, and nothing of it is lost."""
    for sample in samples.load():
        handler = responding(sample.status, sample.content, sample.content_type)
        if not sample.is_error:
            assert _is_whole(package.fetch(handler), sample.body), sample.name
            continue
        details = sample.body["error"]
        error = package.raised(handler)
        assert type(error).__name__ == ERRORS[details["code"]], sample.name
        assert (error.code, error.message) == (details["code"], details["message"]), sample.name
        assert error.metadata == details.get("metadata"), sample.name


def normalised(body: Any) -> Any:
    """A body as `to_dict` returns it, with every day in one form."""
    rows = [{**item, "date": item["date"][:10]} for item in body["data"]]
    return {**body, "data": rows}


def _is_whole(value: Any, body: Any) -> bool:
    """Whether nothing of a body is lost; the document decides whether `date` is a day or a text."""
    return value.to_dict() in (normalised(body), body)


def unreadable(package: Package, body: Any) -> str | None:
    """Why a client does not load a success, or not all of it; None if it does."""
    try:
        value = package.load(body)
    except package.errors.APIError as error:
        return type(error).__name__  # its text may quote the body
    return None if _is_whole(value, body) else "a body that lost something"


# Errors

ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    429: "RateLimitError",
    **dict.fromkeys((500, 502, 520), "InternalServerError"),
}
"""The class of each status."""


def raises_on_every_error(package: Package) -> None:
    """Each error raises the class of its code, also under HTTP 200, with code and message."""
    for code, name in ERRORS.items():
        body = {"error": {"code": code, "message": "the reason"}}
        for status in (code, 200):
            error = package.raised(responding(status, body))
            assert type(error).__name__ == name
            assert (error.status_code, error.code, error.message) == (status, code, "the reason")


def loads_error_bodies(package: Package) -> None:
    """The body of every error is a model; optional parts may have a value, be null or absent."""
    for sample in samples.load():
        if sample.is_error and sample.status != 200:
            handler = responding(sample.status, sample.content, sample.content_type)
            assert package.load_error(handler).to_dict() == sample.body, sample.name
    optional: tuple[dict[str, Any], ...] = ({"metadata": {"a": {"b": 1}}}, {"metadata": None}, {})
    for status in (*facts.NAMED_STATUSES[1:], 404, 429, 503):
        for metadata in optional:
            for user in ({"user_id": "user_0"}, {"user_id": None}, {}):
                error = {"code": status, "message": "the reason", **metadata}
                body = {"error": error, **user, "undocumented": None}
                parsed = package.load_error(responding(status, body))
                assert parsed is not None, f"{body} of {status} was not loaded"
                assert parsed.to_dict() == body
                assert (parsed.error.code, parsed.error.message) == (status, "the reason")
                assert parsed.additional_properties == {"undocumented": None}
                assert parsed.error.additional_properties == {}


def refuses_broken_error_bodies(package: Package) -> None:
    """An error body of another form is not accepted as the documented one."""
    error = {"code": 400, "message": "the reason", "metadata": {"a": 1}}
    bodies = [body for *_, body in samples.broken({"error": error, "user_id": "user_0"})]
    for body in [*bodies, {}, {"message": "the reason"}]:
        parsed = package.load_error(responding(400, body))
        assert parsed is None, f"{body!r} was accepted as an error's body"


Check = Callable[[Package], None]

CHECKS: tuple[Check, ...] = (
    sends_get, sends_day_and_key, refuses_other_than_a_day, finds_the_key, knows_the_server,
    retries_only_idempotent_methods, loads_each_field, loads_both_forms_of_a_day,
    refuses_broken_bodies, refuses_what_is_not_json, keeps_unknown_fields, loads_every_sample,
    raises_on_every_error, loads_error_bodies, refuses_broken_error_bodies,
)  # fmt: skip
"""All checks, the quick ones first. They are of the document that `facts` describes."""

ANY_DOCUMENT: tuple[Check, ...] = (
    sends_get, finds_the_key, knows_the_server, retries_only_idempotent_methods,
    loads_every_sample, raises_on_every_error,
)  # fmt: skip
"""What the client of any document has to do that does not contradict `facts`."""


def failing(package: Package, checks: Iterable[Check] = CHECKS) -> str | None:
    """The first check that fails, with its reason, or None."""
    for check in checks:
        try:
            check(package)
        except Exception as error:  # noqa: BLE001 - a broken client may raise anything
            reason = " ".join(str(error).split()) or type(error).__name__
            return f"{check.__name__}: {reason[:120]}"
    return None


def imported(folder: Path, name: str) -> Package:
    """The package of a folder, imported under another name."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return Package(module)


def failing_in(folder: Path) -> str | None:
    """The first check that the package of a folder fails, or None; it is forgotten afterwards."""
    name = "package_under_test"
    try:
        return failing(imported(folder, name))
    except Exception as error:  # noqa: BLE001 - a package that cannot be imported fails, too
        return f"import: {type(error).__name__}"
    finally:
        for known in [item for item in sys.modules if item.split(".")[0] == name]:
            del sys.modules[known]
