"""The archive has each day once, as the API last sent it, whatever happens."""

import datetime as dt
import json
import random
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openrouter_analytics.models import ActivityItem

import sandbox
from examples import archive
from tests.examples.programs import EXAMPLES, TODAY, fetch, run, start
from tests.package.snippets import ROOT, of_a_user, point_at


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "activity.duckdb"


def update(
    file: Path, environment: pytest.MonkeyPatch, **options: Any
) -> dict[dt.date, list[dict[str, Any]]]:
    """Update from an account, and return its rows, by day."""
    with sandbox.serve(**options) as server:
        point_at(server.base_url, environment)
        archive.update(file)
        return by_day(item.to_dict() for item in fetch(server.base_url))


def by_day(rows: Any) -> dict[dt.date, list[dict[str, Any]]]:
    days: defaultdict[dt.date, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        days[dt.date.fromisoformat(row["date"])].append(row)
    return {day: sorted(of_day, key=canonical) for day, of_day in days.items()}


def canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def held(file: Path) -> dict[dt.date, list[dict[str, Any]]]:
    """The rows of the archive, as the API sent them."""
    with duckdb.connect(file, read_only=True) as opened:
        rows = opened.execute("FROM activity").fetchall()
    columns: Sequence[str] = list(archive.COLUMNS)
    return by_day(
        json.loads(row[-1]) | dict(zip(columns, (str(row[0]), *row[1:-1]), strict=False))
        for row in rows
    )


LATER = TODAY + dt.timedelta(days=12)


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        pytest.param({}, {}, 30, id="running twice doubles nothing"),
        pytest.param({}, {"today": LATER}, 42, id="days before the window are kept"),
        pytest.param({"today": LATER}, {}, 42, id="days after the response are kept"),
        pytest.param({}, {"seed": 1}, 30, id="a corrected day replaces the old one"),
        pytest.param({}, {"rows": 10}, 30, id="a day that the response lacks is kept"),
    ],
)
def test_two_updates(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: dict[str, Any],
    second: dict[str, Any],
    days: int,
) -> None:
    before = update(file, monkeypatch, **{"today": TODAY} | first)
    assert before == held(file)
    assert all("cached_tokens" in row for rows in before.values() for row in rows)

    after = update(file, monkeypatch, **{"today": TODAY} | second)

    assert before | after == held(file)
    assert days == len(before | after)


def test_an_undocumented_field_is_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = update(file, monkeypatch, rows=3, fault="extra-field")

    assert sent == held(file)
    assert any(len(row) > len(archive.FIELDS) + 1 for rows in held(file).values() for row in rows)


def test_rows_that_differ_in_any_field_are_kept_and_exact_duplicates_once(file: Path) -> None:
    with sandbox.serve(rows=1) as server:
        [item] = fetch(server.base_url)
    other = ActivityItem.from_dict(item.to_dict() | {"team": "a"})

    for _ in range(2):
        with archive.connect(file) as opened:
            archive.store(opened, [item, other, item])

    assert by_day([item.to_dict(), other.to_dict()]) == held(file)


def test_an_account_without_activity_leaves_no_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    update(file, monkeypatch, rows=0)

    assert "There was no activity.\n" == capsys.readouterr().out
    assert not file.exists()


def test_a_gap_is_reported(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    update(file, monkeypatch, today=TODAY)
    update(file, monkeypatch, today=TODAY + dt.timedelta(days=30))
    assert "" == capsys.readouterr().err

    update(file, monkeypatch, today=TODAY + dt.timedelta(days=70))

    told = "There are none between 2026-09-22 and 2026-10-03: no activity, or no update in time.\n"
    assert told == capsys.readouterr().err
    assert told in (ROOT / "docs/guide/archive.md").read_text("utf-8")


def test_costs_are_those_of_the_rows(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = update(file, monkeypatch, today=TODAY)
    expected: defaultdict[tuple[str, str], float] = defaultdict(float)
    for day, rows in sent.items():
        for row in rows:
            expected[f"{day:%Y-%m}", row["model"]] += row["usage"]
    capsys.readouterr()

    archive.costs(file)

    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {(line[0], line[1]): line[2] for line in printed} == {
        key: f"{usd:,.2f}" for key, usd in expected.items()
    }


def test_a_month_that_is_not_whole_is_marked(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for today in (dt.date(2026, 7, 11), dt.date(2026, 8, 5)):
        update(file, monkeypatch, today=today)
    capsys.readouterr()

    archive.costs(file)

    lines = capsys.readouterr().out.splitlines()
    assert {(line[:7], line.partition(" requests")[2]) for line in lines} == {
        ("2026-06", "  (20 of 30 days)"),
        ("2026-07", ""),
        ("2026-08", "  (4 of 31 days)"),
    }


def test_the_page_shows_the_query_that_is_run() -> None:
    page = (ROOT / "docs/guide/archive.md").read_text("utf-8")

    query = " ".join(archive.COSTS.split())

    assert f"{query} LIMIT" in " ".join(page.split())


def fails(file: Path, fault: str | None = None) -> str:
    """Run an update that fails, and return its one line of error."""
    with sandbox.serve(today=TODAY, seed=1, fault=fault) as server:
        finished = run("archive.py", "update", cwd=file.parent, base_url=server.base_url)
    assert (1, "", 1) == (finished.code, finished.out, finished.err.count("\n"))
    return finished.err


@pytest.mark.parametrize(
    ("fault", "words"),
    [("status:403", "answered 403"), ("null", "breaks the contract at $.data[0]")],
)
def test_a_failed_call_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, fault: str, words: str
) -> None:
    sent = update(file, monkeypatch, today=TODAY)

    assert words in fails(file, fault)
    assert sent == held(file)


def test_a_second_writer_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = update(file, monkeypatch, today=TODAY)

    with duckdb.connect(file):
        assert "lock" in fails(file)
    assert sent == held(file)


@pytest.mark.parametrize(
    ("command", "path", "words"),
    [
        ("update", "missing/folder.duckdb", "No such file or directory"),
        ("costs", "missing.duckdb", "there is no archive yet: run update first"),
        ("costs", "empty.duckdb", "Table with name activity does not exist"),
    ],
)
def test_an_error_of_the_file_names_the_path_that_was_given(
    tmp_path: Path, command: str, path: str, words: str
) -> None:
    duckdb.connect(tmp_path / "empty.duckdb").close()
    with sandbox.serve(rows=1) as server:
        finished = run(
            *("archive.py", command, "--file", path), cwd=tmp_path, base_url=server.base_url
        )

    assert (1, "", 1) == (finished.code, finished.out, finished.err.count("\n"))
    assert finished.err.startswith(f"archive: {path}: ")
    assert words in finished.err
    assert f".{Path(path).name}." not in finished.err


def test_another_file_is_left_alone(file: Path) -> None:
    file.write_text("mine\n")

    fails(file)

    assert "mine\n" == file.read_text()


def test_a_run_that_made_the_file_meanwhile_is_not_overwritten(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = update(file, monkeypatch, today=TODAY)
    monkeypatch.setattr(Path, "exists", lambda self: False)

    archive.connect(file).close()

    assert sent == held(file)
    assert [file] == list(file.parent.iterdir())


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_a_random_moment_it_is_as_before_or_after(
    file: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    before = update(file, monkeypatch, today=TODAY)
    with sandbox.serve(today=TODAY + dt.timedelta(days=3), seed=1) as server:
        after = before | by_day(item.to_dict() for item in fetch(server.base_url))
        server.requests.clear()
        with start("archive.py", "update", cwd=file.parent, base_url=server.base_url) as process:
            while process.poll() is None and not server.requests:
                time.sleep(0.001)
            time.sleep(random.Random(seed).uniform(0, 0.25))
            process.kill()
            process.communicate()

        assert held(file) in (before, after)
        finished = run("archive.py", "update", cwd=file.parent, base_url=server.base_url)

    assert (0, "") == (finished.code, finished.err)
    assert after == held(file)


@pytest.mark.parametrize("write", [1, 2, 3, 4])
def test_an_update_repairs_what_a_kill_left(file: Path, write: int) -> None:
    traced = ["strace", "-f", "-o", "/dev/null", "--trace=pwrite64"]
    if not shutil.which("strace") or subprocess.run([*traced, "true"], check=False).returncode:
        pytest.skip("strace is not here, or may not trace")
    with sandbox.serve(today=TODAY) as server:
        killed = subprocess.run(
            [
                *(*traced, f"--inject=pwrite64:signal=KILL:when={write}"),
                *(sys.executable, EXAMPLES / "archive.py", "update"),
            ],
            cwd=file.parent,
            env=of_a_user(server.base_url, file.parent) | {"PYTHONPATH": str(ROOT / "generated")},
            check=False,
        )
        assert -9 == killed.returncode

        finished = run("archive.py", "update", cwd=file.parent, base_url=server.base_url)

        assert (0, "") == (finished.code, finished.err)
        assert by_day(item.to_dict() for item in fetch(server.base_url)) == held(file)
