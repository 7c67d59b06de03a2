"""A document of every shape gives a client that works, whatever its texts and names are.

Its operations are called by the smoke test of updates, which takes all that it needs from the
document.
"""

from __future__ import annotations

import importlib
import itertools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.spec.read import read_document
from generator.spec.references import objects
from generator.spec.values import as_object, is_array, is_object
from generator.update import smoke_calls
from tests.generator.client import small
from tests.generator.client.test_hostile_text import PAYLOAD, PROSE, TEXTS, shape_of_source
from tests.generator.paths import DOCUMENTS, ROOT

DOCUMENT = read_document((DOCUMENTS / "shapes.yaml").read_text("utf-8"))
HOSTILE_END = f"\"'\"\"\"''' \\N <x!r> {PAYLOAD} %s"


def made(document: dict[str, Any], folder: Path) -> Path:
    """Generate a document into a folder in which the smoke test finds all that it needs."""
    folder.mkdir(exist_ok=True)
    small.make(document, folder, "shapes")
    (folder / "site").rename(folder / "generated")
    (folder / "shapes.json").rename(folder / "openapi.yaml")
    (folder / "shapes.yaml").rename(folder / "generator-config.yaml")
    return folder


def failures(folder: Path) -> str:
    """What the smoke test says of the client in a folder."""
    command = [sys.executable, "-W", "error", "-m", "generator.update.smoke_calls", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def benign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(DOCUMENT, tmp_path_factory.mktemp("benign"))


def bodies(name: str) -> st.SearchStrategy[Any]:
    """Bodies that a component schema allows in a response."""
    schemas = without(DOCUMENT["components"]["schemas"], "readOnly", "writeOnly")
    body = {"schema": {"$ref": f"#/components/schemas/{name}"}}
    operation = {
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"204": {"description": "Taken."}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Bodies", "version": "1"},
        "paths": {"/": {"post": operation}},
        "components": {"schemas": schemas},
    }
    loaded: Any = cast("Any", schemathesis.openapi.from_dict(document))
    cases: st.SearchStrategy[Any] = loaded["/"]["POST"].as_strategy()
    return cases.map(lambda case: case.body)


def without(node: Any, *keys: str) -> Any:
    """A copy without some keys."""
    if is_array(node):
        return [without(value, *keys) for value in node]
    if is_object(node):
        return {key: without(value, *keys) for key, value in node.items() if key not in keys}
    return node


@pytest.fixture(scope="module")
def package(benign: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(benign / "generated"), *sys.path])
        for part in ("_encode", "_http", "client", "models"):
            importlib.import_module(f"shapes.{part}")
        yield importlib.import_module("shapes")


def test_every_operation_works(package: Any) -> None:
    assert [] == list(smoke_calls.failures(package, DOCUMENT))


@pytest.mark.parametrize("name", ["Pair", "Beast", "Cat", "Dog", "Tree", "Everything"])
def test_every_body_is_read_and_written_again(package: Any, name: str) -> None:
    model = getattr(package.models, name)
    schema = DOCUMENT["components"]["schemas"][name]
    properties = schema.get("properties", {})
    needed = [
        key
        for key in schema.get("required", [])
        if not as_object(properties.get(key)).get("writeOnly")
    ]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies(name))
    def check(body: dict[str, Any]) -> None:
        value = model.from_dict(body)
        written = value.to_dict()

        assert body.keys() == written.keys()
        assert value == model.from_dict(written)
        for required in needed:
            with pytest.raises(package.errors.ResponseValidationError):
                model.from_dict({key: it for key, it in body.items() if key != required})

    check()


def with_texts(node: Any, text: Iterator[str]) -> Any:
    """A copy in which a text follows each description."""
    if is_array(node):
        return [with_texts(value, text) for value in node]
    if not is_object(node):
        return node
    return {
        key: f"{value} {next(text)}"
        if key in PROSE and isinstance(value, str)
        else with_texts(value, text)
        for key, value in node.items()
    }


def names() -> Iterator[str]:
    """The names of properties, parameters, operations and tags."""
    for _, node in objects(DOCUMENT):
        yield from as_object(node.get("properties"))
        yield from node.get("tags", []) if "responses" in node else []
        yield from [node["operationId"]] if "operationId" in node else []
        yield from (
            [node["name"]] if node.get("in") in ("path", "query") and "type" not in node else []
        )


NAMES = {*names()}


def with_names(node: Any, end: str) -> Any:
    """A copy in which each name has another end."""
    if is_object(node):
        return {with_names(key, end): with_names(value, end) for key, value in node.items()}
    if is_array(node):
        return [with_names(value, end) for value in node]
    if not isinstance(node, str):
        return node
    if node.startswith("#/"):
        return re.sub(r"(?<=/properties/)[^/]+", lambda name: name[0] + quote(end, safe=""), node)
    renamed = re.sub(r"(?<=\{)[^{}]+", lambda name: name[0] + end * (name[0] in NAMES), node)
    return node + end if node in NAMES else renamed if node.startswith("/") else node


def shape(folder: Path) -> tuple[Counter[str], set[str]]:
    """What a package is made of, without its strings and the names that it gives itself."""
    shapes = [shape_of_source(path.read_text("utf-8")) for path in folder.rglob("*.py")]
    nodes = sum((each.nodes for each in shapes), Counter[str]())
    return nodes, {name for each in shapes for name in each.outside_names}


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        (with_texts(DOCUMENT, itertools.cycle(TEXTS.values())), DOCUMENT),
        (with_names(DOCUMENT, HOSTILE_END), with_names(DOCUMENT, '"')),
    ],
    ids=["texts", "names"],
)
def test_no_text_becomes_code(
    hostile: dict[str, Any], harmless: dict[str, Any], tmp_path: Path
) -> None:
    folder = made(hostile, tmp_path / "hostile")
    expected = made(harmless, tmp_path / "harmless")

    assert "" == failures(folder)
    assert shape(expected / "generated") == shape(folder / "generated")
