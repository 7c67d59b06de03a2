"""Rows as plain records, for data frames, CSV files and databases."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Mapping
from typing import Any, cast

from attrs import fields

from ._decode import Object
from ._encode import json_value


def records(rows: Iterable[object]) -> list[dict[str, Any]]:
    """Rows as dicts with the same keys in the same order: the documented fields, then all others.

    Dates and times stay Python's; any other value is as in ``to_dict``. A field that a row does not
    have is None.

    Args:
        rows: Models, such as the list in a response, or dicts.

    Raises:
        TypeError: A row is something else.

    Examples:
        >>> frame = pandas.DataFrame(records(response.data))
    """
    moments: dict[type, list[tuple[str, str]]] = {}
    documented: dict[str, str] = {}
    others: dict[str, Any] = {}
    found: list[dict[str, Any]] = []
    for row in rows:
        if isinstance(row, Object):
            kind = type(row)
            if kind not in moments:
                members = _members(kind)
                documented |= members
                moments[kind] = _moments(kind, members)
            record = cast("Any", row).to_dict()
            rest: Mapping[str, Any] = cast("Any", row).additional_properties
            dates = {name: rest[name] for name in rest if isinstance(rest[name], datetime.date)}
            record |= dates
            for name, attribute in moments[kind]:
                if isinstance(value := getattr(row, attribute), datetime.date):
                    record[name] = value
        elif isinstance(row, Mapping):
            rest = cast("Mapping[str, Any]", row)
            record = {
                name: value if isinstance(value, datetime.date) else json_value(value)
                for name, value in rest.items()
            }
        else:
            raise TypeError(f"records: expected models or dicts, received {type(row).__name__}")
        others |= dict.fromkeys(rest)
        found.append(record)
    keys = dict.fromkeys([*documented, *others])
    # Two undocumented fields may come in any order.
    whole = len(keys) if len(others) < 2 else -1
    return [record if len(record) == whole else keys | record for record in found]


def _members(kind: type) -> Mapping[str, str]:
    """The attributes of the documented fields; a subclass has those of its base."""
    modules = [vars(sys.modules[base.__module__]) for base in kind.__mro__]
    found: Mapping[str, str] = next(names["_MEMBERS"] for names in modules if "_MEMBERS" in names)
    return found


def _moments(kind: Any, members: Mapping[str, str]) -> list[tuple[str, str]]:
    """The fields that may be dates or times."""
    possible = {field.name for field in fields(kind) if "datetime." in str(field.type)}
    return [(name, attribute) for name, attribute in members.items() if attribute in possible]


__all__ = ["records"]
