"""Find the outermost schemas of a document: those of components, parameters and bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.client.operations.representations import has_no_body
from generator.client.operations.requests import body_kind
from generator.spec.media_types import Kind, kind_of
from generator.spec.operations import operations
from generator.spec.references import pointer, pointer_parts
from generator.spec.values import as_object


class Slot(NamedTuple):
    """The place of an outermost schema.

    Attributes:
        holder: The object that contains the schema.
        key: The key of the schema in the holder.
        place: The JSON pointer of the schema.
        kind: What the schema belongs to: `schemas`, `parameters`, `requestBodies` or `responses`.
    """

    holder: dict[str, Any]
    key: str
    place: str
    kind: str


_READ = (Kind.JSON, Kind.EVENTS)


def outermost_schemas(document: Mapping[str, Any], *, unread: bool = False) -> Iterator[Slot]:
    """Every place of an outermost schema once, those of the components first.

    The schemas of response headers are left out.

    Args:
        document: The document.
        unread: Whether to include the schemas of bodies that are text or bytes, which the client
            passes on unchanged.
    """
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    for name in schemas:
        yield Slot(schemas, name, f"#/components/schemas{pointer([name])}", "schemas")
    seen: set[int] = set()
    for kind, place, holder in holders(document):
        for slot in _slots(holder, place, kind):
            if id(slot.holder) not in seen and (unread or _is_read(document, slot)):
                seen.add(id(slot.holder))
                yield slot


def holders(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every parameter, body and response that has schemas, with its kind and place."""
    for kind in ("parameters", "requestBodies", "responses"):
        for name, holder in as_object(as_object(document.get("components")).get(kind)).items():
            yield kind, f"#/components/{kind}{pointer([name])}", holder
    for place, _, item, operation in operations(document):
        path, _, method = place.rpartition("/")
        for owner, outer in ((item, path), (operation, place)):
            for index, parameter in enumerate(owner.get("parameters", [])):
                yield "parameters", f"{outer}/parameters/{index}", parameter
        yield "requestBodies", f"{place}/requestBody", operation.get("requestBody", {})
        for status, response in operation.get("responses", {}).items():
            if not has_no_body(method, status):
                yield "responses", f"{place}/responses{pointer([status])}", response


def _slots(holder: dict[str, Any], place: str, kind: str) -> Iterator[Slot]:
    """The schemas of a parameter, body, response or media type."""
    if "schema" in holder:
        yield Slot(holder, "schema", f"{place}/schema", kind)
    for media_type, value in holder.get("content", {}).items():
        yield from _slots(value, f"{place}/content{pointer([media_type])}", kind)


def _is_read(document: Mapping[str, Any], slot: Slot) -> bool:
    """Whether the client sends or reads a parameter, body or response by its schema."""
    holder, key, place, kind = slot
    media_type = pointer_parts(place)[-2]
    if kind == "requestBodies":
        return body_kind(document, media_type, holder[key]).has_class
    return kind == "parameters" or kind_of(document, media_type, holder[key]) in _READ
