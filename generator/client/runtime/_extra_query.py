"""Query parameters that the document does not name."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from ._encode import Arguments, anything, encoded, json_value
from ._settings import checked_mapping
from .errors import ConfigurationError

Texts = Mapping[str, list[str]]
"""By name of a parameter, the text of each of its values. None of them means to leave it out."""

_TEXTS = (str, bytes, bytearray, memoryview)
"""The types of values that are sequences, but no lists of values."""


def texts(given: object) -> Texts:
    """The texts of the argument ``extra_query``.

    Raises:
        ConfigurationError: It is no mapping, or one of its names or values cannot be sent.
    """
    found: dict[str, list[str]] = {}
    for name, value in checked_mapping("extra_query", given).items():
        if not isinstance(name, str) or not name or not name.isprintable():
            raise ConfigurationError(f"extra_query: {name!r} cannot be the name of a parameter")
        values: Sequence[Any] = value
        if isinstance(value, _TEXTS) or not isinstance(value, Sequence):
            values = [] if value is None else [value]
        found[name] = [encoded(f"extra_query: {name}", item, _text) for item in values]
    return found


def _text(value: Any) -> str:
    if isinstance(value, str | int | float | datetime.date | UUID):
        return anything(json_value(value))
    raise ValueError(
        "expected a str, a number, a bool, a date or a list of them, "
        f"received {type(value).__name__}"
    )


def extended(
    arguments: Arguments, extra: Texts, known: Mapping[str, str], secret: Iterable[str]
) -> Arguments:
    """The arguments of a call with more query parameters.

    Args:
        arguments: The arguments, which stay unchanged.
        extra: The parameters to add.
        known: By name, the argument of each query parameter of the document.
        secret: The names of the parameters that have a key.

    Raises:
        ConfigurationError: The call has a parameter of such a name.
    """
    written = dict(parse_qsl(arguments.path.partition("?")[2], keep_blank_values=True))
    for name in extra:
        if name in known:
            raise ConfigurationError(
                f"extra_query: {name} is known to this operation: use the argument {known[name]}"
            )
        if name in secret:
            raise ConfigurationError(f"extra_query: {name} is the parameter of a key")
        if name in written:
            raise ConfigurationError(f"extra_query: {name} is in the request already")
    more = copy.copy(arguments)
    more.query = [*arguments.query, *((name, text) for name in extra for text in extra[name])]
    return more
