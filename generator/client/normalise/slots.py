"""Find the outermost schemas of a document: those that the client sends or reads by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.operations.representations import has_no_body
from generator.client.operations.requests import body_kind
from generator.spec.media_types import Kind, kind_of
from generator.spec.operations import METHODS
from generator.spec.references import pointer, pointer_parts
from generator.spec.values import as_array, as_object, is_object

Slot = tuple[dict[str, Any], str, str]
"""The holder of a schema, the key in it, and the JSON pointer of the schema."""

_READ = (Kind.JSON, Kind.EVENTS)


def schema_slots(document: Mapping[str, Any]) -> Iterator[Slot]:
    """Every place of an outermost schema, once each, those of the components first.

    Left out are the schemas of what the client sends and gives as it is: of headers of responses,
    and of bodies that are text or bytes.
    """
    components = as_object(document.get("components"))
    schemas = as_object(components.get("schemas"))
    yield from ((schemas, name, f"#/components/schemas{pointer([name])}") for name in schemas)
    seen: set[int] = set()
    for kind in ("parameters", "requestBodies", "responses"):
        for name, holder in as_object(components.get(kind)).items():
            place = f"#/components/{kind}{pointer([name])}"
            for slot in _slots(holder, place):
                if _is_read(document, slot, kind):
                    yield from _unseen(slot, seen)
    for path, item in as_object(document.get("paths")).items():
        place = f"#/paths{pointer([path])}"
        for method in ("", *METHODS):
            owner = as_object(item).get(method) if method else item
            if is_object(owner):
                inner = f"{place}/{method}" if method else place
                for slot in _slots_of_owner(document, owner, inner, method):
                    yield from _unseen(slot, seen)


def _unseen(slot: Slot, seen: set[int]) -> Iterator[Slot]:
    if id(slot[0]) not in seen:
        seen.add(id(slot[0]))
        yield slot


def _slots_of_owner(
    document: Mapping[str, Any], owner: dict[str, Any], place: str, method: str
) -> Iterator[Slot]:
    for index, parameter in enumerate(as_array(owner.get("parameters"))):
        yield from _slots(parameter, f"{place}/parameters/{index}")
    for slot in _slots(owner.get("requestBody"), f"{place}/requestBody"):
        if _is_read(document, slot, "requestBodies"):
            yield slot
    for status, response in as_object(owner.get("responses")).items():
        if not has_no_body(method, str(status)):
            for slot in _slots(response, f"{place}/responses{pointer([status])}"):
                if _is_read(document, slot, "responses"):
                    yield slot


def _slots(holder: Any, place: str) -> Iterator[Slot]:
    """The schemas of a parameter, body, response or media type."""
    if is_object(holder):
        if "schema" in holder:
            yield holder, "schema", f"{place}/schema"
        for media_type, value in as_object(holder.get("content")).items():
            yield from _slots(value, f"{place}/content{pointer([media_type])}")


def _is_read(document: Mapping[str, Any], slot: Slot, kind: str) -> bool:
    """Whether the client sends or reads a parameter, body or response by its schema."""
    holder, key, place = slot
    media_type = pointer_parts(place)[-2]
    if kind == "requestBodies":
        return body_kind(document, media_type, holder[key]).has_class
    return kind == "parameters" or kind_of(document, media_type, holder[key]) in _READ
