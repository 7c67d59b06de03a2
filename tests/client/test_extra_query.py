"""Query parameters that the document does not name are sent as those that it names."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest

from tests.client.conftest import KEY, Call, Script, call_sync, caught
from tests.client.http_library import httpx
from tests.client.package import Scheme, errors

EVENING = dt.datetime(2026, 8, 23, 20, tzinfo=dt.UTC)


class Grouping(StrEnum):
    WORKSPACE = "workspace"


class Size(IntEnum):
    LARGE = 3


def query_of(script: Script) -> list[tuple[str, str]]:
    """The query of the last request."""
    found: list[tuple[str, str]] = script.requests[-1].url.params.multi_items()
    return found


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a b&c=ü", ["a b&c=ü"]),
        ("", [""]),
        (7, ["7"]),
        (0.25, ["0.25"]),
        (True, ["true"]),
        (dt.date(2026, 8, 23), ["2026-08-23"]),
        (EVENING, ["2026-08-23T20:00:00+00:00"]),
        (UUID(int=1), ["00000000-0000-0000-0000-000000000001"]),
        (Grouping.WORKSPACE, ["workspace"]),
        (Size.LARGE, ["3"]),
        (["a", 1, False], ["a", "1", "false"]),
        (("a",), ["a"]),
        ([], []),
        (None, []),
    ],
)
def test_a_value_is_encoded_as_a_parameter_of_its_type(value: object, texts: list[str]) -> None:
    script = Script()

    script.client().analytics.get_user_activity(extra_query={"new": value})

    assert [("new", text) for text in texts] == query_of(script)


def test_it_is_sent_after_the_parameters_of_the_document(call: Call) -> None:
    script = Script()

    call(script.client(), date="2026-08-23", extra_query={"group_by": "workspace", "n": 1})

    assert [("date", "2026-08-23"), ("group_by", "workspace"), ("n", "1")] == query_of(script)


def test_the_detailed_functions_send_it(detailed: Call) -> None:
    script = Script()

    detailed(script.client(headers={"X-Team": "a"}), extra_query={"group_by": "workspace"})

    assert [("group_by", "workspace")] == query_of(script)


def test_a_copy_sends_it_with_every_call_and_the_original_does_not(call: Call) -> None:
    script = Script()
    client = script.client()
    copy = client.with_extra_query({"a": 1, "b": 1}).with_extra_query({"b": 2}).with_timeout(5)

    call(copy)
    assert [("a", "1"), ("b", "2")] == query_of(script)
    call(copy, extra_query={"a": [3, 4], "b": None})
    assert [("a", "3"), ("a", "4")] == query_of(script)
    call(client)
    assert [] == query_of(script)


def test_a_retry_sends_it_again(call: Call, clock: object) -> None:
    script = Script(httpx.Response(503), httpx.Response(200, json={"data": []}))

    call(script.client(), extra_query={"group_by": "workspace"})

    assert ["group_by=workspace"] * 2 == [request.url.query.decode() for request in script.requests]


@pytest.mark.parametrize(("value", "shown"), [("planet", "planet"), (KEY, "[key]")])
def test_an_error_shows_it_where_it_shows_the_query(value: str, shown: str) -> None:
    error = caught(call_sync, Script(httpx.Response(400)).client(), extra_query={"a": value})

    assert error.request.url.endswith(f"/activity?a={shown}")
    assert value not in str(error)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"date": "2026-08-23"}, "date is known to this operation: use the argument date"),
        ({"date": None}, "date is known to this operation: use the argument date"),
        (["group_by"], "expected a mapping, received list"),
        ({"": "a"}, "'' cannot be the name of a parameter"),
        ({1: "a"}, "1 cannot be the name of a parameter"),
        ({"a": {"b": 1}}, "a: expected a str, a number, .* or a list of them, received dict"),
        ({"a": [["b"]]}, "a: expected a str.* received list"),
        ({"a": b"b"}, "a: expected a str.* received bytes"),
        ({"a": bytearray(b"b")}, "a: expected a str.* received bytearray"),
        ({"a": [None]}, "a: expected .*, received NoneType"),
        ({"a": float("nan")}, "a: expected a finite number, received nan"),
        ({"a": dt.datetime(2026, 8, 23)}, "a: a datetime without a time zone"),
        ({"a": "\ud800"}, "a: .*surrogates not allowed"),
        ({"\ud800": "a"}, "extra_query: .* cannot be the name of a parameter"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(call: Call, extra: Any, message: str) -> None:
    script = Script()

    with pytest.raises(errors.ConfigurationError, match=message):
        call(script.client(), extra_query=extra)
    assert [] == script.requests


def test_a_copy_refuses_a_value_at_once_and_a_known_name_when_it_is_called(call: Call) -> None:
    client = Script().client()
    with pytest.raises(errors.ConfigurationError, match="extra_query: a: expected"):
        client.with_extra_query({"a": {}})
    copy = client.with_extra_query({"date": "2026-08-23"})

    with pytest.raises(errors.ConfigurationError, match="use the argument date"):
        call(copy)


def test_the_parameter_of_a_key_is_refused(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setattr(Scheme, "in_url", True)
    client = Script().client()

    with pytest.raises(errors.ConfigurationError, match="Authorization is the parameter of a key"):
        call(client, extra_query={"Authorization": "a"})
