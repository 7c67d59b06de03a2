"""Find the rows of a response: what a command writes as a table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from .columns import Columns, Kind, common
from .type_hints import fields, is_model, members

_KINDS: Mapping[type, Kind] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    datetime.datetime: "date-time",
    datetime.date: "date",
}
"""The kind of a column, by the type of its values. A subclass comes before its base class."""


def find_rows(annotation: Any, *, is_row: bool) -> Columns | None:
    """The rows and columns of a response; None if it is text, bytes or nothing.

    Args:
        annotation: The type of the response.
        is_row: Whether an object is a row, even if it looks like an envelope of rows.
    """
    if {*members(annotation)} <= {str, bytes}:
        return None
    envelopes: dict[type, tuple[str, str]] = {}
    rows: list[type] = []
    for kind in members(annotation):
        envelope = None if is_row or not is_model(kind) else _envelope(kind)
        if envelope:
            attribute, name, found = envelope
            envelopes[kind] = attribute, name
        else:
            found = _items(kind) or _models(kind)
        rows += found
    return Columns(
        envelopes,
        {row: {name: _kind(annotation) for name, _, annotation in fields(row)} for row in rows},
    )


def _models(annotation: Any) -> list[type]:
    """The models that a value may be; none if it may be anything else."""
    kinds = members(annotation)
    return kinds if all(map(is_model, kinds)) else []


def _items(kind: Any) -> list[type]:
    """The models that the items of an array may be."""
    return _models(get_args(kind)[0]) if get_origin(kind) is list else []


def _envelope(model: type) -> tuple[str, str, list[type]] | None:
    """The member of a model that has the rows, if the model is only an envelope of them.

    Beside one array of objects, an envelope has plain values only, for example a count or the next
    page. A model with more members is a row itself. So is one that contains models of its class.
    """
    found: list[tuple[str, str, list[type]]] = []
    for name, attribute, annotation in fields(model):
        for kind in members(annotation):
            rows = _items(kind)
            if rows:
                found.append((attribute, name, rows))
            elif get_origin(kind) in (dict, list) or is_model(kind):
                return None
    return found[0] if len(found) == 1 and model not in found[0][2] else None


def _kind(annotation: Any) -> Kind:
    """The kind of a column of this type."""
    found: Kind | None = None
    for kind in members(annotation):
        for value in map(type, get_args(kind)) if get_origin(kind) is Literal else [kind]:
            found = common(found, _scalar(value))
    return found or "text"


def _scalar(kind: Any) -> Kind:
    for base, name in _KINDS.items():
        if isinstance(kind, type) and issubclass(kind, base):
            return name
    return "text"
