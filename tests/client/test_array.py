"""A body that is read in pieces gives what the whole body gives."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.client.conftest import ITEM
from tests.client.package import (
    ActivityItem,
    ActivityResponse,
    Array,
    Parser,
    RepeatedMemberError,
    _decode,
    _fast,
    errors,
    json_body,
    package,
)
from tests.generator.client import mutated

NUMBER = int(os.environ.get("ARRAY_BODIES", "3000"))
"""The number of mutated bodies that are read in pieces and whole."""

KNOWN = {name: value for name, value in ITEM.items() if name != "cached_tokens"}
TEXTS = {**KNOWN, "model": '}, {"date": [{', "endpoint_id": '\\"],\u2028\U0001f600'}
NESTED = {**KNOWN, "parts": [{"date": 1}, {"date": {}}], "last": {"date": []}}
ROWS = [KNOWN, ITEM, TEXTS, NESTED, dict(reversed(KNOWN.items())), ITEM, ITEM]
BODIES: list[Any] = [
    {"data": ROWS},
    {"count": 2, "data": ROWS, "next": "page"},
    {"data": [ITEM] * 5, "more": [{"date": 1}, {"date": 2}]},
    {"data": []},
    {"data": None},
    {"meta": {"data": [1]}, "data": ROWS},
    {'a"data': [1], "data": ROWS},
    {"error": {"code": 401, "message": "Words"}},
    ROWS,
]
ARRAY = Array("data", ActivityResponse.from_dict, ActivityItem.from_dict)


def sizes(seed: int, length: int) -> list[int]:
    """The sizes of pieces: one byte each, or any."""
    rng = random.Random(seed)
    if seed % 3 == 0:
        return [1] * length
    found: list[int] = []
    while sum(found) < length:
        found.append(rng.choice((0, 1, 7, 200, 3000)))
    return found


def in_pieces(content: bytes, lengths: list[int], array: Any = ARRAY) -> tuple[list[Any], Any]:
    """The items and the body of a content that comes in pieces."""
    parser = Parser(array)
    items: list[Any] = []
    for length in lengths:
        items += parser.feed(content[:length])
        content = content[length:]
    items += parser.end()
    return items, parser.body()


def outcome(read: Callable[[bytes, str], Any], content: bytes) -> Any:
    """The result of reading a body: the value, or the error."""
    operation = SimpleNamespace(read_success=lambda _status, *arguments: read(*arguments))
    return mutated.outcome(package, operation, 200, content)


WHOLE = json_body(ActivityResponse.from_dict)


def reading(lengths: list[int]) -> Callable[[bytes, str], Any]:
    """A reader like ``WHOLE``, which gets its body in pieces of these lengths."""

    def read(content: bytes, content_type: str) -> Any:
        try:
            items, body = in_pieces(content, lengths)
        except RepeatedMemberError:
            return WHOLE(content, content_type)
        body.data = items
        return body

    return read


def test_mutated_bodies_give_the_same_in_pieces_and_whole() -> None:
    values = refused = 0
    for seed, content in enumerate(mutated.mutated(BODIES, NUMBER)):
        whole = outcome(WHOLE, content)
        assert outcome(reading(sizes(seed, len(content))), content) == whole, content
        values += whole[0] is ActivityResponse
        refused += whole[0] is not ActivityResponse

    assert min(values, refused) > NUMBER / 10


LINES = json.dumps({"data": [KNOWN, TEXTS, ITEM], "next": "é"}, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("inserted", [b"", b"\xff", b"}", b'"', b"\n]"])
def test_an_error_in_any_place_has_that_place(inserted: bytes) -> None:
    content = LINES.encode()
    for place in range(0, len(content), 5):
        broken = content[:place] + inserted
        if inserted:
            broken += content[place:]
        assert outcome(reading([150] * 20), broken) == outcome(WHOLE, broken), broken


@pytest.mark.parametrize("length", [1, 100, 1000, 100_000])
def test_no_item_waits_for_more_than_twice_its_length(length: int) -> None:
    row = json.dumps({**TEXTS, "more": "{" * length})
    parser, given = Parser(ARRAY), 0
    parser.feed(b'{"next": 1, "data": [')

    for byte in ", ".join([row] * 3 + ["{"]).encode():
        given += len(parser.feed(bytes([byte])))

    assert given >= 2


def test_a_member_after_the_array_that_breaks_the_contract_is_found_in_its_order() -> None:
    def decoder(*names: str) -> Any:
        kinds = {"data": _decode.array(ActivityItem.from_dict), "count": _decode.integer}
        return lambda value: {name: _decode.required(value, name, kinds[name]) for name in names}

    content = json.dumps({"data": [KNOWN, {**KNOWN, "usage": "1"}], "count": "2"}).encode()
    orders = [("data", "count"), ("count", "data")]
    arrays = [Array("data", decoder(*order), ActivityItem.from_dict) for order in orders]
    places: list[str] = []
    for array in arrays:
        with pytest.raises(errors.ResponseValidationError) as caught:
            in_pieces(content, [400] * 9, array)
        places.append(caught.value.path)

    assert places == ["$.data[1].usage", "$.count"]


def endless(value: Any) -> Any:
    return endless(value)


@pytest.mark.parametrize("body", [endless, lambda value: value], ids=["body", "item"])
def test_an_item_that_is_nested_too_deep_is_a_breach(body: Callable[[Any], Any]) -> None:
    with pytest.raises(errors.ResponseValidationError, match="nested too deeply"):
        in_pieces(b'{"data": [{}, {}]}', [15, 15], Array("data", body, endless))


@pytest.mark.skipif(_fast.parser() is None, reason="msgspec is not installed")
def test_structs_are_read_where_they_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the decoder has learned the unknown field."""
    row = json.dumps(ITEM).encode()
    parser = Parser(ARRAY)
    parser.feed(b'{"data":[' + (row + b",") * 3)

    monkeypatch.setattr(ActivityItem, "from_dict", None)

    assert len(parser.feed((row + b",") * 9)) == 9
