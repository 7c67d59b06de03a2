"""Drift: how the API differs from its document without a breach, seen over many bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from generator.spec.values import is_array, is_object, json_type
from tests.contract.harness.contract import Contract, Schema, types_of
from tests.contract.harness.findings import Finding, Place, generic, json_path


class Observations:
    """Counts over all bodies, by place. All elements of an array share the place of the first.

    Args:
        contract: The document that describes the bodies.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._unknown: Counter[tuple[Place, str]] = Counter()
        self._present: Counter[Place] = Counter()
        self._whole: Counter[Place] = Counter()
        self._fractions: Counter[Place] = Counter()

    def observe(self, schema: Schema, value: Any, place: Place = ()) -> None:
        """Count the fields and the numbers of a body."""
        schema = self._contract.resolved(schema)
        if is_object(value):
            if "properties" in schema:
                self._observe_members(schema, value, place)
        elif is_array(value):
            for item in value if "items" in schema else ():
                self.observe(schema["items"], item, (*place, 0))
        elif isinstance(value, int | float) and value and "number" in types_of(schema):
            # Zeros do not count: an account without BYOK has no fraction there.
            counter = self._whole if value == int(value) else self._fractions
            counter[place] += 1

    def _observe_members(self, schema: Schema, members: dict[str, Any], place: Place) -> None:
        properties: dict[str, Schema] = schema["properties"]
        for name in properties:
            if name not in schema.get("required", []):  # its absence would be a breach
                self._present[*place, name] += name in members
        for name, item in members.items():
            inside = (*place, name)
            if name in properties:
                self.observe(properties[name], item, inside)
            elif schema.get("additionalProperties") is not False:  # else it is a breach
                self._unknown[inside, json_type(item)] += 1

    def findings(self) -> Iterator[Finding]:
        """The drift that the counts show."""
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
