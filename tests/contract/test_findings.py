"""Findings say where and what, and never show the content of a value."""

from typing import Any

import pytest

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
def test_a_path_shows_no_personal_name(place: tuple[str | int, ...], expected: str) -> None:
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
        (
            {"error": {"code": 502, "message": "Bad."}},
            '{"error": {"code": 502, "message": "Aaa."}}',
        ),
        ({"code": "429", "n": 429}, '{"code": "429", "n": 999}'),
        ({"code": 1234, "user": {"code": [500]}}, '{"code": 9999, "user": {"code": [999]}}'),
        ({"user_id": "user_2x", "n": [1, 2, 3, 4]}, '{"user_id": "aaaa_9a", "n": [9, 9, 9]}'),
    ],
)
def test_an_excerpt_shows_only_the_shape(value: Any, expected: str) -> None:
    assert excerpt(value) == expected


def test_an_excerpt_is_short_and_a_common_name_readable() -> None:
    assert len(excerpt({"a": "b" * 10_000})) == 160
    assert public_name("cached_tokens") == "cached_tokens"


def test_equal_findings_are_counted() -> None:
    rows = [Finding("breach", "null", f"$.data[{row}].usage") for row in (7, 8, 9)]

    [finding] = Findings(rows)

    assert (finding.path, finding.count) == ("$.data[7].usage", 3)


def test_an_error_hides_no_breach_of_its_name() -> None:
    kinds = [
        Finding("error", "server-error", "status"),
        Finding("breach", "server-error", "status"),
    ]

    found = Findings(kinds)

    assert (len(found.errors), len(found.breaches)) == (1, 1)
