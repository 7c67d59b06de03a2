"""Groups of rows, and the exact sums of their numbers.

The rows come one by one, so only the groups are in memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from .columns import NUMBERS, Columns, Kind, json_text, record

_EXACT = Context(prec=MAX_PREC)
"""Rounds nothing: a sum has as many digits as it needs."""


def grouped(
    rows: Iterable[Any], by: Sequence[str], documented: Mapping[str, Kind]
) -> tuple[list[Any], Columns, list[str]]:
    """Add up the rows that have the same values in some columns.

    Args:
        rows: The rows.
        by: These columns.
        documented: The columns that the document names.

    Returns:
        One row for each group, the columns of these rows, and the columns of the given rows.
    """
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    missing = {*by} - documented.keys()
    numbers = dict.fromkeys(name for name in documented if documented[name] in NUMBERS)
    skipped = dict.fromkeys([*by, *(name for name in documented if name not in numbers)])
    for row in rows:
        values = record(row)
        missing -= values.keys()
        key = tuple(comparable(values.get(name)) for name in by)
        group = sums.get(key)
        if group is None:
            group = sums[key] = {name: values.get(name) for name in by}
        for name, value in values.items():
            if name in skipped or value is None:
                continue
            if type(value) in (int, float):
                group[name] = _add(group.get(name), value)
                numbers[name] = None
            else:
                skipped[name] = None
    names = [name for name in numbers if name not in skipped]
    total: dict[str, Any] = {}
    for group in sums.values():
        total |= {name: _add(total.get(name), group[name]) for name in names if name in group}
    kinds: dict[str, Kind] = {name: documented.get(name, "text") for name in by}
    for name in names:
        found: Kind = "integer" if isinstance(total.get(name), int) else "number"
        kinds[name] = documented.get(name, found)
    return (
        [{name: _plain(group.get(name)) for name in kinds} for group in sums.values()],
        Columns({}, {dict: kinds}, total={name: _plain(total[name]) for name in total}),
        [name for name in {**documented, **numbers, **skipped} if name not in missing],
    )


def _add(total: int | Decimal | None, value: float | Decimal) -> int | Decimal:
    """The exact sum, of decimal numbers as they are written; integers stay integers."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    elif isinstance(value, int) and isinstance(total, int):
        return total + value
    return value if total is None else _EXACT.add(total, value)


def _plain(value: Any) -> Any:
    """A sum as the number that JSON has: the nearest one, once."""
    if not isinstance(value, Decimal):
        return value
    nearest = float(value)
    return nearest if math.isfinite(nearest) else int(value)


def comparable(value: Any) -> tuple[int, Any]:
    """A key for a JSON value, which can be compared with the key of any other value."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
        case _:
            return 4, json_text(value)
