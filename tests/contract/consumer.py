"""The consumer's side: what a generated client has to do, whatever document it was made from.

Each check takes a package and calls it as its users do, over a transport that answers from memory.
What it has to do is written here and in `facts`, and not read from the document, so that a client
of a wrong document fails.
"""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import functools
import importlib
import importlib.util
import json
import os
import ssl
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import httpx

from tests.contract import facts, samples

KEY = "sk-or-v1-" + "contract-tests".ljust(64, "0")
BASE_URL = "http://127.0.0.1:9/api/v1"
"""Nothing is ever sent there: a transport in memory answers."""

_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: to load certificates takes longer than all the rest of a check."""

Handler = Callable[[httpx.Request], httpx.Response]


class Package:
    """A generated client package, under whatever name it was imported.

    Args:
        module: The package.
    """

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module
        self.name = module.__name__
        self.errors: Any = self.submodule("errors")
        self.models: Any = self.submodule("models")
        self.version: str = self.module.__version__

    def submodule(self, name: str) -> Any:
        """One of its modules."""
        return importlib.import_module(f"{self.name}.{name}")

    def client(self, handler: Handler, **arguments: Any) -> Any:
        """A client that a handler answers."""
        defaults: dict[str, Any] = {
            "api_key": KEY,
            "base_url": BASE_URL,
            "max_retries": 0,
            "verify_ssl": _TLS,
        }
        transport = {"transport": httpx.MockTransport(handler)}
        return self.module.Client(**{**defaults, **arguments}, httpx_args=transport)

    def fetch(self, handler: Handler, **arguments: Any) -> Any:
        """Fetch the activity, by the method and by its async twin: they must agree."""
        with self.client(handler) as client:
            value = client.analytics.get_user_activity(**arguments)
        assert asyncio.run(self._fetch_async(handler, arguments)) == value
        return value

    async def _fetch_async(self, handler: Handler, arguments: Mapping[str, Any]) -> Any:
        async with self.client(handler) as client:
            return await client.analytics.get_user_activity_async(**arguments)

    def detailed(self, handler: Handler, **arguments: Any) -> Any:
        """Fetch the answer whatever its status."""
        operation = self.submodule("api.analytics.get_user_activity")
        with self.client(handler) as client:
            return operation.sync_detailed(client=client, **arguments)

    def read(self, body: Any) -> Any:
        """Have a success read."""
        with self.client(answering(200, body)) as client:
            return client.analytics.get_user_activity()

    def read_error(self, status: int, body: Any) -> Any:
        """Have an error read; None if it has not the documented form."""
        return self.detailed(answering(status, body)).parsed

    def refusal(self, body: Any) -> Any:
        """The error that a success of this body is refused with, or None if it is taken."""
        try:
            self.read(body)
        except self.errors.ResponseValidationError as error:
            return error
        return None


def installed() -> Package:
    """The package as it is installed here, else the one of the repository."""
    return Package(importlib.import_module("openrouter_analytics"))


@contextmanager
def loaded(folder: Path, name: str) -> Generator[Package]:
    """Import the package of a folder under another name, and forget it afterwards."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield Package(module)
    finally:
        for known in [item for item in sys.modules if item == name or item.startswith(f"{name}.")]:
            del sys.modules[known]


def answering(status: int, body: Any, content_type: str = "application/json") -> Handler:
    """A handler that gives the same answer to every request."""
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


def without(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object without one of its members."""
    return {key: value for key, value in members.items() if key != name}


WRONG: tuple[Any, ...] = ("text", 1, 1.5, True, None, [], {}, ["x"], {"x": 1})
"""A value of every JSON type, and some filled ones."""


def _kinds(value: Any) -> set[str]:
    """The types of the contract that take a value."""
    match value:
        case None:
            return {"null"}
        case bool():
            return {"boolean"}
        case int():
            return {"integer", "number"}
        case float():
            return {"number"}
        case str():
            return {"string"}
        case list():
            return {"array"}
        case _:
            return {"object"}


# --------------------------------------------------------------------------------------------------
# What is sent
# --------------------------------------------------------------------------------------------------


def _sent(package: Package, client: Any = None, **arguments: Any) -> httpx.Request:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answering(200, {"data": []})(request)

    if client is None:
        package.fetch(handler, **arguments)
    else:
        with client(handler) as open_client:
            open_client.analytics.get_user_activity(**arguments)
    first, *others = requests
    assert all((first.method, first.url) == (other.method, other.url) for other in others)
    assert all(first.headers == other.headers for other in others)
    return first


def asks_with_get(package: Package) -> None:
    """It asks for the documented path, by GET, with no query and no body."""
    request = _sent(package)

    assert (request.method, str(request.url)) == ("GET", BASE_URL + "/activity")
    assert request.content == b""
    assert request.headers["accept"] == "application/json"


def sends_the_day(package: Package) -> None:
    """`date` goes into the query as YYYY-MM-DD, whatever form it was given in."""
    day = dt.date(2026, 8, 23)
    late = dt.datetime(2026, 8, 22, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-4)))

    for given in (day, "2026-08-23", late):
        request = _sent(package, date=given)
        assert str(request.url) == f"{BASE_URL}/activity?date=2026-08-23"
        assert "2026-08-23" not in str(request.headers)


def refuses_what_is_no_day(package: Package) -> None:
    """What is no day, or a moment without a zone, is refused before anything is sent."""
    naive = dt.datetime(2026, 8, 23, 1, 2)
    for given in ("yesterday", "", "2026-02-30", naive, True, 20260823, 2.5, ["2026-08-23"]):
        try:
            _sent(package, date=given)
        except package.errors.ConfigurationError:
            continue
        raise AssertionError(f"{given!r} was taken for a day")


def sends_the_key(package: Package) -> None:
    """The key goes into the Authorization header as a bearer token, and nowhere else."""
    request = _sent(package, date="2026-08-23")

    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in str(request.url)
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]


def finds_the_key(package: Package) -> None:
    """Without an argument the key comes from the environment, the management key first."""
    first, second = facts.KEY_VARIABLES

    def sent(environment: Mapping[str, str]) -> str:
        clean = dict.fromkeys(facts.KEY_VARIABLES, "")
        with mock.patch.dict(os.environ, {**clean, **environment}):
            request = _sent(package, functools.partial(package.client, api_key=None))
        return request.headers["authorization"]

    assert sent({first: "sk-or-v1-first", second: "sk-or-v1-second"}) == "Bearer sk-or-v1-first"
    assert sent({second: "sk-or-v1-second"}) == "Bearer sk-or-v1-second"


def needs_a_key(package: Package) -> None:
    """Without a key it says so, and asks nothing."""
    with mock.patch.dict(os.environ, dict.fromkeys(facts.KEY_VARIABLES, "")):
        try:
            _sent(package, functools.partial(package.client, api_key=None))
        except package.errors.ConfigurationError as error:
            assert facts.KEY_VARIABLES[0] in str(error)  # noqa: PT017 - of any package's class
            return
    raise AssertionError("it asked without a key")


def knows_the_server(package: Package) -> None:
    """Without an argument it asks the live API."""
    with mock.patch.dict(os.environ):
        os.environ.pop("OPENROUTER_ANALYTICS_BASE_URL", None)
        request = _sent(package, functools.partial(package.client, base_url=None))

    assert str(request.url) == facts.SERVER + "/activity"


def repeats_only_what_may_be_repeated(package: Package) -> None:
    """A GET that failed is repeated; a POST, which the server may have acted on, never."""
    operation = package.submodule("api.analytics.get_user_activity")
    posting = copy.copy(operation.OPERATION)
    object.__setattr__(posting, "method", "POST")

    def tries(ask: Callable[[Any], Any]) -> int:
        count = 0

        def handler(request: httpx.Request) -> httpx.Response:
            nonlocal count
            count += 1
            error = {"error": {"code": 503, "message": "down"}}
            return httpx.Response(503, json=error, headers={"retry-after": "0"})

        with package.client(handler, max_retries=2) as client:
            try:
                ask(client)
            except package.errors.InternalServerError:
                return count
        raise AssertionError("503 was taken for a success")

    assert tries(lambda client: client.analytics.get_user_activity()) == 3
    assert tries(lambda client: client.call(posting, operation.arguments(), {})) == 1


# --------------------------------------------------------------------------------------------------
# What is read
# --------------------------------------------------------------------------------------------------


def reads_each_field(package: Package) -> None:
    """Each field of a row is an attribute: a day is a date, text is text, a number is a number."""
    [item] = package.fetch(answering(200, {"data": [row()]})).data

    assert type(item.date) is dt.date
    assert item.date == dt.date(2026, 8, 23)
    for name in facts.STRING_FIELDS[1:]:
        assert (type(getattr(item, name)), getattr(item, name)) == (str, row()[name])
    for name in facts.NUMBER_FIELDS:
        assert getattr(item, name) == row()[name]
        assert isinstance(getattr(item, name), int | float)


def reads_both_forms_of_a_day(package: Package) -> None:
    """`2026-08-23` and `2026-08-23 00:00:00` are the same day; what is no day is refused."""
    for text in ("2026-08-23", "2026-08-23 00:00:00", "2024-02-29 00:00:00"):
        day = package.read({"data": [row(date=text)]}).data[0].date
        assert day == dt.date.fromisoformat(text[:10])
    for text in ("yesterday", "2026-02-29", "2026-13-01", "2026-08-23 07:30:00", "", "23.08.2026"):
        error = package.refusal({"data": [row(date=text)]})
        assert error is not None, f"{text!r} was read as a day"
        assert error.path == "$.data[0].date"


def reads_any_number(package: Package) -> None:
    """The document says number: with a fraction, without, negative, small and large."""
    for value in (0, 1.5, 0.000001, -0.25, 3052166, 10**15, 1e21):
        for name in facts.NUMBER_FIELDS:
            item = package.read({"data": [row(**{name: value})]}).data[0]
            assert getattr(item, name) == value


def reads_any_text(package: Package) -> None:
    """Text is text, whatever it says: empty, in another script, or like something else."""
    for value in ("", "Модель 模型 🧪", "2026-08-23", "null", "0", "a" * 10_000):
        for name in facts.STRING_FIELDS[1:]:
            item = package.read({"data": [row(**{name: value})]}).data[0]
            assert getattr(item, name) == value


def needs_every_field(package: Package) -> None:
    """A row without one of its fields is refused, and the error says which."""
    for name in facts.STRING_FIELDS + facts.NUMBER_FIELDS:
        error = package.refusal({"data": [row(), without(row(), name)]})
        assert error is not None, f"a row without {name} was taken"
        assert (error.path, error.received) == (f"$.data[1].{name}", "nothing")


def refuses_wrong_types(package: Package) -> None:
    """A field of another type is refused, and the error says which field and which type."""
    kinds = dict.fromkeys(facts.STRING_FIELDS, "string") | dict.fromkeys(
        facts.NUMBER_FIELDS, "number"
    )
    for name, kind in kinds.items():
        for value in WRONG:
            if kind in _kinds(value):
                continue
            error = package.refusal({"data": [row(**{name: value})]})
            assert error is not None, f"{value!r} was taken for {name}"
            assert error.path == f"$.data[0].{name}"
            assert error.received in _kinds(value)


def refuses_wrong_bodies(package: Package) -> None:
    """A body that is no object with an array of objects in `data` is refused."""
    bodies: list[tuple[Any, str]] = [
        (value, "$") for value in WRONG if value is not None and not isinstance(value, dict)
    ]
    bodies += [({"data": value}, "$.data") for value in WRONG if not isinstance(value, list)]
    bodies += [({"data": [value]}, "$.data[0]") for value in WRONG if not isinstance(value, dict)]
    bodies += [(None, "$"), ({}, "$.data"), ({"rows": []}, "$.data")]
    for body, path in bodies:
        error = package.refusal(body)
        assert error is not None, f"{body!r} was taken"
        assert error.path == path
    unnumbered = json.dumps({"data": [row(cached_tokens=float("nan"))]}).encode()
    infinite = json.dumps({"data": [row(usage=12.75)]}).replace("12.75", "1e999").encode()
    for content in (b"", b"[", b'{"data":[]', b"\xff", b"<html>", unnumbered, infinite):
        assert package.refusal(content) is not None, f"{content!r} was taken"


def keeps_unknown_fields(package: Package) -> None:
    """What the document does not name is kept, at every level, and given back."""
    body = {"data": [row(surprise={"a": [1, None]})], "next": "page"}
    value = package.fetch(answering(200, body))

    assert value.additional_properties == {"next": "page"}
    assert value.data[0].additional_properties == {
        "cached_tokens": 300,
        "surprise": {"a": [1, None]},
    }
    assert value.to_dict() == normalised(body)


def reads_every_sample(package: Package) -> None:
    """Every recorded body is read, and comes back as it was."""
    for sample in samples.load():
        handler = answering(sample.status, sample.content, sample.content_type)
        if sample.is_error:
            _read_error_sample(package, sample, handler)
        else:
            value = package.fetch(handler)
            assert value.to_dict() == normalised(sample.body), sample.name


def _read_error_sample(package: Package, sample: samples.Sample, handler: Handler) -> None:
    details = sample.body["error"]
    error = _raised(package, handler)
    assert error is not None, f"{sample.name}: no error was raised"
    assert type(error).__name__ == ERRORS[details["code"]], sample.name
    assert (error.code, error.message) == (details["code"], details["message"]), sample.name
    assert error.metadata == details.get("metadata"), sample.name
    if sample.status != 200:
        parsed = package.detailed(handler).parsed
        assert parsed.to_dict() == sample.body, sample.name


def normalised(body: Any) -> Any:
    """A body as `to_dict` gives it back: every day in one form."""
    rows = [{**item, "date": item["date"][:10]} for item in body["data"]]
    return {**body, "data": rows}


def unreadable(package: Package, body: Any) -> str | None:
    """Why a client does not read a success, or not all of it; None if it does."""
    try:
        value = package.read(body)
    except package.errors.APIError as error:
        return type(error).__name__  # its text may quote the body
    return None if value.to_dict() == normalised(body) else "a body that lost something"


# --------------------------------------------------------------------------------------------------
# Errors
# --------------------------------------------------------------------------------------------------

ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    520: "InternalServerError",
}
"""The class of each status."""


def _raised(package: Package, handler: Handler) -> Any:
    """What the method and its async twin raise, or None if they return."""
    try:
        package.fetch(handler)
    except package.errors.APIStatusError as error:
        return error
    return None


def raises_on_every_error(package: Package) -> None:
    """Each error status raises the error of its name, with code and message; nothing is None."""
    for status, name in ERRORS.items():
        body = {"error": {"code": status, "message": "so it is"}}
        error = _raised(package, answering(status, body))
        assert error is not None, f"{status} was not raised"
        assert type(error).__name__ == name
        assert (error.status_code, error.code, error.message) == (status, status, "so it is")


def raises_an_error_under_200(package: Package) -> None:
    """An error with HTTP 200 is raised as the error that it is."""
    error = _raised(package, answering(200, {"error": {"code": 502, "message": "so it is"}}))

    assert error is not None
    assert type(error).__name__ == "InternalServerError"
    assert (error.status_code, error.code) == (200, 502)


def reads_error_bodies(package: Package) -> None:
    """The body of every error status is the documented one: a model with code and message."""
    for status in (*facts.NAMED_STATUSES[1:], 404, 429, 503):
        parsed = package.read_error(status, {"error": {"code": status, "message": "so it is"}})
        assert parsed is not None, f"the body of {status} was not read"
        assert (parsed.error.code, parsed.error.message) == (status, "so it is")


def reads_optional_parts_of_errors(package: Package) -> None:
    """`metadata` and `user_id` may be there, be null, or be missing, and come back as they were."""
    for metadata in ({"metadata": {"a": {"b": 1}}}, {"metadata": None}, {}):
        for user in ({"user_id": "user_0"}, {"user_id": None}, {}):
            error: dict[str, Any] = {"code": 400, "message": "so it is", **metadata}
            body: dict[str, Any] = {"error": error, **user, "in_no_document": None}
            parsed = package.read_error(400, body)
            assert parsed is not None, f"{body} was not read"
            assert parsed.to_dict() == body
            if metadata:
                assert parsed.error.metadata == metadata["metadata"]
            if user:
                assert parsed.user_id == user["user_id"]
            assert parsed.additional_properties == {"in_no_document": None}
            assert parsed.error.additional_properties == {}


def refuses_wrong_error_bodies(package: Package) -> None:
    """An error body of another form is not taken for the documented one."""
    good = {"code": 400, "message": "so it is"}
    wrong: list[Any] = [without(good, "code"), without(good, "message")]
    wrong += [good | {"code": value} for value in WRONG if "integer" not in _kinds(value)]
    wrong += [good | {"message": value} for value in WRONG if not isinstance(value, str)]
    wrong += [good | {"metadata": value} for value in WRONG if not isinstance(value, dict | None)]
    bodies: list[Any] = [{"error": error} for error in (*wrong, *(v for v in WRONG if v != good))]
    bodies += [
        {"error": good, "user_id": value} for value in WRONG if not isinstance(value, str | None)
    ]
    bodies += [{}, [], {"message": "so it is"}]
    for body in bodies:
        assert package.read_error(400, body) is None, f"{body!r} was taken for an error's body"


Check = Callable[[Package], None]

CHECKS: tuple[Check, ...] = (
    asks_with_get,
    sends_the_day,
    refuses_what_is_no_day,
    sends_the_key,
    finds_the_key,
    needs_a_key,
    knows_the_server,
    repeats_only_what_may_be_repeated,
    reads_each_field,
    reads_both_forms_of_a_day,
    reads_any_number,
    reads_any_text,
    needs_every_field,
    refuses_wrong_types,
    refuses_wrong_bodies,
    keeps_unknown_fields,
    reads_every_sample,
    raises_on_every_error,
    raises_an_error_under_200,
    reads_error_bodies,
    reads_optional_parts_of_errors,
    refuses_wrong_error_bodies,
)
"""All of them, the quick ones first."""


def failing(package: Package, checks: Iterable[Check] = CHECKS) -> str | None:
    """The first check that fails, with its reason, or None."""
    for check in checks:
        try:
            check(package)
        except Exception as error:  # noqa: BLE001 - a broken client breaks in any way
            reason = " ".join(str(error).split()) or type(error).__name__
            return f"{check.__name__}: {reason[:120]}"
    return None
