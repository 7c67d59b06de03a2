"""A document that a client would not honour in full is refused; a line names each such part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.client.normalise.keywords import ANNOTATIONS, LIMITS
from generator.client.support import unsupported
from tests.generator.client import small
from tests.generator.client.small import COUNT, TEXT, array, content, model, ref, returning

#: A keyword that no client honours, and something that does.
UNKNOWN = {"$dynamicRef": "#here"}
THING = model(a=TEXT)
FOUND: dict[str, Any] = {"description": "Words.", "content": {"text/plain": {}}}
EVENTS: dict[str, Any] = {"200": {"description": "It.", "content": {"text/event-stream": {}}}}
JSON_AND_EVENTS: dict[str, Any] = {
    "200": EVENTS["200"] | {"content": {"text/event-stream": {}, small.JSON: {}}}
}

CALL = "#/paths/~1call/get"
OTHER = "#/components/schemas/Other"
PARAMETERS = f"{CALL}/parameters"
PARTS = f"{CALL}/requestBody/content/multipart~1form-data"
RESPONSE = f"{CALL}/responses/200"
SCHEME = "#/components/securitySchemes/a"
BEARER = {"type": "http", "scheme": "bearer"}


def call(**members: Any) -> dict[str, Any]:
    """A document of one operation."""
    known: dict[str, Any] = {"schemas": {"Thing": THING}, "responses": {"Found": FOUND}}
    return small.document({"call": returning(THING) | members}, components=known)


def components(**kinds: Any) -> dict[str, Any]:
    """The document with more components."""
    document = call()
    document["components"] |= kinds
    return document


def others(schema: Any) -> dict[str, Any]:
    """The document with one more schema."""
    return components(schemas={"Other": schema})


def parameter(name: str = "q", place: str = "query", **members: Any) -> dict[str, Any]:
    """The document, whose operation has a parameter."""
    return call(parameters=[{"name": name, "in": place, "schema": TEXT} | members])


def parts(**encoding: Any) -> dict[str, Any]:
    """The document, whose operation has a body in parts."""
    media_type = {"schema": THING, "encoding": encoding}
    return call(requestBody={"content": {"multipart/form-data": media_type}})


def secured(**schemes: Any) -> dict[str, Any]:
    """The document, whose operation needs keys together."""
    security: list[dict[str, list[str]]] = [{name: [] for name in schemes}]
    return components(securitySchemes=schemes) | {"security": security}


NO_MEDIA_TYPE = "this is no media type; write type/subtype"
UNKNOWN_KEYWORD = "the keyword '$dynamicRef' is not supported; an overlay can remove it"
#: Schemas that contain the keyword, by its place in them.
INSIDE: dict[str, dict[str, Any]] = {
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
#: By fault: the document, and the beginning of the line that reports the fault.
REFUSED: dict[str, tuple[dict[str, Any] | str, str]] = {
    # The document as a whole, and its servers.
    "no YAML": ("a: [", "the document: line 2: "),
    "no mapping": ("[]", "the document: not a mapping of names to values"),
    "another OpenAPI":
        (call() | {"openapi": "3.2.0"},
         "the document: openapi is '3.2.0', expected OpenAPI 3.0 or 3.1"),
    "a missing keyword":
        (call() | {"info": {"title": "Things"}}, '#/info: "version" is a required property'),
    "no operation": (small.openapi({"/call": {}}), "#/paths: there is no operation"),
    "no status":
        (call(responses={"abc": {"description": ""}}),
         f"{CALL}/responses: Unevaluated properties are not allowed ('abc' was unexpected)"),
    "a server of another protocol":
        (call() | {"servers": [{"url": "ftp://things.example"}]},
         "#/servers/0/url: 'ftp://things.example' is neither an http or https URL"),
    "a server with an unknown variable":
        (call(servers=[{"url": "https://{region}.example"}]),
         f"{CALL}/servers/0/url: 'https://{{region}}.example' is neither an http or https URL "
         "without a query nor an absolute path; give its variables a default"),
    "a server with a port that is too high":
        (call(servers=[{"url": "https://things.example:65536"}]),
         f"{CALL}/servers/0/url: 'https://things.example:65536' leads to no server: "
         "Port out of range 0-65535"),
    # Parameters, bodies and responses.
    "a name that no header has":
        (parameter("X Q", "header"), f"{PARAMETERS} (header X Q): this is no name of a header"),
    "a name that no cookie has":
        (parameter("a=b", "cookie"), f"{PARAMETERS} (cookie a=b): this is no name of a cookie"),
    "a style of another location":
        (parameter(style="matrix"), f'{PARAMETERS}/0/style: "matrix" is not one of "form"'),
    "a parameter of the components":
        (components(parameters={"Q": {"name": "q", "in": "query", "schema": UNKNOWN}}),
         f"#/components/parameters/Q (query q)/schema: {UNKNOWN_KEYWORD}"),
    "a body of no media type":
        (call(requestBody=content(TEXT, "json")),
         f"{CALL}/requestBody/content/json: {NO_MEDIA_TYPE}"),
    "a header of a part without a value":
        (parts(a={"headers": {"X": {"required": True, "schema": TEXT}}}),
         f"{PARTS}/encoding/a/headers/X: a caller cannot give it; give its schema a const"),
    "a response of no media type":
        (call(**returning(TEXT, "json")), f"{RESPONSE}/content/json: {NO_MEDIA_TYPE}"),
    "a media type that no header has":
        (call(**returning(TEXT, "text/a; b=é")),
         f"{RESPONSE}/content/text~1a; b=é: {NO_MEDIA_TYPE}"),
    "a response of the components":
        (components(responses={"R": {"description": "It.", "content": {"image": {}}}}),
         f"#/components/responses/R/content/image: {NO_MEDIA_TYPE}"),
    "the schema of a body":
        (call(requestBody=content(UNKNOWN)),
         f"{CALL}/requestBody/content/application~1json/schema: {UNKNOWN_KEYWORD}"),
    "the schema of a response":
        (call(**returning(UNKNOWN)),
         f"{RESPONSE}/content/application~1json/schema: {UNKNOWN_KEYWORD}"),
    "two methods of one name":
        (small.document({"a": {"responses": JSON_AND_EVENTS}, "a_stream": {"responses": EVENTS}}),
         "the tag 'default' has two operations that come to the method a_stream"),
    # Schemas.
    **{
        f"the keyword {keyword}":
            (others({keyword: value}), f"{OTHER}: the keyword {keyword!r} is not supported")
        for keyword, value in (("$id", "https://things.example/a"), ("requird", ["a"]))
    },
    **{
        f"a keyword in {place}": (others(schema), f"{OTHER}/{place}: {UNKNOWN_KEYWORD}")
        for place, schema in INSIDE.items()
    },
    "a default of another type":
        (others(model(name=COUNT | {"default": "many"})),
         f"{OTHER}/properties/name/default: 'many' is not of type 'integer'"),
    "a required member with a character that cannot be seen":
        (others(model("a\x07b")), f"{OTHER}: 'a\\x07b' is in no class"),
    "an allOf that contradicts itself":
        (others({"allOf": [model(name=TEXT), model(name=array(TEXT))]}),
         f"{OTHER}/properties/name: no value is allowed"),
    "a circle of allOf":
        (components(schemas={"A": {"allOf": [ref("B")]}, "B": {"allOf": [ref("A")]}}),
         "#/components/schemas/A: the schema contains itself without end"),
    **{
        f"a property named {name!r} beside {other!r}":
            (others(model(**{name: TEXT, other: TEXT})), f"{OTHER}: {name!r} is in no class")
        for name, other in (
            ("a\x07b", "other"), ("\x07", "other"), ("a\x7fb", "other"), ("a\0b", "other"),
            ("a\u200b", "other"), ("a\x07b", "ab"),
        )
    },
    # References to what is of another kind.
    **{
        f"a parameter that is {target}":
            (call(parameters=[{"$ref": f"#/components/{target}"}]),
             f'{PARAMETERS}/0: "name" is a required property')
        for target in ("schemas/Thing", "responses/Found")
    },
    **{
        f"a parameter that is {target}":
            (call(parameters=[{"$ref": target}]), f"{PARAMETERS}/0: {shown}")
        for target, shown in (
            ("#/info/title", '"Small" is not of type "object"'), (PARAMETERS, '[{"$ref":'),
        )
    },
    "a path that is a text":
        (small.openapi({"/a": {"$ref": "#/openapi"}}),
         '#/paths/~1a: "3.1.0" is not of type "object"'),
    "a response that is a schema":
        (call(responses={"200": ref("Thing")}),
         f'{RESPONSE}: "description" is a required property'),
    **{
        f"a schema that is {target}":
            (call(**returning(array({"$ref": target}))),
             f"{RESPONSE}/content/application~1json/schema/items: the reference {target!r} leads "
             "to no schema; correct it")
        for target in ("#/components/responses/Found", "#/info/title", CALL)
    },
    "an example that is what contains it":
        (call(requestBody={"content": {"a/b": {"examples": {"a": {"$ref": CALL}}}}}),
         f"{CALL}/requestBody/content/a~1b/examples/a: the reference {CALL!r} leads to what "
         "contains it, and is no schema"),
    "a response that is all paths":
        (call(responses={"200": {"$ref": "#/paths"}}),
         f"{RESPONSE}: the reference '#/paths' leads to what contains it, and is no schema"),
    # Keys.
    "a key in no header":
        (secured(a={"type": "apiKey", "in": "header", "name": "a b"}),
         f"{SCHEME}: 'a b' is no name of a header"),
    "a key in no cookie":
        (secured(a={"type": "apiKey", "in": "cookie", "name": "a="}),
         f"{SCHEME}: 'a=' is no name of a cookie"),
    "a key of no scheme":
        (secured(a=BEARER | {"scheme": "a\r\nb"}),
         f"{SCHEME}: 'a\\r\\nb' is no name of an HTTP scheme"),
    "two keys in one header":
        (secured(a=BEARER, b={"type": "http", "scheme": "basic"}),
         f"{CALL}/security: a and b are sent together in one header"),
    "a key named like an argument":
        (secured(timeout=BEARER),
         "#/components/securitySchemes/timeout: 'timeout' is taken by another argument of Client"),
    "a variable that is no list":
        (secured(a=BEARER | {"x-environment-variables": "KEY"}),
         f"{SCHEME}: x-environment-variables is no list of names"),
    "a note of another variable":
        (secured(a=BEARER | {"x-environment-variable-notes": {"KEY": "Mine."}}),
         f"{SCHEME}: x-environment-variable-notes has other names"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_client_would_honour_is_named_with_its_place(
    refusal: Callable[[Any], list[str]], name: str
) -> None:
    document, expected = REFUSED[name]
    place = expected.partition(": ")[0]

    heading, *lines = refusal(document)

    assert any(line.startswith(expected) for line in lines or [heading])
    assert all(line.startswith(place) for line in lines or [heading])


def test_what_is_missing_is_named_in_the_order_of_the_document(
    refusal: Callable[[Any], list[str]],
) -> None:
    names = [f"{letter}\x07" for letter in "badcfe"]

    _, *lines = refusal(others(model(*names)))

    assert [f"{OTHER}: {name!r} is in no class" for name in names] == lines


def test_everything_is_named_at_once(refusal: Callable[[Any], list[str]]) -> None:
    never = {"allOf": [TEXT, COUNT]}
    document = call(**returning(model(a=never, b=array(never))))
    document["components"]["schemas"] = {"N": False}
    place = f"{RESPONSE}/content/application~1json/schema/properties"

    _, *lines = refusal(document)

    assert lines == [
        f"{place}/a: no value is allowed: nothing is string and also integer",
        f"{place}/b/items: no value is allowed: nothing is string and also integer",
        "#/components/schemas/N: no value is allowed",
    ]


def test_properties_may_be_called_like_keywords() -> None:
    names = ("not", "if", "$defs", "const", "servers", "callbacks", "content", "patternProperties")

    assert [] == unsupported(others(model(**dict.fromkeys(names, TEXT))))


def test_limits_are_left_to_the_server_and_annotations_limit_nothing() -> None:
    keywords = {keyword: {"not": TEXT} for keyword in LIMITS | ANNOTATIONS}

    assert [] == unsupported(others(keywords))
