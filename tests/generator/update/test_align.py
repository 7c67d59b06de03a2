"""A new version of a document is ordered like the old one."""

from __future__ import annotations

from typing import Any

import pytest

from generator.spec.read import read_document
from generator.spec.validate import problems
from generator.spec.write import serialize
from generator.update.align import aligned
from tests.generator.update.activity import GROUPS, shuffled


@pytest.mark.parametrize("seed", range(5))
def test_a_reordered_document_comes_out_as_it_was(seed: int) -> None:
    text = serialize(GROUPS)

    assert text == serialize(aligned(shuffled(GROUPS, seed), GROUPS))
    assert GROUPS == read_document(text)
    assert [] == problems(GROUPS)


def test_new_keys_come_last() -> None:
    old = {"type": "object", "description": "x"}
    new: dict[str, Any] = {"properties": {}, "description": "x", "type": "object"}

    assert ["type", "description", "properties"] == list(aligned(new, old))
