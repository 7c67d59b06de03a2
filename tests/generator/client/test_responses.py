"""A response is read as its media type says, and every documented media type is in reach."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.generator.client import small
from tests.generator.client.small import model, ref

OTHER = model(label=small.TEXT)
REF = {"schema": ref("Thing")}
TEXT = {"schema": small.TEXT}
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
        "application/xml": {"schema": model(x={})},
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
    "text_of_what_may_be_null": (
        one("text/plain", {"schema": small.ref("Maybe/anyOf/0/properties/note")}),
        "text/plain", b"a", "a", "str",
    ),
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
    "schemas": {
        "Thing": model("name", name=small.TEXT),
        "Maybe": {"anyOf": [model(note=small.TEXT), {"type": "null"}]},
    },
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
DOCUMENT["paths"]["/text_csv"]["head"] = {"operationId": "head"} | one(JSON, REF)


def responding(body: bytes, media_type: str, status: int = 200) -> small.Handler:
    headers = {"Content-Type": media_type, "X-Total": "3"}
    return lambda _: httpx.Response(status, content=body, headers=headers)


@pytest.mark.parametrize("name", READ)
def test_a_body_is_read_by_its_media_type(calling: small.Calling, name: str) -> None:
    _, media_type, body, expected, _ = READ[name]

    value = calling(responding(body, media_type))(name)

    assert expected == getattr(value, "name", value)


@pytest.mark.parametrize("name", READ)
def test_its_type_is_annotated(package: Any, name: str) -> None:
    module = small.module(package, f"api.default.{name}")

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
def test_accept_names_what_the_method_reads(calling: small.Calling, name: str, accept: str) -> None:
    calls = calling(responding(READ[name][2], READ[name][1]))

    calls(name)

    assert accept == calls.last.headers["Accept"]


@pytest.mark.parametrize("media_type", ["text/csv", "application/pdf", "application/hal+json"])
def test_another_media_type_is_asked_for_by_its_header(
    calling: small.Calling, media_type: str
) -> None:
    calls = calling(lambda request: responding(b"\xff", request.headers["Accept"])(request))

    response = calls.detailed("several", headers={"Accept": media_type})

    assert (200, b"\xff", None) == (response.status_code, response.content, response.parsed)


def test_a_method_says_how_to_get_another_media_type(calling: small.Calling, package: Any) -> None:
    with pytest.raises(package.errors.ResponseValidationError) as raised:
        calling(responding(b"a,b", "text/csv"))("several")

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
    calling: small.Calling, status: int, media_type: str, body: bytes, parsed: Any
) -> None:
    calls = calling(responding(body, media_type, status), max_retries=0)

    response = calls.detailed("several_statuses")

    found = getattr(response.parsed, "name", getattr(response.parsed, "label", response.parsed))
    assert (status, body, parsed) == (response.status_code, response.content, found)
    assert "3" == response.headers["x-total"]


def test_a_documented_redirect_is_an_error_of_its_status(
    calling: small.Calling, package: Any
) -> None:
    calls = calling(lambda _: httpx.Response(302, headers={"Location": "/there"}))

    with pytest.raises(package.errors.APIStatusError) as raised:
        calls("redirects")

    assert (302, "/there") == (raised.value.status_code, raised.value.headers["Location"])


def test_a_response_to_head_has_no_body(calling: small.Calling) -> None:
    assert calling(responding(b"", JSON))("head") is None


def test_schemas_of_other_json_have_a_class(package: Any) -> None:
    model = package.models.SeveralApplicationHalJson

    assert "a" == model.from_dict({"label": "a"}).label
