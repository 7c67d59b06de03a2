"""Read bodies of requests, and other arguments that are too much to type, from files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from .. import _decode as decode
from .._decode import parse
from ..errors import ResponseValidationError
from ..types import Unset
from .failure import Code, CommandError
from .process import read_file
from .type_hints import fields, is_enum, is_json, is_model, is_structured, members, type_hints

_DECODERS: Mapping[Any, decode.Decoder[Any]] = {
    Any: decode.anything,
    UUID: decode.uuid,
    bool: decode.boolean,
    datetime.date: decode.date,
    datetime.datetime: decode.date_time,
    float: decode.number,
    int: decode.integer,
    str: decode.string,
}


def read_value(file: str, annotation: Any, option: str, *, has_files: bool = False) -> Any:
    """Read an argument from the file that an option names.

    Args:
        file: The file; - is standard input.
        annotation: The type of the argument. A body of bytes is the content of the file, unless it
            may be JSON and the content is such JSON.
        option: The option, for messages.
        has_files: Whether a string that begins with @ names a file to send.
    """
    content = read_file(option, file)
    if not is_json(annotation):
        return content
    try:
        value = parse(content)
        if has_files:
            value = import_module("..files", __package__).with_paths(value)
        return decoder(annotation)(value)
    except ValueError as error:
        problem = f"not valid JSON: {error}"
    except ResponseValidationError as error:
        problem = str(error)
    if bytes in members(annotation):
        return content
    raise CommandError(Code.USAGE, f"{option}: {file}: {problem}")


def decoder(annotation: Any) -> decode.Decoder[Any]:
    """The function that reads a value of this annotation from JSON."""
    kinds = members(annotation)
    # If a body may be bytes, its file is read as it is, not as JSON, also for a body of text.
    found = [_decoder(kind) for kind in kinds if bytes not in kinds or is_structured(kind)]
    if NoneType in (annotation, *get_args(annotation)):
        found.append(decode.null)
    return found[0] if len(found) == 1 else decode.one_of(*found)


def _decoder(kind: Any) -> decode.Decoder[Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return decode.one_of(*map(decode.const, arguments))
    if origin in (dict, list, Sequence):
        return (decode.mapping if origin is dict else decode.array)(decoder(arguments[-1]))
    if is_enum(kind):
        return decode.enum(kind)
    # A file has its own decoder.
    return _model(kind) if is_model(kind) else _DECODERS.get(kind) or kind.of


def _model(kind: Any) -> decode.Decoder[Any]:
    """The model of a request: ``from_dict`` demands what a response has."""

    def read(value: Any) -> Any:
        data = dict(decode.object_(value))
        found: dict[str, Any] = {}
        for name, attribute, annotation in fields(kind):
            take = decode.optional if Unset in get_args(annotation) else decode.required
            found[attribute] = take(data, name, decoder(annotation))
            data.pop(name, None)
        rest = decoder(type_hints(kind)["additional_properties"])(data)
        return kind(**found, additional_properties=rest)

    return read
