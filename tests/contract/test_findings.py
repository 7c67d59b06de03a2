"""Findings say where and what, and never what a value holds."""

import json
from typing import Any

import pytest

from tests.contract.harness import strict_json
from tests.contract.harness.findings import Finding, Findings, excerpt, json_path, public_name


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((), "$"),
        (("data", 51, "usage"), "$.data[51].usage"),
        (("a b",), '$["a a"]'),
        (("sk-or-v1-1234567890abcdef",), '$["aa-aa-a9-9999999999aaaaaa"]'),
        (("jane.doe@example.com",), '$["aaaa.aaa@aaaaaaa.aaa"]'),
    ],
)
def test_a_path_names_members_but_nobody(place: tuple[str | int, ...], expected: str) -> None:
    assert json_path(place) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-08-23 00:00:00", '"9999-99-99 99:99:99"'),
        ("Jane Doe", '"Aaaa Aaa"'),
        (0.015, "9.999"),
        (-42, "-99"),
        (None, "null"),
        (True, "true"),
        ({"user_id": "user_2x", "n": [1, 2, 3, 4]}, '{"user_id": "aaaa_9a", "n": [9, 9, 9]}'),
    ],
)
def test_an_excerpt_shows_the_shape_alone(value: Any, expected: str) -> None:
    assert excerpt(value) == expected


def test_an_excerpt_is_short() -> None:
    assert len(excerpt({"a": "b" * 10_000})) == 160


def test_a_common_name_stays_readable() -> None:
    assert public_name("cached_tokens") == "cached_tokens"


def test_the_same_finding_is_counted() -> None:
    rows = [Finding("breach", "null", f"$.data[{row}].usage") for row in (7, 8, 9)]

    [finding] = Findings(rows)

    assert (finding.path, finding.count) == ("$.data[7].usage", 3)


def test_strict_json_finds_what_python_lets_pass() -> None:
    value, oddities = strict_json.parse(b'{"a":[NaN,-Infinity,1e999],"b":1,"b":{"c":1,"c":2}}')

    assert json.dumps(value) == '{"a": [0, 0, 0], "b": {"c": 2}}'
    assert {(oddity.code, json_path(oddity.place)) for oddity in oddities} == {
        ("not-a-number", "$.a[0]"),
        ("not-a-number", "$.a[1]"),
        ("number-out-of-range", "$.a[2]"),
        ("repeated-name", "$.b"),
        ("repeated-name", "$.b.c"),
    }


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"\xef\xbb\xbf{}"])
def test_strict_json_refuses_what_is_none(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of many kinds
        strict_json.parse(content)
