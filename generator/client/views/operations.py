"""What the templates show of the operations and their namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from openapi_python_client.parser.properties import Class
from openapi_python_client.strings import ClassName

from generator.client.names import namespace_name
from generator.client.operations.requests import BodyKind
from generator.client.parse import ParsedDocument
from generator.client.schemas.types import union
from generator.client.views.bodies import Bodies, bodies
from generator.client.views.docstrings import docstring, paragraphs, raw, section, sentence
from generator.client.views.models import imported_classes
from generator.client.views.parameters import Parameter, parameters, split_path
from generator.client.views.responses import (
    Array,
    DocumentedResponse,
    EventStream,
    array,
    raises,
    responses,
)
from generator.client.views.security import alternatives
from generator.errors import GeneratorError
from generator.spec.operations import own_server


@frozen
class Operation:
    """An operation: what the templates render, and the data of the document that it came from."""

    name: str
    namespace: str
    method: str
    path: str
    server: str
    path_parts: list[tuple[str, Parameter]]
    path_end: str
    positional: list[Parameter]
    keyword: list[Parameter]
    body: Parameter | None
    bodies: Bodies
    security: list[list[str]]
    accept: str
    success: list[DocumentedResponse]
    errors: list[DocumentedResponse]
    events: EventStream | None
    array: Array | None
    success_annotation: str
    error_annotation: str
    any_annotation: str
    models: list[Class]
    deprecated: str
    forward: str
    module_docstring: str
    docstring: str
    arguments: str
    outcome: str
    raised: str
    needed: str
    data: Mapping[str, Any]

    @property
    def query(self) -> list[Parameter]:
        """The query parameters."""
        return [parameter for parameter in self.keyword if parameter.location == "query"]

    @property
    def has_styles(self) -> bool:
        """Whether a parameter has a style that the usual encoders do not have."""
        return any(parameter.has_style for parameter in [*self.positional, *self.keyword])

    @property
    def modules(self) -> list[str]:
        """The optional modules of the runtime that its module imports."""
        kinds = [body.kind for body in self.bodies.found]
        found = ["bodies"] if self.body and not self.bodies.is_json else []
        found += [str(kind) for kind in (BodyKind.FORM, BodyKind.MULTIPART) if kind in kinds]
        return found + ["styles"] * self.has_styles


@frozen
class Namespace:
    """The operations of a tag.

    Attributes:
        iterated: The names of those that have a method that gives one item after another.
    """

    name: str
    tag: str
    class_name: str
    docstring: str
    module_docstring: str
    models: list[Class]
    operations: list[Operation]
    iterated: set[str]


def operation(
    document: Mapping[str, Any],
    parsed: ParsedDocument,
    name: str,
    path: str,
    method: str,
    item: Mapping[str, Any],
) -> Operation:
    """The view of an operation."""
    data = item[method]
    found = parameters(item, data, parsed)
    sent = bodies(document, data, parsed)
    body = sent.argument

    path_parts, path_end = split_path(path)
    in_path = {parameter.name: parameter for parameter in found if parameter.location == "path"}
    positional = list({each: in_path[each] for _, each in path_parts}.values())
    rest = [item for item in (body, sent.content_type) if item]
    rest += [item for item in found if item.location != "path"]
    keyword = sorted(rest, key=lambda parameter: bool(parameter.default))
    forward = [item.python_name for item in positional]
    forward += [f"{item.python_name}={item.python_name}" for item in keyword]
    needed = [item.python_name for item in positional]
    needed += [f"{item.python_name}={item.python_name}" for item in keyword if not item.default]

    found_responses = responses(document, method, data, parsed)
    success, errors = found_responses.success, found_responses.errors
    success_annotation = union((item.annotation for item in success), empty="Never")
    error_annotation = union((item.annotation for item in errors), empty="Never")
    any_annotation = union([success_annotation, *(item.annotation for item in errors)])
    used = [parameter.prop for parameter in found] + [body.prop for body in sent.found]
    streams = found_responses.events.responses if found_responses.events else []
    used += [response.prop for response in [*success, *errors, *streams] if response.prop]
    found_array = array(success)
    used += [found_array.prop] if found_array else []

    namespace = namespace_name(data)
    summary = sentence(data.get("summary")) or f"{method.upper()} {path}."
    description = raw(data.get("description"))
    description = description if sentence(description) != summary else ""
    deprecated = f"{namespace}.{name} is deprecated" if data.get("deprecated") else ""
    arguments = [(item.python_name, item.documentation) for item in [*positional, *keyword]]
    described = " ".join(response.description for response in success)
    deprecation = "Deprecated: the document says so, and a call warns." if deprecated else ""
    raised = section("Raises", raises(errors))
    returns = section("Returns", [(success_annotation, described)])
    return Operation(
        name=name,
        namespace=namespace,
        method=method.upper(),
        path=path,
        server=own_server(item, data),
        path_parts=[(literal, in_path[each]) for literal, each in path_parts],
        path_end=path_end,
        positional=positional,
        keyword=keyword,
        body=body,
        bodies=sent,
        security=alternatives(document, data),
        accept=", ".join(dict.fromkeys(name for item in success for name in item.accept)) or "*/*",
        success=success,
        errors=errors,
        events=found_responses.events,
        array=found_array,
        success_annotation=success_annotation,
        error_annotation=error_annotation,
        any_annotation=any_annotation,
        models=imported_classes(used),
        deprecated=deprecated,
        forward=", ".join(forward),
        module_docstring=docstring(
            f"{method.upper()} {path}: {summary}", default=f"The operation {name}."
        ),
        docstring=docstring(
            summary,
            paragraphs(description),
            deprecation,
            default=f"The operation {name}.",
        ),
        arguments=section("Args", arguments) or "Args:",
        outcome=f"{returns}\n\n{raised}",
        raised=raised,
        needed=", ".join(needed),
        data=data,
    )


def namespace(document: Mapping[str, Any], name: str, operations: list[Operation]) -> Namespace:
    """The view of a tag's operations."""
    tags = operations[0].data.get("tags")
    tag = tags[0] if tags else "default"
    # The suffix makes sure that no tag hides what its module imports.
    class_name = f"{ClassName(name, 'Tag')}Operations"
    models = {model.name: model for item in operations for model in item.models}
    while class_name in models:
        class_name += "OfTag"
    names = {item.name for item in operations}
    for item in operations:
        if item.events and item.events.suffix and f"{item.name}_stream" in names:
            raise GeneratorError(
                f"the tag {tag!r} has two operations that come to the method {item.name}_stream"
            )
    described = {item["name"]: item.get("description") for item in document.get("tags", [])}
    return Namespace(
        name=name,
        tag=tag if tags else "",
        class_name=class_name,
        docstring=docstring(
            raw(described.get(tag)) or f"The operations of the tag {tag}.",
            default=f"The operations of {name}.",
        ),
        module_docstring=docstring(
            f"The operations of the tag {tag}.", default=f"The operations of {name}."
        ),
        models=[models[name] for name in sorted(models)],
        operations=operations,
        iterated={
            item.name for item in operations if item.array and f"{item.name}_iter" not in names
        },
    )
