"""The support check: what a document has that the client would not honour.

It reads the document alone, before generation, and does not ask openapi-python-client, which leaves
out in silence what it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.support.media_types import unsupported_body, unsupported_response
from generator.client.support.operations import unsupported_operation
from generator.client.support.parameters import unsupported_parameter
from generator.client.support.schemas import unsupported_schema
from generator.client.support.servers import unsupported_server
from generator.spec.operations import base_url, operations
from generator.spec.references import pointer

__all__ = ["unsupported"]


def unsupported(document: Mapping[str, Any]) -> list[str]:
    """What a document has that the client would not honour, each with its place."""
    return list(_unsupported(document))


def _unsupported(document: Mapping[str, Any]) -> Iterator[str]:
    yield from unsupported_server(base_url(document), "#/servers/0/url", is_document=True)
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        yield from unsupported_schema(schema, f"#/components/schemas{pointer([name])}")
    for name, parameter in components.get("parameters", {}).items():
        place = f"#/components/parameters{pointer([name])}"
        yield from unsupported_parameter(parameter, place)
    for name, body in components.get("requestBodies", {}).items():
        place = f"#/components/requestBodies{pointer([name])}"
        yield from unsupported_body(body, place)
    for name, response in components.get("responses", {}).items():
        place = f"#/components/responses{pointer([name])}"
        yield from unsupported_response(response, place)
    for place, _, item, operation in operations(document):
        yield from unsupported_operation(place, item, operation)
