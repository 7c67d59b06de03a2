"""`docs/maintain/keywords.md` says what becomes of every keyword, wherever it is."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from openapi_python_client.config import Config
from openapi_schema_validator import validators
from openapi_spec_validator import schemas as published

from generator.client.config import load_config
from generator.client.normalise import normalise
from generator.client.parse import ParsedDocument
from generator.client.support import unsupported
from generator.client.views.package import package_view
from generator.spec.validate import problems
from generator.spec.values import is_array, is_object
from tests.generator.client.small import configuration, document
from tests.generator.paths import ROOT

#: The names that the schemas of OpenAPI have for an object, if they differ from the page's.
OTHERWISE = {
    "path": ["PathItem", "path-item"],
    "flow": [
        *("AuthorizationCodeOAuthFlow", "ClientCredentialsFlow"),
        *("ImplicitOAuthFlow", "PasswordOAuthFlow"),
    ],
    "flows": ["OAuthFlows", "oauth-flows"],
    "security scheme": [
        *("APIKeySecurityScheme", "HTTPSecurityScheme", "OAuth2SecurityScheme"),
        *("OpenIdConnectSecurityScheme", "security-scheme"),
    ],
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Each keyword of the page: its object, itself, and what becomes of it."""
    current = ""
    for line in (ROOT / "docs/maintain/keywords.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            yield "schema", cells[0].strip("`"), cells[1]
        elif len(cells) == 4 and cells[1].startswith("`"):
            current = cells[0] or current
            for keyword in re.findall("`([^`]+)`", cells[1]):
                yield current, keyword, cells[2]


def keywords(schema: Any) -> set[str]:
    """The properties that a schema names, by whatever keyword."""
    if is_array(schema):
        return set[str]().union(*map(keywords, schema))
    if not is_object(schema):
        return set()
    inner = [schema.get(key, []) for key in ("allOf", "anyOf", "oneOf", "if", "then", "else")]
    inner += schema.get("dependentSchemas", {}).values()
    return {*schema.get("properties", {})}.union(*map(keywords, inner))


def official() -> dict[str, set[str]]:
    """The keywords of each object, as the specifications publish them."""
    own: Any = published
    versions = (own.schema_v30, own.schema_v31)
    found = {"document": set[str]().union(*(keywords(dict(each)) for each in versions))}
    definitions = versions[0]["definitions"] | versions[1]["$defs"]
    for name in {owner for owner, *_ in rows()} - {"document", "schema"}:
        usual = [name, name.replace(" ", "-"), name.title().replace(" ", "")]
        theirs = [definitions[each] for each in OTHERWISE.get(name, usual) if each in definitions]
        found[name] = set[str]().union(*map(keywords, theirs))
    known: Any = cast("Any", validators).OPENAPI_SPECIFICATIONS
    vocabularies = [uri for uri in known if "2020-12/meta" in uri or "oas/3.1/meta" in uri]
    found["schema"] = keywords(definitions["Schema"]).union(
        *(keywords(known.contents(uri)) for uri in vocabularies)
    )
    return found


def test_the_page_has_every_keyword_that_the_specifications_have() -> None:
    ours: dict[str, set[str]] = {}
    for owner, keyword, word in rows():
        ours.setdefault(owner, set()).add(keyword)
        assert word in {"honoured", "text", "limit", "left out", "refused"}

    assert official() == ours


TEXT: dict[str, Any] = {"type": "string"}
COUNT: dict[str, Any] = {"type": "integer"}
OBJECT: dict[str, Any] = {"type": "object", "properties": {"a": TEXT}}

#: A schema without and with a keyword that is honoured everywhere.
HONOURED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "$ref": ({}, {"$ref": "#/components/schemas/Day"}),
    "additionalProperties": ({"type": "object"}, {"type": "object", "additionalProperties": COUNT}),
    "allOf": ({}, {"allOf": [COUNT]}),
    "anyOf": ({}, {"anyOf": [COUNT, TEXT]}),
    "const": (TEXT, {"type": "string", "const": "one"}),
    "enum": (TEXT, {"type": "string", "enum": ["one", "two"]}),
    "format": (TEXT, {"type": "string", "format": "date"}),
    "items": ({"type": "array"}, {"type": "array", "items": COUNT}),
    "oneOf": ({}, {"oneOf": [COUNT, TEXT]}),
    "patternProperties": (
        {"type": "object"},
        {"type": "object", "patternProperties": {"^a": COUNT}, "additionalProperties": False},
    ),
    "prefixItems": ({"type": "array"}, {"type": "array", "prefixItems": [COUNT, TEXT]}),
    "properties": ({"type": "object"}, OBJECT),
    "required": (OBJECT, OBJECT | {"required": ["a"]}),
    "type": ({}, COUNT),
    "unevaluatedItems": ({"type": "array"}, {"type": "array", "unevaluatedItems": COUNT}),
    "unevaluatedProperties": (
        {"type": "object"},
        {"type": "object", "unevaluatedProperties": COUNT},
    ),
}
#: Those that are honoured in some places only, or change no schema, have tests of their own.
APART = {
    "$defs", "$schema", "contentEncoding", "contentMediaType", "discriminator", "nullable",
    "readOnly", "title", "writeOnly",
}  # fmt: skip
#: What limits a value, says something of it, or is refused.
OTHERS: dict[str, Any] = {
    "$anchor": "here", "$comment": "Note.", "$dynamicAnchor": "here", "$dynamicRef": "#here",
    "$id": "https://example.com/schema", "$vocabulary": {"https://example.com/v": True},
    "contains": TEXT, "contentSchema": TEXT, "default": "a", "dependentRequired": {"a": ["b"]},
    "dependentSchemas": {"a": TEXT}, "deprecated": True, "description": "Words.", "else": TEXT,
    "example": "a", "examples": ["a"], "exclusiveMaximum": 9, "exclusiveMinimum": 1,
    "externalDocs": {"url": "https://example.com"}, "if": TEXT, "maxContains": 9, "maxItems": 9,
    "maxLength": 9, "maxProperties": 9, "maximum": 9, "minContains": 1, "minItems": 1,
    "minLength": 1, "minProperties": 1, "minimum": 1, "multipleOf": 2, "not": COUNT,
    "pattern": "^a", "propertyNames": TEXT, "then": TEXT, "uniqueItems": True, "xml": {"name": "a"},
}  # fmt: skip


def content(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"content": {media_type: {"schema": schema}}}


def with_body(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    """An operation that sends a schema."""
    return {"requestBody": content(schema, media_type), "responses": {"204": {"description": ""}}}


def with_response(schema: Any, status: str = "200") -> dict[str, Any]:
    """An operation that reads a schema."""
    return {
        "responses": {"200": {"description": ""}, status: {"description": ""} | content(schema)}
    }


def with_parameter(schema: Any, where: str) -> dict[str, Any]:
    """An operation that sends a schema as a parameter."""
    parameter = {"name": "p", "in": where, "required": True, "schema": schema}
    return {"parameters": [parameter], "responses": {"204": {"description": ""}}}


def inside(schema: Any, media_type: str) -> dict[str, Any]:
    """An operation that sends an object with a schema."""
    return with_body({"type": "object", "properties": {"p": schema}}, media_type)


ANYTHING: dict[str, Any] = {}
Build = Callable[[Any], Any]
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
#: Schemas around a schema: the way into them, and how they are made.
AROUND: list[tuple[str, Build]] = [
    ("properties/p", lambda it: {"properties": {"p": it}}),
    ("items", lambda it: {"items": it}),
    ("additionalProperties", lambda it: {"additionalProperties": it}),
    ("allOf/0", lambda it: {"allOf": [it, ANYTHING]}),
    ("anyOf/0", lambda it: {"anyOf": [it, {"type": "null"}]}),
    ("oneOf/0", lambda it: {"oneOf": [it, {"type": "null"}]}),
    ("prefixItems/0", lambda it: {"prefixItems": [it], "items": False}),
    # Otherwise, a property without a name may have any type.
    (
        "patternProperties/^p",
        lambda it: {"patternProperties": {"^p": it}, "additionalProperties": False},
    ),
]


def around(way: str, wrap: Build) -> tuple[str, Build]:
    """The place in a schema around, and the operation that has it in a response."""
    place = f"responses/200/content/application~1json/schema/{way}"
    return place, lambda it: with_response(wrap(it))


#: Where a schema may be in an operation: its place, and the operation.
PLACES: dict[str, Build] = {
    "parameters (query p)/schema": lambda it: with_parameter(it, "query"),
    "parameters (header p)/schema": lambda it: with_parameter(it, "header"),
    "parameters (cookie p)/schema": lambda it: with_parameter(it, "cookie"),
    "requestBody/content/application~1json/schema": with_body,
    f"requestBody/content/{FORM.replace('/', '~1')}/schema/properties/p": (
        lambda it: inside(it, FORM)
    ),
    "requestBody/content/multipart~1form-data/schema/properties/p": (
        lambda it: inside(it, MULTIPART)
    ),
    "responses/200/content/application~1json/schema": with_response,
    "responses/404/content/application~1json/schema": lambda it: with_response(it, "404"),
    **dict(around(*each) for each in AROUND),
}


def placed(schema: Any, place: str) -> dict[str, Any]:
    """A document with a schema in a place."""
    day = {"type": "string", "format": "date"}
    return document({"call": PLACES[place](schema)}, components={"schemas": {"Day": day}})


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("keywords")
    (folder / "config.yaml").write_text(configuration("things_client"), "utf-8")
    return load_config(folder / "config.yaml", Path("openapi.yaml"), folder / "generated")


def expressions(node: Any) -> Any:
    """What the views write into the package, without what the parser made."""
    if attrs.has(cast("Any", type(node))):
        return [expressions(value) for value in attrs.asdict(node, recurse=False).values()]
    if is_array(node) or isinstance(node, tuple):
        return [expressions(item) for item in cast("list[Any]", node)]
    return node if isinstance(node, str | bool) else None


def client(data: Mapping[str, Any], config: Config) -> Any:
    """What the package of a document has."""
    normal = normalise(data, config)
    view = package_view(normal, ParsedDocument(normal, config), config)
    models = [view.models.view(model) for model in view.parsed.models]
    enums = [enum.class_info.name for enum in view.parsed.enums]
    return expressions([view.operations, models]), enums


@pytest.mark.parametrize("place", PLACES)
def test_an_honoured_keyword_changes_the_client_wherever_it_is(place: str, config: Config) -> None:
    @cache
    def made(schema: str) -> Any:
        return client(placed(json.loads(schema), place), config)

    without_effect = [
        keyword
        for keyword, (without, with_it) in HONOURED.items()
        if made(json.dumps(without)) == made(json.dumps(with_it))
    ]

    assert [] == without_effect


@pytest.mark.parametrize("place", PLACES)
def test_every_other_keyword_is_taken_or_refused_by_name_and_place(place: str) -> None:
    words = {keyword: word for owner, keyword, word in rows() if owner == "schema"}
    for keyword, value in OTHERS.items():
        data = placed({keyword: value}, place)
        where = f"#/paths/~1call/get/{place}"
        said = f"{where}: the keyword {keyword!r} is not supported; an overlay can remove it"

        assert [] == problems(data)
        assert ([said] if words[keyword] == "refused" else []) == unsupported(data)


@pytest.mark.parametrize(
    ("schema", "same"),
    [
        pytest.param(OBJECT | {"type": "array"}, {"type": "array"}, id="array"),
        pytest.param(OBJECT | {"title": " "}, OBJECT, id="title"),
    ],
)
def test_a_keyword_without_effect_there_changes_nothing(
    schema: dict[str, Any], same: dict[str, Any], config: Config
) -> None:
    place = "responses/200/content/application~1json/schema"

    assert client(placed(same, place), config) == client(placed(schema, place), config)


def test_no_keyword_is_without_a_test() -> None:
    words = {keyword: word for owner, keyword, word in rows() if owner == "schema"}

    assert {k for k, word in words.items() if word == "honoured"} == HONOURED.keys() | APART
    assert {k for k, word in words.items() if word != "honoured"} == OTHERS.keys()
