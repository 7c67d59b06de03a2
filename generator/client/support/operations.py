"""What an operation or its path has that the client would not honour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.client.support.media_types import unsupported_body, unsupported_response
from generator.client.support.parameters import unsupported_parameter
from generator.client.support.servers import unsupported_server
from generator.spec.operations import own_server


def unsupported_operation(
    place: str,
    item: dict[str, Any],
    operation: dict[str, Any],
) -> Iterator[str]:
    """What of an operation, its parameters and bodies included, is not supported."""
    yield from unsupported_server(own_server(item, operation), f"{place}/servers/0/url")
    for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
        yield from unsupported_parameter(parameter, f"{place}/parameters")
    yield from unsupported_body(operation.get("requestBody", {}), f"{place}/requestBody")
    for status, response in operation.get("responses", {}).items():
        yield from unsupported_response(response, f"{place}/responses/{status}")
