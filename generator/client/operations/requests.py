"""The requests of a document: the parameters and bodies that each operation sends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from attrs import frozen

from generator.client import reserved
from generator.client.names import identifier
from generator.client.schemas.spelling import free
from generator.spec.media_types import Kind, essence, kind_of
from generator.spec.operations import DEFAULT_STYLES, IGNORED_HEADERS, parameters
from generator.spec.schemas import alternatives
from generator.spec.values import as_object


@frozen
class RequestParameter:
    """A parameter of an operation, as the document has it.

    Attributes:
        python_name: The name of its argument.
        media_type: The media type of its value; empty if the value has a style instead.
        schema: The schema of its value.
        data: The parameter object.
    """

    name: str
    python_name: str
    location: str
    media_type: str
    schema: Any
    data: Mapping[str, Any]

    @property
    def required(self) -> bool:
        """Whether a call must have the parameter."""
        return self.location == "path" or self.data.get("required") is True

    @property
    def style(self) -> str:
        """The style, by default that of the location."""
        return str(self.data.get("style", DEFAULT_STYLES[self.location]))

    @property
    def explode(self) -> bool:
        """Whether the parts of an array or object are separate."""
        return bool(self.data.get("explode", self.style == "form"))


def is_ignored(parameter: Mapping[str, Any]) -> bool:
    """Whether OpenAPI says to ignore a parameter: the client sends these headers by other rules."""
    return parameter["in"] == "header" and parameter["name"].lower() in IGNORED_HEADERS


def request_parameters(
    item: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[RequestParameter]:
    """The parameters of an operation, by location, and its own before those of its path."""
    locations = [*DEFAULT_STYLES]
    found = {
        (each["in"], each["name"]): each
        for each in parameters(item, operation)
        if not is_ignored(each)
    }
    ordered = sorted(found, key=lambda key: locations.index(key[0]))
    taken = reserved.IN_METHODS | (reserved.BODY if "requestBody" in operation else set[str]())
    names = _python_names(ordered, taken)
    return [_parameter(names[key], found[key]) for key in ordered]


def _parameter(python_name: str, data: Mapping[str, Any]) -> RequestParameter:
    media_type, content = next(iter(as_object(data.get("content")).items()), ("", data))
    return RequestParameter(
        name=data["name"],
        python_name=python_name,
        location=data["in"],
        media_type=media_type,
        schema=content.get("schema", {}),
        data=data,
    )


def _python_names(
    keys: list[tuple[str, str]], taken: Collection[str]
) -> dict[tuple[str, str], str]:
    """The names of arguments. One that is taken gets its location as a suffix, then a number."""
    own = {key: identifier(key[1]) for key in keys}
    locations: dict[str, list[str]] = {}
    for (where, _), name in own.items():
        locations.setdefault(name, []).append(where)
    used = set(taken) | {name for name, found in locations.items() if len(found) == 1}
    names: dict[tuple[str, str], str] = {}
    for key, name in own.items():
        if name in taken or len({*locations[name]}) > 1:
            names[key] = free(used, f"{name.rstrip('_')}_{key[0]}")
        else:
            names[key] = name if len(locations[name]) == 1 else free(used, name)
    return names


class BodyKind(StrEnum):
    """How the argument of a caller becomes a body."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    BYTES = "bytes"

    @property
    def has_class(self) -> bool:
        """Whether its type is that of its schema."""
        return self in (BodyKind.JSON, BodyKind.FORM, BodyKind.MULTIPART)


@frozen
class RequestBody:
    """A body that an operation takes.

    Attributes:
        media_type: Its media type, as the document writes it.
        schema: Its schema.
        encoding: The encoding of its properties.
    """

    media_type: str
    kind: BodyKind
    schema: Any
    encoding: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether the caller completes the media type: a range, or parts with a boundary."""
        name = essence(self.media_type)
        return "*" in name or (name.startswith("multipart/") and self.kind == BodyKind.BYTES)


def request_bodies(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[RequestBody]:
    """The bodies of an operation, JSON before others."""
    content = operation.get("requestBody", {}).get("content", {})
    found = [
        RequestBody(
            media_type=media_type,
            kind=body_kind(document, media_type, value.get("schema")),
            schema=value.get("schema", {}),
            encoding=as_object(value.get("encoding")),
        )
        for media_type, value in content.items()
    ]
    return sorted(found, key=_rank)


def _rank(body: RequestBody) -> tuple[bool, bool]:
    return body.kind != BodyKind.JSON, essence(body.media_type) != "application/json"


def body_kind(document: Mapping[str, Any], media_type: str, schema: Any) -> BodyKind:
    """What a body of a media type is made of."""
    structured = {
        "application/x-www-form-urlencoded": BodyKind.FORM,
        "multipart/form-data": BodyKind.MULTIPART,
    }.get(essence(media_type))
    if structured:
        types = {option["type"] for option in alternatives(document, schema)}
        # Only an object has named parts. The caller writes any other body, as text.
        if not types or types & {"any", "object"}:
            return structured
    kind = kind_of(document, media_type, schema)
    return {Kind.JSON: BodyKind.JSON, Kind.BYTES: BodyKind.BYTES}.get(kind, BodyKind.TEXT)


def part_headers(encoding: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The headers of a part; its media type has a keyword of its own."""
    headers = as_object(encoding.get("headers"))
    return {name: as_object(it) for name, it in headers.items() if name.lower() != "content-type"}


def fixed_header(header: Mapping[str, Any]) -> str | None:
    """The one value that the document gives a header of a part, or None."""
    schema = as_object(header.get("schema"))
    values = [schema[key] for key in ("const", "default") if key in schema]
    values += schema["enum"] if len(schema.get("enum", [])) == 1 else []
    return values[0] if values and isinstance(values[0], str) else None
