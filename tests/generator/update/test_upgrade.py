"""The keywords of OpenAPI 3.0 become those of 3.1."""

from __future__ import annotations

from typing import Any

import pytest

from generator.update.upgrade import upgrade

REF = {"$ref": "#/components/schemas/A"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"nullable": True}, {}),
        ({"$ref": REF["$ref"], "description": "Ignored"}, REF),
        ({**REF, "nullable": True}, {"anyOf": [REF, {"type": "null"}]}),
        (
            {"allOf": [REF], "nullable": True, "description": "Kept"},
            {"anyOf": [{"allOf": [REF]}, {"type": "null"}], "description": "Kept"},
        ),
        ({"oneOf": [REF], "nullable": True}, {"oneOf": [REF, {"type": "null"}]}),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 0},
        ),
        (
            {"type": "number", "maximum": 9, "exclusiveMaximum": False},
            {"type": "number", "maximum": 9},
        ),
        (
            {"type": "array", "items": {"properties": {"nullable": {"nullable": True}}}},
            {"type": "array", "items": {"properties": {"nullable": {}}}},
        ),
        ({"example": {"nullable": True}}, {"example": {"nullable": True}}),
    ],
)
def test_a_schema_is_upgraded(old: dict[str, Any], new: dict[str, Any]) -> None:
    document = {"openapi": "3.0.3", "components": {"schemas": {"B": {"items": old}}}}

    upgrade(document)

    assert {"openapi": "3.1.0", "components": {"schemas": {"B": {"items": new}}}} == document
