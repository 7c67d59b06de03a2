"""Tests name no model and no operation of the contract, so that a new version breaks none of them.

Their names come from `openapi.yaml` while a test runs, or from a client of a document of its own.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.harness.contract import ROOT

PACKAGE = "openrouter_analytics"
MOVING = ("models", "api")
"""The parts of the package whose names the document gives."""

EXEMPT = {
    "client/user.py": "it is type-checked with the client of the test documents",
    "examples": "the examples use the classes of the rows, whose names every update keeps",
    "generator/update/user.py": "it runs with the clients that the tests of the update generate",
}
"""Folders and files of `tests/` that need not keep to the rule, and why."""


def static_names(source: str) -> Iterator[str]:
    """What a module imports from the moving parts of the package."""
    moving = tuple(f"{PACKAGE}.{part}" for part in MOVING)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (
            name for name in found if f"{name}.".startswith(tuple(f"{it}." for it in moving))
        )


def test_no_test_imports_a_name_of_the_contract() -> None:
    tests = ROOT / "tests"
    exempt = [tests / name for name in EXEMPT]
    paths = [
        path
        for path in sorted(tests.rglob("*.py"))
        if not any(path.is_relative_to(other) for other in exempt)
    ]
    found = {
        str(path.relative_to(tests)): names
        for path in paths
        if (names := list(static_names(path.read_text("utf-8"))))
    }

    assert Path(__file__) in paths
    assert found == {}


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        (f"from {PACKAGE}.models import Row", [f"{PACKAGE}.models.Row"]),
        (f"from {PACKAGE} import Client, models", [f"{PACKAGE}.models"]),
        (f"def test() -> None:\n    import {PACKAGE}.models.row", [f"{PACKAGE}.models.row"]),
        (f"from {PACKAGE}.api.usage import get", [f"{PACKAGE}.api.usage.get"]),
        (f"from {PACKAGE} import Client, errors\nimport {PACKAGE}", []),
        ("from library_client.models import Book", []),
    ],
)
def test_a_planted_name_is_found(planted: str, expected: list[str]) -> None:
    assert list(static_names(planted)) == expected
