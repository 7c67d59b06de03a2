"""Query parameters that another document does not name, in its requests of every form."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from tests.generator.client import small

SECRET = "s3cr3t-k3y"
JSON = small.returning({})
EVENTS: dict[str, Any] = {
    "200": {"description": "OK", "content": {"application/json": {}, "text/event-stream": {}}}
}
SORT_BY: dict[str, Any] = {"name": "Sort-By", "in": "query", "schema": {}}
DEEP = {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}}
DOCUMENT = small.document(
    {
        "plain": JSON | {"parameters": [SORT_BY]},
        "styled": JSON | {"parameters": [DEEP]},
        "events": {"responses": EVENTS, "parameters": [DEEP]},
        "secret": JSON | {"security": [{"key": []}]},
    },
    components={"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api key"}}},
)


@pytest.fixture
def calls(calling: small.Calling) -> small.Calls:
    return calling(lambda _: httpx.Response(200, content=b"null"), key=SECRET)


@pytest.mark.parametrize(
    ("name", "arguments", "query"),
    [
        pytest.param(
            "styled",
            {"filter_": {"a": 1}, "extra_query": {"n": ["x y", 2]}},
            "filter%5Ba%5D=1&n=x+y&n=2",
            id="after what is encoded already",
        ),
        pytest.param("events_stream", {"extra_query": {"n": 1}}, "n=1", id="with a stream"),
        pytest.param(
            "secret", {"extra_query": {"n": 1}}, f"n=1&api+key={SECRET}", id="beside a hidden key"
        ),
    ],
)
def test_it_is_sent(
    calls: small.Calls,
    name: str,
    arguments: dict[str, Any],
    query: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    calls(name, **arguments)

    assert query == calls.last.url.query.decode()
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("name", "arguments", "extra", "said"),
    [
        ("plain", {}, "Sort-By", "Sort-By is known to this operation: use the argument sort_by"),
        ("styled", {}, "filter", "filter is known to this operation: use the argument filter_"),
        ("styled", {"filter_": {"a": 1}}, "filter[a]", "filter[a] is in the request already"),
        ("events_stream", {}, "filter", "use the argument filter_"),
        ("plain", {}, "api key", "api key is the parameter of a key"),
    ],
)
def test_a_name_of_the_document_is_refused(
    calls: small.Calls, package: Any, name: str, arguments: Any, extra: str, said: str
) -> None:
    with pytest.raises(package.errors.ConfigurationError) as refused:
        calls(name, **arguments, extra_query={extra: "a"})

    assert str(refused.value).startswith("extra_query: ")
    assert said in str(refused.value)
    assert [] == calls.requests
