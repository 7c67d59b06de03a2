"""Our operations are kept with everything that they reach, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.update.prune import prune
from generator.update.select import find
from tests.generator.edited import edited
from tests.generator.update.activity import (
    FIRST,
    GET,
    GROUPS,
    OURS,
    RESPONSES,
    among_others,
    ref,
    response,
)


def pruned(whole: Any) -> Any:
    return prune(whole, find(whole, OURS, FIRST), FIRST)


def test_our_operations_are_kept_with_all_that_they_reach_and_nothing_else() -> None:
    whole = pruned(among_others(GROUPS))

    assert pruned(GROUPS) == whole
    assert ["/activity"] == list(whole["paths"])
    assert GROUPS["components"]["schemas"].keys() == whole["components"]["schemas"].keys()


def test_the_document_is_not_changed() -> None:
    own = edited(GROUPS, {"openapi": "3.0.3"})
    before = copy.deepcopy(own)

    pruned(own)

    assert before == own


TREE = {"type": "object", "properties": {"trees": {"type": "array", "items": ref("A")}}}
MAPPING = {"propertyName": "kind", "mapping": {"a": "A", "b": "#/components/schemas/A"}}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (ref("A"), ["A"]),
        ({"discriminator": MAPPING}, ["A"]),
        ({"type": "object", "example": {"$ref": "other.yaml"}}, []),
    ],
    ids=["a schema that contains itself", "a discriminator", "an example"],
)
def test_a_schema_is_kept_with_what_it_refers_to(schema: Any, names: list[str]) -> None:
    schemas = {"components schemas": {"A": TREE, "B": TREE}}
    own = edited(FIRST, schemas | {RESPONSES: {"200": response(schema)}})

    assert names == list(pruned(own)["components"].get("schemas", []))


def test_a_path_that_is_a_reference_is_followed_and_keeps_what_is_beside_it() -> None:
    item, beside = FIRST["paths"]["/activity"], {"summary": "Ours"}
    reference = {"paths /activity": {"$ref": "#/components/pathItems/Activity", **beside}}
    own = edited(FIRST, reference | {"components pathItems": {"Activity": item}})

    with pytest.raises(GeneratorError, match="is not in it"):
        pruned({**own, "paths": {}})

    found = pruned(own)["paths"]["/activity"]
    assert {"get", "summary"} == found.keys()
    assert item["get"]["responses"] == found["get"]["responses"]


def test_security_and_tags_come_along_where_they_are_used() -> None:
    other = {
        "tags Other": {"name": "Other"},
        "components securitySchemes other": {"type": "http", "scheme": "basic"},
    }

    inherited = pruned(edited(FIRST, other))
    overridden = pruned(edited(FIRST, other | {f"{GET} security": [{"other": []}]}))

    assert [{"apiKey": []}] == inherited["security"]
    assert ["apiKey"] == list(inherited["components"]["securitySchemes"])
    assert "security" not in overridden
    assert ["other"] == list(overridden["components"]["securitySchemes"])
    assert ["Analytics"] == [tag["name"] for tag in inherited["tags"]]
