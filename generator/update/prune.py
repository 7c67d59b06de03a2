"""Prune a document: keep our operations with everything that they reach, and nothing else."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.errors import GeneratorError
from generator.spec.operations import METHODS
from generator.spec.overlay import shown
from generator.spec.references import objects, pointer, pointer_parts
from generator.spec.values import as_array, as_object, is_object
from generator.update.select import Found, resolved, resolved_paths
from generator.update.upgrade import upgrade

_HEAD = ("openapi", "info", "jsonSchemaDialect", "servers", "security", "tags")


def prune(
    document: Mapping[str, Any], found: Sequence[Found], old: Mapping[str, Any]
) -> dict[str, Any]:
    """A copy of any OpenAPI document with our operations alone, in OpenAPI 3.1.

    An operation without an operationId gets the one that it has in the contract before.

    Raises:
        GeneratorError: An operation is no mapping, or refers to something outside the document or
            its components.
    """
    paths: dict[str, Any] = {}
    own: list[dict[str, Any]] = []
    items = resolved_paths(document)
    for place in found:
        item = items[place.path]
        kept = paths.setdefault(
            place.path, {key: value for key, value in item.items() if key not in METHODS}
        )
        former = old["paths"].get(place.operation.path, {}).get(place.operation.method, {})
        named = {"operationId": former["operationId"]} if "operationId" in former else {}
        operation = item[place.method]
        if not is_object(operation):
            at = pointer([place.path, place.method])
            raise GeneratorError(f"#/paths{at}: {shown(operation)} is no operation")
        kept[place.method] = named | operation
        own.append(kept[place.method])
    result = {key: document[key] for key in _HEAD if key in document} | {"paths": paths}
    if all("security" in operation for operation in own):
        result.pop("security", None)
    # Until the overlay has corrected the document, its tags may have any type.
    names = [name for operation in own for name in as_array(operation.get("tags"))]
    tags = [tag for tag in as_array(result.pop("tags", [])) if as_object(tag).get("name") in names]
    if tags:
        result["tags"] = tags
    demands = [each for holder in (result, *own) for each in as_array(holder.get("security"))]
    schemes = {name for demand in map(as_object, demands) for name in demand}
    components = _reached(document, paths, schemes)
    if components:
        result["components"] = components
    result = copy.deepcopy(result)
    upgrade(result)
    return result


def _reached(
    document: Mapping[str, Any], paths: Mapping[str, Any], schemes: set[str]
) -> dict[str, Any]:
    """The security schemes, and the components that the paths reach, in the document's order."""
    wanted = {("securitySchemes", name) for name in schemes}
    waiting: list[tuple[str, Any]] = [("#/paths", paths)]
    while waiting:
        start, node = waiting.pop()
        for place, reference in _references(node, start):
            resolved(document, {"$ref": reference}, place)
            parts = pointer_parts(reference)
            if len(parts) < 3 or parts[0] != "components":
                raise GeneratorError(
                    f"{place}: the reference {reference!r} leads to no component, which is not "
                    "supported"
                )
            kind, name = parts[1:3]
            if (kind, name) not in wanted:
                wanted.add((kind, name))
                waiting.append((f"#/components/{kind}/{name}", document["components"][kind][name]))
    return {
        kind: {name: value for name, value in members.items() if (kind, name) in wanted}
        for kind, members in as_object(document.get("components")).items()
        if is_object(members) and any((kind, name) in wanted for name in members)
    }


def _references(node: Any, start: str) -> Iterator[tuple[str, str]]:
    """The references in a node with their places, those of discriminators included."""
    for place, holder in objects(node, start, names=start == "#/paths"):
        if isinstance(holder.get("$ref"), str):
            yield place, holder["$ref"]
        for value in as_object(as_object(holder.get("discriminator")).get("mapping")).values():
            if isinstance(value, str):
                named = re.fullmatch(r"[A-Za-z0-9._-]+", value)
                yield f"{place}: discriminator", f"#/components/schemas/{value}" if named else value
