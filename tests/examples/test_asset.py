"""The Dagster asset of the page on the archive stores what the API sends."""

import datetime as dt
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import sandbox
from tests.examples.programs import DOCS, EXAMPLES, needs
from tests.package.environments import install, uv
from tests.package.snippets import Example, examples, of_a_user, point_at


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with sandbox.serve(today=dt.date(2026, 8, 24)) as server:
        yield server.base_url


@pytest.fixture
def asset() -> Example:
    [found] = [found for found in examples(DOCS / "archive.md") if "import dagster" in found.code]
    return found


def rows(folder: Path) -> int:
    with duckdb.connect(folder / "activity.duckdb", read_only=True) as archive:
        return len(archive.execute("FROM activity").fetchall())


def test_dagster_runs_it(asset: Example, wheel: Path, base_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "venv"
    why = install(folder, sys.executable, wheel, needs(EXAMPLES / "archive.py"))
    if why or uv("pip", "install", "--python", folder, "dagster").returncode:
        # It is no part of the locked toolchain, to which it would add some fifty packages.
        pytest.skip(why or "dagster was not installed here before, and is not downloaded")
    shutil.copy(EXAMPLES / "archive.py", tmp_path)
    (tmp_path / "definitions.py").write_text(asset.code)

    finished = subprocess.run(
        [folder / "bin" / "python", "definitions.py"],
        cwd=tmp_path,
        env=of_a_user(base_url, tmp_path) | {"DAGSTER_DISABLE_TELEMETRY": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )

    assert finished.stdout.endswith("\nTrue\n"), finished.stdout
    assert 769 == rows(tmp_path)


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
