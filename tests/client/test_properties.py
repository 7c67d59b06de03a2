"""Properties of all bodies and arguments, for every operation and schema of both documents.

The examples are the same in every run. HYPOTHESIS_EXAMPLES sets their number, and
HYPOTHESIS_PROFILE=default makes new ones in each run.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import functools
import json
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast
from uuid import UUID

import attrs
import jsonpath
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from jsonpath.selectors import IndexSelector, NameSelector

from generator.spec.values import json_type
from tests.client.arguments import (
    arguments,
    simplest,
    understood,
)
from tests.client.bodies import (
    JSON,
    Json,
    Location,
    Place,
    Schema,
    at,
    breaches,
    replaced,
    without,
    written,
)
from tests.client.documents import DOCUMENTS, KEY, OPERATIONS, Document, Operation, Response
from tests.client.http_library import NAME, httpx

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def examples(count: int) -> settings:
    """A number of examples, unless the environment sets another."""
    return settings(
        settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci")),
        max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", count)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


class Server(httpx.BaseTransport):
    """Responds to every request in the same way, without a socket.

    Attributes:
        answer: The status, headers and body of the response.
        request: The last request.
    """

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")
        self.request: httpx.Request | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        status, headers, content = self.answer
        return httpx.Response(status, headers=headers, content=content)


@functools.cache
def connected(document: Document) -> tuple[Any, Server]:
    """A client and its server."""
    server = Server()
    client = document.package.Client(
        KEY, max_retries=0, http_library=NAME, httpx_args={"transport": server}
    )
    return client, server


def ask(operation: Operation, response: Response, content: bytes) -> Any:
    """Call an operation that gets a success with this body."""
    client, server = connected(operation.document)
    server.answer = response.status_code, {"content-type": response.media_type}, content
    return operation.call(client, simplest(operation))


class Source(NamedTuple):
    """A place where a client reads JSON of a schema: a model or a response.

    Attributes:
        read: Makes the client's object of a JSON value.
    """

    name: str
    document: Document
    schema: Schema
    read: Callable[[Json], Any]

    def is_valid(self, value: Json) -> bool:
        return self.document.schemas.is_valid(self.schema, value)

    def meaning(self, value: Json) -> Json:
        return self.document.schemas.meaning(self.schema, value)

    def values(self) -> st.SearchStrategy[Json]:
        return self.document.schemas.values(self.schema)

    def locations(self, value: Json, wanted: Callable[[Place], bool]) -> list[Location]:
        """The wanted places in a valid value. Without any, Hypothesis draws another value."""
        places = self.document.schemas.places(self.schema, value)
        found = [place.location for place in places if wanted(place)]
        assume(found)
        return found


def read_model(document: Document, component: str, value: Json) -> Any:
    return document.model(component).from_dict(value)


def read_response(operation: Operation, response: Response, value: Json) -> Any:
    return ask(operation, response, written(value).encode())


RESPONSES = [
    (operation, response) for operation in OPERATIONS for response in operation.responses("2")
]
SOURCES = [
    Source(
        f"{document} {name}",
        document,
        {"$ref": f"#/components/schemas/{name}"},
        functools.partial(read_model, document, name),
    )
    for document in DOCUMENTS
    for name, schema in document.data["components"]["schemas"].items()
    if "properties" in schema or "allOf" in schema
] + [
    Source(
        f"{operation} {response.status}",
        operation.document,
        response.schema,
        functools.partial(read_response, operation, response),
    )
    for operation, response in RESPONSES
    if response.is_json
]

RECURSIVE = [
    (operation, response, name)
    for operation, response in RESPONSES
    if response.is_json
    for option in operation.document.schemas.options(response.schema)
    for name, inner in option.get("properties", {}).items()
    if inner.get("items") == response.schema
]
"""Recursive responses, with the name of the array that contains them."""

EVERY_OPERATION = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def sources(wanted: Callable[[Schema], bool] = lambda _: True) -> pytest.MarkDecorator:
    """The sources that contain a wanted schema."""
    found = [
        source
        for source in SOURCES
        if any(map(wanted, source.document.schemas.reachable(source.schema)))
    ]
    return pytest.mark.parametrize("source", found, ids=[source.name for source in found])


def has_enum(option: Schema) -> bool:
    return "enum" in option


def has_optional(option: Schema) -> bool:
    return bool(option.get("properties", {}).keys() - option.get("required", []))


def members(value: object) -> list[Any]:
    """The values of a model's attributes, or an empty list for another value."""
    kind: Any = type(value)
    return [getattr(value, one.name) for one in attrs.fields(kind)] if attrs.has(kind) else []


def plain(value: Any) -> Json:
    """The JSON value of a client's object."""
    match value:
        case dt.date():
            return value.isoformat()
        case UUID():
            return str(value)
        case enum.Enum():
            return value.value
        case list():
            return [plain(item) for item in cast("list[object]", value)]
        case dict():
            return {name: plain(item) for name, item in cast("dict[str, object]", value).items()}
        case _:
            return value.to_dict() if members(value) else value


def leaves(value: Any) -> Iterator[Any]:
    """The innermost values of a client's object."""
    match value:
        case dict():
            inner = list(cast("dict[str, object]", value).values())
        case list():
            inner = cast("list[object]", value)
        case _:
            inner = members(value)
    for item in inner:
        yield from leaves(item)
    if not inner:
        yield value


def steps(path: str) -> Location:
    """The steps of a JSONPath, read by an implementation of RFC 9535."""
    compiled = jsonpath.compile(path)
    assert isinstance(compiled, jsonpath.JSONPath)
    selectors = [selector for segment in compiled.segments for selector in segment.selectors]
    return tuple(_step(selector) for selector in selectors)


def _step(selector: object) -> str | int:
    assert isinstance(selector, NameSelector | IndexSelector)
    return selector.name if isinstance(selector, NameSelector) else selector.index


@sources()
@examples(20)
@given(data=st.data())
def test_a_valid_body_is_read_and_written_again(source: Source, data: st.DataObject) -> None:
    body = data.draw(source.values())
    assert source.is_valid(body)

    value = source.read(body)
    again = plain(value)

    assert source.is_valid(again)
    assert source.meaning(body) == source.meaning(again)
    assert value == source.read(again)


@sources()
@examples(40)
@given(data=st.data())
def test_a_breach_is_refused_with_its_place(source: Source, data: st.DataObject) -> None:
    breach = data.draw(breaches(source.document.schemas, source.schema))
    if breach.union is None:
        assert not source.is_valid(breach.value)
    else:
        assume(not source.is_valid(breach.value))  # The value may match another alternative.

    with pytest.raises(source.document.package.errors.ResponseValidationError) as caught:
        source.read(breach.value)

    place = steps(caught.value.path)
    if breach.union is None:
        assert breach.location == place
    else:
        assert breach.union == place[: len(breach.union)]
    if breach.location == place:
        assert caught.value.received in breach.received


@sources(has_enum)
@examples(20)
@given(data=st.data())
def test_an_unknown_value_of_an_enum_is_kept(source: Source, data: st.DataObject) -> None:
    body = data.draw(source.values())
    location = data.draw(
        st.sampled_from(source.locations(body, lambda place: has_enum(place.option)))
    )
    known = at(body, location)
    unknown = "unheard of" if json_type(known) == "string" else 987654321

    value = source.read(replaced(body, location, unknown))

    again = plain(value)
    assert unknown == at(again, location)
    assert source.meaning(body) == source.meaning(replaced(again, location, known))
    assert [type(unknown)] == [type(leaf) for leaf in leaves(value) if leaf == unknown]


@sources(has_optional)
@examples(20)
@given(data=st.data())
def test_null_for_an_optional_member_is_null_or_nothing(
    source: Source, data: st.DataObject
) -> None:
    body = data.draw(source.values())
    location = data.draw(st.sampled_from(source.locations(body, lambda place: place.optional)))
    with_null = replaced(body, location, None)
    expected = with_null if source.is_valid(with_null) else without(body, location)

    value = source.read(with_null)

    assert source.meaning(expected) == source.meaning(plain(value))


@pytest.mark.parametrize(
    ("operation", "response"),
    [
        pytest.param(operation, response, id=f"{operation} {response.status}")
        for operation, response in RESPONSES
        if not response.is_json
    ],
)
@examples(20)
@given(text=st.text())
def test_a_body_that_is_not_json_is_returned_unchanged(
    operation: Operation, response: Response, text: str
) -> None:
    returned = ask(operation, response, text.encode())

    match response.media_type.partition("/")[0]:
        case "":
            assert returned is None
        case "text":
            assert text == returned
        case _:
            assert text.encode() == returned


@EVERY_OPERATION
@examples(25)
@given(data=st.data())
def test_arguments_arrive(operation: Operation, data: st.DataObject) -> None:
    client, server = connected(operation.document)
    drawn = data.draw(arguments(operation))
    server.answer = 404, {}, b""

    with pytest.raises(operation.document.package.errors.NotFoundError):
        operation.call(client, {name: argument.given for name, argument in drawn.items()})

    assert server.request is not None
    assert operation.method == server.request.method
    expected = {name: argument.meant for name, argument in drawn.items() if argument.meant != []}
    assert expected == understood(operation, server.request)


@EVERY_OPERATION
@examples(30)
@given(content=JSON.map(written).map(str.encode) | st.binary())
@example(content=b'{"a":' * 100_000)
@example(content=b"[" * 900 + b"]" * 900)
@example(content=b'"' + "\ud800".encode("utf-8", "surrogatepass") + b'"')
@example(content=b"1" * 5000)
def test_a_body_of_any_kind_is_read_or_refused(operation: Operation, content: bytes) -> None:
    errors = operation.document.package.errors
    for response in operation.responses("2"):
        with contextlib.suppress(errors.ResponseValidationError, errors.APIStatusError):
            ask(operation, response, content)


@pytest.mark.parametrize("depth", [10, 200, 400, 800, 100_000])
def test_a_body_that_is_nested_deep_is_read_or_refused(depth: int) -> None:
    for operation, response, member in RECURSIVE:
        refusal = operation.document.package.errors.ResponseValidationError
        example = operation.document.schemas.example(response.schema)
        opening, closing = json.dumps({**example, member: ["@"]}).split('"@"')
        content = opening * depth + opening + closing + closing * depth

        with contextlib.nullcontext() if depth == 10 else contextlib.suppress(refusal):
            assert ask(operation, response, content.encode()) is not None


CHARSETS = ["utf-16", "hex", "idna", "punycode", "undefined", "no-such", '"', ""]
LOCATIONS = ["/", "//", "http://[", "http://a:b", "http://xn--/", "mailto:x", "\x7f", "?" * 70_000]
DELAYS = ["1", "-1", "1e3", "9" * 5000, "soon", ""] + [
    f"Fri, 31 Dec {year} 23:59:59 {zone}"
    for year in (1, 2026, 9999, 10**30)
    for zone in ("GMT", "-0000", "+9999")
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("content-type", f"text/plain; charset={charset}") for charset in CHARSETS),
        *(("location", location) for location in LOCATIONS),
        *(("retry-after", delay) for delay in DELAYS),
    ],
    ids=lambda text: ascii(text)[:60],
)
@pytest.mark.parametrize("status", [200, 204, 302, 404, 429, 503])
def test_no_header_hides_the_status(name: str, value: str, status: int) -> None:
    for operation in OPERATIONS:
        client, server = connected(operation.document)
        server.answer = status, {name: value}, b"\xff caf\xe9"
        errors = operation.document.package.errors
        seen = status

        try:
            operation.call(client, simplest(operation))
        except (errors.ResponseValidationError, errors.APIStatusError) as error:
            seen = error.status_code
        except errors.APIConnectionError:
            # httpx reads the location of a redirect before it returns the response.
            assert (name, status) == ("location", 302)

        assert status == seen
