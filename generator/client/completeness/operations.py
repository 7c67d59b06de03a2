"""Whether every operation has a method with all that the document gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.client.operations.representations import has_no_body
from generator.client.operations.requests import is_ignored
from generator.client.views.docstrings import as_written
from generator.client.views.package import PackageView
from generator.spec.operations import operations, parameters
from generator.spec.references import resolve


def missing_operations(document: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    """What of the operations has no method, argument or response."""
    by_place = {(item.path, item.method): item for item in view.operations}
    for place, path, item, data in operations(document):
        operation = by_place.get((path, place.rpartition("/")[2].upper()))
        if operation is None:
            yield f"{place}: the operation has no method"
            continue
        sent = {
            (parameter.location, as_written(parameter.name))
            for parameter in [*operation.positional, *operation.keyword]
        }
        for parameter in parameters(document, item, data):
            if (parameter["in"], parameter["name"]) not in sent and not is_ignored(parameter):
                yield f"{place}/parameters: the parameter {parameter['name']!r} is not sent"
        media_types = resolve(document, data.get("requestBody", {})).get("content", {})
        for media_type in media_types:
            if media_type not in {body.media_type for body in operation.bodies.found}:
                yield f"{place}/requestBody: a body of {media_type} is not sent"
        read = {item.pattern: item.media_types for item in [*operation.success, *operation.errors]}
        for status, response in data.get("responses", {}).items():
            if str(status) not in read:
                yield f"{place}/responses/{status}: the response is not read"
                continue
            for media_type in resolve(document, response).get("content", {}):
                bodiless = has_no_body(operation.method.lower(), str(status))
                if media_type not in read[str(status)] and not bodiless:
                    yield f"{place}/responses/{status}: a body of {media_type} is not read"
