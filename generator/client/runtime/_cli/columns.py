"""The rows and columns of a result, and the cells that tables and CSV show of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from .._encode import is_model, json_value

Kind = Literal["boolean", "date", "date-time", "integer", "number", "text"]
"""The type of a column. In a column of text, values that are not strings are JSON."""

Hide = Callable[[str], str]
"""Removes the key from a text, in case a server sent it back."""

NUMBERS = ("integer", "number")

_KINDS: Mapping[type, Kind | None] = {
    type(None): None,
    bool: "boolean",
    int: "integer",
    float: "number",
}

_PLAIN = {int, float, type(None)}
"""The types of values that are cells without a conversion."""


@frozen
class Columns:
    """The rows and columns of an operation's result.

    Attributes:
        rows: By class of a result, the attribute and the JSON name of its list of rows. A result
            of another class is one row, unless it is a list.
        kinds: By class of a row, the type of each member, in the order of the document.
        chosen: The only columns, in this order; empty for all.
        total: The sums of the columns that have one, which a table shows below its rows.
    """

    rows: Mapping[type, tuple[str, str]]
    kinds: Mapping[type, Mapping[str, Kind]]
    chosen: Sequence[str] = ()
    total: Mapping[str, Any] = {}

    def rows_of(self, result: Any) -> Collection[Any]:
        """The rows of a result."""
        if type(result) in self.rows:
            found: Any = getattr(result, self.rows[type(result)][0])
            return found or []
        rows: list[Any] = result
        return rows if isinstance(result, list) else [result]

    def of(self, rows: Iterable[Any]) -> dict[str, Kind]:
        """The columns of rows: first the documented ones, then the unknown ones."""
        columns: dict[str, Kind] = getattr(rows, "kinds", None) or self._found(rows)
        return {name: columns.get(name, "text") for name in self.chosen} or columns

    def _found(self, rows: Iterable[Any]) -> dict[str, Kind]:
        classes: dict[type, None] = {}
        found: dict[str, Kind | None] = {}
        for row in rows:
            classes[type(row)] = None
            rest = row.additional_properties if is_model(row) else record(row)
            for name, value in rest.items():
                if (before := found.get(name)) != "text":
                    found[name] = common(before, _kind(value))
        columns: dict[str, Kind] = {}
        for known in [self.kinds[kind] for kind in classes or self.kinds if kind in self.kinds]:
            for name, kind in known.items():
                columns[name] = common(columns.get(name), kind)
        for name, seen in found.items():
            columns.setdefault(name, seen or "text")
        return columns

    def json(self, row: Any) -> Any:
        """The JSON value of a row."""
        if not self.chosen:
            return row.to_dict() if is_model(row) else json_value(row)
        values = record(row)
        return {name: values.get(name) for name in self.chosen}


def record(row: Any) -> Mapping[str, Any]:
    """A row as a JSON object; another value becomes its member "value"."""
    value: Any = row.to_dict() if is_model(row) else json_value(row)
    record: Mapping[str, Any] = value
    return record if isinstance(value, dict) else {"value": value}


def _kind(value: Any) -> Kind | None:
    kind = _KINDS.get(value.__class__, "text")
    return "text" if kind == "integer" and not -(2**63) <= value < 2**63 else kind


def common(first: Kind | None, second: Kind | None) -> Any:
    """The type of a column with values of both types."""
    if first == second or second is None:
        return first
    if first is None:
        return second
    return "number" if {first, second} == {*NUMBERS} else "text"


json_text = json.JSONEncoder(ensure_ascii=False).encode
"""A value as JSON on one line."""


def cells(
    rows: Iterable[Any], names: Sequence[str], hide: Hide
) -> Iterator[list[str | int | float | None]]:
    """Rows as the cells of CSV and tables: numbers, texts, and None for a missing value."""
    for row in rows:
        yield [
            value
            if type(value) in _PLAIN
            else hide(value if isinstance(value, str) else json_text(value))
            for value in map(record(row).get, names)
        ]
