"""Every fault raises one exception that says what happened: over sockets, for both clients.

A client calls each of its operations, sync and async. So a test makes hundreds of calls over one
connection, and lists those with a wrong result.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.client.arguments import schemas_of, simplest
from tests.client.documents import DOCUMENTS, KEY, Document, Operation, Response
from tests.client.fault_server import FaultServer, serve_faults
from tests.client.http_library import NAME

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")

STATUSES = range(300, 600)

BY_STATUS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    **dict.fromkeys(range(500, 600), "InternalServerError"),
}
"""The class of each status. Other statuses raise APIStatusError itself."""

BODIES = {
    "documented": "same",
    "other JSON": "other",
    "HTML": "html",
    "empty": "empty",
    "no text": "bytes",
}
"""Error bodies, by the names in the faults of the sandbox."""

CONNECTION_FAULTS = {
    "close": "APIConnectionError",
    "reset": "APIConnectionError",
    "reset-body": "APIConnectionError",
    "truncated": "APIConnectionError",
    "truncated-chunked": "APIConnectionError",
    "gzip-garbage": "APIConnectionError",
    "endless-headers": "APIConnectionError",
    "not-http": "APIConnectionError",
    "slow-first-byte:30": "APITimeoutError",
    "slow-body:30": "APITimeoutError",
}
"""Faults without a complete response, and the class of the error."""

NO_JSON = {
    "nothing": b"",
    "HTML": b"<html><title>Welcome</title></html>",
    "half": b'{"a": [1, 2',
    "NaN": b'{"a": NaN}',
    "Latin-1": b'{"caf\xe9": 1}',
    "bytes": b"\xff\xfe\x00\xd8\x00",
}
"""Success bodies that are not JSON."""

TIMEOUT = 0.25
"""The timeout for a response that never comes."""

PATIENCE = 10.0
"""The timeout for a response that comes, perhaps from a busy machine."""

LIMIT = 5.0
"""The seconds in which a call without a complete response must end."""

TLS = ssl.create_default_context()
"""A shared context. Plain http does not use it, but making one takes longer than a call."""


class Call(NamedTuple):
    """A call, and the server's response."""

    operation: Operation
    fault: str = ""
    status: int = 200
    body: bytes = b""


class End(NamedTuple):
    """The result or error of a call, and its seconds."""

    outcome: Any
    seconds: float


Caller = Callable[[Any, Operation], Any]
"""Calls an operation on a client."""


def method(client: Any, operation: Operation) -> Any:
    return operation.call(client, simplest(operation))


def detailed(client: Any, operation: Operation) -> Any:
    return operation.module.sync_detailed(client=client, **simplest(operation))


async def method_async(client: Any, operation: Operation) -> Any:
    return await operation.call(client, simplest(operation), "_async")


async def detailed_async(client: Any, operation: Operation) -> Any:
    return await operation.module.asyncio_detailed(client=client, **simplest(operation))


def open_client(document: Document, url: str, timeout: float) -> Any:
    """A client that makes one attempt and ignores the proxies of the environment."""
    return document.package.Client(
        KEY,
        base_url=url,
        timeout=timeout,
        max_retries=0,
        verify_ssl=TLS,
        httpx_args={"trust_env": False},
        http_library=NAME,
    )


def run(
    document: Document,
    server: FaultServer,
    caller: Caller,
    calls: Iterable[Call],
    timeout: float = PATIENCE,
) -> list[End]:
    """Make the calls one by one with one client."""
    client = open_client(document, server.url, timeout)
    if inspect.iscoroutinefunction(caller):
        return asyncio.run(_run_async(client, server, caller, calls))
    ends: list[End] = []
    with client:
        for call in calls:
            server.fault, server.status, server.body = call[1:]
            started = time.monotonic()
            try:
                outcome = caller(client, call.operation)
            except Exception as error:  # noqa: BLE001 - which one it is, is the question
                outcome = error
            ends.append(End(outcome, time.monotonic() - started))
    return ends


async def _run_async(
    client: Any, server: FaultServer, caller: Caller, calls: Iterable[Call]
) -> list[End]:
    ends: list[End] = []
    async with client:
        for call in calls:
            server.fault, server.status, server.body = call[1:]
            started = time.monotonic()
            try:
                outcome = await caller(client, call.operation)
            except Exception as error:  # noqa: BLE001 - which one it is, is the question
                outcome = error
            ends.append(End(outcome, time.monotonic() - started))
    return ends


EVERY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=str)
BOTH_WAYS = pytest.mark.parametrize("caller", [method, method_async], ids=["sync", "async"])


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with serve_faults() as running:
        yield running


def body_of(operation: Operation, schema: dict[str, Any]) -> bytes:
    """The simplest body of a schema."""
    return json.dumps(schemas_of(operation.document).example(schema)).encode()


def successes(document: Document) -> list[tuple[Operation, Response]]:
    """The operations with a JSON response, and the first such response of each."""
    return [
        next((operation, one) for one in operation.responses("2") if one.is_json)
        for operation in document.operations
        if any(one.is_json for one in operation.responses("2"))
    ]


def tells(error: object, operation: Operation) -> bool:
    """Whether a message names the request, but not the key."""
    path = re.sub(r"\\\{.*?\\\}", "[^/ ]+", re.escape(operation.path))
    found = re.search(rf"\b{operation.method} http://127\.0\.0\.1:\d+{path}(?![\w/])", str(error))
    return found is not None and KEY not in str(error)


def calls_by_status(document: Document, body: str) -> list[Call]:
    """A call for each status, with alternating operations."""
    return [
        Call(
            operation,
            f"status:{status}:{body}",
            body=body_of(operation, document.error_schema(operation)),
        )
        for status, operation in zip(STATUSES, itertools.cycle(document.operations), strict=False)
    ]


@EVERY_DOCUMENT
@BOTH_WAYS
@pytest.mark.parametrize("body", BODIES)
def test_every_status_is_an_error_of_its_class(
    document: Document, caller: Caller, body: str, server: FaultServer
) -> None:
    calls = calls_by_status(document, BODIES[body])

    ends = run(document, server, caller, calls)

    wrong: list[str] = []
    for status, call, end in zip(STATUSES, calls, ends, strict=True):
        error = end.outcome
        name = BY_STATUS.get(status, "APIStatusError")
        if (
            type(error) is not getattr(document.package.errors, name)
            or type(error.status_code) is not int
            or error.status_code != status
            or not tells(error, call.operation)
            or f" answered {status}" not in str(error)
            or (body == "documented" and status != 304 and "words" not in str(error))
        ):
            wrong.append(f"{call.operation} {status}: {error!r}")
    assert [] == wrong


@EVERY_DOCUMENT
@pytest.mark.parametrize("caller", [detailed, detailed_async], ids=["sync", "async"])
def test_detailed_returns_every_status_with_its_documented_body(
    document: Document, caller: Caller, server: FaultServer
) -> None:
    calls = calls_by_status(document, "same")

    ends = run(document, server, caller, calls)

    wrong: list[str] = []
    for status, call, end in zip(STATUSES, calls, ends, strict=True):
        keys = {str(status), f"{status // 100}XX", "default"} & call.operation.data[
            "responses"
        ].keys()
        body = b"" if status == 304 else call.body
        if isinstance(end.outcome, Exception) or (
            (status, body, bool(keys) and status != 304)
            != (end.outcome.status_code, end.outcome.content, end.outcome.parsed is not None)
        ):
            wrong.append(f"{call.operation} {status}: {end.outcome!r}")
    assert [] == wrong


@EVERY_DOCUMENT
@BOTH_WAYS
@pytest.mark.parametrize("fault", CONNECTION_FAULTS)
def test_an_incomplete_response_is_a_connection_error(
    document: Document, caller: Caller, fault: str, server: FaultServer
) -> None:
    calls = [
        Call(operation, fault, response.status_code, body_of(operation, response.schema))
        for operation, response in successes(document)
    ]
    slow = fault.startswith("slow")
    calls = calls[:2] if slow else calls

    ends = run(document, server, caller, calls, TIMEOUT if slow else PATIENCE)

    expected = getattr(document.package.errors, CONNECTION_FAULTS[fault])
    assert [expected] * len(calls) == [type(end.outcome) for end in ends]
    assert all(tells(end.outcome, call.operation) for call, end in zip(calls, ends, strict=True))
    assert max(end.seconds for end in ends) < LIMIT


@EVERY_DOCUMENT
@BOTH_WAYS
def test_nobody_there_is_a_connection_error(document: Document, caller: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = FaultServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    calls = [Call(operation) for operation in document.operations]

    ends = run(document, nobody, caller, calls)

    expected = document.package.errors.APIConnectionError
    assert [expected] * len(calls) == [type(end.outcome) for end in ends]
    assert all(tells(end.outcome, call.operation) for call, end in zip(calls, ends, strict=True))
    assert max(end.seconds for end in ends) < LIMIT


@EVERY_DOCUMENT
@BOTH_WAYS
@pytest.mark.parametrize("content", NO_JSON)
def test_a_success_that_is_not_json_breaks_the_contract(
    document: Document, caller: Caller, content: str, server: FaultServer
) -> None:
    calls = [
        Call(operation, "", response.status_code, NO_JSON[content])
        for operation, response in successes(document)
    ]

    ends = run(document, server, caller, calls)

    expected = document.package.errors.ResponseValidationError
    assert [expected] * len(calls) == [type(end.outcome) for end in ends]
    assert ["$"] * len(calls) == [end.outcome.path for end in ends]
    assert [call.status for call in calls] == [end.outcome.status_code for end in ends]
    assert all(tells(end.outcome, call.operation) for call, end in zip(calls, ends, strict=True))


@EVERY_DOCUMENT
@BOTH_WAYS
@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "no-such-charset", "idna"])
def test_a_wrong_charset_does_not_matter_to_json(
    document: Document,
    caller: Caller,
    charset: str,
    server: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "media_type", f"application/json; charset={charset}")
    calls = [
        Call(operation, "", response.status_code, body_of(operation, response.schema))
        for operation, response in successes(document)
    ]

    ends = run(document, server, caller, calls)

    assert [] == [end.outcome for end in ends if isinstance(end.outcome, Exception)]
