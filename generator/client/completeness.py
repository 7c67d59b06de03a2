"""The completeness check: whether everything in a document reaches the views of its package.

openapi-python-client leaves out in silence what it does not know. This check does not ask it, but
compares the document with what the templates are about to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import Class, EnumProperty, LiteralEnumProperty

from generator.client.views.commands import Command
from generator.client.views.docstrings import as_written, raw
from generator.client.views.models import members_in_order
from generator.client.views.operations import Operation
from generator.client.views.package import PackageView
from generator.spec.operations import operations, parameters
from generator.spec.references import objects, resolve
from generator.spec.values import is_array, is_object


def missing(document: Mapping[str, Any], view: PackageView, config: Config) -> list[str]:
    """What of the document the package would not have, each with its place.

    Every operation has a method with its parameters, its body, and each documented response; it has
    a command with an option for each argument; every schema has a class with its properties or
    values; every row that a command writes has all its columns.
    """
    return [
        *_missing_operations(document, view),
        *_missing_schemas(document, view, config),
        *_missing_columns(view),
    ]


def _missing_operations(document: Mapping[str, Any], view: PackageView) -> Iterator[str]:
    by_place = {(item.path, item.method): item for item in view.operations}
    commands = {id(command.operation): command for command in view.commands}
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
            if (parameter["in"], parameter["name"]) not in sent:
                yield f"{place}/parameters: the parameter {parameter['name']!r} is not sent"
        media_types = resolve(document, data.get("requestBody", {})).get("content", {})
        for media_type in media_types:
            if operation.body is None or operation.body.media_type != media_type:
                yield f"{place}/requestBody: a body of {media_type} is not sent"
        read = {response.pattern for response in [*operation.success, *operation.errors]}
        for status in sorted(set(map(str, data.get("responses", {}))) - read):
            yield f"{place}/responses/{status}: the response is not read"
        yield from _missing_options(place, operation, commands.get(id(operation)))


def _missing_options(place: str, operation: Operation, command: Command | None) -> Iterator[str]:
    if command is None:
        yield f"{place}: the operation has no command"
        return
    options = [*command.positional, *command.keyword, *([command.body] if command.body else [])]
    known = {option.python_name for option in options}
    for parameter in [*operation.positional, *operation.keyword]:
        if parameter.python_name not in known:
            yield f"{place}/parameters: the command has no option for {parameter.python_name}"


def _missing_columns(view: PackageView) -> Iterator[str]:
    models = {str(model.class_info.name): model for model in view.parsed.models}
    for command in view.commands:
        for row in command.rows:
            columns = {name for name, _ in row.kinds}
            for member in members_in_order(models[str(row.info.name)]):
                if raw(member.name) not in columns:
                    yield f"{row.info.name}: the command has no column for {raw(member.name)!r}"


def _missing_schemas(
    document: Mapping[str, Any], view: PackageView, config: Config
) -> Iterator[str]:
    classes: dict[str, set[Any]] = {
        str(model.class_info.name): {
            as_written(raw(member.name)) for member in members_in_order(model)
        }
        for model in view.parsed.models
    } | {str(enum.class_info.name): _values(enum) for enum in view.parsed.enums}
    for place, schema in objects({key: document.get(key) for key in ("components", "paths")}):
        wanted: set[Any] = set()
        if is_object(schema.get("properties")):
            wanted |= set(schema["properties"])
        if is_array(schema.get("enum")):
            wanted |= {value for value in schema["enum"] if isinstance(value, str | int)}
        if not wanted:
            continue
        parts = place.split("/")
        if len(parts) == 4 and parts[1:3] == ["components", "schemas"]:
            name = str(Class.from_string(string=parts[3], config=config).name)
            candidates = [classes[name]] if name in classes else []
            absent = f"the schema has no class {name}"
        else:
            # The parser names the class of an inline schema. Its content tells which one it is.
            candidates = list(classes.values())
            absent = "the schema has no class"
        if not candidates:
            yield f"{place}: {absent}"
            continue
        best = max(candidates, key=lambda members: len(wanted & members))
        for lost in sorted(wanted - best, key=str):
            yield f"{place}: {lost!r} is in no class"


def _values(enum: EnumProperty | LiteralEnumProperty) -> set[Any]:
    values: Any = enum.values
    # The parser has escaped strings for a literal.
    return {
        re.sub(r'\\(["\\])', r"\1", value) if isinstance(value, str) else value
        for value in (values.values() if is_object(values) else values)
    }
