"""The support check names what a document has that the client would not honour."""

from typing import Any

import pytest

from generator.client.normalise.keywords import ANNOTATIONS, LIMITS
from generator.client.support import unsupported
from generator.spec.read import read_document
from tests.generator.client import small
from tests.generator.paths import DOCUMENTS, ROOT

LIBRARY = DOCUMENTS / "library.yaml"

TEXT = {"type": "string"}
ARRAY = {"type": "array", "items": TEXT}
TEXTS = {"$ref": "#/components/schemas/Texts"}
OPERATION = "#/paths/~1things/get"
PARAMETER = f"{OPERATION}/parameters"
PARTS = f"{OPERATION}/requestBody/content/multipart~1form-data"
SCHEMA = "#/components/schemas/Other"


def document(path: str = "/things", item: Any = None, **members: Any) -> dict[str, Any]:
    """A document of one operation, which has some members of its own."""
    operation = {"operationId": "getThings", **small.returning(ARRAY)} | members
    schemas = {"schemas": {"Texts": ARRAY}}
    return small.openapi({path: {"get": operation} | (item or {})}, components=schemas)


def components(**kinds: Any) -> dict[str, Any]:
    """The document with more components."""
    changed = document()
    changed["components"] |= kinds
    return changed


def schema(**keywords: Any) -> dict[str, Any]:
    """The document with one more schema."""
    return components(schemas={"Texts": ARRAY, "Other": keywords})


def parameter(name: str = "q", place: str = "query", **members: Any) -> dict[str, Any]:
    """The document, whose operation has a parameter."""
    return document(parameters=[{"name": name, "in": place, "schema": TEXT} | members])


def body(*media_types: str, schema: Any = TEXT) -> dict[str, Any]:
    """The document, whose operation has a body."""
    return document(requestBody={"content": {name: {"schema": schema} for name in media_types}})


def parts(encoding: Any) -> dict[str, Any]:
    """A body in parts."""
    schema = {"type": "object", "properties": {"a": TEXT}}
    return {"content": {"multipart/form-data": {"schema": schema, "encoding": encoding}}}


def answer(*media_types: str, schema: Any = TEXT) -> dict[str, Any]:
    """The document, whose operation has another answer."""
    content = {name: {"schema": schema} for name in media_types}
    return document(responses={"200": {"description": "All.", "content": content}})


WEBHOOK = {"post": {"operationId": "made", "responses": {"200": {"description": "Noted."}}}}

#: Keywords that a client would not honour, each with a value that is valid.
KEYWORDS: dict[str, Any] = {
    "$dynamicRef": "#here",
    "$id": "https://things.example/schemas",
    "requird": ["a"],
}
UNKNOWN = {"$dynamicRef": "#here"}

#: One of them, by where it stands in a schema.
KEYWORDS_INSIDE: dict[str, dict[str, Any]] = {
    "additionalProperties": {"additionalProperties": UNKNOWN},
    "allOf/1": {"allOf": [TEXT, UNKNOWN]},
    "anyOf/0": {"anyOf": [UNKNOWN]},
    "items/items": {"items": {"items": UNKNOWN}},
    "oneOf/0": {"oneOf": [UNKNOWN]},
    "patternProperties/^x": {"patternProperties": {"^x": UNKNOWN}},
    "prefixItems/1": {"prefixItems": [TEXT, UNKNOWN]},
    "properties/a~1b": {"properties": {"a/b": UNKNOWN}},
    "unevaluatedProperties": {"unevaluatedProperties": UNKNOWN},
}

#: What each feature is in a document, where it is said to be, and what is said of it.
UNSUPPORTED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a server with an unknown variable": (
        document(servers=[{"url": "https://{region}.example"}]),
        f"{OPERATION}/servers/0/url",
        "give its variables a default",
    ),
    "a server with a port that is too high": (
        document(servers=[{"url": "https://things.example:65536"}]),
        f"{OPERATION}/servers/0/url",
        "Port out of range 0-65535",
    ),
    "a bad name of a header": (
        parameter("X Q", "header"),
        f"{PARAMETER} (header X Q)",
        "no name of a header",
    ),
    "a bad name of a cookie": (
        parameter("a=b", "cookie"),
        f"{PARAMETER} (cookie a=b)",
        "no name of a cookie",
    ),
    "a parameter among the components": (
        components(parameters={"Q": {"name": "q", "in": "query", "schema": UNKNOWN}}),
        "#/components/parameters/Q (query q)/schema",
        "'$dynamicRef'",
    ),
    "a body of no media type": (
        body("json"),
        f"{OPERATION}/requestBody/content/json",
        "type/subtype",
    ),
    "a header of a part without a value": (
        document(requestBody=parts({"a": {"headers": {"X": {"required": True}}}})),
        f"{PARTS}/encoding/a/headers/X",
        "const",
    ),
    "an answer of no media type": (
        answer("json"),
        f"{OPERATION}/responses/200/content/json",
        "no media type",
    ),
    "an answer of a media type that no header can have": (
        answer("text/a; b=é"),
        f"{OPERATION}/responses/200/content/text~1a; b=é",
        "no media type",
    ),
    "an answer among the components": (
        components(responses={"R": {"description": "It.", "content": {"image": {}}}}),
        "#/components/responses/R/content/image",
        "no media type",
    ),
    "a schema of a body": (
        body("application/json", schema=UNKNOWN),
        f"{OPERATION}/requestBody/content/application~1json/schema",
        "'$dynamicRef'",
    ),
    "a schema of an answer": (
        answer("application/json", schema=UNKNOWN),
        f"{OPERATION}/responses/200/content/application~1json/schema",
        "'$dynamicRef'",
    ),
    **{
        f"the keyword {keyword}": (schema(**{keyword: value}), SCHEMA, f"'{keyword}'")
        for keyword, value in KEYWORDS.items()
    },
    **{
        f"a keyword in {place}": (schema(**keywords), f"{SCHEMA}/{place}", "'$dynamicRef'")
        for place, keywords in KEYWORDS_INSIDE.items()
    },
}

SUPPORTED = {
    "the contract": ROOT / "openapi.yaml",
    "the library": LIBRARY,
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_no_client_would_honour_is_named_with_its_place(name: str) -> None:
    holding, place, said = UNSUPPORTED[name]

    [found] = unsupported(holding)

    assert found.startswith(f"{place}: ")
    assert said in found.removeprefix(place)


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_document_that_can_be_honoured_is_not_named(name: str) -> None:
    text = SUPPORTED[name].read_text("utf-8")

    found = unsupported(read_document(text))

    assert [] == found


def test_properties_may_be_called_like_keywords() -> None:
    names = ("not", "if", "$defs", "const", "servers", "callbacks", "content", "patternProperties")

    found = unsupported(schema(type="object", properties=dict.fromkeys(names, TEXT)))

    assert [] == found


@pytest.mark.parametrize("keyword", sorted(LIMITS | ANNOTATIONS))
def test_limits_are_left_to_the_server_and_annotations_limit_nothing(keyword: str) -> None:
    found = unsupported(schema(**{keyword: {"not": TEXT}}))

    assert [] == found


def test_everything_is_named_at_once() -> None:
    both = parameter("X Q", "header") | {"components": {"schemas": {"Other": UNKNOWN}}}

    found = unsupported(both)

    assert 2 == len(found)
