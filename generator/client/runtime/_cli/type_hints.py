"""The annotations of the package at run time."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from .. import _decode as decode
from ..client import CallOptions, Client
from ..types import Unset

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


def type_hints(thing: Callable[..., object]) -> dict[str, Any]:
    """The annotations of a function or class, whose module imports some names for checkers only."""
    known: dict[str, Any] = {"CallOptions": CallOptions, "Client": Client}
    while True:
        try:
            return get_type_hints(thing, localns=known)
        except NameError as error:
            name = str(error.name)
            known[name] = getattr(import_module("..models", __package__), name)


def members(annotation: Any) -> list[Any]:
    """The types that a value may have, beside null or its absence."""
    kinds = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    return [kind for kind in kinds if kind not in (NoneType, Unset)]


def is_enum(kind: Any) -> bool:
    """Whether a type is an enum of the document."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def is_model(kind: Any) -> bool:
    """Whether a type is the class of a model."""
    return isinstance(kind, type) and issubclass(kind, decode.Object)


def is_structured(kind: Any) -> bool:
    """Whether a type is one of arrays or objects in JSON."""
    return get_origin(kind) in (dict, list) or is_model(kind)


def decoder(annotation: Any) -> decode.Decoder[Any]:
    """The function that reads a value of this annotation from JSON."""
    kinds = members(annotation)
    # A body of bytes is the content of its file, and so is one of text then.
    found = [_decoder(kind) for kind in kinds if bytes not in kinds or is_structured(kind)]
    if NoneType in get_args(annotation):
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


def fields(model: type) -> list[tuple[str, str, Any]]:
    """The JSON name, the attribute and the type of each member, in the document's order."""
    found = type_hints(model)
    names: Mapping[str, str] = vars(sys.modules[model.__module__])["_MEMBERS"]
    return [(name, attribute, found[attribute]) for name, attribute in names.items()]


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
