"""The pages say nothing that another contract makes untrue, and no test names what may vanish."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from generator.spec.values import is_array, is_object
from tests.package.snippets import ROOT, examples

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/guide").glob("*.md"))]
PACKAGE = "openrouter_analytics"


def words(pattern: str, paths: list[Path]) -> set[str]:
    return {word for path in paths for word in re.findall(pattern, path.read_text("utf-8"))}


def known_names() -> set[str]:
    """The names in the package, in recorded responses and in the code that the pages run."""
    package = words(r"\w+", [*(ROOT / "generated").rglob("*.py")])
    recorded = words(r'"(\w+)":', [*(ROOT / "tests/contract/samples").glob("*.json")])
    code = " ".join(example.code for page in PAGES for example in examples(page))
    # The API has names that the document may lack; the sandbox has them, too.
    api = words(r"\w+", [ROOT / "sandbox/app.py"])
    others = {PACKAGE, "dec_hook", "infer_schema_length"}  # arguments of msgspec's and polars'
    return package | recorded | api | set(re.findall(r"\w+", code)) | others


def properties(node: Any) -> set[str]:
    """The names of all properties in a document."""
    if is_array(node):
        return {name for item in node for name in properties(item)}
    if not is_object(node):
        return set()
    own: set[str] = set(node.get("properties", {}))
    return own.union(*map(properties, node.values()))


KNOWN = known_names()
FIELDS = properties(yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8")))


def untrue(page: str) -> list[str]:
    """What a page says that is not so, or is not so for every contract."""
    text = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    spans = " ".join(re.findall(r"`([^`\n]+)`", text))
    names = re.findall(r"(?<![\w./-])[a-z]+(?:_[a-z0-9]+)+(?![\w/-])|\b[A-Z][a-z]+[A-Z]\w+", spans)
    attributes = [
        name
        for table in re.findall(r"^\| attribute \|.*\n((?:\|.*\n)*)", text, re.MULTILINE)
        for name in re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
    ]
    types = [
        line
        for name, line in re.findall(
            r"^(?=\| `(\w+)` \|)(.*`(?:bool|dict|float|int|list|str)\b.*)", text, re.MULTILINE
        )
        if name in FIELDS
    ]
    return [
        *(name for name in names if name not in KNOWN),
        *(name for name in attributes if name not in FIELDS),
        *types,
        *re.findall(r"\b[Vv]ersion \d+\.\d+", text),
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_true_of_the_contract(page: Path) -> None:
    assert [] == untrue(page.read_text("utf-8"))


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("The field `promt_tokens` counts them.", "promt_tokens"),
        ("It returns an `ActivityRow`.", "ActivityRow"),
        ("It raises `errors.NoSuchError`.", "NoSuchError"),
        ("| attribute | meaning |\n| --- | --- |\n| `cost` | in USD |\n", "cost"),
        ("| `date` | `str` | UTC day |", "| `date` | `str` | UTC day |"),
        ("Version 0.1.0, beta.", "Version 0.1"),
    ],
)
def test_a_planted_mistake_is_found(page: str, found: str) -> None:
    assert [found] == untrue(page)


def models_in(code: str) -> set[str]:
    """The names that code imports from the committed package's models and operations."""
    imported = {
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return {name for name in imported if re.match(rf"{PACKAGE}\.(?:models|api)\b", name)}


CHECKED_ELSEWHERE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"][
    "exclude"
]
"""Users of clients that tests generate: their code names the models of those clients."""


def test_no_test_names_a_model_that_the_examples_do_not_name() -> None:
    examples_name = {
        name
        for path in (ROOT / "examples").glob("*.py")
        for name in models_in(path.read_text("utf-8"))
    }
    named = {
        path.relative_to(ROOT).as_posix(): models_in(path.read_text("utf-8")) - examples_name
        for path in (ROOT / "tests").rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in CHECKED_ELSEWHERE
    }

    assert {} == {path: names for path, names in named.items() if names}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (f"from {PACKAGE}.models import ErrorDetail", {f"{PACKAGE}.models.ErrorDetail"}),
        (f"def f():\n    import {PACKAGE}.models.row", {f"{PACKAGE}.models.row"}),
        (f"from {PACKAGE} import Client, models", {f"{PACKAGE}.models"}),
        (f"from {PACKAGE} import Client, errors\nimport {PACKAGE}", set[str]()),
    ],
)
def test_a_planted_model_is_found(planted: str, found: set[str]) -> None:
    assert found == models_in(planted)
