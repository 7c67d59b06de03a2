"""What schemas say in many ways is checked by the client: schemas.yaml is the table of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.errors import GeneratorError
from generator.spec.read import read_mapping
from generator.spec.values import is_array
from tests.generator.client import small
from tests.generator.client.small import returning
from tests.generator.paths import DOCUMENTS

TABLE = read_mapping((DOCUMENTS / "schemas.yaml").read_text("utf-8"), "schemas.yaml")
TEXT = {"type": "string"}
EXAMPLES = "#/components/examples/"
JSON = {"content-type": "application/json"}
CASES: dict[str, dict[str, Any]] = TABLE["cases"]


DOCUMENT = small.document(
    {name: returning(case["schema"]) for name, case in CASES.items()},
    components={"schemas": TABLE["components"]},
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with small.package(DOCUMENT, tmp_path_factory.mktemp("normalised"), "normalised") as package:
        yield package


def read(package: Any, name: str, body: Any) -> Any:
    """What the client makes of a body."""
    caller = small.Caller(package, "sync")
    response = httpx.Response(200, content=json.dumps(body), headers=JSON)
    return caller.method(caller.client(lambda _: response), name)


def plain(value: Any) -> Any:
    """A value of the client as JSON."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [plain(item) for item in value] if is_array(value) else value


@pytest.mark.parametrize("name", CASES)
def test_what_is_allowed_is_read_and_written(package: Any, name: str) -> None:
    bodies = CASES[name]["allowed"]

    found = [plain(read(package, name, body)) for body in bodies]

    assert bodies == found


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, case in CASES.items() for path in case["refused"]]
)
def test_what_is_not_allowed_is_refused_with_its_path(package: Any, name: str, path: str) -> None:
    with pytest.raises(package.errors.ResponseValidationError) as caught:
        read(package, name, CASES[name]["refused"][path])

    assert path == caught.value.path


def test_openapi_3_0_says_otherwise_what_may_be_null(tmp_path: Path) -> None:
    kind = {"type": "string", "enum": ["a"], "nullable": True}
    empty = {"type": "object", "properties": {"n": {"type": "integer"}}, "nullable": True}
    properties = {
        "kind": {"$ref": "#/components/schemas/Kind"},
        "thing": {"allOf": [{"$ref": "#/components/schemas/Plain"}], "nullable": True},
        "beside": {"$ref": "#/components/schemas/Plain", "nullable": True, "required": ["n"]},
        "empty": {"$ref": "#/components/schemas/Empty"},
        "text": {"type": "string", "nullable": True},
    }
    schemas = {"Kind": kind, "Empty": empty, "Plain": {**empty, "nullable": False}}
    thing = returning({"type": "object", "properties": properties})
    document = small.document({"get_thing": thing}, components={"schemas": schemas})
    bodies = [dict.fromkeys(properties), {"beside": {}, "empty": {"n": 1}, "kind": "a"}]

    with small.package(document | {"openapi": "3.0.4"}, tmp_path, "older") as package:
        found = [plain(read(package, "get_thing", body)) for body in bodies]

    assert bodies == found


def test_references_to_components_of_every_kind_are_followed(tmp_path: Path) -> None:
    parameter = {"name": "q", "in": "query", "schema": {"type": "string", "enum": ["a"]}}
    body = {"content": {"application/json": {"schema": {"type": "array", "items": TEXT}}}}
    response = returning({"type": "object", "properties": {"a": TEXT}})["responses"]["200"]
    response["content"]["application/json"]["examples"] = {"One": {"$ref": EXAMPLES + "One"}}
    operation = {
        "operationId": "send",
        "tags": ["small"],
        "parameters": [{"$ref": "#/components/parameters/Again"}],
        "requestBody": {"$ref": "#/components/requestBodies/Again"},
        "responses": {"200": {"$ref": "#/components/responses/Again"}},
        "callbacks": {"made": {"$ref": "#/components/callbacks/Made"}},
    }
    kinds = {"parameters": parameter, "requestBodies": body, "responses": response}
    components: dict[str, Any] = {
        kind: {"Own": value, "Again": {"$ref": f"#/components/{kind}/Own"}}
        for kind, value in kinds.items()
    }
    components["callbacks"] = {"Made": {}}
    components["examples"] = {"One": {"value": {"a": ""}}}
    components["pathItems"] = {"Sending": {"post": operation}}
    document = small.document({}, components=components)
    document["paths"] = {"/things": {"$ref": "#/components/pathItems/Sending"}}

    with small.package(document, tmp_path, "referring") as package:
        client = small.Caller(package, "sync").client(lambda _: httpx.Response(200, json={"a": ""}))
        found = client.small.send(body=["text"], q="a")

    assert {"a": ""} == found.to_dict()
    assert ["Own", "OwnResponse"] == sorted({*package.models.__all__})


def test_what_contradicts_itself_is_refused_by_its_place(tmp_path: Path) -> None:
    never = {"allOf": [TEXT, {"type": "integer"}]}
    thing = {"type": "object", "properties": {"a": never, "b": {"type": "array", "items": never}}}
    document = small.document({"get_thing": returning(thing)}, components={"schemas": {"N": False}})
    place = "#/paths/~1get_thing/get/responses/200/content/application~1json/schema/properties"

    with pytest.raises(GeneratorError) as caught:
        small.make(document, tmp_path, "never")

    assert str(caught.value).splitlines()[1:] == [
        f"  - {place}/a: no value is allowed: nothing is string and also integer",
        f"  - {place}/b/items: no value is allowed: nothing is string and also integer",
        "  - #/components/schemas/N: no value is allowed",
    ]


def test_what_is_said_beside_a_reference_is_of_the_member(tmp_path: Path) -> None:
    part = {"$ref": "#/components/schemas/Part", "description": "The words of this place."}
    schemas = {"Part": {"type": "object", "properties": {"a": TEXT}, "description": "Of all."}}
    thing = returning({"type": "object", "properties": {"part": part}})

    with small.package(
        small.document({"get": thing}, components={"schemas": schemas}), tmp_path, "wording"
    ) as package:
        documentation = package.models.GetResponse200.__doc__

    assert "part: The words of this place." in documentation


def test_schemas_of_one_title_are_one_class_if_they_say_the_same(tmp_path: Path) -> None:
    def error(**properties: Any) -> dict[str, Any]:
        schema = {"title": "Error", "type": "object", "properties": properties}
        return {"description": "No.", "content": {"application/json": {"schema": schema}}}

    thing = returning(TEXT)
    thing["responses"] |= {"400": error(a=TEXT), "404": error(a=TEXT), "409": error(b=TEXT)}

    with small.package(small.document({"get": thing}), tmp_path, "titled") as package:
        classes = package.models.__all__

    assert ["GetError", "GetResponse409"] == sorted(classes)
