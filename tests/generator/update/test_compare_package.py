"""Changes of a Python API are found, at least those that griffe finds."""

from __future__ import annotations

from pathlib import Path

import griffe
import pytest

from generator.update.compare_package import api_changes, package
from generator.update.report import Effect

#: The module `client` before and after, and the changes.
CASES = [
    ("def f(a): ...", "def f(b): ...", "BREAKING f(a=): removed; BREAKING f(b=): added, required"),
    ("def f(a): ...", "def f(a=1): ...", "ADDITION f(a=): is now optional"),
    ("def f(a=1): ...", "def f(a): ...", "BREAKING f(a=): is now required"),
    (
        "def f(a=1): ...",
        "def f(a=2): ...",
        "BREAKING f(a=): its default 1 became 2 (calls without it get another result)",
    ),
    ("def f(a, b): ...", "def f(b, a): ...", "BREAKING f: its positional parameters moved"),
    ("def f(a): ...", "def f(*, a): ...", "BREAKING f(a=): is now keyword-only"),
    ("def f(*, a): ...", "def f(a): ...", "ADDITION f(a=): is now positional or keyword"),
    ("def f(): ...", "def f(**more): ...", "ADDITION f(more=): added, optional"),
    (
        "def f(a: str | None): ...",
        "def f(a: int | None): ...",
        "BREAKING f(a=): str | None became int | None (calls that pass a str fail)",
    ),
    (
        "def f() -> int: ...",
        "def f() -> str: ...",
        "BREAKING f(…): returns str, not int (code that uses the result may get a str)",
    ),
    ("def f() -> float: ...", "def f() -> int: ...", "ADDITION f(…): returns int, not float"),
    (
        "def f() -> list[float]: ...",
        "def f() -> list[int]: ...",
        "TYPING f(…): returns list[int], not list[float] "
        "(code that uses it as list[float] no longer type-checks)",
    ),
    ("def f(): ...", "f = 1", "BREAKING f: is no function any more"),
    ("def f(): ...", "", "BREAKING f: removed"),
    (
        "class A(StrEnum):\n    B = 'b'",
        "class A(StrEnum):\n    B = 'c'",
        "BREAKING A.B: 'b' became 'c'",
    ),
    (
        "class A(B): ...",
        "class A: ...",
        "BREAKING A: is no B any more "
        "(`except` and `isinstance` with the base class do not match any more)",
    ),
    (
        "class A:\n    b: list[float]",
        "class A:\n    b: list[int]",
        "TYPING A.b: list[float] became list[int] "
        "(code that uses it as list[float] no longer type-checks)",
    ),
    (
        "class A:\n    b: float | None | Unset",
        "class A:\n    b: int",
        "TYPING A.b: float | None | Unset became int "
        "(code that assigns None or UNSET or a float no longer type-checks)",
    ),
    ("A = 1", "A = 2", ""),
    ("class A:\n    b: str | int | C", "class A:\n    b: int | C | str", ""),
    ("def f() -> B | C: ...", "def f() -> C | B: ...", ""),
    ("def f(a: B | C): ...", "def f(a: C | B): ...", ""),
]


def made(folder: Path, text: str) -> griffe.Module:
    (folder / "p").mkdir(parents=True)
    (folder / "p/__init__.py").write_text("")
    (folder / "p/client.py").write_text(text)
    return package(folder / "p")


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_a_change_is_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    before, after = made(tmp_path / "old", old), made(tmp_path / "new", new)

    changes = api_changes(before, after)
    by_griffe = [found.kind for found in griffe.find_breaking_changes(before, after)]

    assert expected == "; ".join(f"{change.effect.name} {change}" for change in changes)
    values = griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE, griffe.BreakageKind.RETURN_CHANGED_TYPE
    if [kind for kind in by_griffe if kind not in values]:
        assert Effect.BREAKING is changes[0].effect


@pytest.mark.parametrize(
    ("call", "effect"),
    [("def f(a: A) -> None: ...", Effect.ADDITION), ("def f() -> list[B]: ...", Effect.BREAKING)],
)
def test_a_wider_field_breaks_only_if_a_call_returns_it(
    tmp_path: Path, call: str, effect: Effect
) -> None:
    """B has an A, so that whoever gets a B gets an A."""
    sides: list[griffe.Module] = []
    for name, annotation in (("old", "str"), ("new", "str | None")):
        made(tmp_path / name, call)
        (tmp_path / name / "p/models").mkdir()
        (tmp_path / name / "p/models/__init__.py").write_text("")
        text = f"class A:\n    c: {annotation}\nclass B:\n    a: A\n"
        (tmp_path / name / "p/models/a.py").write_text(text)
        sides.append(package(tmp_path / name / "p"))

    [change] = api_changes(*sides)

    assert ("models.A.c", effect) == (change.place, change.effect)


def test_an_export_that_is_gone_is_found(tmp_path: Path) -> None:
    text = "from os import sep, linesep\n__all__ = ['sep', 'linesep']"
    before = made(tmp_path / "old", text)
    after = made(tmp_path / "new", text.replace(", 'linesep'", ""))

    assert ["linesep: removed"] == list(map(str, api_changes(before, after)))


def test_a_single_module_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("A = 1\n")

    assert "p" == package(tmp_path / "p").name
