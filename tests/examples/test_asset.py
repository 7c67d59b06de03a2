"""The Dagster asset of the page on the archive stores what the API sends."""

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.examples.programs import DOCS, EXAMPLES
from tests.package.snippets import Example, examples, point_at


@pytest.fixture
def asset() -> Example:
    [found] = [found for found in examples(DOCS / "archive.md") if "import dagster" in found.code]
    return found


def rows(folder: Path) -> int:
    with duckdb.connect(folder / "activity.duckdb", read_only=True) as archive:
        return len(archive.execute("FROM activity").fetchall())


def test_it_runs_without_dagster(
    asset: Example,
    base_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The body of the asset, with substitutes for the names of dagster."""
    results: list[types.SimpleNamespace] = []

    def define(*, retry_policy: object) -> Callable[[Any], Any]:
        return lambda function: function

    def materialize(assets: list[Callable[[], types.SimpleNamespace]]) -> types.SimpleNamespace:
        results.extend(function() for function in assets)
        return types.SimpleNamespace(success=True)

    classes = ("RetryPolicy", "MaterializeResult", "ScheduleDefinition", "Definitions")
    dagster = types.ModuleType("dagster")
    for name in classes:
        setattr(dagster, name, types.SimpleNamespace)
    vars(dagster).update(asset=define, materialize=materialize)
    monkeypatch.setitem(sys.modules, "dagster", dagster)
    monkeypatch.delitem(sys.modules, "archive", raising=False)
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    point_at(base_url, monkeypatch)

    exec(compile(asset.code, asset.page, "exec", dont_inherit=True), {"__name__": "__main__"})

    monkeypatch.delitem(sys.modules, "archive")
    assert "True\n" == capsys.readouterr().out
    assert [{"rows": 769, "days": 30}] == [result.metadata for result in results]
    assert 769 == rows(tmp_path)
