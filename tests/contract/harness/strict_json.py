"""Parse JSON as RFC 8259 defines it, and report what Python's own parser accepts beyond it.

That is `NaN`, a name that occurs twice in an object, and numbers such as `1e999`.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from generator.spec.values import is_array
from tests.contract.harness.findings import Place


class Oddity(NamedTuple):
    """Something in a body that is not valid JSON, or that not every reader can load."""

    code: str  # `not-a-number`, `number-out-of-range` or `repeated-name`
    place: Place  # where it is
    received: str  # what it is


class _Constant(str):
    """The text `NaN`, `Infinity` or `-Infinity`."""

    __slots__ = ()


class _Members(list[tuple[str, Any]]):
    """The members of an object, with every name that occurs twice."""


def parse(content: bytes) -> tuple[Any, list[Oddity]]:
    """The value of a body, and its oddities; a number that JSON does not have becomes 0.

    Raises:
        UnicodeDecodeError: The body is not UTF-8.
        ValueError: The body is not JSON at all.
    """
    oddities: list[Oddity] = []
    try:
        parsed = json.loads(
            content.decode("utf-8"), parse_constant=_Constant, object_pairs_hook=_Members
        )
        return _plain(parsed, (), oddities), oddities
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _plain(value: Any, place: Place, oddities: list[Oddity]) -> Any:
    match value:
        case _Members():
            members: dict[str, Any] = {}
            for name, item in value:
                if name in members:
                    oddities.append(Oddity("repeated-name", (*place, name), "a repeated name"))
                members[name] = _plain(item, (*place, name), oddities)
            return members
        case _ if is_array(value):
            return [_plain(item, (*place, index), oddities) for index, item in enumerate(value)]
        case _Constant():
            oddities.append(Oddity("not-a-number", place, str(value)))
            return 0
        case float() if math.isinf(value):
            oddities.append(Oddity("number-out-of-range", place, "a number too large for a double"))
            return 0
        case _:
            return value
