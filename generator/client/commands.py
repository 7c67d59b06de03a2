"""What the templates show of the command line: a command for each operation, with its options."""

from __future__ import annotations

import re
import shlex
import textwrap
from typing import TYPE_CHECKING, Any

from attrs import frozen
from openapi_python_client.parser.properties import Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.client import types as code
from generator.client.views import raw, sentence
from generator.errors import GeneratorError
from generator.spec.examples import sample
from generator.spec.references import resolve
from generator.spec.values import is_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openapi_python_client.parser.openapi import Endpoint
    from openapi_python_client.parser.properties.protocol import PropertyProtocol

    from generator.client.views import Operation, Parameter, Scheme

WIDTH = 72
"""The columns of a line of help, as the generated module has it."""

#: The options of all commands.
_TAKEN = {"base-url", "format", "help", "output", "timeout", "verbose", "version"}

_METAVARS: dict[type[PropertyProtocol], str] = {
    DateProperty: "DATE",
    DateTimeProperty: "DATE-TIME",
    FloatProperty: "NUMBER",
    IntProperty: "INTEGER",
    UuidProperty: "UUID",
}

_KINDS: dict[type[PropertyProtocol], str] = {
    BooleanProperty: "boolean",
    DateProperty: "date",
    DateTimeProperty: "date-time",
    FloatProperty: "number",
    IntProperty: "integer",
}


@frozen
class KeyFile:
    """The option that names the file of a key."""

    scheme: Scheme
    python_name: str
    name: str
    help: list[str]


@frozen
class Option:
    """An option of a command, or one of its arguments."""

    python_name: str
    name: str
    annotation: str
    default: str
    metavar: str
    values: list[str]
    help: list[str]
    is_flag: bool


@frozen
class RowClass:
    """A class whose instances are rows: the constant of its columns, and what each holds."""

    info: Class
    constant: str
    kinds: list[tuple[str, str]]


@frozen
class Command:
    """A command, ready to be written out."""

    name: str
    function: str
    operation: Operation
    group: str
    summary: list[str]
    description: list[str]
    examples: list[str]
    positional: list[Option]
    keyword: list[Option]
    body: Option | None
    body_decoder: str
    options_class: str
    holders: list[tuple[Class, str, str]]
    rows: list[RowClass]
    imports: list[Class]


def lines(text: str) -> list[str]:
    """A text as the pieces of a literal, each of which but the last ends with its space."""
    wrapped = textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False)
    return [f"{line} " for line in wrapped[:-1]] + wrapped[-1:]


def about(document: Mapping[str, Any]) -> str:
    """What the command line is, in the words of the document."""
    info = document["info"]
    return f"A client for {sentence(info['title'])} {sentence(info.get('description'))}"


def _kebab(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _free(wanted: Iterable[str], taken: set[str]) -> str:
    """The first of the names that is not taken, which then is."""
    name = next(name for name in wanted if name not in taken)
    taken.add(name)
    return name


def _numbered(*names: str) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield f"{names[-1]}-{number}"
        number += 1


def key_files(schemes: list[Scheme]) -> list[KeyFile]:
    """The options that name the files of keys."""
    taken = set(_TAKEN)
    found: list[KeyFile] = []
    for scheme in schemes:
        name = _free(_numbered(f"{_kebab(scheme.argument)}-file"), taken)
        variables = " or ".join(scheme.environment)
        text = "The file that holds the key; - is standard input."
        text += f" Without it, {variables} is read." * bool(variables)
        found.append(
            KeyFile(
                scheme=scheme,
                python_name=f"{scheme.argument}_file",
                name=f"--{name}",
                help=lines(f"{text} {''.join(scheme.description)}"),
            )
        )
    return found


def commands(
    document: Mapping[str, Any],
    endpoints: Iterable[tuple[Endpoint, Operation]],
    keys: list[KeyFile],
    contained: set[str],
) -> list[Command]:
    """The commands for operations.

    Args:
        document: The document.
        endpoints: The operations, as the parser and as the templates see them.
        keys: The options that name the files of keys.
        contained: The names of the classes that are part of another class.
    """
    names: set[str] = set()
    functions: set[str] = set()
    taken = _TAKEN | {key.name.removeprefix("--") for key in keys}
    return [
        _command(document, endpoint, operation, names, functions, taken, contained)
        for endpoint, operation in endpoints
    ]


def _command(
    document: Mapping[str, Any],
    endpoint: Endpoint,
    operation: Operation,
    names: set[str],
    functions: set[str],
    taken: set[str],
    contained: set[str],
) -> Command:
    kebab, tag = _kebab(operation.name), _kebab(operation.namespace)
    name = _free(_numbered(kebab, f"{tag}-{kebab}"), names)
    function = _free(
        (item.replace("-", "_") for item in _numbered(f"{operation.namespace}_{operation.name}")),
        functions,
    )
    data = document["paths"][operation.path][operation.method.lower()]
    located: list[PropertyProtocol] = [
        *endpoint.path_parameters,
        *endpoint.query_parameters,
        *endpoint.header_parameters,
        *endpoint.cookie_parameters,
    ]
    properties = {str(prop.python_name): prop for prop in located}
    used = set(taken)
    options = {
        parameter.python_name: _option(parameter, properties[parameter.python_name], used)
        for parameter in [*operation.positional, *operation.keyword]
        if parameter.location != "body"
    }
    body = _body(operation.body, used) if operation.body else None
    readers = {answer.reader.partition("(")[0] for answer in operation.success}
    if "json_body" in readers:
        options_class = "TableOptions"
    elif readers == {"no_body"}:
        options_class = "Options"
    else:
        options_class = "FileOptions"
    succeeding = [
        response.prop
        for response in endpoint.responses
        if response.status_code.pattern in {answer.pattern for answer in operation.success}
        and response.source["attribute"] == "response.json()"
    ]
    holders: dict[str, tuple[Class, str, str]] = {}
    rows: dict[str, RowClass] = {}
    for prop in succeeding:
        _look_for_rows(prop, contained, holders, rows)
    described = sentence(endpoint.description)
    summary = sentence(endpoint.summary) or f"{endpoint.method.upper()} {operation.path}."
    sent = code.models_in(endpoint.bodies[0].prop) if body else ()
    imported = {
        **{str(info.name): info for info, _, _ in holders.values()},
        **{str(row.info.name): row.info for row in rows.values()},
        **{str(item.class_info.name): item.class_info for item in sent},
    }
    return Command(
        name=name,
        function=function,
        operation=operation,
        group=(data.get("tags") or [""])[0],
        summary=lines(f"Deprecated. {summary}" if operation.deprecated else summary),
        description=lines(described) if described != summary else [],
        examples=_examples(document, name, operation, options, data),
        positional=[options[item.python_name] for item in operation.positional],
        keyword=[
            options[item.python_name] for item in operation.keyword if item.location != "body"
        ],
        body=body,
        body_decoder=code.decoder(endpoint.bodies[0].prop) if body else "",
        options_class=options_class,
        holders=list(holders.values()),
        rows=list(rows.values()),
        imports=[imported[key] for key in sorted(imported)],
    )


def _option(parameter: Parameter, prop: PropertyProtocol, used: set[str]) -> Option:
    kebab = _kebab(parameter.python_name)
    annotation = code.option_annotation(prop)
    is_flag = annotation == "bool"
    name = _free(
        (
            name
            for name in _numbered(kebab, f"{kebab}-{parameter.location}")
            if not is_flag or f"no-{name}" not in used
        ),
        used,
    )
    if is_flag:
        used.add(f"no-{name}")
    values = _values(prop)
    text = parameter.documentation
    if values:
        text = f"{text} Such as {', '.join(values)}.".strip()
    if annotation.startswith("list["):
        text = f"{text} Can be given several times.".strip()
    return Option(
        python_name=parameter.python_name,
        name=f"--{name}",
        annotation=annotation if prop.required else f"{annotation} | None",
        default="" if prop.required else "None",
        metavar=_metavar(prop),
        values=values,
        help=lines(text),
        is_flag=is_flag,
    )


def _body(body: Parameter, used: set[str]) -> Option:
    return Option(
        python_name="body",
        name=f"--{_free(_numbered('body'), used)}",
        annotation="str | None" if body.default else "str",
        default="None" if body.default else "",
        metavar="FILE",
        values=[],
        help=lines(f"{body.documentation} A file in JSON; - is standard input."),
        is_flag=False,
    )


def _alone(prop: PropertyProtocol) -> PropertyProtocol:
    """What a property is if it is not null."""
    if isinstance(prop, UnionProperty):
        options = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
        return options[0] if len(options) == 1 else prop
    return prop


def _metavar(prop: PropertyProtocol) -> str:
    prop = _alone(prop)
    if isinstance(prop, ListProperty):
        return _metavar(prop.inner_property)
    return _METAVARS.get(type(prop), "TEXT")


def _values(prop: PropertyProtocol) -> list[str]:
    """The values of an enum."""
    prop = _alone(prop)
    if isinstance(prop, ListProperty):
        return _values(prop.inner_property)
    if isinstance(prop, EnumProperty):
        # The parser has escaped them for a literal.
        return [re.sub(r'\\(["\\])', r"\1", str(value)) for value in prop.values.values()]
    return []


def _kind(prop: PropertyProtocol) -> str:
    """What a column of the property holds."""
    prop = _alone(prop)
    match prop:
        case EnumProperty():
            return "integer" if prop.value_type is int else "text"
        case ConstProperty():
            value = prop.value.raw_value
            if isinstance(value, bool):
                return "boolean"
            return "integer" if isinstance(value, int) else "text"
        case UnionProperty():
            inner = {_kind(inner) for inner in prop.inner_properties}
            return "number" if inner <= {"integer", "number"} else "text"
        case _:
            return _KINDS.get(type(prop), "text")


def _members(model: ModelProperty) -> list[PropertyProtocol]:
    members: list[PropertyProtocol] = [
        *(model.required_properties or []),
        *(model.optional_properties or []),
    ]
    order = [raw(name) for name in model.data.properties or {}]
    members.sort(key=lambda item: order.index(raw(item.name)) if raw(item.name) in order else -1)
    return members


def _classes(prop: PropertyProtocol) -> list[ModelProperty]:
    """The classes that a property may be of, null apart; none if it may be something else, too."""
    match prop:
        case ModelProperty() if not code.is_dict(prop):
            return [prop]
        case UnionProperty():
            options = [
                inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)
            ]
            found = [_classes(inner) for inner in options]
            return [model for group in found for model in group] if all(found) else []
        case _:
            return []


def _holds_rows(model: ModelProperty, contained: set[str]) -> ListProperty | None:
    """The member of an object that holds rows, if the object is no more than an envelope of them.

    An envelope is part of nothing else, and beside one array of objects has plain values only: how
    many there are, where the next page is. An object with more to it is a row itself.
    """
    if str(model.class_info.name) in contained:
        return None
    found: list[ListProperty] = []
    for member in _members(model):
        alone = _alone(member)
        if isinstance(alone, ListProperty) and _classes(alone.inner_property):
            found.append(alone)
        elif isinstance(alone, ListProperty | ModelProperty | UnionProperty):
            return None
    return found[0] if len(found) == 1 else None


def _look_for_rows(
    prop: PropertyProtocol,
    contained: set[str],
    holders: dict[str, tuple[Class, str, str]],
    rows: dict[str, RowClass],
) -> None:
    """Note which classes hold the rows of an answer, and which are rows."""
    found: list[ModelProperty] = []
    if isinstance(prop, ListProperty):
        found = _classes(prop.inner_property)
    else:
        for model in _classes(prop):
            held = _holds_rows(model, contained)
            if held is None:
                found.append(model)
            else:
                info = model.class_info
                holders[str(info.name)] = info, str(held.python_name), raw(held.name)
                found += _classes(held.inner_property)
    for model in found:
        info = model.class_info
        kinds = [(raw(member.name), _kind(member)) for member in _members(model)]
        rows[str(info.name)] = RowClass(info, f"_{info.module_name}_columns".upper(), kinds)


def _examples(
    document: Mapping[str, Any],
    name: str,
    operation: Operation,
    options: Mapping[str, Option],
    data: Mapping[str, Any],
) -> list[str]:
    """Ways to call a command: with what it needs, with one option, and into a file."""
    inherited = document["paths"][operation.path].get("parameters", [])
    every = [resolve(document, item) for item in [*inherited, *data.get("parameters", [])]]
    schemas = {(item["in"], item["name"]): item.get("schema", {}) for item in every}

    def value(parameter: Parameter) -> str:
        option = options[parameter.python_name]
        if option.metavar == "TEXT" and not option.values:
            return option.metavar
        try:
            found = sample(document, schemas[parameter.location, parameter.name], full=True)
        except GeneratorError:
            found = None
        if is_array(found):
            found = found[0] if found else None
        text = str(found) if isinstance(found, str | int | float) else ""
        return shlex.quote(text) if text and text.isprintable() else option.metavar

    needed = [name, *map(value, operation.positional)]
    spare: list[str] = []
    for parameter in operation.keyword:
        if parameter.location == "body":
            if not parameter.default:
                needed += ["--body", "body.json"]
            continue
        option = options[parameter.python_name]
        words = [option.name] if option.is_flag else [option.name, value(parameter)]
        if not parameter.default:
            needed += words
        elif not spare:
            spare = words
    found = [needed]
    found += [[*needed, *spare]] if spare else []
    readers = {answer.reader.partition("(")[0] for answer in operation.success}
    if "json_body" in readers:
        found.append([*needed, "--output", f"{_kebab(operation.namespace)}.csv"])
    elif readers != {"no_body"}:
        found.append([*needed, "--output", _kebab(operation.name)])
    return [" ".join(words) for words in found]
