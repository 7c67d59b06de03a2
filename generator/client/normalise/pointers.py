"""Make a component of every schema that is referred to and is none yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from generator.client.normalise.outermost_schemas import outermost_schemas
from generator.spec.references import pointer, pointer_parts, references
from generator.spec.values import as_object, is_array, is_object

COMPONENT = "#/components/schemas/"
_HOLDERS = ("object", "array")
"""The types of values that have values in them."""


def component(reference: str) -> str | None:
    """The name of the component that a reference leads to, or None if it leads into one."""
    parts = pointer_parts(reference)
    return parts[2] if len(parts) == 3 and parts[:2] == ["components", "schemas"] else None


def mapped(target: str, schemas: Mapping[str, Any]) -> str | None:
    """The component that a discriminator's mapping means, or None.

    Args:
        target: The name of a component, or a reference. A document that was made of several files
            has references to these: the last part of one is the name.
        schemas: The components.
    """
    last = re.sub(r"\.(json|ya?ml)$", "", re.split("[/#]", target)[-1])
    return next((name for name in (target, component(target), last) if name in schemas), None)


def hoist_pointers(document: dict[str, Any]) -> set[str]:
    """Make a component of what a reference into a schema or an operation leads to.

    Args:
        document: A document with components.

    Returns:
        The names of the new components. They are not the document's, and no class's.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for holder, key, *_ in outermost_schemas(document, unread=True):
        for _, node in inner_schemas(holder[key]):
            if isinstance(node.get("$ref"), str):
                name = component(node["$ref"])
                if name is None:
                    found.setdefault(node["$ref"], []).append(node)
                else:
                    # One form for each name, whatever the document escapes.
                    node["$ref"] = COMPONENT + name
    if not found:
        return set()
    # All places are found before one of them changes.
    places = {reference: _holder(document, pointer_parts(reference)) for reference in found}
    schemas = document["components"]["schemas"]
    names: dict[int, str] = {}
    for reference, (holder, key) in places.items():
        target = holder[key]
        if id(target) not in names:
            # A property may have any name. A component may not.
            last = re.sub(r"[^\w.-]", "_", pointer_parts(reference)[-1])
            names[id(target)] = unused(schemas, last)
            schemas[names[id(target)]] = target
        name = names[id(target)]
        if not (is_object(target) and target.get("$ref") == COMPONENT + name):
            holder[key] = {"$ref": COMPONENT + name}
        for node in found[reference]:
            node["$ref"] = COMPONENT + name
    return set(names.values())


def unused(schemas: dict[str, Any], name: str) -> str:
    """A name that no component has."""
    return next(free for n in count(1) if (free := f"{name}.{n}") not in schemas)


def closure(start: Iterable[str], leads_to: Callable[[str], Iterable[str]]) -> list[str]:
    """The start and all names that it leads to, directly or not: each once, nearest first."""
    found = dict.fromkeys(start)
    waiting = [*found]
    for name in waiting:
        new = [other for other in dict.fromkeys(leads_to(name)) if other not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return waiting


def reached(outermost: list[Any], schemas: Mapping[str, Any]) -> set[str]:
    """The components that schemas refer to, directly or not."""

    def referred(node: Any) -> Iterator[str]:
        return (component(holder["$ref"]) or "" for _, holder in references(node))

    return {*closure(referred(outermost), lambda name: referred(schemas[name]))}


def _holder(document: dict[str, Any], parts: list[str]) -> tuple[Any, Any]:
    node: Any = document
    for part in parts[:-1]:
        node = node[int(part)] if is_array(node) else node[part]
    return node, int(parts[-1]) if is_array(node) else parts[-1]


def inner_schemas(schema: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema with all schemas in it that decide a type, each with its place."""
    if not is_object(schema):
        return
    yield place, schema
    kinds = schema.get("type", _HOLDERS)
    of_object, of_array = (kind in kinds for kind in _HOLDERS)
    for keyword in ("$defs", "definitions", *("properties", "patternProperties") * of_object):
        for name, value in as_object(schema.get(keyword)).items():
            yield from inner_schemas(value, f"{place}/{keyword}{pointer([name])}")
    for keyword in ("allOf", "anyOf", "oneOf", *["prefixItems"] * of_array):
        for index, value in enumerate(schema.get(keyword, [])):
            yield from inner_schemas(value, f"{place}/{keyword}/{index}")
    for allowed, own, other in (
        (of_array, "items", "unevaluatedItems"),
        (of_object, "additionalProperties", "unevaluatedProperties"),
    ):
        keyword = own if own in schema else other  # beside its own keyword, the other has no effect
        if allowed:
            yield from inner_schemas(schema.get(keyword), f"{place}/{keyword}")
