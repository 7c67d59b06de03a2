"""JSON as RFC 8259 has it, and what a body holds beyond it.

Python's own parser takes `NaN`, lets the last of two equal names win, and makes `1e999` infinite.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.contract.json_values import Place, is_array, is_object


class Oddity(NamedTuple):
    """One thing in a body that JSON has not, or that no reader could take.

    Attributes:
        code: `not-a-number`, `number-out-of-range` or `repeated-name`.
        place: Where it stands.
        received: What it is.
    """

    code: str
    place: Place
    received: str


class _Constant(float):
    """NaN or an infinity, written out."""

    name: str = ""


class _Object(dict[str, Any]):
    """An object, and the names that stand twice in it."""

    repeated: tuple[str, ...] = ()


def parse(content: bytes) -> tuple[Any, list[Oddity]]:
    """The value of a body, and what is odd about it; 0 stands in place of what is no number.

    Raises:
        UnicodeDecodeError: The body is not UTF-8.
        ValueError: It is no JSON at all.
    """
    odd = False

    def constant(name: str) -> _Constant:
        nonlocal odd
        odd = True
        value = _Constant(0)
        value.name = name
        return value

    def number(text: str) -> float:
        nonlocal odd
        value = float(text)
        odd = odd or math.isinf(value)
        return value

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal odd
        names = [name for name, _ in pairs]
        if len(set(names)) == len(names):
            return dict(pairs)
        odd = True
        value = _Object(pairs)
        value.repeated = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
        return value

    try:
        value = json.loads(
            content.decode("utf-8"),
            parse_constant=constant,
            parse_float=number,
            object_pairs_hook=members,
        )
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not odd:  # nearly always; the walk is slow
        return value, []
    return _plain(value), list(_oddities(value, ()))


def _oddities(value: Any, place: Place) -> Iterator[Oddity]:
    if isinstance(value, _Constant):
        yield Oddity("not-a-number", place, value.name)
    elif isinstance(value, float) and math.isinf(value):
        yield Oddity("number-out-of-range", place, "a number that no double holds")
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _oddities(item, (*place, index))
    elif is_object(value):
        for name in value.repeated if isinstance(value, _Object) else ():
            yield Oddity("repeated-name", (*place, name), "a name that stands twice")
        for name, item in value.items():
            yield from _oddities(item, (*place, name))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and (isinstance(value, _Constant) or math.isinf(value)):
        return 0
    if is_array(value):
        return [_plain(item) for item in value]
    if is_object(value):
        return {name: _plain(item) for name, item in value.items()}
    return value
