"""What the templates show of the responses of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client.error_classes import error_class
from generator.client.expressions import decoder
from generator.client.representations import Representations, representations, success_statuses
from generator.client.types import annotation
from generator.client.views.docstrings import sentence
from generator.spec.media_types import Kind, essence
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
    description: str
    accept: list[str]
    read: list[str]
    others: list[str]
    media_types: list[str]
    prop: PropertyProtocol | None


def _response(
    pattern: str, description: str, found: Representations, prop: PropertyProtocol | None
) -> DocumentedResponse:
    kind = found.read[0].kind if found.read else None
    match kind:
        case Kind.JSON if prop:
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


UNDOCUMENTED = DocumentedResponse(
    pattern="2XX",
    reader="bytes_body",
    annotation="bytes",
    description="What came, since the document has no response for a success.",
    accept=[],
    read=[],
    others=[],
    media_types=[],
    prop=None,
)
"""The success of an operation for which the document has none."""


def responses(
    document: Mapping[str, Any], data: Mapping[str, Any], endpoint: Endpoint
) -> tuple[list[DocumentedResponse], list[DocumentedResponse]]:
    """The successes and the errors of an operation."""
    declared = {str(status): value for status, value in data["responses"].items()}
    found = representations(document, endpoint.method, data)
    made = [
        _response(
            pattern,
            sentence(as_object(resolve(document, declared[pattern])).get("description")),
            found[pattern],
            response.prop,
        )
        for response in endpoint.responses
        if (pattern := response.status_code.pattern) in declared
    ]
    succeeds = success_statuses(declared)
    success = [response for response in made if response.pattern in succeeds]
    errors = [response for response in made if not response.pattern.startswith("2")]
    return success or [UNDOCUMENTED], errors


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
