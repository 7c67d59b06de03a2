"""The Dagster asset of the page on the archive stores what the API answers."""

import datetime as dt
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

import sandbox
from tests.examples.programs import DOCS, EXAMPLES, environment, needs
from tests.package.environments import install, uv
from tests.package.snippets import Example, examples, point_at


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
        env=environment(base_url, tmp_path) | {"DAGSTER_DISABLE_TELEMETRY": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )

    assert finished.stdout.endswith("\nTrue\n"), finished.stdout
    assert 769 == rows(tmp_path)


class RetryPolicy(NamedTuple):
    max_retries: int
    delay: float


class MaterializeResult(NamedTuple):
    metadata: dict[str, Any]


class ScheduleDefinition(NamedTuple):
    name: str
    target: list[Callable[[], MaterializeResult]]
    cron_schedule: str
    execution_timezone: str


class Definitions(NamedTuple):
    assets: list[Callable[[], MaterializeResult]]
    schedules: list[ScheduleDefinition]


def test_it_runs_without_dagster(
    asset: Example,
    base_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With a stand-in for the names that it uses: what is tested is the body."""
    results: list[MaterializeResult] = []

    def define(*, retry_policy: RetryPolicy) -> Callable[[Any], Any]:
        return lambda function: function

    def materialize(assets: list[Callable[[], MaterializeResult]]) -> types.SimpleNamespace:
        results.extend(function() for function in assets)
        return types.SimpleNamespace(success=True)

    dagster = types.ModuleType("dagster")
    for name, value in {
        "asset": define,
        "materialize": materialize,
        **{cls.__name__: cls for cls in (RetryPolicy, MaterializeResult)},
        **{cls.__name__: cls for cls in (ScheduleDefinition, Definitions)},
    }.items():
        setattr(dagster, name, value)
    monkeypatch.setitem(sys.modules, "dagster", dagster)
    monkeypatch.delitem(sys.modules, "archive", raising=False)
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    point_at(base_url, monkeypatch)

    exec(compile(asset.code, asset.page, "exec", dont_inherit=True), {"__name__": "__main__"})

    monkeypatch.delitem(sys.modules, "archive")
    assert "True\n" == capsys.readouterr().out
    assert [MaterializeResult({"rows": 769, "days": 30})] == results
    assert 769 == rows(tmp_path)
