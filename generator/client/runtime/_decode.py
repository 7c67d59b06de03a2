"""Decoders: each checks a JSON value against the contract and returns the Python value.

A decoder is a function of one value. It raises ``ResponseValidationError`` without a path; each
enclosing decoder then puts its own step before the path. So a path costs nothing until there is an
error.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from collections.abc import Callable, Collection, Mapping
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload
from uuid import UUID

from attrs import NOTHING, fields

from . import _fast
from .errors import ResponseValidationError
from .types import UNSET, Unset

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)
I = TypeVar("I", bound=IntEnum)  # noqa: E741

Decoder = Callable[[Any], T]

_MAX_FLOAT = 1.7976931348623157e308
_JSON_TYPES: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",  # before int, its base class
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    Mapping: "object",
}
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


class Object:
    """The base of the models, which are decoded JSON objects.

    The dict ``additional_properties`` is created when it is first read, and kept then. Until then a
    single unknown member is kept in the two slots, which take less memory than a dict.
    """

    __slots__ = ("_unknown_name", "_unknown_value")

    _unknown_name: Any  # a str; mypy believes that attrs defines all slots of a class
    _unknown_value: Any

    if not TYPE_CHECKING:  # else a type checker would accept any name as an attribute

        def __getattr__(self, name: str) -> Any:
            value = _unknown(self) if name == "additional_properties" else _default(self, name)
            object.__setattr__(self, name, value)
            return value


def _unknown(model: Object) -> dict[str, Any]:
    """The single unknown member as a dict, which is empty if there is none."""
    read = object.__getattribute__  # does not look for defaults
    try:
        return {read(model, "_unknown_name"): read(model, "_unknown_value")}
    except AttributeError:
        return {}


def _default(model: Object, name: str) -> Any:
    """The default of a field of a subclass: ``from_dict`` sets only the fields of the model."""
    for field in fields(cast("Any", type(model))):
        if field.name == name and field.default is not NOTHING:
            default: Any = field.default
            if hasattr(default, "takes_self"):  # an attrs.Factory
                return default.factory(*[model] * default.takes_self)
            return default
    raise AttributeError(
        f"{type(model).__name__!r} object has no attribute {name!r}; fields that the document "
        "does not name are in additional_properties",
        name=name,
        obj=model,
    )


def json_type(value: object) -> str:
    """The type of ``value`` by its name in JSON Schema."""
    if isinstance(value, float) and not -_MAX_FLOAT <= value <= _MAX_FLOAT:
        return "a number that JSON does not have"
    names = (name for kind, name in _JSON_TYPES.items() if isinstance(value, kind))
    return next(names, type(value).__name__)


def invalid(expected: str, value: object) -> ResponseValidationError:
    """The error for a value of another type than expected."""
    return ResponseValidationError(expected, json_type(value))


def no_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(f"{name} is not valid JSON")


def parse(content: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        ValueError: The body is not valid JSON, which has neither NaN nor Infinity.
    """
    if read := _fast.parser():
        with contextlib.suppress(*_fast.REFUSALS):
            return read(content)
    try:
        return json.loads(content, parse_constant=no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def anything(value: Any) -> Any:
    """Any JSON value."""
    return value


def null(value: Any) -> Any:
    """The value null. The annotation is Any: mypy refuses to use the result of ``-> None``."""
    if value is not None:
        raise invalid("null", value)
    return None


def boolean(value: Any) -> bool:
    """True or false."""
    if value is True or value is False:
        return value
    raise invalid("boolean", value)


def string(value: Any) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise invalid("string", value)


def integer(value: Any) -> int:
    """A whole number. As in JSON Schema, ``3.0`` is one and true is not."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise invalid("integer", value)


def number(value: Any) -> float:
    """A finite number; true is not one. A whole number stays an int, so that no digit is lost."""
    if type(value) is int or (type(value) is float and -_MAX_FLOAT <= value <= _MAX_FLOAT):
        return value
    raise invalid("number", value)


DATES: dict[str, datetime.date] = {}
"""A cache of dates by their text: a body has few different dates, each in many places."""

_CACHED_DATES = 1024


class _Texts(dict[datetime.date, str]):
    def __missing__(self, day: datetime.date) -> str:
        if len(self) >= _CACHED_DATES:
            self.clear()
        text = self[day] = day.isoformat()
        return text


TEXTS = _Texts()
"""The inverse cache, for ``to_dict``: the texts of dates."""


def _calendar_day(text: str) -> datetime.date:
    """The day of a date, of a midnight without a zone, or of a zoned time in UTC."""
    if _FULL_DATE.fullmatch(text):
        return datetime.date.fromisoformat(text)
    if not (match := _DATE_TIME.fullmatch(text)):
        raise ValueError(text)
    if match[2]:
        return _isoparse(text).astimezone(datetime.UTC).date()
    moment = datetime.datetime.fromisoformat(text)
    if moment.time() != datetime.time.min:
        raise ValueError(text)
    return moment.date()


def _isoparse(text: str) -> datetime.datetime:
    from dateutil.parser import (
        isoparse,  # on first use: slow to import, and most bodies have no zone
    )

    return isoparse(text.upper())


def date(value: Any) -> datetime.date:
    """A calendar day.

    Its text is ``2026-08-23``, ``2026-08-23 00:00:00``, or a date and time with a zone, which is
    converted to UTC.
    """
    if isinstance(value, str):
        try:
            day = _calendar_day(value)
        except (ValueError, OverflowError):
            raise ResponseValidationError("date", "string that is not a date") from None
        if len(DATES) >= _CACHED_DATES:
            DATES.clear()
        DATES[str(value)] = day
        return day
    raise invalid("date", value)


def date_time(value: Any) -> datetime.datetime:
    """A date and time with a zone (RFC 3339)."""
    if isinstance(value, str):
        match = _DATE_TIME.fullmatch(value)
        if match and match[2]:
            try:
                return _isoparse(value)
            except (ValueError, OverflowError):
                pass
        raise ResponseValidationError("date-time", "string that is not a date-time")
    raise invalid("date-time", value)


def uuid(value: Any) -> UUID:
    """A UUID."""
    if isinstance(value, str):
        try:
            result = UUID(value)
        except ValueError:
            result = None
        # UUID() also accepts braces, a URN and missing hyphens, which the format uuid does not.
        if result is not None and str(result) == value.lower():
            return result
        raise ResponseValidationError("uuid", "string that is not a uuid")
    raise invalid("uuid", value)


@overload
def enum(kind: type[S]) -> Decoder[S | str]: ...
@overload
def enum(kind: type[I]) -> Decoder[I | int]: ...
def enum(kind: type[StrEnum | IntEnum]) -> Decoder[Any]:
    """A member of ``kind``; an unknown value of the right type is returned unchanged."""
    plain: Decoder[Any] = string if issubclass(kind, StrEnum) else integer

    def decode(value: Any) -> Any:
        value = plain(value)
        try:
            return kind(value)
        except ValueError:
            return value

    return decode


def const(expected: Any) -> Decoder[Any]:
    """The one value ``expected``."""

    def decode(value: Any) -> Any:
        # 1 == True in Python, but not in JSON.
        if value == expected and isinstance(value, bool) is isinstance(expected, bool):
            return expected
        kind = json_type(value)
        raise ResponseValidationError(
            json.dumps(expected), f"another {kind}" if kind == json_type(expected) else kind
        )

    return decode


def array(item: Decoder[T]) -> Decoder[list[T]]:
    """An array of ``item``."""

    def decode(value: Any) -> list[T]:
        elements: list[Any] = value
        if not isinstance(value, list):
            raise invalid("array", value)
        values: list[T] = []
        try:
            for element in elements:
                values.append(item(element))  # noqa: PERF401 - its length is the index of the failure
        except ResponseValidationError as error:
            raise error.inside(len(values)) from None
        return values

    return decode


def mapping(item: Decoder[T]) -> Decoder[dict[str, T]]:
    """An object with members of any name, whose values ``item`` decodes."""

    def decode(value: Any) -> dict[str, T]:
        return additional(object_(value), (), item)

    return decode


def nullable(decoder: Decoder[T]) -> Decoder[T | None]:
    """None for null, else what ``decoder`` returns."""
    return lambda value: None if value is None else decoder(value)


def one_of(*decoders: Decoder[Any]) -> Decoder[Any]:
    """What the first matching decoder returns."""

    def decode(value: Any) -> Any:
        failures: list[ResponseValidationError] = []
        for decoder in decoders:
            try:
                return decoder(value)
            except ResponseValidationError as error:
                failures.append(error)
        # The decoder that got deepest is most likely the intended one.
        deepest = max(failures, key=lambda failure: failure.depth)
        if deepest.depth:
            raise deepest
        raise invalid(" or ".join(dict.fromkeys(failure.expected for failure in failures)), value)

    return decode


def object_(value: Any) -> Mapping[str, Any]:
    """An object with any members."""
    members: Mapping[str, Any] = value
    if isinstance(value, Mapping):
        return members
    raise invalid("object", value)


def missing(absent: KeyError) -> ResponseValidationError:
    """The error for a missing required member, which ``absent`` names."""
    error = ResponseValidationError("a value, since it is required", "nothing")
    return error.inside(str(absent.args[0]))


def required(data: Mapping[str, Any], name: str, decoder: Decoder[T]) -> T:
    """The decoded value of a required member."""
    try:
        return decoder(data[name])
    except ResponseValidationError as error:
        raise error.inside(name) from None
    except KeyError as absent:
        raise missing(absent) from None


def optional(data: Mapping[str, Any], name: str, decoder: Decoder[T]) -> T | Unset:
    """The decoded value of an optional member; UNSET if it is absent.

    A null that the document does not allow means absent, too: servers send both for "no value".
    """
    if name not in data:
        return UNSET
    value = data[name]
    try:
        return decoder(value)
    except ResponseValidationError as error:
        if value is None:
            return UNSET
        raise error.inside(name) from None


def keep(model: Any, data: Mapping[str, Any], known: Collection[str], count: int) -> None:
    """Keep the ``count`` unknown members of ``data`` in ``model``, unchanged."""
    if count == 1:
        names = [*data]
        while (name := names.pop()) in known:  # servers mostly add new members at the end
            pass
        model._unknown_name = name
        model._unknown_value = data[name]
    else:
        model.additional_properties = {name: data[name] for name in data if name not in known}


def models(structs: list[Any], model: Callable[[Any], T]) -> list[T]:
    """Replace each struct in a list by its model.

    To free each struct at once saves memory. It also spares a run of the garbage collector, which
    starts when many more objects were created than freed.
    """
    for index, struct in enumerate(structs):
        structs[index] = model(struct)
    return structs


def additional(
    data: Mapping[str, Any], known: Collection[str], decoder: Decoder[T]
) -> dict[str, T]:
    """The decoded unknown members, for which the document gives a schema."""
    return {name: required(data, name, decoder) for name in data if name not in known}
