"""Encoders: Python values as JSON, and arguments as the text of a URL or a header.

The encoder of an argument returns its text, or raises ``ValueError`` with what is wrong.
``Arguments`` puts the name of the parameter before that message.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol, TypeGuard, TypeVar
from urllib.parse import quote
from uuid import UUID

from . import _decode as decode
from .errors import ConfigurationError, ResponseValidationError
from .types import UNSET, Unset

R = TypeVar("R")

Encoder = Callable[[Any], str]

QueryScalar = str | int | float | datetime.date | UUID
QueryValue = QueryScalar | Sequence[QueryScalar] | None
"""A value of ``extra_query``: a text, number, bool, date or UUID, or several; None is left out."""


class Model(Protocol):
    """The members that every model has."""

    additional_properties: dict[str, Any]

    def to_dict(self) -> dict[str, Any]: ...


def is_model(value: object) -> TypeGuard[Model]:
    """Whether ``value`` is a model."""
    return hasattr(value, "to_dict")


def json_value(value: Any) -> Any:
    """The JSON value of a decoded value: the inverse of the decoders."""
    members: Mapping[str, Any] = value
    items: Sequence[Any] = value
    match value:
        case str() | int() | float() | Unset() | None if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case datetime.datetime():
            return _moment(value)
        case datetime.date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {name: json_value(item) for name, item in members.items()}
        case list() | tuple():
            return [json_value(item) for item in items]
        case _ if is_model(value):
            return value.to_dict()
        case _:
            raise TypeError(f"a {type(value).__name__} has no JSON value")


def json_text(value: Any, *, ensure_ascii: bool = False) -> str:
    """A value as compact JSON."""
    try:
        plain = json_value(value)
        return json.dumps(plain, ensure_ascii=ensure_ascii, allow_nan=False, separators=(",", ":"))
    except TypeError as error:
        raise ValueError(str(error)) from None


def json_bytes(value: Any) -> bytes:
    """A value as compact JSON in UTF-8."""
    return json_text(value).encode()


def _refusal(wanted: str, value: object) -> ValueError:
    return ValueError(f"expected {wanted}, received {type(value).__name__}")


def anything(value: Any) -> str:
    """A boolean, a number or a string."""
    match value:
        case bool():
            return boolean(value)
        case int() | float():
            return number(value)
        case _:
            return string(value)


def boolean(value: Any) -> str:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _refusal("a bool", value)


def string(value: Any) -> str:
    """The text, unchanged."""
    if isinstance(value, str):
        text = str(value.value) if isinstance(value, Enum) else value
        text.encode()  # refuses half a surrogate pair, which UTF-8 cannot encode
        return text
    raise _refusal("a str", value)


def integer(value: Any) -> str:
    """A whole number in decimal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    raise _refusal("an int", value)


def number(value: Any) -> str:
    """A finite number, as JSON."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, int) or math.isfinite(value):
            return json.dumps(value)
        raise ValueError(f"expected a finite number, received {value}")
    raise _refusal("a number", value)


def date(value: Any) -> str:
    """The calendar day of a date, of an aware datetime (in UTC) or of an ISO 8601 string."""
    if isinstance(value, str):
        try:
            return decode.date(value).isoformat()
        except ResponseValidationError:
            raise ValueError(f"expected a date such as 2026-08-23, received {value!r}") from None
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is None:
            raise ValueError(
                "a datetime without a time zone could mean either of two UTC days: "
                "give it a zone, such as datetime.now(datetime.UTC), or pass a date"
            )
        try:
            return value.astimezone(datetime.UTC).date().isoformat()
        except OverflowError:
            raise ValueError(
                f"expected a date, received {value}: its UTC day is out of range"
            ) from None
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise _refusal("a date", value)


def date_time(value: Any) -> str:
    """An aware datetime, or an ISO 8601 string with a zone."""
    if isinstance(value, str):
        try:
            return decode.date_time(value).isoformat()
        except ResponseValidationError:
            raise ValueError(
                f"expected a date-time such as 2026-08-23T12:00:00Z, received {value!r}"
            ) from None
    if isinstance(value, datetime.datetime):
        return _moment(value)
    raise _refusal("a datetime", value)


def _moment(value: datetime.datetime) -> str:
    """An aware datetime in the format of RFC 3339."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a datetime without a time zone is ambiguous: give it one")
    # RFC 3339 has offsets of whole minutes only; some historical ones have seconds.
    if offset % datetime.timedelta(minutes=1):
        value = value.astimezone(datetime.UTC)
    return value.isoformat()


def uuid(value: Any) -> str:
    """A UUID, or a string that is one."""
    if isinstance(value, UUID):
        return str(value)
    try:
        return str(decode.uuid(value))
    except ResponseValidationError:
        raise _refusal("a UUID", value) from None


def enum(kind: type[Enum]) -> Encoder:
    """A member of ``kind`` or its value; an unknown value of the right type is sent unchanged."""
    plain = string if issubclass(kind, str) else integer
    return lambda value: plain(value.value if isinstance(value, kind) else value)


def const(expected: object) -> Encoder:
    """The one value ``expected``."""

    def encode(value: Any) -> str:
        # 1 == True in Python, but not in JSON.
        if value == expected and isinstance(value, bool) is isinstance(expected, bool):
            return anything(expected)
        raise ValueError(f"expected {expected!r}, received {value!r}")

    return encode


def one_of(*encoders: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What the first matching encoder returns."""

    def encode(value: Any) -> Any:
        refusals: list[str] = []
        for encoder in encoders:
            try:
                return encoder(value)
            except ValueError as error:
                refusals.append(str(error))
        raise ValueError("; ".join(refusals))

    return encode


def array(item: Encoder) -> Callable[[Any], list[str]]:
    """A sequence of ``item``; a query repeats the parameter for each item."""

    def encode(value: Any) -> list[str]:
        elements: Sequence[Any] = value
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise _refusal("a list", value)
        return [item(element) for element in elements]

    return encode


class Arguments:
    """The encoded arguments of a call.

    Attributes:
        path: The path below the base URL, with its parameters filled in.
        query: The given query parameters, in the order of the document.
        headers: The headers of the parameters and of the body.
        content: The body: bytes, or what is read while it is sent; None if there is none.
    """

    __slots__ = ("content", "headers", "path", "query")

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.query: list[tuple[str, str | int | float | bool | None]] = []
        self.headers: dict[str, str] = {}
        self.content: Any = None

    def add_path(self, literal: str, name: str, value: Any, encoder: Encoder) -> None:
        """Append a literal part of the path and the parameter that follows it."""
        text = encoded(name, value, encoder)
        if text in ("", ".", ".."):
            # Normalising a URL removes such a segment: the request would reach another operation.
            raise ConfigurationError(f"{name}: {text!r} cannot be part of a path")
        self.path += literal + quote(text, safe="")

    def add_query(self, name: str, value: Any, encoder: Callable[[Any], str | list[str]]) -> None:
        """Add a query parameter, once for each value of a list; None is left out."""
        if value is None:
            return
        text = encoded(name, value, encoder)
        self.query += [(name, text)] if isinstance(text, str) else [(name, item) for item in text]

    def add_header(self, name: str, value: Any, encoder: Encoder) -> None:
        """Add a header; None is left out."""
        if value is None:
            return
        text = encoded(name, value, encoder)
        if not text.isascii() or not text.isprintable() or text != text.strip():
            raise ConfigurationError(
                f"{name}: a header must be printable ASCII without white space around it, "
                f"received {text!r}"
            )
        self.headers[name] = text

    def add_cookie(self, name: str, value: Any, encoder: Encoder) -> None:
        """Add a cookie; None is left out."""
        if value is None:
            return
        cookie = f"{name}={quote(encoded(name, value, encoder), safe='')}"
        self.headers["Cookie"] = "; ".join(filter(None, [self.headers.get("Cookie"), cookie]))

    def add_json(self, value: Any, media_type: str) -> None:
        """Set the body."""
        if value is not UNSET:
            self.content = encoded("body", value, json_bytes)
            self.headers["Content-Type"] = media_type


def encoded(name: str, value: Any, encoder: Callable[[Any], R]) -> R:
    """What an encoder returns, or an error that names the parameter."""
    try:
        return encoder(value)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name}: {error}") from None
