"""The styles of parameters: arrays and objects in a URL, a header or a cookie.

The styles are those of OpenAPI 3.1. Where OpenAPI leaves open what is sent, this is it:

- ``deepObject`` numbers the items of an array, and goes to any depth: ``q[a][0]=1&q[b][c]=2``.
- ``spaceDelimited`` and ``pipeDelimited`` with ``explode`` are as ``form``.
- An exploded object repeats the name of a member that is an array: ``a=1&a=2``.
- An object or array inside of another is JSON, except in ``deepObject``.
- A cookie with ``explode`` becomes several cookies.
- A member of an object that is null or unset is left out, and so is an empty array or object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

from . import _encode as encode
from .errors import ConfigurationError
from .types import UNSET

Quote = Callable[[str], str]
Value = str | list[str] | dict[str, Any]
"""An encoded value: text, an array of texts, or the members of an object as JSON values."""

_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def quoted(text: str) -> str:
    """Percent-encode everything but unreserved characters."""
    return quote(text, safe="")


def reserved_quoted(text: str) -> str:
    """Percent-encode only what would end the value, or mean something else, in a query."""
    return quote(text, safe=":/?@!$'()*,;=")


json_text = encode.json_text


def json_ascii(value: Any) -> str:
    """A value as compact JSON in ASCII, which a header needs."""
    return encode.json_text(value, ensure_ascii=True)


def members(value: Any) -> dict[str, Any]:
    """The members of a model or a mapping, as JSON values."""
    if not encode.is_model(value) and not isinstance(value, Mapping):
        raise ValueError(f"expected an object, received {type(value).__name__}")
    try:
        found: dict[str, Any] = encode.json_value(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    return {name: item for name, item in found.items() if item is not None and item is not UNSET}


def text(value: Any) -> str:
    """A JSON value as text: a scalar as it is, and anything else as JSON."""
    return encode.anything(value) if isinstance(value, str | int | float) else json_text(value)


def value(plain: Any) -> Value:
    """A JSON value, to which a style can be given."""
    if isinstance(plain, dict):
        return cast("dict[str, Any]", plain)
    return cast("list[str]", plain) if isinstance(plain, list) else text(plain)


def pairs(
    name: str, value: Value, style: str, *, explode: bool, quote: Quote
) -> list[tuple[str, str]]:
    """A value as names and texts of a query, a form or its parts, encoded by ``quote``."""
    if isinstance(value, str):
        found: Iterable[tuple[str, Any]] = [(name, value)]
    elif style == "deepObject":
        found = _deep(name, value)
    elif explode:
        found = _exploded(name, value)
    else:
        delimiter = quote(_DELIMITERS[style]) if style in _DELIMITERS else ","
        joined = delimiter.join(quote(text(item)) for item in _flat(value))
        return [(_quoted_name(name, quote), joined)] if value else []
    return [(_quoted_name(key, quote), quote(text(item))) for key, item in found]


def _quoted_name(name: str, quote: Quote) -> str:
    return quote(name).replace("=", "%3D")  # a reserved character that would end the name


def _exploded(name: str, value: list[str] | dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items() if isinstance(value, dict) else [(name, value)]:
        if isinstance(item, list):
            yield from ((key, one) for one in cast("list[Any]", item))
        else:
            yield key, item


def _deep(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    inner: Any = value
    if isinstance(value, dict):
        for name, item in inner.items():
            yield from _deep(f"{key}[{name}]", item)
    elif isinstance(value, list):
        for index, item in enumerate(inner):
            yield from _deep(f"{key}[{index}]", item)
    elif value is not None:
        yield key, value


def _flat(value: list[str] | dict[str, Any]) -> Iterator[Any]:
    """The items of an array, or the names and values of an object in turn."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield item
    else:
        yield from value


def _parts(value: Value, *, explode: bool, quote: Quote) -> list[str]:
    """The parts of a value in a path or a header."""
    if isinstance(value, str):
        return [quote(value)]
    if explode and isinstance(value, dict):
        return [f"{quote(name)}={quote(text(item))}" for name, item in value.items()]
    return [quote(text(item)) for item in _flat(value)]


def _path(name: str, value: Value, style: str, *, explode: bool) -> str:
    parts = _parts(value, explode=explode, quote=quoted)
    if style == "label":
        return "." + ("." if explode else ",").join(parts)
    if style != "matrix":
        return ",".join(parts)
    if isinstance(value, dict) and explode:
        return "".join(f";{part}" for part in parts)
    pieces = parts if explode else [",".join(parts)] * bool(parts)
    return "".join(f";{quoted(name)}" + (f"={piece}" if piece else "") for piece in pieces)


class Arguments(encode.Arguments):
    """The encoded arguments of a call, with any style. Its query is part of the path."""

    __slots__ = ()

    def add_path(
        self,
        literal: str,
        name: str,
        value: Any,
        encoder: Callable[[Any], Value],
        style: str = "simple",
        *,
        explode: bool = False,
    ) -> None:
        """Append a literal part of the path and the parameter that follows it."""
        segment = _path(name, encode.encoded(name, value, encoder), style, explode=explode)
        if segment in ("", ".", ".."):
            raise ConfigurationError(f"{name}: {segment!r} cannot be part of a path")
        self.path += literal + segment

    def add_query(
        self,
        name: str,
        value: Any,
        encoder: Callable[[Any], Value],
        style: str = "form",
        *,
        explode: bool = True,
        reserved: bool = False,
    ) -> None:
        """Add a query parameter; None is left out."""
        if value is None:
            return
        encoded = encode.encoded(name, value, encoder)
        quote = reserved_quoted if reserved else quoted
        for key, item in pairs(name, encoded, style, explode=explode, quote=quote):
            self.path += f"{'&' if '?' in self.path else '?'}{key}={item}"

    def add_header(
        self, name: str, value: Any, encoder: Callable[[Any], Value], *, explode: bool = False
    ) -> None:
        """Add a header; None is left out."""
        if value is None:
            return
        encoded = encode.encoded(name, value, encoder)
        parts = _parts(encoded, explode=explode, quote=str)
        if parts:
            super().add_header(name, ",".join(parts), encode.string)

    def add_cookie(
        self, name: str, value: Any, encoder: Callable[[Any], Value], *, explode: bool = True
    ) -> None:
        """Add a cookie, or one for each part; None is left out."""
        if value is None:
            return
        encoded = encode.encoded(name, value, encoder)
        found = pairs(name, encoded, "form", explode=explode, quote=quoted)
        cookies = [f"{key}={item}" for key, item in found]
        before = [self.headers["Cookie"]] if "Cookie" in self.headers else []
        if cookies:
            self.headers["Cookie"] = "; ".join([*before, *cookies])
