"""What the templates show of the responses of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client.error_classes import error_class
from generator.client.operations.representations import (
    Representations,
    representations,
    success_statuses,
)
from generator.client.parse import ParsedDocument
from generator.client.schemas.expressions import decoder
from generator.client.schemas.types import annotation, is_dict, members_of, types_in, union
from generator.client.views.docstrings import raw, sentence
from generator.spec.media_types import EVENT_STREAM, Kind, essence
from generator.spec.references import resolve
from generator.spec.values import as_object


@frozen
class DocumentedResponse:
    """A response of the document: its status pattern, and how its body is read.

    Attributes:
        reader: The expression for the reader of the media types that are read.
        read: These media types, without parameters.
        others: The media types that are not read.
        media_types: All media types, as the document writes them.
    """

    pattern: str
    reader: str
    annotation: str
    description: str = ""
    accept: list[str] = field(factory=list[str])
    read: list[str] = field(factory=list[str])
    others: list[str] = field(factory=list[str])
    media_types: list[str] = field(factory=list[str])
    prop: PropertyProtocol | None = None


def _response(
    pattern: str, description: str, found: Representations, parsed: ParsedDocument
) -> DocumentedResponse:
    prop = None
    match found.read[0].kind if found.read else None:
        case Kind.JSON:
            prop = parsed.property(f"response_{pattern}", found.read[0].schema)
            reader, text = f"json_body({decoder(prop)})", annotation(prop)
        case Kind.TEXT:
            reader, text = "text_body", "str"
        case Kind.BYTES:
            reader, text = "bytes_body", "bytes"
        case _:
            reader, text = "no_body", "None"
    read = list(dict.fromkeys(essence(item.media_type) for item in found.read))
    others = [essence(item.media_type) for item in (*found.events, *found.others)]
    return DocumentedResponse(
        pattern=pattern,
        reader=reader,
        annotation=text,
        description=description,
        accept=found.accept,
        read=read,
        others=[item for item in dict.fromkeys(others) if item not in read],
        media_types=[item.media_type for item in (*found.read, *found.events, *found.others)],
        prop=prop,
    )


@frozen
class EventStream:
    """The server-sent events of an operation.

    Attributes:
        suffix: The end of the name of its method; empty if the operation has nothing else.
        responses: The successes that are event streams.
        annotation: The type of an event.
        accept: The media types to ask for.
    """

    suffix: str
    responses: list[DocumentedResponse]
    annotation: str
    accept: str


_FIELDS = {"data", "event", "id", "retry"}
"""The fields of an event."""


def _event_reader(
    document: Mapping[str, Any], schema: Any, prop: PropertyProtocol
) -> tuple[str, str]:
    """The expression that reads events, and the type of each.

    A schema is that of the events, with their fields as properties, or else that of their data.
    """
    schema = as_object(resolve(document, schema))
    options = [resolve(document, option) for option in schema.get("anyOf", [])] or [schema]
    properties = [as_object(option.get("properties")) for option in options]
    if all("data" in each and each.keys() <= _FIELDS for each in properties):
        data = [as_object(resolve(document, each["data"])) for each in properties]
        text = ", text=True" if all(each.get("type") == "string" for each in data) else ""
        return f"_sse.fields_body({decoder(prop)}{text})", annotation(prop)
    if not schema or schema.get("type") == "string":
        return "_sse.events_body()", "_sse.Event"
    return f"_sse.data_body({decoder(prop)})", annotation(prop)


def _events(
    document: Mapping[str, Any], found: Mapping[str, Representations], parsed: ParsedDocument
) -> EventStream | None:
    streams: list[DocumentedResponse] = []
    types: list[str] = []
    for pattern, each in found.items():
        for item in each.events:
            prop = parsed.property(f"response_{pattern}", item.schema)
            reader, kind = _event_reader(document, item.schema, prop)
            types.append(kind)
            streams.append(DocumentedResponse(pattern, reader, f"list[{kind}]", prop=prop))
    if not streams:
        return None
    suffix = "_stream" if any(found[status].read for status in success_statuses(found)) else ""
    return EventStream(suffix, streams, union(types), EVENT_STREAM)


@frozen
class Array:
    """The array of a response.

    Attributes:
        name: Its member.
        body: The class of the response.
        decoder: The expression for the decoder of an item.
        annotation: The type of an item.
        prop: An item.
    """

    name: str
    body: str
    decoder: str
    annotation: str
    prop: PropertyProtocol


def array(success: list[DocumentedResponse]) -> Array | None:
    """The array of objects in the only success, if its other members are plain values."""
    if len(success) != 1 or success[0].others:
        return None
    body = success[0].prop
    if not isinstance(body, ModelProperty) or is_dict(body):
        return None
    found: list[tuple[str, PropertyProtocol]] = []
    for member in members_of(body):
        for kind in types_in(member):
            if isinstance(kind, ListProperty) and _has_models(kind):
                found.append((raw(member.name), kind.inner_property))
            elif isinstance(kind, ListProperty | ModelProperty):
                return None
    if len(found) != 1:
        return None
    name, item = found[0]
    return Array(name, annotation(body), decoder(item), annotation(item), item)


def _has_models(prop: ListProperty) -> bool:
    return all(
        isinstance(item, ModelProperty) and not is_dict(item)
        for item in types_in(prop.inner_property)
    )


UNDOCUMENTED = DocumentedResponse(
    pattern="2XX",
    reader="bytes_body",
    annotation="bytes",
    description="What came, since the document has no response for a success.",
)
"""The success of an operation for which the document has none."""


@frozen
class Responses:
    """The responses of an operation.

    Attributes:
        success: Those of a success, as the methods read them.
        errors: All others.
        events: The server-sent events, or None.
    """

    success: list[DocumentedResponse]
    errors: list[DocumentedResponse]
    events: EventStream | None


def responses(
    document: Mapping[str, Any], method: str, data: Mapping[str, Any], parsed: ParsedDocument
) -> Responses:
    """The responses of an operation."""
    found = representations(document, method, data)
    events = _events(document, found, parsed)
    streams = {item.pattern: item for item in events.responses} if events else {}
    made: list[DocumentedResponse] = []
    for pattern in sorted(found, key=_precedence):
        text = sentence(data["responses"][pattern].get("description"))
        own = _response(pattern, text, found[pattern], parsed)
        if pattern in streams and not found[pattern].read:
            stream = streams[pattern]
            own = evolve(own, reader=stream.reader, annotation=stream.annotation, others=[])
        made.append(own)
    succeeds = success_statuses(found)
    success = [response for response in made if response.pattern in succeeds]
    errors = [response for response in made if not response.pattern.startswith("2")]
    return Responses(success or [UNDOCUMENTED], errors, events)


def _precedence(pattern: str) -> tuple[bool, bool, str]:
    """The rank of a status: exact ones come before ranges, and the default comes last."""
    return pattern == "default", pattern.endswith("XX"), pattern


def raises(errors: list[DocumentedResponse]) -> list[tuple[str, str]]:
    """The entries of a docstring's section on exceptions."""
    entries: list[tuple[str, str]] = []
    for response in errors:
        text = f"HTTP {response.pattern}: {response.description}"
        if response.pattern == "default":
            name, text = "APIStatusError", response.description or "Any other error."
        elif response.pattern.endswith("XX"):
            name = "InternalServerError" if response.pattern == "5XX" else "APIStatusError"
        else:
            name = error_class(int(response.pattern))
        entries.append((f"errors.{name}", text))
    if all(response.pattern != "default" for response in errors):
        entries.append(("errors.APIStatusError", "Any other error."))
    return entries
