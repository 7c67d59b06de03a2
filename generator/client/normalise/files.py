"""Mark the files of a document: the strings in the parts of multipart bodies.

What an object in a part has is JSON, which has no files. So a component whose files are text
elsewhere has a copy for multipart bodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.client.normalise.outermost_schemas import outermost_schemas
from generator.client.normalise.pointers import COMPONENT, component, reached
from generator.client.operations.binary import FILE, MULTIPART, is_file
from generator.client.schemas.spelling import free
from generator.spec.media_types import essence
from generator.spec.references import copied, pointer_parts
from generator.spec.values import as_array, as_object, is_array, is_object

_Part = tuple[Any, bool]
"""A schema, and whether it is that of a whole body."""


def mark_files(document: dict[str, Any], unnamed: set[str]) -> None:
    """Let the files of a document have a format of their own, in place.

    Args:
        document: A document without references into schemas.
        unnamed: The components whose names are no class's; copies of them are added.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    bodies: list[_Part] = []
    others: list[Any] = []
    for holder, key, place, kind in outermost_schemas(document):
        if essence(pointer_parts(place)[-2]) == MULTIPART:
            bodies.append((holder[key], True))
        elif kind != "schemas":
            others.append(holder[key])
    parts = list(_parts(bodies, schemas, {}))
    others += [member for schema, whole in parts if not whole for member in _members(schema)]
    elsewhere = reached(others, schemas)
    in_parts = {(id(schema), whole) for schema, whole in parts}
    copies: dict[tuple[str, bool], str] = {}
    for name, schema in [*schemas.items()]:
        for whole in (True, False):
            is_shared = name in elsewhere or (id(schema), not whole) in in_parts
            own = _parts([(schema, whole)], schemas, {}) if is_shared else ()
            if (id(schema), whole) in in_parts and any(_has_file(*part) for part in own):
                copy = copies[name, whole] = free({*schemas}, f"{name}Multipart")
                schemas[copy] = copied(schema)
                schemas[copy].pop("title", None)  # the other class has this title
                unnamed |= {copy} if name in unnamed else set()
    for schema, whole in _parts(bodies, schemas, copies):
        if _has_file(schema, whole):
            schema["format"] = FILE


def _parts(
    bodies: Iterable[_Part], schemas: Mapping[str, Any], copies: Mapping[tuple[str, bool], str]
) -> Iterator[tuple[dict[str, Any], bool]]:
    """The schemas of multipart bodies and of their parts.

    Args:
        bodies: The schemas of the bodies.
        schemas: The components.
        copies: The components to refer to instead of others; the references are replaced.
    """
    waiting, seen = [*bodies], set[tuple[int, bool]]()
    while waiting:
        schema, whole = waiting.pop()
        if not is_object(schema) or (id(schema), whole) in seen:
            continue
        seen.add((id(schema), whole))
        yield schema, whole
        if "$ref" in schema:
            name = component(schema["$ref"]) or ""
            if (name, whole) in copies:
                name = copies[name, whole]
                schema["$ref"] = COMPONENT + name
            waiting.append((schemas[name], whole))
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += [(part, whole) for part in as_array(schema.get(keyword))]
        items = [schema.get("items"), *as_array(schema.get("prefixItems"))]
        inner = _members(schema) if whole else items
        waiting += [(part, False) for part in inner]


def _members(schema: Mapping[str, Any]) -> list[Any]:
    named = [as_object(schema.get(key)) for key in ("properties", "patternProperties")]
    others = [schema.get(key) for key in ("additionalProperties", "unevaluatedProperties")]
    return [member for group in named for member in group.values()] + others


def _has_file(schema: Mapping[str, Any], whole: bool) -> bool:
    kinds = schema.get("type")
    return not whole and "string" in (kinds if is_array(kinds) else [kinds]) and is_file(schema)
