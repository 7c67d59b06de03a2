"""A document is written so that every reader of YAML reads the same values."""

from __future__ import annotations

from typing import Any

import pytest

from generator.spec.read import read_document
from generator.spec.round_trip import dump
from generator.spec.write import serialize


@pytest.mark.parametrize(
    "text",
    [
        "no", "1", "1.0", "2025-11-08", "~", "null", "", " a", "a ", "a: b", "# a", "a\nb", "a\n",
        "\na", "a \nb", "é\t", "\u2028", "'", '"', "- a", "*a", "&a", "!a", "@a", "`a", "%a", "0x1",
        "1_000", "12:30", "=", "yes", "a" * 500, ".inf", ".nan",
    ],
)  # fmt: skip
def test_every_string_stays_a_string(text: str) -> None:
    own: dict[str, Any] = {"openapi": "3.1.0", "paths": {}, "x-a": {text: text, "list": [text]}}

    assert own == read_document(serialize(own))
    assert own == read_document(dump(own))
