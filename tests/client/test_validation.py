"""A body that breaks the contract raises an error with its path, what is expected and received."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.conftest import ITEM, Call, Fail, Script, caught, open_client
from tests.client.http_library import httpx
from tests.client.package import ActivityItem, ActivityResponse, ErrorResponse, errors


@pytest.mark.parametrize(
    ("fault", "path", "expected", "received"),
    [
        ("wrong-type:51:usage", "$.data[51].usage", "number", "string"),
        ("wrong-type:0:date", "$.data[0].date", "date", "integer"),
        ("null:0:provider_name", "$.data[0].provider_name", "string", "null"),
        ("missing:3:usage", "$.data[3].usage", "a value, since it is required", "nothing"),
        ("huge-number:2:usage", "$.data[2].usage", "number", "a number that JSON does not have"),
        ("value:4:usage:true", "$.data[4].usage", "number", "boolean"),
        ('value:4:date:"soon"', "$.data[4].date", "date", "string that is not a date"),
        ("json:[]", "$", "object", "array"),
        ('json:{"data":{}}', "$.data", "array", "object"),
        ('json:{"data":[[]]}', "$.data[0]", "object", "array"),
        ('json:{"rows":[]}', "$.data", "a value, since it is required", "nothing"),
    ],
)
def test_one_of_each_kind(  # test_values.py has every decoder, test_properties.py every field
    fail: Fail, fault: str, path: str, expected: str, received: str
) -> None:
    error = fail(fault)

    assert isinstance(error, errors.ResponseValidationError)
    assert (error.path, error.expected, error.received) == (path, expected, received)
    assert error.status_code == 200
    assert error.content
    assert str(error) == (
        f"{error.request} answered 200 with a body that breaks the contract at "
        f"{path}: expected {expected}, received {received}"
    )


@pytest.mark.parametrize(
    "fault",
    [
        "nan", "infinity:2", "not-json", "not-utf8", "status:200:html", "status:200:empty",
        "status:200:bytes", "json:" + "[" * 2000, "json:" + "1" * 5000,
    ],
    ids=lambda fault: fault[:20],
)  # fmt: skip
def test_no_json(fail: Fail, fault: str) -> None:
    error = fail(fault)

    assert isinstance(error, errors.ResponseValidationError)
    assert (error.path, error.expected, error.status_code) == ("$", "JSON", 200)
    assert error.received.startswith(("invalid JSON (", "no body"))
    assert len(error.received) < 200


def test_success_other_than_the_documented(call: Call) -> None:
    error = caught(call, Script(httpx.Response(204)).client())

    assert isinstance(error, errors.ResponseValidationError)
    assert (error.status_code, error.path) == (204, "$")
    assert (error.expected, error.received) == ("status 200", "204")


@pytest.mark.parametrize("fault", ["wrong-charset", "wrong-charset:no-such", "content-type"])
def test_json_is_read_with_any_content_type(sandbox: Sandbox, call: Call, fault: str) -> None:
    with open_client(sandbox.fault_url(fault)) as client:
        activity = call(client)

    assert len(activity.data) == 60


def test_last_of_repeated_members_counts(sandbox: Sandbox, call: Call) -> None:
    with open_client(sandbox.fault_url("duplicate-keys:5:requests")) as client:
        activity = call(client)

    assert activity.data[5].requests == 2


def test_byte_order_mark_is_no_breach(call: Call) -> None:
    content = b"\xef\xbb\xbf" + b'{"data":[]}'

    activity = call(Script(httpx.Response(200, content=content)).client())

    assert activity.data == []


@pytest.mark.parametrize(
    ("model", "source", "text"),
    [
        (ActivityItem, {**ITEM, "usage": "1"}, "$.usage: expected number, received string"),
        (
            ActivityResponse,
            {"data": [ITEM, {**ITEM, "date": None}]},
            "$.data[1].date: expected date, received null",
        ),
        (
            ErrorResponse,
            {"error": {"code": "x", "message": "y"}},
            "$.error.code: expected integer, received string",
        ),
        (ErrorResponse, [], "$: expected object, received array"),
    ],
    ids=["item", "response", "error", "no object"],
)
def test_from_dict_raises_it_too(model: Any, source: Any, text: str) -> None:
    with pytest.raises(errors.ResponseValidationError) as raised:
        model.from_dict(source)

    error = raised.value
    assert str(error) == text
    assert (error.content, error.status_code, error.request) == (None, None, None)


@pytest.mark.parametrize(
    ("step", "path"),
    [
        ("usage", "$.usage"),
        ("größe", "$.größe"),
        (3, "$[3]"),
        ("two words", "$['two words']"),
        ("", "$['']"),
        ("it's", r"$['it\'s']"),
        ("back\\slash", r"$['back\\slash']"),
    ],
)
def test_path_is_a_jsonpath(step: str | int, path: str) -> None:
    assert errors.ResponseValidationError("number", "string").inside(step).path == path
