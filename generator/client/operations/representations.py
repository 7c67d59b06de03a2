"""Which media type of a response the client asks for and reads.

The methods read one Python type from a response: that of its JSON, or else of its first media type.
They ask for every media type that gives the same type. Any other is only asked for by a header, and
its body is left as it comes; server-sent events have methods of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from generator.spec.media_types import Kind, essence, kind_of, without_charset
from generator.spec.values import as_object


@frozen
class Representation:
    """A media type of a response.

    Attributes:
        media_type: The media type, as the document writes it.
        kind: What its body is to the client.
        schema: The schema of its body, or None.
    """

    media_type: str
    kind: Kind
    schema: Any


@frozen
class Representations:
    """The media types of a response.

    Attributes:
        read: Those that the methods read, all to one Python type, the preferred one first.
        events: That of server-sent events.
        others: Those whose bodies are left as they come.
    """

    read: list[Representation]
    events: list[Representation]
    others: list[Representation]

    @property
    def accept(self) -> list[str]:
        """The media types to ask for."""
        return [without_charset(item.media_type) for item in self.read or self.events]


def representations(
    document: Mapping[str, Any], method: str, data: Mapping[str, Any]
) -> dict[str, Representations]:
    """The media types of each response of an operation, by status."""
    responses = as_object(data.get("responses"))
    succeeds = success_statuses(responses)
    found: dict[str, Representations] = {}
    for status, declared in responses.items():
        content = {} if has_no_body(method, status) else as_object(declared.get("content"))
        each: list[Representation] = []
        for media_type, value in content.items():
            schema = as_object(value).get("schema")
            kind = kind_of(document, media_type, schema)
            if kind == Kind.EVENTS and status not in succeeds:
                kind = Kind.TEXT
            each.append(Representation(media_type, kind, schema))
        read = _read([item for item in each if item.kind != Kind.EVENTS])
        events = [item for item in each if item.kind == Kind.EVENTS][:1]
        others = [item for item in each if item not in (*read, *events)]
        found[status] = Representations(read, events, others)
    return found


def has_no_body(method: str, status: str) -> bool:
    """Whether HTTP has no body in such a response, whatever the document says."""
    return method == "head" or status[0] == "1" or status in ("204", "205", "304")


def success_statuses(statuses: Iterable[str]) -> list[str]:
    """The statuses of a success. If an operation documents none, the default is its success."""
    found = list(statuses)
    return [status for status in found if status.startswith("2")] or [
        status for status in found if status == "default"
    ]


def _read(found: list[Representation]) -> list[Representation]:
    """The preferred media type, and those that give the same Python type."""
    ranked = sorted(found, key=lambda item: item.kind != Kind.JSON)
    ranked.sort(key=lambda item: essence(item.media_type) != "application/json")
    return [
        item
        for item in ranked
        if item.kind == ranked[0].kind
        and (item.kind != Kind.JSON or item.schema == ranked[0].schema)
    ]
