"""Read the annotations of the package's methods and models at run time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from enum import Enum
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from .. import _decode as decode
from ..client import CallOptions, Client
from ..types import Unset


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


def is_list(kind: Any) -> bool:
    """Whether a value of a type is an array of JSON, or may be one."""
    return kind is Any or get_origin(kind) is list


def is_json(annotation: Any) -> bool:
    """Whether a file with a value of this type contains JSON, or may contain it."""
    kinds = members(annotation)
    return bytes not in kinds or any(map(is_structured, kinds))


def fields(model: type) -> list[tuple[str, str, Any]]:
    """The JSON name, the attribute and the type of each member, in the document's order."""
    found = type_hints(model)
    names: Mapping[str, str] = vars(sys.modules[model.__module__])["_MEMBERS"]
    return [(name, attribute, found[attribute]) for name, attribute in names.items()]
