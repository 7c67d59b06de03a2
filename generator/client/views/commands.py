"""What the templates show of the command line: a command for each operation, with its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Iterable, Mapping
from itertools import chain, count
from typing import Any

from attrs import define, field, frozen
from openapi_python_client.parser.properties import Class, EnumProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from generator.client import reserved
from generator.client.expressions import decoder
from generator.client.presence import reachable_models
from generator.client.scalars import SCALARS
from generator.client.types import classes_in, option_annotation, sole_type
from generator.client.views.docstrings import literal_lines, sentence
from generator.client.views.operations import Operation
from generator.client.views.parameters import Parameter
from generator.client.views.rows import RowClass, find_rows
from generator.client.views.security import Scheme, default_of
from generator.errors import GeneratorError
from generator.spec.examples import sample
from generator.spec.operations import parameters
from generator.spec.values import is_array


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
    help: list[str]
    metavar: str = ""
    values: list[str] = field(factory=list[str])
    is_flag: bool = False


@frozen
class Command:
    """The view of a command."""

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


@define
class Names:
    """Names that are given once each."""

    taken: set[str]
    separator: str = "-"

    def free(self, *wanted: str) -> str:
        """The first of the names that is not taken, or else the last one with a number."""
        numbered = (f"{wanted[-1]}{self.separator}{number}" for number in count(2))
        name = next(name for name in chain(wanted, numbered) if name not in self.taken)
        self.taken.add(name)
        return name


def about(document: Mapping[str, Any]) -> list[str]:
    """What the command line is, in the words of the document."""
    info = document["info"]
    text = f"A client for {sentence(info['title'])} {sentence(info.get('description'))}"
    return literal_lines(text)


def _kebab(name: str) -> str:
    return name.strip("_").replace("_", "-")


def key_files(schemes: list[Scheme]) -> list[KeyFile]:
    """The options that name the files of keys."""
    names = Names(set(reserved.OPTIONS))
    found: list[KeyFile] = []
    for scheme in schemes:
        name = names.free(f"{_kebab(scheme.argument)}-file")
        text = f"The file with the key; - is standard input.{default_of(scheme)}"
        text = f"{text} {''.join(scheme.description)}"
        found.append(KeyFile(scheme, f"{scheme.argument}_file", f"--{name}", literal_lines(text)))
    return found


def commands(
    document: Mapping[str, Any],
    operations: Iterable[Operation],
    keys: list[KeyFile],
    contained: Container[str],
    one_way: Container[str],
) -> list[Command]:
    """The views of the commands.

    Args:
        document: The document.
        operations: The operations.
        keys: The options that name the files of keys.
        contained: The names of the classes that are part of another class.
        one_way: The names of the classes of which a request has less than a response.
    """
    names, functions = Names(set()), Names(set(), "_")
    taken = reserved.OPTIONS | {key.name.removeprefix("--") for key in keys}
    return [
        _command(document, operation, names, functions, Names(set(taken)), contained, one_way)
        for operation in operations
    ]


def _body_decoder(prop: PropertyProtocol, one_way: Container[str]) -> str:
    # Decoders demand what a response has.
    partial = any(name in one_way for name in reachable_models([prop]))
    return "decode.anything" if partial else decoder(prop)


def _command(
    document: Mapping[str, Any],
    operation: Operation,
    names: Names,
    functions: Names,
    options: Names,
    contained: Container[str],
    one_way: Container[str],
) -> Command:
    kebab, tag = _kebab(operation.name), _kebab(operation.namespace)
    name = names.free(kebab, f"{tag}-{kebab}")
    function = functions.free(f"{operation.namespace}_{operation.name}")
    positional = [_option(parameter, options) for parameter in operation.positional]
    keyword = [
        _option(parameter, options)
        for parameter in operation.keyword
        if parameter.location not in ("body", "content_type")
    ]
    sent = operation.body
    body = _body(sent, options) if sent else None
    readers = _readers(operation)
    if "json_body" in readers:
        options_class = "TableOptions"
    else:
        options_class = "Options" if readers == {"no_body"} else "FileOptions"
    rows = find_rows(
        (
            item.prop
            for item in operation.success
            if item.prop and item.reader.startswith("json_body")
        ),
        contained,
    )
    imported = [info for info, _, _ in rows.envelopes.values()]
    imported += [row.info for row in rows.classes.values()]
    imported += [prop.class_info for prop in classes_in(sent.prop)] if sent else []
    by_name = {str(info.name): info for info in imported}
    deprecated = "Deprecated. " * bool(operation.deprecated)
    return Command(
        name=name,
        function=function,
        operation=operation,
        group=(operation.data.get("tags") or [""])[0],
        summary=literal_lines(deprecated + operation.summary),
        description=literal_lines(operation.description),
        examples=_examples(document, name, operation, [*positional, *keyword]),
        positional=positional,
        keyword=keyword,
        body=body,
        body_decoder=_body_decoder(sent.prop, one_way) if sent else "",
        options_class=options_class,
        holders=list(rows.envelopes.values()),
        rows=list(rows.classes.values()),
        imports=[by_name[key] for key in sorted(by_name)],
    )


def _readers(operation: Operation) -> set[str]:
    return {response.reader.partition("(")[0] for response in operation.success}


def _option(parameter: Parameter, names: Names) -> Option:
    prop = parameter.prop
    kebab, annotation = _kebab(parameter.python_name), option_annotation(prop)
    is_flag = annotation == "bool"
    located = f"{kebab}-{parameter.location}"
    # A flag comes with its opposite.
    wanted = [item for item in (kebab, located) if not is_flag or f"no-{item}" not in names.taken]
    name = names.free(*(wanted or [located]))
    if is_flag:
        names.taken.add(f"no-{name}")
    values = _values(prop)
    text = parameter.documentation
    text += f" Such as {', '.join(values)}." * bool(values)
    text += " Can be given several times." * annotation.startswith("list[")
    return Option(
        python_name=parameter.python_name,
        name=f"--{name}",
        annotation=annotation if prop.required else f"{annotation} | None",
        default="" if prop.required else "None",
        help=literal_lines(text),
        metavar=_metavar(prop),
        values=values,
        is_flag=is_flag,
    )


def _body(body: Parameter, names: Names) -> Option:
    return Option(
        python_name="body",
        name=f"--{names.free('body')}",
        annotation="str | None" if body.default else "str",
        default="None" if body.default else "",
        help=literal_lines(f"{body.documentation} A file in JSON; - is standard input."),
        metavar="FILE",
    )


def _item_type(prop: PropertyProtocol) -> PropertyProtocol:
    """The type of a single value of an option."""
    prop = sole_type(prop)
    return _item_type(prop.inner_property) if isinstance(prop, ListProperty) else prop


def _metavar(prop: PropertyProtocol) -> str:
    scalar = SCALARS.get(type(_item_type(prop)))
    return scalar.metavar if scalar else "TEXT"


def _values(prop: PropertyProtocol) -> list[str]:
    """The values of an enum."""
    prop = _item_type(prop)
    if not isinstance(prop, EnumProperty):
        return []
    # The parser has escaped them for a literal.
    return [re.sub(r'\\(["\\])', r"\1", str(value)) for value in prop.values.values()]


def _examples(
    document: Mapping[str, Any], name: str, operation: Operation, options: list[Option]
) -> list[str]:
    """Ways to call a command: with what it needs, with one option, and into a file."""
    item = document["paths"][operation.path]
    schemas = {
        (parameter["in"], parameter["name"]): parameter.get("schema", {})
        for parameter in parameters(document, item, operation.data)
    }
    by_name = {option.python_name: option for option in options}

    def value(parameter: Parameter) -> str:
        option = by_name[parameter.python_name]
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
        if parameter.location == "content_type":
            continue
        if parameter.location == "body":
            needed += [] if parameter.default else ["--body", "body.json"]
            continue
        option = by_name[parameter.python_name]
        words = [option.name] if option.is_flag else [option.name, value(parameter)]
        if not parameter.default:
            needed += words
        elif not spare:
            spare = words
    found = [needed]
    found += [[*needed, *spare]] if spare else []
    readers = _readers(operation)
    if "json_body" in readers:
        found.append([*needed, "--output", f"{_kebab(operation.namespace)}.csv"])
    elif readers != {"no_body"}:
        found.append([*needed, "--output", _kebab(operation.name)])
    return [" ".join(words) for words in found]
