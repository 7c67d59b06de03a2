"""The archive is killed at random moments, and is correct after each kill.

`ARCHIVE_KILLS` sets the number of kills, `ARCHIVE_SEED` the random moments.
"""

import datetime as dt
import json
import os
import random
import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openrouter_analytics import Client

import sandbox
from examples import archive
from tests.examples.programs import start

KILLS = int(os.environ.get("ARCHIVE_KILLS", "20"))
SEED = int(os.environ.get("ARCHIVE_SEED", "0"))

Days = dict[dt.date, frozenset[tuple[object, ...]]]
"""The rows of each day."""


def days(rows: list[tuple[Any, ...]]) -> Days:
    """Rows by day; no row is there twice."""
    found: defaultdict[dt.date, list[tuple[object, ...]]] = defaultdict(list)
    for day, *row, other in rows:
        found[day].append((*row, json.dumps(json.loads(other), sort_keys=True)))
    assert all(len(of_day) == len(set(of_day)) for of_day in found.values())
    return {day: frozenset(of_day) for day, of_day in found.items()}


def sent(server: sandbox.Sandbox) -> Days:
    """The rows that the server sends now."""
    with Client(sandbox.MANAGEMENT_KEY, base_url=server.base_url) as client:
        items = client.analytics.get_user_activity().data
    server.requests.clear()
    rows = [archive.row(item) for item in items]
    return days(
        [
            (item.date, *list(row.values())[1:-1], json.dumps(row["other"]))
            for item, row in zip(items, rows, strict=True)
        ]
    )


def held(file: Path) -> Days:
    """The rows of the archive, read without a change of its files."""
    if not file.exists():
        return {}
    with duckdb.connect(file, read_only=True) as opened:
        if not opened.execute("FROM duckdb_tables() WHERE table_name = 'activity'").fetchall():
            return {}
        return days(opened.execute("FROM activity").fetchall())


def wait(
    process: subprocess.Popen[str], server: sandbox.Sandbox, file: Path, draw: random.Random
) -> None:
    """Wait for a random moment: of the whole run, after its request, or while it writes."""
    moment = draw.random()
    if moment < 0.2:
        time.sleep(draw.uniform(0, 1))
        return
    while process.poll() is None and not server.requests:
        time.sleep(0.001)
    if moment < 0.6:
        time.sleep(draw.uniform(0, 0.25))
        return
    before = size(file)
    while process.poll() is None and size(file) == before:
        pass
    time.sleep(draw.uniform(0, 0.03))


def size(file: Path) -> list[int]:
    """The sizes of the archive and of its log."""
    return [path.stat().st_size for path in (file, log(file)) if path.exists()]


def log(file: Path) -> Path:
    """The file that DuckDB writes first, and replays after a kill."""
    return file.with_suffix(".duckdb.wal")


@pytest.mark.timeout(120 + 5 * KILLS)
def test_random_kills_double_nothing_and_lose_nothing(tmp_path: Path) -> None:
    draw = random.Random(SEED)
    seen: Counter[str] = Counter()
    file = tmp_path / "activity.duckdb"
    today, seed, rounds = dt.date(2026, 1, 31), 0, 0
    expected: Days = {}
    while seen["killed"] < KILLS:
        rounds += 1
        assert rounds < 4 * KILLS + 10
        # Days pass, and now and then what the API tells of them is corrected.
        today += dt.timedelta(days=draw.randint(0, 3))
        seed += draw.random() < 0.3
        if draw.random() < 0.1:
            file.unlink(missing_ok=True)
            log(file).unlink(missing_ok=True)
            expected = {}
        with sandbox.serve(today=today, seed=seed) as server:
            complete = expected | sent(server)
            with start("archive.py", "update", cwd=tmp_path, base_url=server.base_url) as process:
                # No more kills in a row than leave a day its 30 days of time.
                if rounds % 8:
                    wait(process, server, file, draw)
                    process.kill()
                _, errors = process.communicate(timeout=60)

        found = held(file)

        assert process.returncode in (0, -9), errors
        killed = process.returncode == -9
        seen["killed"] += killed
        if killed and found == expected != complete:
            seen["killed before the commit"] += 1
            seen["of these, with the request sent"] += bool(server.requests)
        else:
            # All of it or nothing, and all of it whenever the run came to its end.
            assert complete == found
            seen["killed after the commit"] += killed
            expected = complete
        seen["killed with a log to be replayed"] += killed and log(file).exists()

    with sandbox.serve(today=today, seed=seed) as server:
        expected |= sent(server)
        with start("archive.py", "update", cwd=tmp_path, base_url=server.base_url) as process:
            _, errors = process.communicate(timeout=60)
    assert (0, "") == (process.returncode, errors)
    assert expected == held(file)
    # No day is missing, from the first to the last.
    assert (max(expected) - min(expected)).days + 1 == len(expected)
    summary = (f"{count} {what}" for what, count in seen.items())
    print(f"{rounds} rounds:", *summary, sep="\n  ")  # noqa: T201 - shown by pytest -rP
