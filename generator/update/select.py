"""Cut operations out of a document, with all that they reach and nothing else.

What is cut out is OpenAPI 3.1, whichever 3.0 or 3.1 came: `nullable` and the boolean limits of 3.0,
which some documents of 3.1 use as well, are written in the words of 3.1.
"""

from __future__ import annotations

import copy
import difflib
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from generator.client.names import Pin, own_pins
from generator.errors import GeneratorError
from generator.spec.operations import operations
from generator.spec.references import pointer, references, resolve
from generator.spec.values import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_HEAD = ("openapi", "info", "jsonSchemaDialect", "servers", "security", "tags")


@frozen
class Found:
    """Where a document has an operation of ours.

    Attributes:
        pin: What we call it, and where it was.
        path: The path that it has now.
        method: The method that it has now.
    """

    pin: Pin
    path: str
    method: str

    @property
    def moved(self) -> bool:
        """Whether it has another path or method."""
        return (self.path, self.method) != (self.pin.path, self.pin.method)


def find(document: Mapping[str, Any], wanted: Sequence[Pin], was: Mapping[str, Any]) -> list[Found]:
    """Find our operations: by path and method, else by the name that they had.

    Args:
        document: Any OpenAPI document.
        wanted: The operations, as they were called last.
        was: The document that the operations were last taken from.

    Raises:
        GeneratorError: An operation is not there any more.
    """
    here = own_pins({"paths": _items(document)})
    former = {(pin.path, pin.method): pin.name for pin in own_pins(was)}
    found: list[Found] = []
    lost: list[str] = []
    for pin in wanted:
        names = {pin.name, former.get((pin.path, pin.method), pin.name)}
        options = (
            [other for other in here if (other.path, other.method) == (pin.path, pin.method)]
            or [other for other in here if _shape(other) == _shape(pin)]
            or [other for other in here if other.name in names]
        )
        if len(options) == 1:
            found.append(Found(pin, options[0].path, options[0].method))
        else:
            lost.append(f"{pin} ({pin.tag}.{pin.name}) {_nearest(pin, options or here, options)}")
    if lost:
        raise GeneratorError(f"the document has lost what is ours: {'; '.join(lost)}")
    return found


def _items(document: Mapping[str, Any]) -> dict[str, Any]:
    """The paths, those that are references to components followed."""
    return {
        path: _resolved(document, item, f"#/paths{pointer([path])}")
        for path, item in document["paths"].items()
        if not path.startswith("x-")
    }


def _shape(pin: Pin) -> tuple[str, str]:
    return re.sub(r"\{[^{}]*\}", "{}", pin.path), pin.method


def _nearest(pin: Pin, here: Sequence[Pin], ambiguous: Sequence[Pin]) -> str:
    places = list(map(str, here))
    if ambiguous:
        return f"could be any of {', '.join(places)}"
    near = difflib.get_close_matches(str(pin), places, 3)
    return f"is not in it; the nearest are {', '.join(near)}" if near else "is not in it"


def cut(
    document: Mapping[str, Any], found: Sequence[Found], was: Mapping[str, Any]
) -> dict[str, Any]:
    """Cut operations out.

    Args:
        document: Any OpenAPI document.
        found: The operations.
        was: The document that they were last taken from. What has no operationId any more keeps
            the one that it had there.

    Raises:
        GeneratorError: An operation refers to what is not in the document, or not a component.
    """
    paths: dict[str, Any] = {}
    items = _items(document)
    for place in found:
        item = items[place.path]
        kept = paths.setdefault(
            place.path, {key: value for key, value in item.items() if key not in _METHODS}
        )
        former = was["paths"].get(place.pin.path, {}).get(place.pin.method, {})
        named = {"operationId": former["operationId"]} if "operationId" in former else {}
        kept[place.method] = named | item[place.method]
    result = {key: document[key] for key in _HEAD if key in document} | {"paths": paths}
    own = [operation for _, _, _, operation in operations(result)]
    if all("security" in operation for operation in own):
        result.pop("security", None)
    names = {name for operation in own for name in _tag_names(operation)}
    tags = [tag for tag in _list(result.get("tags")) if is_object(tag) and tag.get("name") in names]
    result["tags"] = tags
    if not tags:
        del result["tags"]
    components = _reached(document, paths, _schemes(result, own))
    if components:
        result["components"] = components
    return _modern(copy.deepcopy(result))


def _tag_names(operation: Mapping[str, Any]) -> Iterator[str]:
    # A tag may be anything before the overlay has mended it.
    yield from (tag for tag in _list(operation.get("tags")) if isinstance(tag, str))


def _schemes(result: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> set[str]:
    demands = [*_list(result.get("security"))]
    for operation in own:
        demands += _list(operation.get("security"))
    return {name for demand in demands if is_object(demand) for name in demand}


def _reached(
    document: Mapping[str, Any], paths: Mapping[str, Any], schemes: set[str]
) -> dict[str, Any]:
    """The components that the paths reach, and the security schemes, in the document's order."""
    wanted = {("securitySchemes", name) for name in schemes}
    waiting: list[tuple[str, Any]] = [("#/paths", paths)]
    while waiting:
        start, node = waiting.pop()
        for place, reference in _all_references(node, start):
            _resolved(document, {"$ref": reference}, place)
            parts = [part.replace("~1", "/").replace("~0", "~") for part in reference.split("/")]
            if len(parts) < 4 or parts[1] != "components":
                raise GeneratorError(
                    f"{place}: the reference {reference!r} leads to no component, and cannot be "
                    "cut out"
                )
            kind, name = parts[2], parts[3]
            if (kind, name) not in wanted:
                wanted.add((kind, name))
                waiting.append((f"#/components/{kind}/{name}", document["components"][kind][name]))
    return {
        kind: {name: value for name, value in members.items() if (kind, name) in wanted}
        for kind, members in _mapping(document.get("components")).items()
        if is_object(members) and any((kind, name) in wanted for name in members)
    }


def _all_references(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """What a node refers to, also by the mapping of a discriminator."""
    # The node may be `paths`, whose keys are no keywords.
    for where, holder in references(node, place, names=place == "#/paths"):
        yield where, holder["$ref"]
    for where, mapping in _mappings(node, place):
        for value in mapping.values():
            if isinstance(value, str):
                named = re.fullmatch(r"[A-Za-z0-9._-]+", value)
                yield where, f"#/components/schemas/{value}" if named else value


def _mappings(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if is_array(node):
        for item in node:
            yield from _mappings(item, place)
    if is_object(node):
        discriminator = node.get("discriminator")
        if is_object(discriminator) and is_object(discriminator.get("mapping")):
            yield f"{place}: discriminator", discriminator["mapping"]
        for value in node.values():
            yield from _mappings(value, place)


def _resolved(document: Mapping[str, Any], node: Any, place: str) -> Any:
    try:
        return resolve(document, node)
    except LookupError as error:
        raise GeneratorError(
            f"{place}: the reference {node['$ref']!r} {error.args[0]}; nothing was fetched"
        ) from error


def _modern(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the words of OpenAPI 3.1; it is changed in place."""
    old = document["openapi"].startswith("3.0.")
    if old:
        document["openapi"] = "3.1.0"
    for schemas in (_mapping(document.get("components")).get("schemas"),):
        for name, schema in _mapping(schemas).items():
            _mapping(schemas)[name] = _modern_schema(schema, old=old)
    _modern_holders(document, old=old)
    return document


def _modern_holders(node: Any, *, old: bool) -> None:
    """Renew the schemas of parameters, headers and media types, which stand under `schema`."""
    if is_array(node):
        for item in node:
            _modern_holders(item, old=old)
    if is_object(node):
        for key, value in node.items():
            if key == "schema":
                node[key] = _modern_schema(value, old=old)
            elif key not in ("schemas", "example", "examples"):
                _modern_holders(value, old=old)


def _modern_schema(schema: Any, *, old: bool) -> Any:
    if not is_object(schema):
        return schema
    for key in ("properties", "patternProperties"):
        members = _mapping(schema.get(key))
        for name, inner in members.items():
            members[name] = _modern_schema(inner, old=old)
    for key in ("items", "additionalProperties", "not"):
        if key in schema:
            schema[key] = _modern_schema(schema[key], old=old)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            schema[key] = [_modern_schema(inner, old=old) for inner in _list(schema[key])]
    for key, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(key), bool):
            exclusive = schema.pop(key)
            if exclusive and limit in schema:
                schema[key] = schema.pop(limit)
    nullable = schema.pop("nullable", False) is True
    if old and "$ref" in schema:
        # What stands beside a reference has no meaning in 3.0, where people wrote it nevertheless.
        schema = {"$ref": schema["$ref"]}
    return _or_null(schema) if nullable else schema


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type")
    if kinds is not None:
        kinds = kinds if is_array(kinds) else [kinds]
        schema["type"] = kinds if "null" in kinds else [*kinds, "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    for key in ("anyOf", "oneOf"):
        if key in schema:
            schema[key] = [*schema[key], {"type": "null"}]
            return schema
    if "$ref" in schema or "allOf" in schema:
        options = {key: schema.pop(key) for key in ("$ref", "allOf") if key in schema}
        return {**schema, "anyOf": [options, {"type": "null"}]}
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema  # without a type it takes null already


def _mapping(value: Any) -> dict[str, Any]:
    return value if is_object(value) else {}


def _list(value: Any) -> list[Any]:
    return value if is_array(value) else []


def renamed(
    found: Sequence[Found], document: Mapping[str, Any], was: Mapping[str, Any]
) -> Iterator[str]:
    """What a document calls otherwise, or has elsewhere, than the one before it."""
    former = {(pin.path, pin.method): pin for pin in own_pins(was)}
    here = {(pin.path, pin.method): pin for pin in own_pins(document)}
    for place in found:
        own, before = here[place.path, place.method], former[place.pin.path, place.pin.method]
        if place.moved:
            yield f"{place.pin} has moved to {place.method.upper()} {place.path}"
        if own.name != before.name:
            operation = document["paths"][place.path][place.method]
            yield f"the operationId is now {operation['operationId']!r}"
        if own.tag != before.tag:
            yield f"the tag is now {own.tag!r}"
