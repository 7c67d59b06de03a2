"""The modules of the generator import downwards only, without a circle, and are short."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.generator.paths import ROOT

#: From the bottom up. A layer imports itself and the layers below it.
LAYERS = ["generator.errors", "generator.spec", "generator.client", "generator.update"]
RUNTIME = ROOT / "generator/client/runtime"
FILES = [path for path in (ROOT / "generator").rglob("*.py") if RUNTIME not in path.parents]
LONGEST = 450


def module_name(path: Path) -> str:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


MODULES = {module_name(path): path for path in FILES}


def imports(source: str) -> set[str]:
    """The modules of the generator that a source imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (names & MODULES.keys()) or {node.module}
    return found & MODULES.keys()


GRAPH = {name: imports(path.read_text("utf-8")) for name, path in MODULES.items()}


def layer(name: str) -> int:
    found = [rank for rank, prefix in enumerate(LAYERS) if f"{name}.".startswith(f"{prefix}.")]
    return found[0] if found else len(LAYERS)


def upward(graph: dict[str, set[str]]) -> list[str]:
    return [
        f"{name} imports {other}"
        for name, others in graph.items()
        for other in others
        if layer(other) > layer(name)
    ]


def test_imports_lead_downwards() -> None:
    assert [] == upward(GRAPH)


def test_imports_make_no_circle() -> None:
    assert sorted(MODULES) == sorted(TopologicalSorter(GRAPH).static_order())


def test_an_import_upwards_is_noticed() -> None:
    graph = {"generator.spec.read": imports("def f():\n    from generator.client import names\n")}

    assert ["generator.spec.read imports generator.client.names"] == upward(graph)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_has_room_for_one_job(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST
