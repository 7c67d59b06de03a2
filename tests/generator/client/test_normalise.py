"""The client checks schemas that say the same in many ways: schemas.yaml is the table of them."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from generator.spec.read import read_mapping
from generator.spec.values import is_array
from tests.generator.client import small
from tests.generator.client.small import COUNT, TEXT, array, content, model, ref, returning
from tests.generator.paths import DOCUMENTS

TABLE = read_mapping((DOCUMENTS / "schemas.yaml").read_text("utf-8"), "schemas.yaml")
CASES: dict[str, dict[str, Any]] = TABLE["cases"]


DOCUMENT = small.document(
    {name: returning(case["schema"]) for name, case in CASES.items()},
    components={"schemas": TABLE["components"]},
)
Imported = Callable[[dict[str, Any]], Any]


def read(package: Any, name: str, body: Any) -> Any:
    """What the client makes of a body."""
    response = httpx.Response(200, content=json.dumps(body), headers={"Content-Type": small.JSON})
    return small.Calls(package, lambda _: response)(name)


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


def test_openapi_3_0_allows_null_by_nullable(imported: Imported) -> None:
    empty = model(n=COUNT) | {"nullable": True}
    properties = {
        "kind": ref("Kind"),
        "thing": {"allOf": [ref("Plain")], "nullable": True},
        "beside": ref("Plain") | {"nullable": True, "required": ["n"]},
        "empty": ref("Empty"),
        "dot": ref("Empty."),
        "text": TEXT | {"nullable": True},
    }
    kind = {"type": "string", "enum": ["a"], "nullable": True}
    schemas = {"Kind": kind, "Empty": empty, "Empty.": empty, "Plain": model(n=COUNT)}
    thing = returning(model(**properties))
    document = small.document({"get_thing": thing}, components={"schemas": schemas})
    bodies = [dict.fromkeys(properties), {"beside": {}, "dot": {}, "empty": {"n": 1}, "kind": "a"}]

    package = imported(document | {"openapi": "3.0.4"})

    assert bodies == [plain(read(package, "get_thing", body)) for body in bodies]


def test_references_to_components_of_every_kind_are_followed(imported: Imported) -> None:
    example = {"examples": {"One": {"$ref": "#/components/examples/One"}}}
    response = returning(model(a=TEXT))["responses"]["200"]
    response["content"][small.JSON] |= example
    kinds = {
        "parameters": {"name": "q", "in": "query", "schema": {"type": "string", "enum": ["a"]}},
        "requestBodies": content(array(TEXT)),
        "responses": response,
    }
    operation = {
        "operationId": "send",
        "parameters": [{"$ref": "#/components/parameters/Again"}],
        "requestBody": {"$ref": "#/components/requestBodies/Again"},
        "responses": {"200": {"$ref": "#/components/responses/Again"}},
        "callbacks": {"made": {"$ref": "#/components/callbacks/Made"}},
    }
    components: dict[str, Any] = {
        kind: {"Own": value, "Again": {"$ref": f"#/components/{kind}/Own"}}
        for kind, value in kinds.items()
    }
    components["callbacks"] = {"Made": {}}
    components["examples"] = {"One": {"value": {"a": ""}}}
    components["pathItems"] = {"Sending": {"post": operation}}
    paths = {"/things": {"$ref": "#/components/pathItems/Sending"}}

    package = imported(small.openapi(paths, components=components))
    calls = small.Calls(package, lambda _: httpx.Response(200, json={"a": ""}))

    assert {"a": ""} == calls("send", body=["text"], q="a").to_dict()
    assert ["Own", "OwnResponse"] == sorted({*package.models.__all__})


def test_a_description_beside_a_reference_belongs_to_the_member(imported: Imported) -> None:
    part = ref("Part") | {"description": "The words of this place."}
    schemas = {"Part": model(a=TEXT) | {"description": "Of all."}}
    thing = returning(model(part=part))

    package = imported(small.document({"get": thing}, components={"schemas": schemas}))

    assert "part: The words of this place." in package.models.GetResponse200.__doc__


def test_schemas_of_one_title_are_one_class_if_they_say_the_same(imported: Imported) -> None:
    def error(**properties: Any) -> dict[str, Any]:
        return {"description": "No."} | content(model(**properties) | {"title": "Error"})

    thing = returning(TEXT)
    thing["responses"] |= {"400": error(a=TEXT), "404": error(a=TEXT), "409": error(b=TEXT)}

    package = imported(small.document({"get": thing}))

    assert ["GetError", "GetResponse409"] == sorted(package.models.__all__)
