"""References are replaced by what they refer to, except references to schemas."""

from typing import Any

from generator.spec.references import inlined

PAGE = {"name": "page", "in": "query", "schema": {"$ref": "#/components/schemas/Page"}}
GONE = {"description": "It is gone.", "content": {"text/plain": {"example": {"$ref": "#/a"}}}}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/a": {"$ref": "#/components/pathItems/It", "summary": "A."},
        "/b": {"$ref": "#/components/pathItems/It", "summary": "B."},
        "/c": {"$ref": "#/components/pathItems/It"},
        "x-count": 3,
    },
    "components": {
        "pathItems": {
            "It": {
                "get": {
                    "parameters": [{"$ref": "#/components/parameters/Page"}],
                    "responses": {"410": {"$ref": "#/components/responses/Gone"}},
                    "callbacks": {"done": {"$ref": "#/components/callbacks/Done"}},
                }
            }
        },
        "parameters": {"Page": PAGE},
        "responses": {"Lost": GONE, "Gone": {"$ref": "#/components/responses/Lost"}},
        "callbacks": {"Done": {"{$url}": {"$ref": "#/components/pathItems/It"}}},
        "schemas": {"Page": {"type": "integer"}, "Other": {"$ref": "#/components/schemas/Page"}},
    },
}
GET = {"parameters": [PAGE], "responses": {"410": GONE}}


def test_references_are_replaced_but_for_those_to_schemas_and_in_examples() -> None:
    found = inlined(DOCUMENT)

    assert {"get": GET} == found["paths"]["/c"]
    assert DOCUMENT["components"]["schemas"] == found["components"]["schemas"]
    assert {"Lost": GONE, "Gone": GONE} == found["components"]["responses"]


def test_keys_beside_the_reference_of_a_path_stay() -> None:
    found = inlined(DOCUMENT)["paths"]

    assert {"get": GET, "summary": "A."} == found["/a"]
    assert {"get": GET, "summary": "B."} == found["/b"]


def test_references_to_one_target_share_a_copy_of_it() -> None:
    found = inlined(DOCUMENT)

    parameters = [found["paths"][path]["get"]["parameters"][0] for path in ("/a", "/b")]
    assert found["components"]["parameters"]["Page"] is parameters[0] is parameters[1]
    assert parameters[0] is not PAGE


def test_callbacks_are_left_out() -> None:
    found = inlined(DOCUMENT)

    assert "callbacks" not in {*found["components"], *found["paths"]["/c"]["get"]}
