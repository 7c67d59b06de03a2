"""Rewrite references to a schema that has subtypes as unions of them.

A schema with a `discriminator` and no `oneOf` is the base of the components that have it in their
`allOf`. What refers to the base means it or any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.client.normalise.pointers import COMPONENT, closure
from generator.spec.references import copied, objects
from generator.spec.values import as_array, as_object


def spread_subtypes(document: dict[str, Any]) -> None:
    """Replace each reference to a base by a union of the base and its subtypes, in place."""
    components = document["components"]["schemas"].items()
    schemas = {COMPONENT + name: as_object(schema) for name, schema in components}
    parents = {
        name: [part["$ref"] for part in _inherited(schema) if "$ref" in as_object(part)]
        for name, schema in schemas.items()
    }
    children = {name: [other for other in parents if name in parents[other]] for name in parents}
    rules = {
        name: schema["discriminator"]
        for name, schema in schemas.items()
        if schema.get("discriminator") and not schema.get("oneOf") and not schema.get("anyOf")
    }
    unions: dict[str, dict[str, Any]] = {}
    for name in parents:
        subtypes = closure([name], children.__getitem__)
        ruling = [rules[base] for base in closure([name], parents.__getitem__) if base in rules]
        if len(subtypes) > 1 and ruling:
            # Where the discriminator says nothing, the base takes every object.
            options = [{"$ref": subtype} for subtype in subtypes]
            unions[name] = {"oneOf": options, "discriminator": ruling[0]}
    kept = {id(part) for schema in schemas.values() for part in _inherited(schema)}
    for _, holder in list(objects(document)) if unions else ():
        union = unions.get(str(holder.get("$ref")))
        if union and id(holder) not in kept:
            del holder["$ref"]
            holder |= copied(union)


def _inherited(schema: Any) -> Iterator[Any]:
    """The parts of a component's `allOf`, at any depth."""
    for part in as_array(as_object(schema).get("allOf")):
        yield part
        yield from _inherited(part)
