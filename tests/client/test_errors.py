"""Every failure raises one error of the tree, with a class that follows the status."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.conftest import (
    BY_CODE,
    KEY,
    Call,
    Clock,
    Fail,
    Script,
    caught,
    open_client,
    status_error,
)
from tests.client.http_library import httpx
from tests.client.package import errors


def class_of(code: int) -> object:
    """The class for an error code."""
    return BY_CODE.get(code, errors.InternalServerError if code >= 500 else errors.APIStatusError)


def test_docstring_draws_the_tree() -> None:
    classes = {name: getattr(errors, name) for name in errors.__all__ if name.endswith("Error")}
    drawn: list[str] = []
    parents = {"APIError": "Exception", "ConfigurationError": "ValueError"}

    for indent, name in re.findall(
        r"^ {4}([│├└─ ]*)(\w+Error)", errors.__doc__ or "", re.MULTILINE
    ):
        depth = len(indent) // 4
        drawn[depth:] = [name]
        parents.setdefault(name, drawn[depth - 1])

    assert {name: cls.__base__.__name__ for name, cls in classes.items()} == parents


@pytest.mark.parametrize("status", range(300, 600))
def test_class_follows_the_status(status: int) -> None:
    details = {"code": status, "message": "Words", "metadata": {"reasons": ["violence"]}}
    answer = httpx.Response(status, json={"error": details})

    error = status_error(answer)

    assert type(error) is class_of(status)
    assert type(error.status_code) is int
    assert (error.status_code, error.code, error.message) == (status, status, "Words")
    assert error.metadata == {"reasons": ["violence"]}
    assert error.content == answer.content
    assert str(error).startswith(f"{error.request} answered {status}: Words")


@pytest.mark.parametrize("kind", ["json", "other", "html", "empty", "bytes", "same"])
@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 418, 429, 500, 520, 529, 599])
def test_class_follows_the_status_over_a_socket(fail: Fail, status: int, kind: str) -> None:
    error = fail(f"status:{status}:{kind}")

    assert type(error) is class_of(status)
    assert error.status_code == status


class TestErrorUnder200:
    """An error body with a success status raises the error of its code."""

    @pytest.mark.parametrize("code", range(400, 530))
    def test_class_follows_the_code(self, code: int) -> None:
        envelope = {"error": {"code": code, "message": "Provider returned error"}}

        error = status_error(httpx.Response(200, json=envelope))

        assert type(error) is class_of(code)
        assert (error.status_code, error.code) == (200, code)
        assert str(error).startswith(
            f"{error.request} answered 200 (code {code}): Provider returned error"
        )

    @pytest.mark.parametrize("code", [0, 7, 200, 40001])
    def test_code_of_the_servers_own_making(self, code: int) -> None:
        error = status_error(httpx.Response(200, json={"error": {"code": code, "message": "?"}}))

        assert type(error) is errors.APIStatusError
        assert error.code == code

    def test_code_may_be_written_with_a_fraction(self) -> None:
        error = status_error(httpx.Response(200, content=b'{"error":{"code":403.0,"message":"?"}}'))

        assert type(error) is errors.PermissionDeniedError
        assert type(error.code) is int

    def test_null_data_beside_it_changes_nothing(self, call: Call) -> None:
        envelope = {"data": None, "error": {"code": 502, "message": "Provider returned error"}}

        error = caught(call, Script(httpx.Response(200, json=envelope)).client())

        assert type(error) is errors.InternalServerError

    @pytest.mark.parametrize(
        "body", [{}, {"error": None}, {"error": {}}, {"error": {"code": 1}}, {"other": 1}], ids=repr
    )
    def test_other_object_is_a_breach(self, call: Call, body: object) -> None:
        error = caught(call, Script(httpx.Response(200, json=body)).client())

        assert isinstance(error, errors.ResponseValidationError)
        assert (error.path, error.received) == ("$.data", "nothing")

    def test_error_beside_rows_is_an_unknown_field(self, call: Call) -> None:
        body: dict[str, object] = {"data": [], "error": {"code": 502, "message": "?"}}

        activity = call(Script(httpx.Response(200, json=body)).client())

        assert activity.additional_properties == {"error": body["error"]}


@pytest.fixture
def far_from_utc() -> Iterator[None]:
    """A local time zone that reveals times wrongly read as local."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7.0),
        ("0", 0.0),
        (" 61 ", 61.0),
        ("Mon, 24 Aug 2026 12:00:30 GMT", 30.0),
        ("Monday, 24-Aug-26 12:00:30 GMT", 30.0),
        ("Mon Aug 24 12:00:30 2026", 30.0),
        ("Mon, 24 Aug 2026 11:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("Mon, 99 Foo 2026", None),
        ("Mon, 24 Aug 99999 12:00:30 GMT", None),
    ],
)
def test_retry_after_has_the_seconds_that_a_server_requests(
    clock: Clock, far_from_utc: None, header: str | None, expected: float | None
) -> None:
    headers = {} if header is None else {"Retry-After": header}

    error = status_error(httpx.Response(429, headers=headers))

    assert isinstance(error, errors.RateLimitError)
    assert error.retry_after == expected


def objects_of(error: BaseException) -> list[object]:
    """The values in an error and in its causes."""
    found: list[object] = []
    behind = [error.__cause__, error.__context__]
    for each in filter(None, behind):
        found += [each, *objects_of(each)]
    return [*found, *vars(error).values(), *error.args]


class TestConnection:
    """No complete response."""

    @pytest.mark.parametrize(
        "fault",
        [
            "close", "reset", "reset-body", "truncated", "truncated-chunked", "not-http",
            "gzip-garbage", "endless-headers",
        ],
    )  # fmt: skip
    def test_faults(self, sandbox: Sandbox, fail: Fail, fault: str) -> None:
        error = fail(fault, timeout=5)

        assert type(error) is errors.APIConnectionError
        assert str(error).startswith(f"GET {sandbox.fault_url(fault)}/activity: ")
        assert not any(type(held).__module__.startswith("http") for held in objects_of(error))

    @pytest.mark.parametrize("fault", ["slow-first-byte:2", "slow-body:1", "endless-headers:1"])
    def test_timeouts(self, fail: Fail, fault: str) -> None:
        error = fail(fault, timeout=0.05)

        assert type(error) is errors.APITimeoutError
        assert "timed out (ReadTimeout)" in str(error)
        assert (error.__cause__, error.__context__) == (None, None)

    def test_no_such_host(self, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
        def resolve(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

        with open_client("https://host.invalid", max_retries=0) as client:
            error = caught(call, client)

        assert type(error) is errors.APIConnectionError
        assert str(error).endswith("Name or service not known (ConnectError)")
        assert (error.__cause__, error.__context__) == (None, None)


def test_request_is_shown_without_its_keys(sandbox: Sandbox, call: Call) -> None:
    headers = {"X-Team": "ours", "Authorization": f"Bearer {MANAGEMENT_KEY}", "Cookie": "session=1"}
    with open_client(sandbox.base_url, api_key=KEY) as client:
        error = caught(call, client, date="2020-01-01", headers=headers)

    assert type(error) is errors.BadRequestError
    assert str(error) == (
        f"GET {sandbox.base_url}/activity answered 400: "
        "Date must be within the last 30 (completed) UTC days"
    )
    assert error.request.method == "GET"
    assert error.request.url == f"{sandbox.base_url}/activity?date=2020-01-01"
    assert error.request.headers["x-team"] == "ours"
    assert error.request.headers.keys().isdisjoint({"authorization", "cookie"})
