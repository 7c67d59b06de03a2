"""Bodies of the media type ``application/x-www-form-urlencoded``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

from . import _styles

Encoding = Mapping[str, Any]
"""How a property is sent: its ``style``, whether to ``explode`` it, whether it is ``json``."""


def writer(encoding: Mapping[str, Encoding]) -> Callable[[Any, str], tuple[bytes, str]]:
    """A writer of forms.

    An array becomes a field for each item. An object, or an array inside of another, becomes JSON,
    unless the property has a style. A property that is null or unset is left out.
    """

    def write(value: Any, media_type: str) -> tuple[bytes, str]:
        fields: list[str] = []
        for name, item in _styles.members(value).items():
            fields += _fields(name, item, **encoding.get(name, {}))
        return "&".join(fields).encode(), media_type

    return write


def _fields(
    name: str,
    value: Any,
    *,
    style: str = "",
    explode: bool = True,
    reserved: bool = False,
    json: bool = False,
) -> list[str]:
    sent: _styles.Value = value
    if json:
        sent = _styles.json_text(value)
    elif not isinstance(value, list) and not (style and isinstance(value, dict)):
        sent = _styles.text(value)
    quote = _styles.reserved_quoted if reserved else quote_plus
    found = _styles.pairs(name, sent, style, explode=explode, quote=quote)
    return [f"{key}={item}" for key, item in found]
