"""Our operations are kept with everything that they reach, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.update.prune import prune
from generator.update.select import find
from tests.generator.update.evolution import (
    FIRST,
    GROUPS,
    OURS,
    among_others,
    as_30,
    body,
    document,
)

REF = {"$ref": "#/components/schemas/A"}
COMPONENTS: dict[str, Any] = {"components": {"schemas": {"A": {"type": "object"}}}}


def pruned(whole: dict[str, Any]) -> dict[str, Any]:
    own = document(FIRST)
    return prune(whole, find(whole, OURS, own), own)


def responding(schema: Any, **more: Any) -> dict[str, Any]:
    """A document whose operation responds with a schema."""
    responses = {"200": {"description": "It", "content": body(schema)}}
    operation = {"operationId": "getUserActivity", "responses": responses}
    return {
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "1"},
        "paths": {"/activity": {"get": operation}},
    } | more


def test_what_is_ours_is_kept_with_all_that_it_reaches_and_nothing_else() -> None:
    own = document(GROUPS)

    whole = pruned(among_others(own))

    assert pruned(own) == whole
    assert ["/activity"] == list(whole["paths"])
    assert own["components"]["schemas"].keys() == whole["components"]["schemas"].keys()


def test_the_document_is_not_changed() -> None:
    own = as_30(document(GROUPS))
    before = copy.deepcopy(own)

    pruned(own)

    assert before == own


TREE = {"type": "object", "properties": {"trees": {"type": "array", "items": REF}}}
MAPPING = {"propertyName": "kind", "mapping": {"a": "A", "b": REF["$ref"]}}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (REF, ["A"]),  # A holds itself
        ({"discriminator": MAPPING}, ["A"]),
        ({"type": "object", "example": {"$ref": "other.yaml"}}, []),
    ],
)
def test_a_schema_is_kept_with_what_it_refers_to(schema: Any, names: list[str]) -> None:
    own = pruned(responding(schema, components={"schemas": {"A": TREE, "B": TREE}}))

    assert names == list(own.get("components", {}).get("schemas", []))


def test_a_path_that_is_a_reference_is_followed() -> None:
    own = responding(REF, **COMPONENTS)
    item = own["paths"]["/activity"]
    own["paths"]["/activity"] = {"$ref": "#/components/pathItems/Activity"}
    own["components"] = {**own["components"], "pathItems": {"Activity": item}}

    with pytest.raises(GeneratorError, match="is not in it"):
        pruned({**own, "paths": {}})

    assert item["get"]["responses"] == pruned(own)["paths"]["/activity"]["get"]["responses"]


def test_security_and_tags_come_along_where_they_are_used() -> None:
    own = document(FIRST)
    own["tags"].append({"name": "Other"})
    own["components"]["securitySchemes"]["other"] = {"type": "http", "scheme": "basic"}

    inherited = pruned(own)
    own["paths"]["/activity"]["get"]["security"] = [{"other": []}]
    overridden = pruned(own)

    assert ([{"apiKey": []}], ["apiKey"]) == (
        inherited["security"],
        list(inherited["components"]["securitySchemes"]),
    )
    assert ("security" in overridden, ["other"]) == (
        False,
        list(overridden["components"]["securitySchemes"]),
    )
    assert ["Analytics"] == [tag["name"] for tag in inherited["tags"]]
