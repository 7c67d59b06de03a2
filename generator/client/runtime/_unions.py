"""Decoders of unions: they find the option that a JSON value belongs to."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar, cast
from uuid import UUID

from ._decode import Decoder, enum, json_type
from .errors import ResponseValidationError

T = TypeVar("T")
M = TypeVar("M", bound=Enum)

#: Digits that a datetime does not have.
_FINER = re.compile(r"\.[0-9]{7}")


def member(kind: type[M]) -> Decoder[M]:
    """A member of ``kind``."""
    values = enum(cast("Any", kind))

    def decode(value: Any) -> M:
        if isinstance(known := values(value), kind):
            return known
        raise ResponseValidationError(kind.__name__, f"another {json_type(value)}")

    return decode


def lossless(decoder: Decoder[T]) -> Decoder[T]:
    """What ``decoder`` returns if nothing of the value is lost: an exact option of a union."""

    def decode(value: Any) -> T:
        decoded = decoder(value)
        match decoded:
            case datetime.datetime():
                kind, same = "date-time", not _FINER.search(value)
            case datetime.date():
                kind, same = "date", str(decoded) == value
            case UUID():
                kind, same = "uuid", str(decoded) == value
            case _:
                kind, same = "integer", type(value) is int
        if same:
            return decoded
        raise ResponseValidationError(kind, f"another {json_type(value)}")

    return decode


def discriminated(
    name: str, decoders: Mapping[Any, Decoder[Any]], otherwise: Decoder[Any]
) -> Decoder[Any]:
    """What the decoder for the value of the member ``name`` returns, or else ``otherwise``."""

    def decode(value: Any) -> Any:
        members: Mapping[str, Any] = value
        tag = members.get(name) if isinstance(value, Mapping) else None
        named = decoders.get(tag) if type(tag) in (str, int, bool) else None
        return (named or otherwise)(value)

    return decode
