"""Annotations are compared like a type checker does."""

from __future__ import annotations

import pytest

from generator.update.annotations import Types

TYPES = Types({"Kind": {"str"}, "int": {"float"}, "list": {"Sequence"}})


@pytest.mark.parametrize(
    ("given", "wanted", "fits", "strictly"),
    [
        ("int", "float", True, True),
        ("float", "int", False, False),
        ("str", "str | None", True, True),
        ("str | None", "str", False, False),
        ("Kind | str", "str", True, True),
        ("str", "Kind", False, False),
        ("list[int]", "list[float]", True, False),
        ("list[int]", "Sequence[float]", True, True),
        ("list[float]", "list[int]", False, False),
        ("list[int | str]", "list[str | int]", True, True),
        ("dict[str, int] | None", "dict[str, int] | Unset | None", True, True),
        ("dict[str, Any]", "dict[str, int]", True, True),
        ("Any", "int", True, True),
        ("A", "B", False, False),
        ("list[A]", "tuple[A]", False, False),
        ("dict[str, A]", "dict[str, A, B]", False, False),
    ],
)
def test_which_type_can_be_assigned_to_which(
    given: str, wanted: str, *, fits: bool, strictly: bool
) -> None:
    assert fits is TYPES.assignable(given, wanted)
    assert strictly is TYPES.assignable(given, wanted, strict=True)
