"""Bodies made up from a schema: valid ones, and ones with a single value replaced."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from tests.contract.contract import Contract, Schema
from tests.contract.json_values import Place, is_array, is_object

JSON_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
"""Any value, not too large."""

_NAMES = st.text(alphabet="abcdefgh_", min_size=1, max_size=6).map("x_{}".format)


def valid(contract: Contract, schema: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema takes, with fields that it does not name."""
    schema = contract.resolved(schema)
    kinds: Any = schema["type"]
    return st.one_of(
        [
            _of_type(contract, schema, kind)
            for kind in ([kinds] if isinstance(kinds, str) else kinds)
        ]
    )


def _of_type(contract: Contract, schema: Schema, kind: str) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "string":
            if "pattern" not in schema:
                return st.text(max_size=30)
            # Python's `$` lets a newline follow, which JSON Schema's does not.
            pattern = str(schema["pattern"]).strip("^$")
            return st.from_regex(pattern, fullmatch=True)
        case "integer":
            return st.integers() | st.integers(-9, 9).map(float)
        case "number":
            return st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        case "array":
            return st.lists(valid(contract, schema["items"]), max_size=4)
        case _:
            return _objects(contract, schema)


def _objects(contract: Contract, schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    values = {name: valid(contract, value) for name, value in properties.items()}
    named: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {name: value for name, value in values.items() if name in required},
        optional={name: value for name, value in values.items() if name not in required},
    )
    others = st.dictionaries(_NAMES, JSON_VALUES, max_size=2)
    return st.tuples(others, named).map(_merged)


def _merged(parts: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    others, named = parts
    return {**others, **named}


@st.composite
def changed(draw: st.DrawFn, bodies: st.SearchStrategy[Any]) -> tuple[Any, Place]:
    """A body with one value replaced or one member left out, and where that is."""
    body = copy.deepcopy(draw(bodies))
    place = draw(st.sampled_from(list(places(body))))
    if not place:
        return draw(JSON_VALUES), place
    parent: Any = body
    for step in place[:-1]:
        parent = parent[step]
    if is_object(parent) and draw(st.booleans()):
        del parent[str(place[-1])]
    else:
        containers: Any = parent
        containers[place[-1]] = draw(JSON_VALUES)
    return body, place


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in a JSON value, the whole of it included."""
    yield place
    if is_object(value):
        for name, item in value.items():
            yield from places(item, (*place, name))
    elif is_array(value):
        for index, item in enumerate(value):
            yield from places(item, (*place, index))
