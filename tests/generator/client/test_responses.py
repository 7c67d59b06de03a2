"""A response is read as its media type says, and every documented media type is in reach."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.generator.client import small

THING = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
OTHER = {"type": "object", "properties": {"label": {"type": "string"}}}
REF = {"schema": {"$ref": "#/components/schemas/Thing"}}
TEXT = {"schema": {"type": "string"}}
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = b'{"name": "a"}'
JSON, PDF, API = "application/json", "application/pdf", "application/vnd.api+json"


def response(content: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": "It.", "content": content or {}}


def statuses(**by_status: Any) -> dict[str, Any]:
    """An operation with responses."""
    return {"responses": {status.lstrip("_"): value for status, value in by_status.items()}}


def one(media_type: str, value: Any) -> dict[str, Any]:
    """An operation with one media type."""
    return statuses(_200=response({media_type: value}))


SEVERAL = response(
    {
        "text/csv": TEXT,
        API: REF,
        JSON: REF,
        "application/hal+json": {"schema": OTHER},
        PDF: BINARY,
        "application/xml": {"schema": {"type": "object", "properties": {"x": {}}}},
    }
)

#: By operation: its data, the Content-Type and the body that come, the value, and its annotation.
READ: dict[str, tuple[dict[str, Any], str, bytes, Any, str]] = {
    "json_any": (one(JSON, {}), JSON, b'{"a": [1]}', {"a": [1]}, "Any"),
    "json_text": (one("text/json", REF), "text/json", BODY, "a", "Thing"),
    "json_charset": (one("application/json; charset=utf-8", REF), JSON, BODY, "a", "Thing"),
    "json_suffix": (one(API, REF), API, BODY, "a", "Thing"),
    "json_problem": (one("application/problem+json", {}), API, b"1", 1, "Any"),
    "json_range": (one("*/*", REF), JSON, BODY, "a", "Thing"),
    "json_binary": (one(JSON, BINARY), JSON, b"\xff", b"\xff", "bytes"),
    "text": (one("text/plain", {}), "text/plain", "ë".encode(), "ë", "str"),
    "text_charset": (one("text/plain", TEXT), "text/plain; charset=latin-1", b"\xeb", "ë", "str"),
    "text_csv": (one("text/csv", TEXT), "text/csv", b"a,b", "a,b", "str"),
    "text_xml": (one("application/xml", REF), "application/xml", b"<a/>", "<a/>", "str"),
    "text_rss": (one("application/rss+xml", TEXT), "application/rss+xml", b"<a/>", "<a/>", "str"),
    "text_range": (one("text/*", TEXT), "text/x", b"a", "a", "str"),
    "bytes_pdf": (one(PDF, BINARY), PDF, b"\xff", b"\xff", "bytes"),
    "bytes_image": (one("image/png", {}), "image/png", b"\xff", b"\xff", "bytes"),
    "bytes_images": (one("image/*", BINARY), "image/png", b"\xff", b"\xff", "bytes"),
    "bytes_any": (one("*/*", {}), JSON, b"\xff", b"\xff", "bytes"),
    "bytes_stream": (one("application/octet-stream", TEXT), "a/b", b"\xff", b"\xff", "bytes"),
    "bytes_in_text": (one("text/xml", BINARY), "text/xml", b"\xff", b"\xff", "bytes"),
    "undocumented": (statuses(_404=response()), "a/b", b"\xff", b"\xff", "bytes"),
    "redirects": (statuses(_302=response()), "a/b", b"\xff", b"\xff", "bytes"),
    "by_default": (statuses(default=response({JSON: REF})), JSON, BODY, "a", "Thing"),
    "by_range": (statuses(_2XX=response({JSON: REF})), JSON, BODY, "a", "Thing"),
    "by_reference": (
        statuses(_200={"$ref": "#/components/responses/Again"}), JSON, BODY, "a", "Thing",
    ),
    "nothing": (statuses(_200={"description": "It."}), JSON, BODY, None, "None"),
    "several": (statuses(_200=SEVERAL), f"{API}; charset=utf-8", BODY, "a", "Thing"),
    "several_texts": (
        statuses(_200=response({"text/csv": TEXT, "text/html": {}, "image/png": {}})),
        "text/html", b"<p>", "<p>", "str",
    ),
    "several_statuses": (
        statuses(
            _200=response({JSON: REF}),
            _202=response({"text/plain": TEXT}),
            _204=response({JSON: REF}),
            _404=response({JSON: {"schema": OTHER}, "text/html": {}}),
            default=response({"text/plain": {}}),
        ),
        JSON, BODY, "a", "Thing | str | None",
    ),
}  # fmt: skip
COMPONENTS = {
    "schemas": {"Thing": THING},
    "responses": {
        "Again": {"$ref": "#/components/responses/It"},
        "It": {
            "description": "It.",
            "headers": {"X-Total": {"schema": {"type": "integer"}}},
            "content": {JSON: REF},
        },
    },
}
DOCUMENT = small.document({name: case[0] for name, case in READ.items()}, components=COMPONENTS)
DOCUMENT["paths"]["/text_csv"]["head"] = {
    "operationId": "head", "tags": ["small"], **one(JSON, REF)
}  # fmt: skip


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with small.package(
        DOCUMENT, tmp_path_factory.mktemp("responses"), "small_responses"
    ) as package:
        yield package


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest, package: Any) -> small.Caller:
    return small.Caller(package, request.param)


def responding(body: bytes, media_type: str, status: int = 200) -> small.Handler:
    headers = {"Content-Type": media_type, "X-Total": "3"}
    return lambda _: httpx.Response(status, content=body, headers=headers)


@pytest.mark.parametrize("name", READ)
def test_a_body_is_read_by_its_media_type(caller: small.Caller, name: str) -> None:
    _, media_type, body, expected, _ = READ[name]

    value = caller.method(caller.client(responding(body, media_type)), name)

    assert expected == getattr(value, "name", value)


@pytest.mark.parametrize("name", READ)
def test_its_type_is_annotated(package: Any, name: str) -> None:
    module = importlib.import_module(f"{package.__name__}.api.small.{name}")

    assert READ[name][4] == module.sync.__annotations__["return"]


@pytest.mark.parametrize(
    ("name", "accept"),
    [
        ("json_text", "text/json"),
        ("json_charset", "application/json"),
        ("json_suffix", "application/vnd.api+json"),
        ("json_range", "*/*"),
        ("bytes_images", "image/*"),
        ("undocumented", "*/*"),
        ("nothing", "*/*"),
        ("several", "application/json, application/vnd.api+json"),
        ("several_texts", "text/csv, text/html"),
        ("several_statuses", "application/json, text/plain"),
    ],
)
def test_accept_names_what_the_method_reads(caller: small.Caller, name: str, accept: str) -> None:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return responding(READ[name][2], READ[name][1])(request)

    caller.method(caller.client(handler), name)

    assert accept == requests[0].headers["Accept"]


@pytest.mark.parametrize("media_type", ["text/csv", "application/pdf", "application/hal+json"])
def test_another_media_type_is_asked_for_by_its_header(
    caller: small.Caller, media_type: str
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return responding(b"\xff", request.headers["Accept"])(request)

    response = caller.detailed(caller.client(handler), "several", headers={"Accept": media_type})

    assert (200, b"\xff", None) == (response.status_code, response.content, response.parsed)


def test_a_method_says_how_to_get_another_media_type(caller: small.Caller, package: Any) -> None:
    client = caller.client(responding(b"a,b", "text/csv"))

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        caller.method(client, "several")

    assert (b"a,b", 200) == (raised.value.content, raised.value.status_code)
    assert "received text/csv, which a _detailed function returns unparsed" in str(raised.value)


@pytest.mark.parametrize(
    ("status", "media_type", "body", "parsed"),
    [
        (200, JSON, BODY, "a"),
        (202, "text/plain", b"b", "b"),
        (204, JSON, b"", None),
        (404, JSON, b'{"label": "c"}', "c"),
        (404, "text/html", b"<p>", None),
        (418, "text/plain", b"d", "d"),
        (302, "text/plain", b"e", "e"),
        (500, JSON, b"f", "f"),
    ],
)
def test_detailed_returns_every_status(
    caller: small.Caller, status: int, media_type: str, body: bytes, parsed: Any
) -> None:
    client = caller.client(responding(body, media_type, status), max_retries=0)

    response = caller.detailed(client, "several_statuses")

    found = getattr(response.parsed, "name", getattr(response.parsed, "label", response.parsed))
    assert (status, body, parsed) == (response.status_code, response.content, found)
    assert "3" == response.headers["x-total"]


def test_a_documented_redirect_is_an_error_of_its_status(
    caller: small.Caller, package: Any
) -> None:
    client = caller.client(lambda _: httpx.Response(302, headers={"Location": "/there"}))

    with pytest.raises(package.errors.APIStatusError) as raised:
        caller.method(client, "redirects")

    assert (302, "/there") == (raised.value.status_code, raised.value.headers["Location"])


def test_a_response_to_head_has_no_body(caller: small.Caller) -> None:
    assert caller.method(caller.client(responding(b"", JSON)), "head") is None


def test_schemas_of_other_json_have_a_class(package: Any) -> None:
    model = package.models.SeveralApplicationHalJson

    assert "a" == model.from_dict({"label": "a"}).label
