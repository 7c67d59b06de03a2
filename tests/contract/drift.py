"""What an API does beside its document, over many bodies: nothing of it is a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.contract.contract import Contract, Schema
from tests.contract.findings import Finding, generic, json_path
from tests.contract.json_values import Place, is_array, is_object, json_type


class Observations:
    """Counts over all bodies that were read.

    Args:
        contract: The document that the bodies are held against.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # By place; all elements of an array have the place of the first.
        self._unknown: Counter[tuple[Place, str]] = Counter()
        self._present: Counter[Place] = Counter()
        self._whole: Counter[Place] = Counter()
        self._fractions: Counter[Place] = Counter()

    def observe(self, schema: Schema, value: Any) -> None:
        """Count what a body holds."""
        self._walk(schema, value, ())

    def _walk(self, schema: Schema, value: Any, place: Place) -> None:
        if "$ref" in schema:
            schema = self._contract.resolved(schema)
        if is_object(value):
            if "properties" in schema:
                self._walk_object(schema, value, place)
        elif is_array(value):
            for item in value if "items" in schema else ():
                self._walk(schema["items"], item, (*place, 0))
        elif isinstance(value, int | float) and value and _may_have_fractions(schema):
            # Zeros say nothing: an account without BYOK has no fraction there, either.
            counter = self._whole if value == int(value) else self._fractions
            counter[place] += 1

    def _walk_object(self, schema: Schema, members: dict[str, Any], place: Place) -> None:
        properties: dict[str, Schema] = schema["properties"]
        required: list[str] = schema.get("required", [])
        for name in properties:
            if name not in required:  # without a required one the body is a breach
                self._present[*place, name] += name in members
        for name, item in members.items():
            inside = (*place, name)
            if name in properties:
                self._walk(properties[name], item, inside)
            elif schema.get("additionalProperties") is not False:  # likewise
                self._unknown[inside, json_type(item)] += 1

    def findings(self) -> Iterator[Finding]:
        """What the counts show."""
        for (place, kind), count in self._unknown.items():
            yield _drift("unknown-field", place, "no such field", kind, count)
        for place, count in self._present.items():
            if not count:
                yield _drift("never-present", place, "a value, sometimes", "none", 1)
        for place, count in self._whole.items():
            if place not in self._fractions:
                yield _drift("always-whole", place, "number", "integer, always", count)


def _drift(code: str, place: Place, expected: str, received: str, count: int) -> Finding:
    path = generic(json_path(place))
    return Finding("drift", code, path, expected, received, count=count)


def _may_have_fractions(schema: Schema) -> bool:
    kinds: Any = schema.get("type", [])
    return "number" in ([kinds] if isinstance(kinds, str) else kinds)
