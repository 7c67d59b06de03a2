"""Every body gives the same result with and without msgspec."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest

from tests.client.conftest import ITEM
from tests.client.package import (
    ActivityItem,
    ActivityResponse,
    _decode,
    _fast,
    errors,
    get_user_activity,
    json_body,
    package,
)
from tests.generator.client import mutated

NUMBER = int(os.environ.get("FAST_BODIES", "4000"))
"""The number of mutated bodies that are read in both ways."""

KNOWN = {name: value for name, value in ITEM.items() if name != "cached_tokens"}
BODIES: list[Any] = [
    {"data": [KNOWN]},
    {"data": [ITEM]},
    {"data": [ITEM, {**KNOWN, "usage": 2, "new": {"a": 1}}, KNOWN], "next": "page"},
    {"data": []},
    {"error": {"code": 401, "message": "Words"}},
]

needs_msgspec = pytest.mark.skipif(_fast.parser() is None, reason="msgspec is not installed")


@needs_msgspec
def test_mutated_bodies_give_the_same() -> None:
    values = refused = 0
    for content in mutated.mutated(BODIES, NUMBER):
        fast = mutated.outcome(package, get_user_activity.OPERATION, 200, content)
        with mutated.plain(package):
            usual = mutated.outcome(package, get_user_activity.OPERATION, 200, content)
        assert fast == usual, content
        values += fast[0] is ActivityResponse
        refused += fast[0] is not ActivityResponse

    assert min(values, refused) > NUMBER / 10


@needs_msgspec
@pytest.mark.parametrize(
    "body", [{"data": [KNOWN] * 3}, {"data": [ITEM] * 3}, {"data": [ITEM] * 3, "next": "page"}]
)
def test_a_struct_is_read_where_it_can_be(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the decoder has learned the unknown field."""
    reader = _fast.Reader(_fast._msgspec(), ActivityResponse)
    value = ActivityResponse.from_dict(body)
    content = json.dumps(value.to_dict()).encode()
    reader.expect_unknown_of(value)

    with monkeypatch.context() as patch:
        patch.setattr(ActivityItem, "from_dict", None)
        assert reader.read(content) == value


@needs_msgspec
@pytest.mark.parametrize("names", [["a", "b"], ['a"b'], ["a\\b"], ["\ud800"], ["a\nb"]])
def test_what_no_struct_can_have_is_not_expected(names: list[str]) -> None:
    reader = _fast.Reader(_fast._msgspec(), ActivityResponse)
    read = reader.read

    reader.expect_unknown_of(
        ActivityResponse.from_dict({"data": [{**KNOWN, **dict.fromkeys(names, 1)}]})
    )

    assert reader.read is read


def test_without_msgspec_the_usual_parser_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    for cached in (_fast._msgspec, _fast.parser, _fast.reader):
        monkeypatch.setattr(_fast, cached.__name__, cached.__wrapped__)
    monkeypatch.setitem(sys.modules, "msgspec", None)

    assert _fast.parser() is None
    assert _fast.reader(ActivityItem.from_dict) is None
    assert _decode.parse(b"[1]") == [1]
    with pytest.raises(errors.ResponseValidationError):
        json_body(ActivityItem.from_dict)(b"[1]", "")
