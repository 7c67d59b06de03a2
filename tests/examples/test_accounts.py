"""Many accounts are archived at once, independently; their keys do not leave their files."""

import datetime as dt
import io
import json
import logging
import pickle
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from openrouter_analytics.models import ActivityItem

import sandbox
from examples import accounts
from tests.examples.programs import TODAY, Call, fetch, run
from tests.package.snippets import point_at


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["date"], row["model"], row["endpoint_id"]))


def held(folder: Path, account: str) -> list[dict[str, Any]]:
    """The rows of an account, as the API sent them."""
    rows = ds.dataset(folder, partitioning="hive").to_table().to_pylist()
    return ordered(
        [
            {name: row[name] for name in accounts.FIELDS}
            | {"date": str(row["date"])}
            | json.loads(row["other"])
            for row in rows
            if row["account"] == account
        ]
    )


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    for account in ("acme", "globex"):
        (folder / account).write_text(f"{sandbox.MANAGEMENT_KEY}\n")
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.Client]:
    """A scheduler and two workers in threads of this process."""
    with distributed.Client(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def test_an_account_that_fails_is_reported_and_the_others_are_done(
    keys: Path,
    tmp_path: Path,
    cluster: distributed.Client,
    monkeypatch: pytest.MonkeyPatch,
    call: Call,
) -> None:
    (keys / "hooli").write_text(sandbox.INFERENCE_KEY)
    (keys / "init\x1bech").write_bytes(b"sk-or-v1-\xff" + sandbox.MANAGEMENT_KEY.encode())
    (keys / ".ignored").write_text("no key")
    folder = tmp_path / "archive"
    scheduler = str(cluster.scheduler_info()["address"])

    with sandbox.serve(today=TODAY) as server:
        point_at(server.base_url, monkeypatch)
        code, out, error = call(accounts, keys, folder, "--scheduler", scheduler)
        asked = [request.headers["authorization"] for request in server.requests]
        sent = fetch(server.base_url)

    hooli, initech = error.splitlines()
    assert (1, "acme: 769 rows of 30 days\nglobex: 769 rows of 30 days\n") == (code, out)
    assert hooli.startswith("hooli: FAILED: ")
    assert "answered 403" in hooli
    assert initech.startswith("init?ech: FAILED: ")
    assert ordered([item.to_dict() for item in sent]) == held(folder, "acme")
    assert held(folder, "acme") == held(folder, "globex")
    assert ["account=acme", "account=globex"] == sorted(path.name for path in folder.iterdir())
    # A key that is not accepted is not tried again, and one that is malformed is not sent.
    assert 2 == asked.count(f"Bearer {sandbox.MANAGEMENT_KEY}")
    assert 1 == asked.count(f"Bearer {sandbox.INFERENCE_KEY}")
    assert 3 == len(asked)
    for key in (sandbox.MANAGEMENT_KEY, sandbox.INFERENCE_KEY):
        assert key not in out + error


def test_rows_that_differ_in_any_field_are_kept_and_exact_duplicates_once(tmp_path: Path) -> None:
    with sandbox.serve(rows=1) as server:
        [item] = fetch(server.base_url)
    other = ActivityItem.from_dict(item.to_dict() | {"team": "a"})

    accounts.write([item, other, item], tmp_path / "account=acme" / "day.parquet")

    assert [item.to_dict(), other.to_dict()] == held(tmp_path, "acme")


def archive(
    keys: Path, folder: Path, cluster: distributed.Client, environment: pytest.MonkeyPatch, url: str
) -> int:
    point_at(url, environment)
    return accounts.run(sorted(keys.iterdir()), folder, cluster)


@pytest.mark.parametrize(
    ("fault", "failures", "requests", "rows"),
    [
        pytest.param("flaky:2:accounts:not-json", 0, 2 + 2, 769, id="a temporary failure"),
        pytest.param("not-json", 2, 2 * (1 + accounts.RETRIES), 0, id="a lasting failure"),
    ],
)
def test_a_failure_is_retried_and_then_reported(
    keys: Path,
    tmp_path: Path,
    cluster: distributed.Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    failures: int,
    requests: int,
    rows: int,
) -> None:
    folder = tmp_path / "archive"
    with sandbox.serve(today=TODAY) as server:
        failed = archive(keys, folder, cluster, monkeypatch, server.fault_url(fault))
        assert requests == len(server.requests)

    out, error = capsys.readouterr()
    assert failures == failed == error.count(": FAILED: ") == error.count("\n")
    assert bool(rows) == bool(out) == folder.exists()
    assert not rows or rows == len(held(folder, "acme"))


def test_without_a_reader_all_accounts_are_archived(
    keys: Path, tmp_path: Path, cluster: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    folder = tmp_path / "archive"
    with sandbox.serve(rows=1) as server, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Closed())
        failed = archive(keys, folder, cluster, patch, server.base_url)

    assert 0 == failed
    assert 1 == len(held(folder, "acme")) == len(held(folder, "globex"))


def test_runs_that_overlap_double_nothing_and_lose_nothing(
    keys: Path, tmp_path: Path, cluster: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, expected = tmp_path / "archive", dict[dt.date, list[dict[str, Any]]]()
    for today, seed in ((TODAY, 0), (TODAY, 1), (TODAY + dt.timedelta(days=10), 0)):
        with sandbox.serve(today=today, seed=seed) as server:
            sent = fetch(server.base_url)
            assert 0 == archive(keys, folder, cluster, monkeypatch, server.base_url)
        for day in {item.date for item in sent}:
            expected[day] = [item.to_dict() for item in sent if item.date == day]

    assert 40 == len(expected)
    assert ordered([row for day in expected.values() for row in day]) == held(folder, "acme")


def of_task(task: Any) -> list[Any]:
    """What a scheduler or a worker knows about a task."""
    return [task.key, task.run_spec, task.annotations, task.exception, task.exception_text]


def test_no_key_is_in_what_the_cluster_holds(
    keys: Path, tmp_path: Path, cluster: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (keys / "hooli").write_text(sandbox.INFERENCE_KEY)
    with sandbox.serve(today=TODAY) as server:
        point_at(server.base_url, monkeypatch)
        futures = [
            cluster.submit(accounts.task, key_file, tmp_path, pure=False)
            for key_file in sorted(keys.iterdir())
        ]
        distributed.wait(futures)

    local: Any = cluster.cluster
    workers: list[Any] = list(local.workers.values())
    seen = pickle.dumps(
        [
            [of_task(task) for task in local.scheduler.tasks.values()],
            [
                [of_task(task) for task in worker.state.tasks.values()]
                for worker in local.workers.values()
            ],
            [dict(worker.data) for worker in workers],
            cluster.get_scheduler_logs(),
            cluster.get_worker_logs(),
            cluster.story(*futures),
        ]
    )
    for sight in ("hooli", "769 rows of 30 days", "Only management keys"):
        assert sight.encode() in seen
    for key in (sandbox.MANAGEMENT_KEY, sandbox.INFERENCE_KEY):
        assert key.encode() not in seen


def test_what_a_kill_left_is_read_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox.serve(rows=60, today=TODAY) as server:
        items = fetch(server.base_url)
    path = tmp_path / "account=acme" / "month=2026-08" / "2026-08-23.parquet"
    accounts.write(items[:1], path)
    # As if it ended there, with the temporary folder in place.
    monkeypatch.setattr(
        Path, "replace", lambda self, _: shutil.copytree(self.parent, f"{self.parent}_")
    )
    accounts.write(items[:2], path)

    counts = [
        ds.dataset(tmp_path, partitioning="hive").count_rows(),
        len(pl.read_parquet(tmp_path / "**/*.parquet")),
        len(duckdb.execute(f"FROM read_parquet('{tmp_path}/**/*.parquet')").fetchall()),
    ]

    [left] = [name for name in path.parent.iterdir() if name != path]
    assert 1 == pq.read_table(path).num_rows
    assert [2] == [pq.read_table(file).num_rows for file in left.iterdir()]
    assert [1, 1, 1] == counts


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none"], "argument keys: none: No such file or directory"),
        (["empty"], "argument keys: empty: no key files"),
        ([""], "argument keys: expected the name of a folder"),
        (["keys", "--workers", "0"], "argument --workers: 0: at least 1 is needed"),
        (["keys", "--workers=-1"], "argument --workers: -1: at least 1 is needed"),
    ],
)
def test_a_wrong_argument_is_said_before_anything_starts(
    keys: Path, monkeypatch: pytest.MonkeyPatch, call: Call, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(keys.parent)
    Path("empty").mkdir()

    code, _, error = call(accounts, *arguments, "out")

    assert code == 2
    assert f"accounts.py: error: {said}" in error
    assert not Path("out").exists()


def test_there_are_no_more_workers_than_accounts_and_an_interrupt_is_quiet(
    keys: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    asked: dict[str, Any] = {}

    def interrupt(**options: object) -> None:
        asked.update(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("distributed.Client", interrupt)

    assert (130, "", "") == call(accounts, keys, "out", "--workers", "1000000")
    assert 2 == asked["n_workers"]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1"])
def test_a_scheduler_that_is_not_there_is_said(keys: Path, tmp_path: Path, address: str) -> None:
    finished = run(
        *("accounts.py", "keys", "archive", "--scheduler", address),
        cwd=tmp_path,
        base_url="http://127.0.0.1:9",
        DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s",
    )

    assert (1, "", 1) == (finished.code, finished.out, finished.err.count("\n"))
